//! Parquet files that claim more than they hold.

use std::sync::Arc;

use ::parquet::{arrow::ArrowWriter, basic::Compression, file::properties::WriterProperties};
use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};

use super::*;

/// A file of nothing but a footer: version 2, and this list of columns in the compact encoding of Thrift.
fn of_columns(count: u32, columns: &[u8]) -> Vec<u8> {
    let mut footer = vec![0x15, 4, 0x19, 0xFC];
    let [low, middle, high] = [count & 127, count >> 7 & 127, count >> 14].map(|bits| u8::try_from(bits).unwrap());
    footer.extend([low | 128, middle | 128, high]);
    footer.extend(columns);
    // No rows, and no groups of them.
    footer.extend([0x16, 0, 0x19, 0x0C, 0]);
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [b"PAR1".as_slice(), &footer, &length, b"PAR1"].concat()
}

/// A column `a` that is required (field 3) and has one within it (field 5).
const ONE_WITHIN: [u8; 8] = [0x35, 0, 0x18, 1, b'a', 0x15, 2, 0];

/// Each exhausts the stack or the memory of a reader that trusts it. Refusing them takes less than 30 MB.
#[test]
fn columns_without_end_are_refused() {
    let deep = of_columns(200_000, &ONE_WITHIN.repeat(200_000));
    assert!(refusal("t.parquet", &deep, &two()).contains("column `a`: its values are lists or records"));
    // The only element claims 1,073,741,823 columns: the number twice over, seven bits a byte.
    let claim = of_columns(1, &[0x48, 1, b'a', 0x15, 0xFE, 0xFF, 0xFF, 0xFF, 0x07, 0]);
    assert!(refusal("t.parquet", &claim, &two()).contains("its list of columns contradicts itself"));
    let wide = of_columns(
        20_001,
        &[&[0x48, 1, b'a', 0x15, 0xC0, 0xB8, 0x02, 0][..], &[0x15, 2, 0x25, 0, 0x18, 1, b'b', 0].repeat(20_000)]
            .concat(),
    );
    assert!(refusal("t.parquet", &wide, &two()).contains("more than 16384 cells"));
}

fn one_text_in_every_row(rows: usize, letters: usize) -> Vec<u8> {
    let text = "x".repeat(letters);
    let names: ArrayRef = Arc::new(StringArray::from(vec![text.as_str(); rows]));
    let counts: ArrayRef = Arc::new(Float64Array::from(vec![1.0; rows]));
    let batch = RecordBatch::try_from_iter([("name", names), ("count", counts)]).unwrap();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn a_long_text_in_every_row_is_read_few_rows_at_a_time_or_refused() {
    let bytes = one_text_in_every_row(300, 100_000);
    assert!(bytes.len() < 50_000, "{}", bytes.len());
    let within = |held_bytes| read_within("t.parquet", &bytes, &two(), &Limits { held_bytes, ..Limits::default() });
    // Three rows at a time.
    assert_eq!(within(700_000).map(|content| content.rows.len()).ok(), Some(300));
    let error = within(200_000).err().expect("too much").to_string();
    assert!(error.contains("write it in smaller pages"), "{error}");
    let long = one_text_in_every_row(2, 1 << 21);
    assert!(refusal("t.parquet", &long, &two()).contains("row 1: the row is longer than 1048576 bytes"));
}

//! Parquet in pieces, held against Parquet row by row.

use std::sync::Arc;

use ::parquet::{arrow::ArrowWriter, file::properties::WriterProperties};
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};

use super::*;

/// Label, period, number and share of a row.
type Values = (Option<String>, Option<String>, Option<i64>, Option<f64>);

/// Columns as [`COLUMNS`] declares them, so many rows in a group and some in a page.
fn file(rows: &[Values], group: usize) -> Vec<u8> {
    let labels: ArrayRef = Arc::new(rows.iter().map(|row| row.0.clone()).collect::<StringArray>());
    let periods: ArrayRef = Arc::new(rows.iter().map(|row| row.1.clone()).collect::<StringArray>());
    let numbers: ArrayRef = Arc::new(rows.iter().map(|row| row.2).collect::<Int64Array>());
    let shares: ArrayRef = Arc::new(rows.iter().map(|row| row.3).collect::<Float64Array>());
    let columns = [("label", labels, true), ("period", periods, true), ("n", numbers, true), ("share", shares, true)];
    let batch = RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length");
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(group))
        .set_data_page_row_count_limit(7)
        .set_write_batch_size(3)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("bytes in memory");
    writer.close().expect("bytes in memory");
    bytes
}

fn regular(rows: i64) -> Vec<Values> {
    let row = |n: i64| (Some(format!("P{}", n % 9)), Some("2025-10".to_owned()), Some(n), Some(0.25));
    (0..rows).map(row).collect()
}

/// A text, good or odd; at times none.
fn odd() -> impl Strategy<Value = Option<String>> {
    let texts = vec![
        "a",
        "P81001",
        "",
        " ",
        "\"",
        "a\"b",
        "\"a\"",
        "a\nb",
        "\n",
        "a\r\nb",
        "\r",
        "a\rb",
        "\u{1f}",
        "x\u{1f}\"",
        "\0",
        "\u{fffd}",
        "Si\u{e2}n",
        "a,b",
        "total",
        "Note: of this",
        "2025-10",
        "Oct-25",
        "2011-12",
        "1,332",
        "73.5%",
        "*",
    ];
    prop_oneof![5 => prop::sample::select(texts).prop_map(|text| Some(text.to_owned())), 1 => Just(None)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 64 } else { 4000 }))]

    #[test]
    fn pieces_read_as_the_whole(
        some in prop::collection::vec((odd(), odd(), any::<Option<i16>>(), prop::option::of(prop::sample::select(vec![
            0.0, -0.0, 0.1, 73.5, 1e300, f64::NAN, f64::INFINITY, -12.25,
        ])), 0_usize..20), 0..30),
        group in 1_usize..60,
        (piece, threads) in (1_usize..40, 1_usize..4),
        skip in any::<bool>(),
    ) {
        let mut rows = Vec::new();
        for (label, period, n, share, between) in some {
            rows.extend(regular(20).into_iter().take(between));
            rows.push((label, period, n.map(i64::from), share));
        }
        let spec = if skip { tabled("{ skip_rows: ['tot*', 'P1*'] }", COLUMNS) } else { columns(COLUMNS) };
        same(&file(&rows, group), &spec, Limits::default(), &[cut(piece, 0, threads), cut(1 << 16, 0, 2)]);
    }

    #[test]
    fn a_damaged_file_is_read_or_refused_either_way(
        bytes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        keep in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut damaged = file(&regular(60), 20);
        for (at, byte) in bytes {
            let at = at.index(damaged.len());
            damaged[at] = byte;
        }
        damaged.truncate(keep.map_or(usize::MAX, |keep| keep.index(damaged.len())));
        same_of(&[&[0, 1, 2, 3]], &damaged, &columns(COLUMNS), Limits::default(), &[cut(9, 0, 3)]);
    }
}

#[test]
fn groups_and_parts_of_groups_are_read_by_several_threads() {
    let spec = columns(COLUMNS);
    let mut rows = regular(300);
    // In their order by hand: a line feed within a cell, a blank row and a lone label between others, a quotation mark.
    rows[40].0 = Some("a\nb".to_owned());
    rows[50] = (None, None, None, None);
    rows[60] = (Some("alone".to_owned()), None, None, None);
    rows[70].0 = Some("\"q".to_owned());
    for group in [300, 100, 7] {
        let bytes = file(&rows, group);
        assert!(is_scanned(&bytes, &spec, cut(90, 0, 3)), "{group}");
        let (read, findings) =
            answer(&dropped(&bytes).path, &spec, Limits::default(), cut(90, 0, 3), &[0, 2]).expect("a table");
        let expected = (1..).zip(&rows).filter(|(number, _)| *number != 51).map(|(number, row)| {
            let label = row.0.clone().expect("a label").trim().to_owned();
            (number, label, row.2.map_or_else(String::new, |n| n.to_string()))
        });
        let read: Vec<_> =
            read.into_iter().map(|(number, cells)| (number, cells[0].0.clone(), cells[1].0.clone())).collect();
        assert_eq!(read, expected.collect::<Vec<_>>(), "{group}");
        assert!(findings.iter().any(|finding| finding.check == "blank_rows"), "{findings:?}");
    }
}

/// What stands alone in the last row of a piece may be a footnote.
#[test]
fn what_may_be_a_footnote_at_the_end_of_a_piece_is_read_row_by_row() {
    let mut rows = regular(40);
    rows[19] = (Some("Note".to_owned()), None, None, None);
    let bytes = file(&rows, 20);
    assert!(!is_scanned(&bytes, &columns(COLUMNS), cut(20, 0, 2)));
    same(&bytes, &columns(COLUMNS), Limits::default(), &[cut(20, 0, 2)]);
}

/// Fewer threads decode what takes much memory.
#[test]
fn memory_is_shared_among_the_threads() {
    let rows: Vec<_> = regular(64).into_iter().map(|row| (Some("x".repeat(20_000)), row.1, row.2, row.3)).collect();
    let (bytes, spec) = (file(&rows, 8), columns(COLUMNS));
    let dropped = dropped(&bytes);
    let threads = |held_bytes| {
        let limits = Limits { held_bytes, ..Limits::default() };
        let table = Table::open(&dropped.path, &spec, &limits).expect("a table");
        typed(&table, (&dropped.path).into(), &spec, &limits, cut(8, 0, 3)).map(|plan| plan.cut.threads)
    };
    assert_eq!(threads(512 << 20), Some(3));
    // Each reader holds the dictionary of one text, 20 kB, and decodes a row that may hold it; one has opened the file.
    assert_eq!(threads(150_000), Some(2));
    assert_eq!(threads(100_000), Some(1));
    assert_eq!(threads(60_000), None);
}

//! The pages of a Parquet file, looked through by their headers before any is unpacked.
//!
//! A page says how large it unpacks to, and one value of a dictionary may stand in every row: a file of some kB could ask
//! for gigabytes. From the headers follows how many rows can be decoded at a time within [`Limits::held_bytes`]; a file
//! of which not even one row can is refused.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use parquet::{
    basic::Type,
    file::metadata::{ColumnChunkMetaData, ParquetMetaData},
};

use super::{
    super::{ReadError, error::Limits},
    input::{megabytes, swells},
    parquet_footer::Thrift,
};

/// No header of a page is longer; it may hold the least and the greatest value.
const HEADER: u64 = 64 << 10;
/// At most so many rows at a time.
const BATCH: u64 = 1024;
/// The encoding in which each value may repeat the one before it (`DELTA_BYTE_ARRAY`).
const REPEATING: i64 = 7;

/// What a column takes in memory: whatever the rows, and for each row.
#[derive(Debug, Default)]
struct Need {
    held: u64,
    row: u64,
}

/// How many rows of a file can be decoded at a time.
pub(super) fn rows_at_a_time(
    file: &File,
    metadata: &ParquetMetaData,
    name: &str,
    limits: &Limits,
) -> Result<usize, ReadError> {
    let refused = |reason: String| ReadError::TooLarge { file: name.to_owned(), reason };
    let size = file.metadata().map_err(|source| ReadError::Open { file: name.to_owned(), source })?.len();
    let mut rows = BATCH;
    let mut cells = 0_u64;
    for group in metadata.row_groups() {
        let claimed = u64::try_from(group.num_rows()).unwrap_or(0);
        cells = cells.saturating_add(claimed.saturating_mul(group.num_columns() as u64));
        if swells(cells, size) {
            return Err(refused("it claims far more rows than any table of its size".to_owned()));
        }
        let mut all = Need::default();
        for column in group.columns() {
            let need = need(file, size, column)
                .ok_or_else(|| ReadError::damaged(name, super::parquet::WHAT, "the header of a page cannot be read"))?;
            all = Need { held: all.held.saturating_add(need.held), row: all.row.saturating_add(need.row) };
        }
        let left = limits.held_bytes.saturating_sub(all.held);
        if left < all.row.max(1) {
            let most = megabytes(limits.held_bytes);
            return Err(refused(format!("its pages take more than {most} at a time; write it in smaller pages")));
        }
        rows = rows.min(left / all.row.max(1));
    }
    Ok(usize::try_from(rows).unwrap_or(1).max(1))
}

/// Goes from header to header through the pages of a column.
fn need(file: &File, size: u64, column: &ColumnChunkMetaData) -> Option<Need> {
    let (start, length) = match (column.dictionary_page_offset(), column.data_page_offset()) {
        (Some(dictionary), data) => (dictionary.min(data), column.compressed_size()),
        (None, data) => (data, column.compressed_size()),
    };
    let (mut at, length) = (u64::try_from(start).ok()?, u64::try_from(length).ok()?);
    let end = at.checked_add(length).filter(|end| *end <= size)?;
    let texts = matches!(column.column_type(), Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY);
    let (mut dictionary, mut largest, mut row) = (0, 0, 0);
    while at < end {
        let (page, header) = page_at(file, at)?;
        at = at.checked_add(header)?.checked_add(page.packed)?;
        if page.is_dictionary {
            dictionary = page.unpacked.max(dictionary);
        } else {
            largest = page.unpacked.max(largest);
            let one = if page.encoding == REPEATING { page.unpacked } else { page.unpacked / page.values.max(1) + 16 };
            row = one.max(row);
        }
    }
    Some(Need { held: dictionary + 2 * largest, row: row + if texts { dictionary } else { 0 } })
}

/// What the header of a page says.
#[derive(Debug, Default)]
struct Page {
    unpacked: u64,
    packed: u64,
    values: u64,
    encoding: i64,
    is_dictionary: bool,
}

/// The page whose header stands here, and the length of the header.
fn page_at(mut file: &File, at: u64) -> Option<(Page, u64)> {
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::new();
    // Most headers are some ten bytes long.
    for most in [256, HEADER - 256] {
        file.take(most).read_to_end(&mut bytes).ok()?;
        let mut thrift = Thrift::new(&bytes);
        if let Some(page) = thrift.page() {
            return Some((page.into(), (bytes.len() - thrift.left()) as u64));
        }
    }
    None
}

impl From<super::parquet_footer::PageNumbers> for Page {
    fn from(numbers: super::parquet_footer::PageNumbers) -> Self {
        // A size below nothing is refused by the reader.
        let size = |number: i64| u64::try_from(number).unwrap_or(0);
        Self {
            unpacked: size(numbers.unpacked),
            packed: size(numbers.packed),
            values: size(numbers.values),
            encoding: numbers.encoding,
            is_dictionary: numbers.kind == 2,
        }
    }
}

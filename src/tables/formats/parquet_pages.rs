//! The pages of a Parquet file, looked through by their headers before any is unpacked.
//!
//! A page says how large it unpacks to, and one value of a dictionary may stand in every row: a file of some kB could ask
//! for gigabytes. From the headers follows how many rows can be decoded at a time within so many bytes; a file of which not
//! even one row can is refused.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use parquet::{
    basic::Type,
    file::metadata::{ColumnChunkMetaData, ParquetMetaData},
};

use super::{super::ReadError, input::swells, parquet_footer::Thrift};

/// No header of a page is longer; it may hold the least and the greatest value.
const HEADER: u64 = 64 << 10;
/// At most so many rows at a time.
const BATCH: u64 = 1024;
/// The encoding in which each value may repeat the one before it (`DELTA_BYTE_ARRAY`).
const REPEATING: i64 = 7;

/// What takes memory while rows are decoded: so many bytes whatever the rows, and so many for each row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Need {
    held: u64,
    row: u64,
}

impl Need {
    /// How many rows can be decoded at a time within so many bytes; none where it is not even one.
    pub(super) fn rows_within(self, bytes: u64) -> Option<usize> {
        let left = bytes.saturating_sub(self.held);
        let rows = BATCH.min(left / self.row.max(1));
        usize::try_from(rows).ok().filter(|rows| *rows > 0)
    }

    fn and(self, other: Self) -> Self {
        Self { held: self.held.saturating_add(other.held), row: self.row.saturating_add(other.row) }
    }

    fn or(self, other: Self) -> Self {
        Self { held: self.held.max(other.held), row: self.row.max(other.row) }
    }
}

/// What decoding any rows of a file needs. Refuses files that claim more rows than any of their size hold.
pub(super) fn need(file: &File, metadata: &ParquetMetaData, name: &str) -> Result<Need, ReadError> {
    let size = file.metadata().map_err(|source| ReadError::Open { file: name.to_owned(), source })?.len();
    let (mut most, mut cells) = (Need::default(), 0_u64);
    for group in metadata.row_groups() {
        let claimed = u64::try_from(group.num_rows()).unwrap_or(0);
        cells = cells.saturating_add(claimed.saturating_mul(group.num_columns() as u64));
        if swells(cells, size) {
            let reason = "it claims far more rows than any table of its size".to_owned();
            return Err(ReadError::TooLarge { file: name.to_owned(), reason });
        }
        let mut all = Need::default();
        for column in group.columns() {
            let need = need_of(file, size, column)
                .ok_or_else(|| ReadError::damaged(name, super::parquet::WHAT, "the header of a page cannot be read"))?;
            all = all.and(need);
        }
        most = most.or(all);
    }
    Ok(most)
}

/// Goes from header to header through the pages of a column.
fn need_of(file: &File, size: u64, column: &ColumnChunkMetaData) -> Option<Need> {
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

//! The rows of a Parquet file in pieces that can be read at the same time, each as text.
//!
//! Whatever is amiss in a piece is not told here: who reads the file row by row tells it.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use arrow::{array::RecordBatch, util::display::FormatOptions};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::{
    super::{error::Limits, row::Row},
    parquet::look_through,
    parquet_texts::Texts,
};

/// Text is printed in parts of about so many bytes: they stay in a core's cache while they are looked at.
const PART_BYTES: usize = 256 << 10;

/// A file that can be read in pieces.
pub(in crate::tables) struct RowPieces {
    path: PathBuf,
    said: ArrowReaderMetadata,
    pieces: Vec<Place>,
    /// How many rows are decoded at a time.
    batch: usize,
    row_bytes: usize,
    threads: usize,
}

/// Where the rows of a piece stand.
struct Place {
    group: usize,
    /// How many rows of the group stand before it.
    offset: usize,
    rows: usize,
    /// How many rows of the file stand before it.
    before: u64,
}

/// The piece cannot be read as it should.
#[derive(Debug)]
pub(in crate::tables) struct Unreadable;

impl RowPieces {
    /// Pieces of at most so many rows, for as many threads as there are, or as can decode within the limit of memory together
    /// with the reader that has opened the file; none where that is none.
    pub(super) fn of(path: &Path, limits: &Limits, rows: usize, threads: usize) -> Option<Self> {
        let (said, need) = guarded(|| look_through(&File::open(path).ok()?, "", limits).ok()).ok()?;
        let sharing = |threads: &usize| need.rows_within(limits.held_bytes / (*threads as u64 + 1));
        let (threads, batch) = (1..=threads).rev().find_map(|threads| Some((threads, sharing(&threads)?)))?;
        let (mut pieces, mut before) = (Vec::new(), 0_u64);
        for (group, claimed) in said.metadata().row_groups().iter().enumerate() {
            let all = usize::try_from(claimed.num_rows()).ok()?;
            for offset in (0..all).step_by(rows.max(1)) {
                let rows = rows.min(all - offset);
                pieces.push(Place { group, offset, rows, before });
                before += rows as u64;
            }
        }
        (before <= limits.rows).then_some(Self {
            path: path.to_owned(),
            said,
            threads: threads.min(pieces.len()),
            pieces,
            batch,
            row_bytes: limits.row_bytes,
        })
    }

    /// How many threads may read pieces at the same time.
    pub(in crate::tables) fn threads(&self) -> usize {
        self.threads
    }

    /// How many rows stand before each piece.
    pub(in crate::tables) fn before(&self) -> impl ExactSizeIterator<Item = u64> {
        self.pieces.iter().map(|place| place.before)
    }

    /// Begins with a piece; none behind the last.
    pub(in crate::tables) fn get(&self, number: usize) -> Result<Option<RowPiece>, Unreadable> {
        let Some(place) = self.pieces.get(number) else { return Ok(None) };
        let reader = guarded(|| {
            let file = File::open(&self.path).ok()?;
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.said.clone());
            let builder = builder.with_row_groups(vec![place.group]).with_offset(place.offset).with_limit(place.rows);
            builder.with_batch_size(self.batch).build().ok()
        })?;
        let (row, row_bytes) = (Row::default(), self.row_bytes);
        Ok(Some(RowPiece { reader, batch: None, left: place.rows, before: place.before, row, row_bytes }))
    }
}

/// A piece that is being read.
pub(in crate::tables) struct RowPiece {
    reader: ParquetRecordBatchReader,
    /// What is decoded, and how many rows of it have been printed.
    batch: Option<(RecordBatch, usize)>,
    left: usize,
    before: u64,
    row: Row,
    row_bytes: usize,
}

impl RowPiece {
    /// How many rows of the file stand before the next that is printed.
    pub(in crate::tables) fn before(&self) -> u64 {
        self.before
    }

    /// Prints the next rows over these bytes, each cell but the last of a row ended by the delimiter, each row by a line
    /// feed; answers with how many they are, none at the end.
    pub(in crate::tables) fn print(&mut self, delimiter: u8, bytes: &mut Vec<u8>) -> Result<usize, Unreadable> {
        bytes.clear();
        guarded(|| self.print_part(delimiter, bytes))
    }

    fn print_part(&mut self, delimiter: u8, bytes: &mut Vec<u8>) -> Option<usize> {
        let (batch, from) = match self.batch.take() {
            Some(begun) => begun,
            None => match self.reader.next() {
                Some(batch) => (batch.ok()?, 0),
                // A piece that ends before its last row is damaged.
                None => return (self.left == 0).then_some(0),
            },
        };
        let options = FormatOptions::default();
        let texts = Texts::of_all(&batch, &options).ok()?;
        let mut at = from;
        while at < batch.num_rows() && bytes.len() < PART_BYTES {
            self.row.clear(0);
            for text in &texts {
                text.push(&mut self.row, at);
                self.row.end_cell();
            }
            if self.row.bytes() > self.row_bytes {
                return None;
            }
            print_row(&self.row, delimiter, bytes);
            at += 1;
        }
        drop(texts);
        let printed = at - from;
        self.left = self.left.checked_sub(printed)?;
        self.before += printed as u64;
        self.batch = (at < batch.num_rows()).then_some((batch, at));
        Some(printed)
    }
}

/// Writes a row as delimited text that can be taken apart again.
fn print_row(row: &Row, delimiter: u8, bytes: &mut Vec<u8>) {
    let marks = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r') || *byte == delimiter;
    let is_plain = !row.text().as_bytes().iter().any(marks);
    for (at, cell) in row.cells().enumerate() {
        if at > 0 {
            bytes.push(delimiter);
        }
        if is_plain || !cell.as_bytes().iter().any(marks) {
            bytes.extend_from_slice(cell.as_bytes());
        } else {
            bytes.push(b'"');
            bytes.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
            bytes.push(b'"');
        }
    }
    bytes.push(b'\n');
}

/// The crates that decode were not written for hostile files: what panics in them cannot be read.
fn guarded<T>(decode: impl FnOnce() -> Option<T>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(decode)).ok().flatten().ok_or(Unreadable)
}

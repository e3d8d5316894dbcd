//! What of a file can be scanned, and in which pieces.

use std::{fs::File, num::NonZeroUsize, os::unix::fs::FileExt, path::Path, thread::available_parallelism};

use super::{
    super::{
        TableSpec,
        error::Limits,
        header::{Found, SEARCHED_BYTES},
        row::Row,
        settings::RepeatedRows,
        splitter::{Quotes, Split, split},
    },
    chain::Start,
};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How a file is cut into pieces, and among how many threads they are shared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Bytes of a piece.
    pub(super) piece: usize,
    /// Bytes behind a piece that are read with it, for its last row.
    pub(super) beyond: usize,
    pub(super) threads: usize,
    /// Smaller files are read row by row.
    pub(super) smallest: u64,
}

impl Cut {
    /// A piece fits into a core's cache with what is made of it.
    pub(super) fn of_this_machine() -> Self {
        let threads = available_parallelism().map_or(1, NonZeroUsize::get);
        Self { piece: 1 << 20, beyond: 8 << 10, threads, smallest: 64 << 10 }
    }
}

/// A file that can be scanned.
pub(super) struct Plan {
    pub(super) file: File,
    pub(super) size: u64,
    pub(super) delimiter: u8,
    /// How many cells a row has, as the header has.
    pub(super) width: usize,
    /// Where the rows below the header begin.
    pub(super) start: Start,
    pub(super) cut: Cut,
    pub(super) limits: Limits,
}

impl Plan {
    /// None for what must be read row by row: layouts that make something of several rows, tables of one column, small
    /// files, and files whose first bytes are not UTF-8.
    pub(super) fn new(
        path: &Path,
        delimiter: u8,
        found: &Found,
        spec: &TableSpec,
        limits: &Limits,
        cut: Cut,
    ) -> Option<Self> {
        let file = File::open(path).ok()?;
        let size = file.metadata().ok()?.len();
        let table = &spec.table;
        let in_rows = table.blocks.is_some() || table.repeated_rows == RepeatedRows::Drop;
        if size < cut.smallest || in_rows || found.cells < 2 {
            return None;
        }
        let start = below_header(&file, size, delimiter, found.rows, limits)?;
        let mut cut = cut;
        cut.threads = cut.threads.min(usize::try_from(size / cut.piece as u64).unwrap_or(usize::MAX)).max(1);
        Some(Self { file, size, delimiter, width: found.cells, start, cut, limits: *limits })
    }

    /// Where a piece begins, counted from 0; the rows that begin in it are its own.
    pub(super) fn offset(&self, piece: usize) -> u64 {
        self.start.offset.saturating_add((piece as u64).saturating_mul(self.cut.piece as u64))
    }
}

/// Where the rows below the header begin; `rows` are title and header.
fn below_header(file: &File, size: u64, delimiter: u8, rows: usize, limits: &Limits) -> Option<Start> {
    let length = usize::try_from(size).unwrap_or(usize::MAX).min(2 * SEARCHED_BYTES);
    let mut head = vec![0; length];
    file.read_exact_at(&mut head, 0).ok()?;
    let mark = if head.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let valid = match str::from_utf8(head.get(mark..)?) {
        Ok(text) => text,
        // A character may be cut off at the end; anything else shows when the rows below are read.
        Err(error) => str::from_utf8(head.get(mark..mark + error.valid_up_to())?).ok()?,
    };
    let (mut at, mut line) = (0, 1);
    for _ in 0..rows {
        let mut row = Row::default();
        match split(valid.get(at..)?, delimiter, false, limits.columns, &mut row) {
            Split::Row { used, lines, quotes: Quotes::Sound } => (at, line) = (at + used, line + lines),
            // Whoever reads row by row has something to say of it.
            Split::Row { .. } | Split::More | Split::TooManyCells => return None,
        }
    }
    Some(Start { offset: (mark + at) as u64, line, rows: rows as u64 })
}

//! What of a file can be scanned, and in which pieces.

use std::{fs::File, num::NonZeroUsize, os::unix::fs::FileExt, path::Path, thread::available_parallelism};

use super::{
    super::{
        delimited::Flowing,
        error::Limits,
        formats::RowPieces,
        header::{Found, SEARCHED_BYTES},
        row::Row,
        splitter::{Quotes, Split, split},
    },
    chain::Start,
    pieces::Pieces,
    typed,
};

/// Where the header is looked for first.
const FEW_BYTES: usize = 8 << 10;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How a file is cut into pieces, and among how many threads they are shared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Bytes of a piece.
    pub(super) piece: usize,
    /// Bytes behind a piece that are read with it, for its last row.
    pub(super) beyond: usize,
    /// Rows of a piece of typed columns: what each begins with, their dictionaries, is a small part of it.
    pub(super) rows: usize,
    pub(super) threads: usize,
    /// Smaller files are read row by row.
    pub(super) smallest: u64,
}

impl Cut {
    /// A piece fits into a core's cache with what is made of it and what is known of the columns.
    pub(super) fn of_this_machine() -> Self {
        let threads = available_parallelism().map_or(1, NonZeroUsize::get);
        Self { piece: 256 << 10, beyond: 4 << 10, rows: 1 << 16, threads, smallest: 64 << 10 }
    }
}

/// A text that can be scanned.
pub(super) struct Plan {
    pub(super) pieces: Pieces,
    pub(super) delimiter: u8,
    /// How many cells a row has, as the header has.
    pub(super) width: usize,
    /// Where the rows below the header begin, and those of each piece as far as it is known beforehand.
    pub(super) starts: Vec<Start>,
    pub(super) cut: Cut,
    pub(super) limits: Limits,
}

impl Plan {
    /// For text as it lies in a file. None for small files, and files whose first bytes are not UTF-8.
    pub(super) fn lying(path: &Path, delimiter: u8, found: &Found, limits: &Limits, mut cut: Cut) -> Option<Self> {
        let file = File::open(path).ok()?;
        let size = file.metadata().ok()?.len();
        if size < cut.smallest {
            return None;
        }
        let start = below_header_of(&file, size, delimiter, found.rows, limits)?;
        cut.threads = cut.threads.min(usize::try_from(size / cut.piece as u64).unwrap_or(usize::MAX)).max(1);
        let pieces = Pieces::lying(file, size, start);
        Some(Self { pieces, delimiter, width: found.cells, starts: vec![start], cut, limits: *limits })
    }

    /// For text that is unpacked or decoded as it is read. None for small ones.
    pub(super) fn flowing(text: Flowing, found: &Found, limits: &Limits, mut cut: Cut) -> Option<Self> {
        if (text.begun.len() as u64) < cut.smallest {
            return None;
        }
        let (start, delimiter) = (below_header(&text.begun, 0, text.delimiter, found.rows, limits)?, text.delimiter);
        let head = usize::try_from(start.offset).ok()?;
        // What lies behind a piece is not read again for one long row, and is a small part of it.
        (cut.piece, cut.beyond) = (cut.piece * 4, cut.beyond * 16);
        let pieces = Pieces::flowing(text, head, start);
        Some(Self { pieces, delimiter, width: found.cells, starts: vec![start], cut, limits: *limits })
    }

    /// For typed columns.
    pub(super) fn typed(rows: RowPieces, found: &Found, limits: &Limits, mut cut: Cut) -> Self {
        cut.threads = rows.threads();
        let (starts, pieces) = (typed::starts(&rows), Pieces::typed(rows));
        Self { pieces, delimiter: typed::DELIMITER, width: found.cells, starts, cut, limits: *limits }
    }
}

/// As [`below_header`], for a file as it lies. Nearly all headers are found in its first few bytes.
fn below_header_of(file: &File, size: u64, delimiter: u8, rows: usize, limits: &Limits) -> Option<Start> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let within = |most: usize| below_header_within(file, size.min(most), delimiter, rows, limits);
    within(FEW_BYTES).or_else(|| within(2 * SEARCHED_BYTES))
}

/// As [`below_header_of`], in so many bytes.
fn below_header_within(file: &File, length: usize, delimiter: u8, rows: usize, limits: &Limits) -> Option<Start> {
    let mut head = vec![0; length];
    file.read_exact_at(&mut head, 0).ok()?;
    let mark = if head.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let valid = match str::from_utf8(head.get(mark..)?) {
        Ok(text) => text,
        // A character may be cut off at the end; anything else shows when the rows below are read.
        Err(error) => str::from_utf8(head.get(mark..mark + error.valid_up_to())?).ok()?,
    };
    below_header(valid, mark as u64, delimiter, rows, limits)
}

/// Where the rows below the header begin; `rows` are title and header, with which the text begins at this place.
fn below_header(text: &str, offset: u64, delimiter: u8, rows: usize, limits: &Limits) -> Option<Start> {
    let (mut at, mut line) = (0, 1);
    for _ in 0..rows {
        let mut row = Row::default();
        match split(text.get(at..)?, delimiter, false, limits.columns, &mut row) {
            Split::Row { used, lines, quotes: Quotes::Sound } => (at, line) = (at + used, line + lines),
            // Whoever reads row by row has something to say of it.
            Split::Row { .. } | Split::More | Split::TooManyCells => return None,
        }
    }
    Some(Start { offset: offset + at as u64, line, rows: rows as u64 })
}

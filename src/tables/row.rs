//! One row of cells as the formats hand them over, and what they have to offer besides.

use std::{
    fmt,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use crate::model::Finding;

use super::{ReadError, delimited::Flowing, formats::RowPieces};

/// What a format knows of a cell beyond its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A number that is shown as a percentage: `56.3%` is 0.563 beyond doubt.
    Share,
    /// The first of a month at midnight: a day, and how spreadsheets hold months.
    FirstOfMonth,
}

/// The texts of one row, as printed. It is reused from row to row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it stands in the file, from 1; a row over several lines: its first.
    pub(super) number: u64,
    text: String,
    ends: Vec<usize>,
    /// The cells that are marked, in their order.
    marks: Vec<(usize, Mark)>,
    /// The first and last cell of each range of merged cells that begins in this row.
    merged: Vec<(usize, usize)>,
}

impl Row {
    /// Makes it an empty row.
    pub(super) fn clear(&mut self, number: u64) {
        self.number = number;
        self.text.clear();
        self.ends.clear();
        self.marks.clear();
        self.merged.clear();
    }

    /// Says that cells are merged, from the first to the last.
    pub(super) fn merge(&mut self, first: usize, last: usize) {
        self.merged.push((first, last));
    }

    /// The last cell that the text of a cell stands over: itself, or where it is merged to; no end where nothing is merged
    /// in the row, or the format does not tell.
    pub(super) fn merged_to(&self, cell: usize) -> usize {
        let own = self.merged.iter().find(|(first, _)| *first == cell);
        own.map_or(if self.merged.is_empty() { usize::MAX } else { cell }, |(_, last)| *last)
    }

    /// Marks the cell that is not finished yet.
    pub(super) fn mark(&mut self, mark: Mark) {
        self.marks.push((self.ends.len(), mark));
    }

    /// The mark of a cell, if it has one.
    pub(super) fn marked(&self, cell: usize) -> Option<Mark> {
        let at = self.marks.binary_search_by_key(&cell, |(cell, _)| *cell).ok()?;
        self.marks.get(at).map(|(_, mark)| *mark)
    }

    /// Adds to the cell that is not finished yet.
    pub(super) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Finishes a cell.
    pub(super) fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    /// The text of a cell; none beyond the last.
    pub(super) fn get(&self, cell: usize) -> Option<&str> {
        let start = cell.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(cell).and_then(|end| self.text.get(start..*end))
    }

    /// Puts another text into a cell; cells that are wanting before it are made, blank.
    pub(super) fn set(&mut self, cell: usize, text: &str) {
        let mut changed = Self { number: self.number, ..Self::default() };
        for at in 0..self.len().max(cell + 1) {
            changed.push_str(if at == cell { text } else { self.get(at).unwrap_or("") });
            changed.end_cell();
        }
        changed.marks.clone_from(&self.marks);
        changed.marks.retain(|(marked, _)| *marked != cell);
        changed.merged.clone_from(&self.merged);
        *self = changed;
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of its text.
    pub(super) fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The whole text, cell after cell.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Every cell.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|cell| self.get(cell).unwrap_or(""))
    }

    /// The first cell that is not blank, and where it stands.
    pub(super) fn first_filled(&self) -> Option<(usize, &str)> {
        self.cells().enumerate().find(|(_, cell)| !is_blank(cell))
    }

    /// The only cell that holds anything, and where it stands, if that is here or to the left.
    pub(super) fn alone(&self, last: usize) -> Option<(usize, &str)> {
        let mut filled = self.cells().enumerate().filter(|(_, cell)| !is_blank(cell));
        filled.next().filter(|(at, _)| *at <= last && filled.next().is_none())
    }
}

/// Adds to the cell that is not finished yet.
impl fmt::Write for Row {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

/// Rows of a file of any format. One implementation a format.
pub(super) trait Rows: Send {
    /// Reads the next row, blank ones included; false at the end.
    fn read(&mut self, row: &mut Row) -> Result<bool, ReadError>;

    /// What the format itself found amiss, once the end is reached.
    fn findings(&self) -> Vec<Finding>;

    /// Keeps so many places of each kind of what it finds amiss.
    fn keep(&mut self, _most: usize) {}

    /// The delimiter, where the rows are text as it lies in a file of its own, and UTF-8 unless their bytes say otherwise.
    fn plain_text(&self) -> Option<u8> {
        None
    }

    /// The text that the rows are read from, where it is delimited text and no row was read yet; `read` counts the bytes of
    /// the file that have been read.
    fn into_text(self: Box<Self>, _read: Arc<AtomicU64>) -> Option<Flowing> {
        None
    }

    /// The rows below the first in pieces of at most so many, where they are those of the file at this path and can be read
    /// by several threads.
    fn in_pieces(&self, _path: &Path, _rows: usize, _threads: usize) -> Option<RowPieces> {
        None
    }

    /// Someone else has read the text from its beginning: what these rows have found in it is forgotten.
    fn forget(&mut self) {}

    /// Goes on to the next sheet, where every one of a workbook is read; false after the last.
    fn next_sheet(&mut self) -> Result<bool, ReadError> {
        Ok(false)
    }

    /// The sheet of a workbook that the rows are from.
    fn sheet(&self) -> Option<Arc<str>> {
        None
    }
}

/// White space and what is invisible: a byte-order mark, a zero-width space.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}')
}

/// The text without white space around it.
pub(super) fn trim(text: &str) -> &str {
    // Nearly every cell begins and ends with a printable ASCII character.
    let plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if plain(bytes.first()) && plain(bytes.last()) { text } else { text.trim_matches(is_space) }
}

/// The texts of cells side by side, with a space between.
pub(super) fn join<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let joined = texts.map(trim).collect::<Vec<_>>().join(" ");
    trim(&joined).to_owned()
}

/// Whether a cell holds nothing that a reader would see.
pub(super) fn is_blank(text: &str) -> bool {
    trim(text).is_empty()
}

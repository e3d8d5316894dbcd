//! Cells that are plain figures: their numbers side by side, and their texts where they stand in the file.

use std::sync::Arc;

use super::{Cell, column::Plain};
use crate::model::Missing;

/// So many numbers are asked about together.
const BLOCK: usize = 64;

/// A piece of a file and where its cells end: rows that follow each other have the same number of cells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Printed {
    /// The bytes, in UTF-8.
    pub bytes: Vec<u8>,
    /// Where the first cell begins.
    pub start: u32,
    /// Where each cell ends, row after row: the place of the delimiter or line end behind it.
    pub ends: Vec<u32>,
    /// How many cells a row has.
    pub width: usize,
}

impl Printed {
    /// The bytes of a cell, counted from 0 through all rows: quotation marks included, and a carriage return before the
    /// line end.
    #[inline]
    #[must_use]
    pub fn raw(&self, at: usize) -> &[u8] {
        let end = self.ends.get(at).map_or(0, |end| *end as usize);
        self.bytes.get(self.raw_start(at)..end).unwrap_or_default()
    }

    /// Where a cell begins.
    #[inline]
    #[must_use]
    pub fn raw_start(&self, at: usize) -> usize {
        match at.checked_sub(1) {
            None => self.start as usize,
            Some(before) => self.ends.get(before).map_or(usize::MAX, |end| *end as usize + 1),
        }
    }

    /// A cell without quotation marks and white space around it; not for cells with doubled quotation marks.
    fn text(&self, at: usize) -> &str {
        let raw = self.raw(at).trim_ascii();
        let bare = raw.strip_prefix(b"\"").and_then(|raw| raw.strip_suffix(b"\"")).unwrap_or(raw);
        str::from_utf8(bare).unwrap_or("").trim()
    }
}

/// A column of plain figures; what is something else among them is kept apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    values: Vec<f64>,
    /// The rows that are no plain figure, ascending, and their cells.
    apart: Vec<usize>,
    apart_cells: Plain,
    /// Where the texts of the plain figures stand: the piece of the file, and the cell of the first row.
    printed: Option<(Arc<Printed>, usize)>,
}

impl Numbers {
    /// Begins anew; `first` is the cell of the first row, counted through all rows of `printed`.
    pub fn begin(&mut self, printed: Arc<Printed>, first: usize) {
        self.clear();
        self.printed = Some((printed, first));
    }

    /// Forgets everything, and lets go of the file.
    pub fn clear(&mut self) {
        self.values.clear();
        self.apart.clear();
        self.apart_cells.clear();
        self.printed = None;
    }

    /// Adds plain figures, which are finite.
    #[inline]
    pub fn extend(&mut self, numbers: &[f64]) {
        self.values.extend_from_slice(numbers);
    }

    /// Says of a row that its cell is printed otherwise, or holds no figure. Rows come in ascending order.
    pub fn set_apart(&mut self, row: usize, text: &str, cell: Cell) {
        if let Some(value) = self.values.get_mut(row) {
            *value = if let Cell::Number(number) = cell { number } else { f64::NAN };
            self.apart.push(row);
            self.apart_cells.push(text, cell);
        }
    }

    /// The numbers row by row; NaN where a cell holds none.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The rows whose cells may hold no number, ascending, each with what it holds. All others hold one.
    pub fn apart(&self) -> impl Iterator<Item = (usize, Cell)> {
        self.apart.iter().enumerate().map(|(at, row)| (*row, self.apart_cells.cell(at)))
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn cell(&self, row: usize) -> Cell {
        match self.values.get(row) {
            None => Cell::Missing(Missing::Absent),
            Some(number) if number.is_nan() => {
                self.apart_at(row).map_or(Cell::Missing(Missing::Absent), |(_, cell)| cell)
            }
            Some(number) => Cell::Number(*number),
        }
    }

    pub(super) fn text(&self, row: usize) -> &str {
        if row >= self.values.len() {
            return "";
        }
        match (self.apart_at(row), &self.printed) {
            (Some((text, _)), _) => text,
            (None, Some((printed, first))) => printed.text(first + row * printed.width),
            (None, None) => "",
        }
    }

    fn apart_at(&self, row: usize) -> Option<(&str, Cell)> {
        let at = self.apart.binary_search(&row).ok()?;
        Some((self.apart_cells.text(at), self.apart_cells.cell(at)))
    }

    /// Calls `each` with the rows whose numbers fail, ascending.
    #[inline]
    pub(super) fn failing(&self, fails: impl Fn(f64) -> bool, mut each: impl FnMut(usize)) {
        let fails = |number: &f64| fails(*number) & !number.is_nan();
        for (at, block) in self.values.chunks(BLOCK).enumerate() {
            // In nearly all blocks none does, and a processor tells that of several numbers at a time.
            if block.iter().fold(false, |any, number| any | fails(number)) {
                let failing = block.iter().enumerate().filter(|(_, number)| fails(number));
                failing.for_each(|(row, _)| each(at * BLOCK + row));
            }
        }
    }
}

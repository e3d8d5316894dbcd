//! What is amiss in rows, whatever their layout.

use crate::model::{Finding, Severity};

use super::{
    decode::is_damaged,
    header::Found,
    places::Places,
    row::{Row, is_blank},
};

/// What is amiss in rows.
#[derive(Default)]
pub(super) struct Seen {
    too_many: Places,
    too_few: Places,
    damaged: Places,
    damaged_elsewhere: Places,
    pub(super) skipped: Places,
}

impl Seen {
    /// Notes a row whose cells are too many or too few, or whose text is damaged. `header` is that of a declared column.
    pub(super) fn inspect<'a>(&mut self, row: &Row, found: &Found, header: impl Fn(usize) -> Option<&'a str>) {
        if row.len() < found.named {
            self.too_few.add(row.number, None, None);
        }
        let beyond = (found.cells..row.len()).filter_map(|at| Some((at, row.get(at)?)));
        if let Some((at, cell)) = beyond.into_iter().find(|(_, cell)| !is_blank(cell)) {
            self.too_many.add_cell(row.number, Some(at), None, Some(cell));
        }
        if !row.text().is_ascii() {
            for (at, cell) in row.cells().enumerate().filter(|(_, cell)| cell.contains(is_damaged)) {
                match header(at) {
                    Some(header) => self.damaged.add_cell(row.number, Some(at), Some(header), Some(cell)),
                    None => self.damaged_elsewhere.add_cell(row.number, Some(at), None, Some(cell)),
                }
            }
        }
    }

    /// Keeps so many places of each kind.
    pub(super) fn keep(&mut self, most: usize) {
        let Self { too_many, too_few, damaged, damaged_elsewhere, skipped } = self;
        Places::keep_all([too_many, too_few, damaged, damaged_elsewhere, skipped], most);
    }

    /// Takes in what is amiss in other rows.
    pub(super) fn merge(&mut self, other: Self) {
        self.too_many.merge(other.too_many);
        self.too_few.merge(other.too_few);
        self.damaged.merge(other.damaged);
        self.damaged_elsewhere.merge(other.damaged_elsewhere);
        self.skipped.merge(other.skipped);
    }

    /// `in_sheet`: each cell knows its column, so that none can have been moved by another.
    pub(super) fn findings(&self, cells: usize, in_sheet: bool) -> Vec<Finding> {
        let too_many = format!(
            "rows have more cells than the header's {cells}: a delimiter within a cell that is not quoted moves all cells after it"
        );
        let unnamed = "cells to the right of the header stand under none: they were not read";
        let too_few = "rows have fewer cells than the header names columns: the file may be cut off";
        let damaged = "cells hold bytes that the file's encoding does not have; save the file as UTF-8";
        let elsewhere = "cells of columns that are not used hold bytes that the file's encoding does not have";
        let skipped = "rows that the dataset's `skip_rows` names were left out";
        [
            if in_sheet {
                self.too_many.finding("unnamed_column", Severity::Note, unnamed)
            } else {
                self.too_many.finding("ragged_row", Severity::Error, too_many)
            },
            self.too_few.finding("ragged_row", Severity::Error, too_few),
            self.damaged.finding("encoding", Severity::Error, damaged),
            self.damaged_elsewhere.finding("encoding", Severity::Warning, elsewhere),
            self.skipped.finding("skipped_rows", Severity::Note, skipped),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

//! The rows that a dataset leaves out: no data, and still what some checks ask about, such as a row of percentages.

use crate::model::{Batch, Cell, Column, ColumnKind, Missing};

use super::{cells::read_cell, row::trim};

/// More of them are not kept.
const MOST_ROWS: usize = 1000;
const MOST_BYTES: usize = 1 << 20;

/// The rows that were left out, bounded in number and size.
#[derive(Debug, Default)]
pub(super) struct Skipped {
    rows: Vec<u64>,
    columns: Vec<Column>,
    bytes: usize,
}

impl Skipped {
    /// Adds a row: of each declared column its kind and its cell, if the row reaches so far.
    pub(super) fn add<'a>(&mut self, row: u64, cells: impl Iterator<Item = (ColumnKind, Option<&'a str>)>) {
        if self.rows.len() >= MOST_ROWS || self.bytes >= MOST_BYTES {
            return;
        }
        self.rows.push(row);
        for (at, (kind, text)) in cells.enumerate() {
            if self.columns.len() <= at {
                self.columns.push(Column::default());
            }
            let text = text.map(trim);
            self.bytes += text.map_or(0, str::len);
            let cell = text.map_or(Cell::Missing(Missing::Absent), |text| read_cell(any_figure(kind), text));
            if let Some(column) = self.columns.get_mut(at) {
                column.push(text.unwrap_or(""), cell);
            }
        }
    }

    /// Takes in those of another part of the file.
    pub(super) fn merge(&mut self, other: &Self) {
        let room = MOST_ROWS.saturating_sub(self.rows.len()).min(other.rows.len());
        self.rows.extend(other.rows.iter().take(room));
        self.columns.resize_with(self.columns.len().max(other.columns.len()), Column::default);
        for (column, others) in self.columns.iter_mut().zip(&other.columns) {
            others.iter().take(room).for_each(|(text, cell)| column.push(text, cell));
        }
        self.bytes += other.bytes;
    }

    pub(super) fn batch(&self) -> Batch {
        Batch { sheet: None, rows: self.rows.clone(), columns: self.columns.clone() }
    }
}

/// Below a column of counts, such a row prints percentages.
fn any_figure(kind: ColumnKind) -> ColumnKind {
    match kind {
        ColumnKind::Number | ColumnKind::Percent => ColumnKind::Figure,
        other => other,
    }
}

//! Rows of a file as typed columns: what `tables` hands to `checks`, a batch at a time.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Missing, Period};

/// What a cell was read as. Its text as printed is kept beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// The text itself is the value.
    Text,
    /// A finite number, scaled to the column's unit.
    Number(f64),
    /// A reporting period.
    Period(Period),
    /// No value, and why.
    Missing(Missing),
}

/// Where a cell stands in the file, when its row there is not that of the whole row: a table whose figures for a month
/// stand on two rows, or across the columns, gives rows whose cells come from several places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellPlace {
    /// The row of the file, from 1.
    pub row: u64,
    /// The header of its column as printed, when that is not the same for the whole column.
    pub header: Option<Arc<str>>,
}

/// One column of a batch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Column {
    text: String,
    ends: Vec<usize>,
    cells: Vec<Cell>,
    /// Shorter than `cells` where no cell has a place of its own.
    places: Vec<Option<CellPlace>>,
}

impl Column {
    /// Appends a cell: its text as printed and what it was read as.
    pub fn push(&mut self, text: &str, cell: Cell) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.cells.push(cell);
    }

    /// As [`Column::push`], for a cell that stands elsewhere than its row.
    pub fn push_at(&mut self, text: &str, cell: Cell, place: CellPlace) {
        self.places.resize(self.cells.len(), None);
        self.places.push(Some(place));
        self.push(text, cell);
    }

    /// Where a cell stands, when that is not simply its row.
    #[must_use]
    pub fn place(&self, row: usize) -> Option<&CellPlace> {
        self.places.get(row).and_then(Option::as_ref)
    }

    /// The text of a cell as printed; empty beyond the last row.
    #[must_use]
    pub fn text(&self, row: usize) -> &str {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(row).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }

    /// What a cell was read as; [`Missing::Absent`] beyond the last row.
    #[must_use]
    pub fn cell(&self, row: usize) -> Cell {
        self.cells.get(row).copied().unwrap_or(Cell::Missing(Missing::Absent))
    }

    /// How many cells it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Every cell with its text, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cell)> {
        (0..self.len()).map(|row| (self.text(row), self.cell(row)))
    }
}

/// Consecutive rows. The columns stand in the order of the dataset's `columns`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// The sheet of a workbook that the rows are from.
    pub sheet: Option<Arc<str>>,
    /// Where each row stands in the file, from 1 (a row of several lines: its first).
    pub rows: Vec<u64>,
    /// One per declared column, each as long as `rows`.
    pub columns: Vec<Column>,
}

/// What a declared column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Text, codes, names.
    #[default]
    Text,
    /// A number: `1,332`, `(23,269)`, `£0.96`.
    Number,
    /// A share: `56.3%` and `0.563` are both 0.563.
    Percent,
    /// `01:05:37`, in seconds.
    Duration,
    /// A reporting period.
    Period,
    /// A number, percentage or duration, each cell with its own unit: `4242`, `56.3%` as 0.563, `01:05:37` in seconds.
    /// For tables of many measures.
    Figure,
    /// A plan or target: a figure, a bound (`=<92%`) as its figure, or words (`Reduction`, `Lower 85% Upper 90%`), which
    /// are no mistake and no figure.
    Target,
}

/// A declared column: the name that rules, checks and measures use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDef {
    /// Its name in the dataset.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether a file without it is held back.
    pub required: bool,
}

/// The declared columns of a dataset, in the order in which a [`Batch`] has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// The columns.
    pub columns: Vec<ColumnDef>,
}

impl Schema {
    /// Where a column stands.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The names, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }
}

/// How the header of a file answers to the declared columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The row (from 1) that the header stands in; its last, when it covers several.
    pub row: u64,
    /// For each declared column, its header as printed; none where the file has no such column.
    pub found: Vec<Option<String>>,
    /// Headers that no declared column answers to (blank ones left out).
    pub unexpected: Vec<String>,
}

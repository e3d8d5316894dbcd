//! Rows of a file as typed columns: what `tables` hands to `checks`, a batch at a time.

mod column;
mod dictionary;
mod numbers;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Missing, Period};

pub use column::{Cells, Coded, Column, Plain};
pub use dictionary::{Asked, Dictionary, Memo};
pub use numbers::{Numbers, Printed};

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
    /// Which column of the file it stands in, from 0, when that is not the same for the whole column.
    pub column: Option<usize>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// A plan or target: a figure, a bound (`=<92%`) as its figure, a range (`Lower 85% Upper 90%`), or words (`Reduction`),
    /// which are no mistake and no figure.
    Target,
}

impl ColumnKind {
    /// As the configuration writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Percent => "percent",
            Self::Duration => "duration",
            Self::Period => "period",
            Self::Figure => "figure",
            Self::Target => "target",
        }
    }
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
    /// The sheet of a workbook that it stands in.
    pub sheet: Option<Arc<str>>,
    /// For each declared column, its header as printed; none where the file has no such column.
    pub found: Vec<Option<String>>,
    /// For each declared column, which column of the file it is, from 0; none where it is none, or several.
    pub positions: Vec<Option<usize>>,
    /// For each declared column, whether its header was only found by tolerance: it is written otherwise.
    pub tolerated: Vec<bool>,
    /// For each declared column that the file does not have, which of its other headers may be meant by it.
    pub likeliest: Vec<Option<String>>,
    /// Headers that no declared column answers to (blank ones left out), with the texts of the groups that they stand in.
    pub unexpected: Vec<String>,
    /// What is printed above each column of the file, from the left; empty where nothing is.
    pub printed: Vec<String>,
}

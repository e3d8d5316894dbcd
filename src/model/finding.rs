//! What a check saw.

use serde::{Deserialize, Serialize};

use super::coded;

coded! {
    /// How much a finding weighs: an error holds the delivery back, a warning is published with it.
    #[derive(Default)]
    pub enum Severity {
        /// Worth knowing: a note that changes nothing.
        Note = "note",
        /// Published, with the finding named.
        Warning = "warning",
        /// Not fit to publish.
        #[default]
        Error = "error",
    }
}

/// How many failing rows a finding keeps, unless a dataset says otherwise; its count names them all.
pub const ROWS_KEPT: usize = 20;

/// One defect of a delivery, with the places where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check's id: `not_null`, or the name that the dataset gives it.
    pub check: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// How many rows (or places) fail; 0 when the finding is about the file as a whole.
    pub count: u64,
    /// The first of them, [`ROWS_KEPT`] unless a dataset says otherwise.
    pub rows: Vec<FailingRow>,
    /// A group that is told of it as well as the dataset's steward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// A place in the file as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingRow {
    /// The row as a text editor or spreadsheet numbers it, from 1.
    pub row: u64,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The column's header, where the finding is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The cell as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Finding {
    /// A finding about the file as a whole.
    #[must_use]
    pub fn of_file(check: impl Into<String>, severity: Severity, message: impl Into<String>) -> Self {
        Self { check: check.into(), severity, message: message.into(), count: 0, rows: Vec::new(), owner: None }
    }
}

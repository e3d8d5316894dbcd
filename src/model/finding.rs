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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Finding {
    /// The check's id: `not_null`, or the name that the dataset gives it.
    pub check: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong and what to do, for people.
    pub message: String,
    /// How many rows (or places) fail; 0 when the finding is about the file as a whole.
    pub count: u64,
    /// How many rows were looked at, where the finding is one about rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<u64>,
    /// Which share of them fails: 14 of 56 are 0.25.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// The first of them, [`ROWS_KEPT`] unless a dataset says otherwise.
    pub rows: Vec<FailingRow>,
    /// A group that is told of it as well as the dataset's steward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// A share of rows, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Share(f64);

/// It is never NaN.
impl Eq for Share {}

impl Share {
    /// So many of so many; none where that is no share.
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        (whole > 0 && part <= whole).then(|| Self(part as f64 / whole as f64))
    }

    /// The share as a number from 0 to 1.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

/// A place in the file as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FailingRow {
    /// The row as a text editor or spreadsheet numbers it, from 1.
    pub row: u64,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The cell as a spreadsheet names it, where the file is a workbook: `B7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The column's header, where the finding is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The cell as printed; what a check says is personal, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether the value is about a person, and was masked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

/// A cell as a spreadsheet names it: column 1 (from 0) in row 7 is `B7`.
#[must_use]
pub fn cell_name(column: usize, row: u64) -> String {
    format!("{}{row}", column_name(column))
}

/// "C": the name of a column of a spreadsheet, the first of which is 0.
#[must_use]
pub fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

impl Finding {
    /// A finding about the file as a whole.
    #[must_use]
    pub fn of_file(check: impl Into<String>, severity: Severity, message: impl Into<String>) -> Self {
        Self { check: check.into(), severity, message: message.into(), ..Self::default() }
    }

    /// The same finding, where so many rows were looked at.
    #[must_use]
    pub fn among(self, rows: u64) -> Self {
        let share = Share::of(self.count, rows).filter(|_| self.count > 0);
        Self { looked_at: share.map(|_| rows), share, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_spreadsheets_do() {
        // The last column of Excel is XFD, its 16,384th.
        let names = [(0, 1), (1, 7), (25, 2), (26, 2), (701, 3), (702, 3), (16_383, 1_048_576)];
        let names = names.map(|(column, row)| cell_name(column, row));
        assert_eq!(names, ["A1", "B7", "Z2", "AA2", "ZZ3", "AAA3", "XFD1048576"]);
    }

    #[test]
    fn a_share_is_one_of_the_rows_looked_at() {
        let finding = |count| Finding { count, ..Finding::of_file("x", Severity::Error, "x") };
        assert_eq!(finding(14).among(56).share.map(Share::get), Some(0.25));
        for (count, rows) in [(0, 5), (3, 0), (6, 5)] {
            assert_eq!((finding(count).among(rows).share, finding(count).among(rows).looked_at), (None, None));
        }
    }
}

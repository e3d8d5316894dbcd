//! Where a defect stands: all places counted, the first of them kept.

use crate::model::{FailingRow, Finding, Severity, finding::ROWS_KEPT};

/// As much of a cell as a finding shows.
const SHOWN: usize = 120;

/// The places of one kind of defect. Its size is bounded, whatever the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    count: u64,
    rows: Vec<FailingRow>,
}

impl Places {
    /// Counts a place.
    pub(super) fn add(&mut self, row: u64, column: Option<&str>, value: Option<&str>) {
        self.count += 1;
        if self.rows.len() < ROWS_KEPT {
            let value = value.map(shorten);
            self.rows.push(FailingRow { row, sheet: None, column: column.map(str::to_owned), value });
        }
    }

    /// Takes in the places of other rows.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.rows.extend(other.rows);
        self.rows.sort_by_key(|row| row.row);
        self.rows.truncate(ROWS_KEPT);
    }

    /// The finding, if there is any place.
    pub(super) fn finding(&self, check: &str, severity: Severity, message: impl Into<String>) -> Option<Finding> {
        let (check, message) = (check.to_owned(), message.into());
        (self.count > 0).then(|| Finding {
            check,
            severity,
            message,
            count: self.count,
            rows: self.rows.clone(),
            owner: None,
        })
    }
}

/// The beginning of a long text.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}

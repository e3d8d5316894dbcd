//! Failing rows: all are counted, the first are kept.

use super::columns::Spot;
use crate::model::{FailingRow, finding::ROWS_KEPT, value::format_number};

/// A cell may be as long as the file; what is kept of it is not.
const CHARS_KEPT: usize = 200;

/// The rows that fail a check.
#[derive(Debug, Default)]
pub(super) struct Failures {
    count: u64,
    rows: Vec<FailingRow>,
}

impl Failures {
    /// Adds a row of `sheet`. `column` is the header as printed, `value` the cell as printed; it is asked for only if it is kept.
    pub(super) fn add(&mut self, sheet: Option<&str>, row: u64, column: &str, value: impl FnOnce() -> String) {
        self.count += 1;
        if self.rows.len() < ROWS_KEPT {
            let (column, value) = (Some(column.to_owned()), Some(shortened(&value(), CHARS_KEPT)));
            self.rows.push(FailingRow { row, sheet: sheet.map(str::to_owned), column, value });
        }
    }

    /// Adds a cell.
    pub(super) fn add_cell(&mut self, spot: Spot<'_>) {
        self.add(spot.sheet(), spot.row(), spot.header(), || spot.text().to_owned());
    }

    /// Takes in the rows of another part of the file.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.rows.extend(other.rows);
        self.rows.sort_by_key(|row| row.row);
        self.rows.truncate(ROWS_KEPT);
    }

    /// The same rows, of so many that fail.
    pub(super) fn of(self, count: u64) -> Self {
        Self { count, ..self }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// "row 7", or "2 of 14 rows".
    pub(super) fn place(&self, total: u64) -> String {
        match self.rows.first() {
            Some(only) if self.count == 1 => format!("row {}", only.row),
            _ => format!("{} of {} rows", grouped(self.count), grouped(total)),
        }
    }

    /// "row 7: `-3`", or "2 of 14 rows, first `-3` in row 7".
    pub(super) fn place_and_value(&self, total: u64) -> String {
        let place = self.place(total);
        match self.rows.first() {
            Some(first) => {
                let value = quoted(first.value.as_deref().unwrap_or(""));
                match self.count {
                    1 => format!("{place}: {value}"),
                    _ => format!("{place}, first {value} in row {}", first.row),
                }
            }
            None => place,
        }
    }

    /// The count and the rows that were kept, in the order of the file.
    pub(super) fn into_parts(mut self) -> (u64, Vec<FailingRow>) {
        self.rows.sort_by_key(|row| row.row);
        (self.count, self.rows)
    }
}

/// A count as people write it: `18,000,000`.
pub(super) fn grouped(count: u64) -> String {
    format_number(count as f64)
}

/// Text from a file within a message: short, on one line, between backticks.
pub(super) fn quoted(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("`{}`", shortened(visible.trim(), 60))
}

/// At most `chars` characters; what is cut off is marked.
pub(super) fn shortened(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or("")),
        None => text.to_owned(),
    }
}

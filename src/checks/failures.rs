//! Failing rows: all are counted, the first are kept.

use std::collections::BTreeMap;

use super::{columns::Spot, groups::Group, rows::Rows};
use crate::model::{FailingRow, value::format_number};

/// A cell may be as long as the file; what is kept of it is not.
const CHARS_KEPT: usize = 200;

/// The rows that fail a check. By default none of them is kept: see [`Failures::keeping`].
#[derive(Debug, Default, Clone)]
pub(super) struct Failures {
    count: u64,
    rows: Vec<FailingRow>,
    most: usize,
    /// How many fail of each group, where a tolerance is per group.
    by_group: BTreeMap<Group, u64>,
}

impl Failures {
    /// Keeps the first so many rows.
    pub(super) fn keeping(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Adds a cell.
    pub(super) fn add_cell(&mut self, spot: Spot<'_>) {
        self.add_cell_as(spot, || spot.text().to_owned());
    }

    /// Adds a cell that is to be shown otherwise than printed.
    pub(super) fn add_cell_as(&mut self, spot: Spot<'_>, value: impl FnOnce() -> String) {
        self.count_group(&spot.rows, spot.index);
        self.add(spot.rows.sheet(), spot.row(), spot.header(), value);
    }

    /// Adds a row: `column` is the header of what is wrong in it, `value` what is printed there; it is asked for only if
    /// it is kept.
    pub(super) fn add_row(&mut self, rows: &Rows<'_>, index: usize, column: &str, value: impl FnOnce() -> String) {
        self.count_group(rows, index);
        self.add(rows.sheet(), rows.row(index), column, value);
    }

    /// As [`Failures::add_row`], for a row that is not at hand any more.
    pub(super) fn add(&mut self, sheet: Option<&str>, row: u64, column: &str, value: impl FnOnce() -> String) {
        self.count += 1;
        if self.rows.len() < self.most {
            let (column, value) = (Some(column.to_owned()), Some(shortened(&value(), CHARS_KEPT)));
            self.rows.push(FailingRow { row, sheet: sheet.map(str::to_owned), column, value });
        }
    }

    fn count_group(&mut self, rows: &Rows<'_>, index: usize) {
        if let Some(group) = rows.group(index) {
            *self.by_group.entry(group).or_default() += 1;
        }
    }

    /// How many fail of each group, where a tolerance is per group.
    pub(super) fn by_group(&self) -> &BTreeMap<Group, u64> {
        &self.by_group
    }

    /// Takes in the rows of another part of the file.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.rows.extend(other.rows);
        self.rows.sort_by_key(|row| row.row);
        self.rows.truncate(self.most);
        for (group, count) in other.by_group {
            *self.by_group.entry(group).or_default() += count;
        }
    }

    /// The same rows, of so many that fail.
    pub(super) fn of(self, count: u64) -> Self {
        Self { count, ..self }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The first row that is kept, and what is printed there.
    pub(super) fn first(&self) -> Option<(u64, &str)> {
        self.rows.first().map(|row| (row.row, row.value.as_deref().unwrap_or("")))
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

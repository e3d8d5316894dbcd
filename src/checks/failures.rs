//! Failing rows: all are counted, the first are kept.

use std::collections::BTreeMap;

use super::{
    columns::Spot,
    groups::Group,
    identity::masked,
    listing::{ListedAs, Listing},
    privacy::Privacy,
    rows::Rows,
};
use crate::model::{FailingRow, Finding, value::format_number};

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
    /// Whether all values are about persons.
    personal: bool,
    /// Which values are, otherwise.
    privacy: Privacy,
    /// Where every row goes, kept or not.
    listed: Option<ListedAs>,
}

impl Failures {
    /// Keeps the first so many rows.
    pub(super) fn keeping(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// All values are about persons: no more than their shape is shown.
    pub(super) fn personal(self) -> Self {
        Self { personal: true, ..self }
    }

    /// Values that this hides are about persons.
    pub(super) fn hiding(self, privacy: Privacy) -> Self {
        Self { privacy, ..self }
    }

    /// Every row goes onto a list as well.
    pub(super) fn listed(self, listing: Option<&Listing>) -> Self {
        Self { listed: listing.map(Listing::next), ..self }
    }

    /// Adds a cell.
    pub(super) fn add_cell(&mut self, spot: Spot<'_>) {
        self.add_cell_as(spot, || spot.text().to_owned());
    }

    /// Adds a cell that is to be shown otherwise than printed.
    pub(super) fn add_cell_as(&mut self, spot: Spot<'_>, value: impl FnOnce() -> String) {
        self.count_group(&spot.rows, spot.index);
        self.push(|| FailingRow {
            row: spot.row(),
            sheet: spot.rows.sheet().map(str::to_owned),
            cell: spot.name(),
            column: Some(spot.header().to_owned()),
            value: Some(value()),
            ..FailingRow::default()
        });
    }

    /// Adds a row: `column` is the header of what is wrong in it, `value` what is printed there; it is asked for only if
    /// it is kept.
    pub(super) fn add_row(&mut self, rows: &Rows<'_>, index: usize, column: &str, value: impl FnOnce() -> String) {
        self.count_group(rows, index);
        self.add(rows.sheet(), rows.row(index), column, value);
    }

    /// As [`Failures::add_row`], for a row that is not at hand any more.
    pub(super) fn add(&mut self, sheet: Option<&str>, row: u64, column: &str, value: impl FnOnce() -> String) {
        self.push(|| FailingRow {
            row,
            sheet: sheet.map(str::to_owned),
            column: Some(column.to_owned()),
            value: Some(value()),
            ..FailingRow::default()
        });
    }

    /// Counts a row, and makes it where it is kept.
    fn push(&mut self, make: impl FnOnce() -> FailingRow) {
        self.count += 1;
        let keeps = self.rows.len() < self.most;
        if !keeps && self.listed.is_none() {
            return;
        }
        let mut row = make();
        if let Some(value) = &mut row.value {
            // The whole of it is looked at, before its end is cut off.
            let shape =
                if self.personal { Some(masked(value)) } else { self.privacy.shape_of(row.column.as_deref(), value) };
            row.masked = shape.is_some();
            *value = shape.unwrap_or_else(|| shortened(value, CHARS_KEPT));
        }
        if let Some(listed) = &self.listed {
            listed.add(&row);
        }
        if keeps {
            self.rows.push(row);
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

    /// The same, where rows were not added in their order.
    pub(super) fn in_order(mut self) -> Self {
        self.rows.sort_by_key(|row| row.row);
        self
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

    /// "row 7", "row 7 of sheet `LES`", or "2 of 14 rows".
    pub(super) fn place(&self, total: u64) -> String {
        match self.rows.first() {
            Some(only) if self.count == 1 => row_of(only.row, only.sheet.as_deref()),
            _ => format!("{} of {} rows", grouped(self.count), grouped(total)),
        }
    }

    /// "row 7: `-3`", "row 7 of sheet `LES`: `-3`", or "2 of 14 rows, first `-3` in row 7".
    pub(super) fn place_and_value(&self, total: u64) -> String {
        let place = self.place(total);
        match self.rows.first() {
            Some(first) => {
                let value = quoted(first.value.as_deref().unwrap_or(""));
                match self.count {
                    1 => format!("{place}: {value}"),
                    _ => format!("{place}, first {value} in {}", row_of(first.row, first.sheet.as_deref())),
                }
            }
            None => place,
        }
    }

    /// The finding with the count and the rows that were kept, in the order of the file.
    pub(super) fn into_finding(mut self, finding: Finding) -> Finding {
        self.rows.sort_by_key(|row| row.row);
        let finding = Finding { count: self.count, rows: self.rows, ..finding };
        if let Some(listed) = &self.listed {
            listed.name(&finding);
        }
        finding
    }
}

/// "row 7", "row 7 of sheet `LES`".
pub(super) fn row_of(row: u64, sheet: Option<&str>) -> String {
    match sheet {
        Some(sheet) => format!("row {row} of sheet {}", quoted(sheet)),
        None => format!("row {row}"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_a_person_is_never_shown_in_full() {
        let shown = [
            ("943 476 5919", "*** *** ****"),
            ("1980-02-03", "****-**-**"),
            ("j.smith@example.org", "*.*****@*******.***"),
            ("Smith", "*****"),
            ("", ""),
        ];
        for (value, expected) in shown {
            let mut failures = Failures::keeping(1).personal();
            failures.add(None, 7, "id", || value.to_owned());
            let row = failures.into_finding(Finding::default()).rows.remove(0);
            assert_eq!((row.value.as_deref(), row.masked), (Some(expected), true));
        }
    }
}

//! Where a defect stands: all places counted, the first of them kept.

use crate::model::{
    FailingRow, Finding, Severity,
    finding::{ROWS_KEPT, cell_name},
};

/// As much of a cell as a finding shows.
const SHOWN: usize = 120;

/// The places of one kind of defect. Its size is bounded, whatever the file.
#[derive(Debug, Clone)]
pub(super) struct Places {
    count: u64,
    rows: Vec<FailingRow>,
    most: usize,
}

impl Default for Places {
    fn default() -> Self {
        Self { count: 0, rows: Vec::new(), most: ROWS_KEPT }
    }
}

impl Places {
    /// Keeps so many from now on.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = most;
    }

    /// Lets several keep so many each.
    pub(super) fn keep_all<'a>(all: impl IntoIterator<Item = &'a mut Self>, most: usize) {
        for places in all {
            places.keep(most);
        }
    }

    /// Counts a place: a row, or something in it.
    pub(super) fn add(&mut self, row: u64, column: Option<&str>, value: Option<&str>) {
        self.add_cell(row, None, column, value);
    }

    /// Counts a cell, `at` the column of the file from 0 where it is known.
    pub(super) fn add_cell(&mut self, row: u64, at: Option<usize>, column: Option<&str>, value: Option<&str>) {
        self.count += 1;
        if self.rows.len() < self.most {
            self.rows.push(FailingRow {
                row,
                cell: at.map(|at| cell_name(at, row)),
                column: column.map(str::to_owned),
                value: value.map(shorten),
                ..FailingRow::default()
            });
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Takes in the places of other rows.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.rows.extend(other.rows);
        self.rows.sort_by_key(|row| row.row);
        self.rows.truncate(self.most);
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
            ..Finding::default()
        })
    }
}

/// Says which sheet the places are in. Cells have names only in a sheet.
pub(super) fn in_sheet(findings: &mut [Finding], sheet: Option<&str>) {
    for row in findings.iter_mut().flat_map(|finding| &mut finding.rows) {
        match sheet {
            Some(sheet) => drop(row.sheet.get_or_insert_with(|| sheet.to_owned())),
            None => row.cell = None,
        }
    }
}

/// The beginning of a long text.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}

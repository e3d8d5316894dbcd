//! One finding with its failing rows.

use serde::Serialize;

use super::{
    alert::{LABEL, MESSAGE},
    clean, text, words,
};
use crate::model::{FailingRow, Finding, Severity};

/// The widest that a cell's text is shown.
const CELL: usize = 60;
/// The same of what is printed in it, which may say of a repeated key where it stands first.
const VALUE: usize = 120;
/// So many rows of one sheet or column say it once, above the table.
const TOGETHER: usize = 3;
/// The same in plain text, so that three columns fit a line, and four with a sheet.
const TEXT_CELL: usize = 28;
const TEXT_CELL_OF_FOUR: usize = 18;
const TEXT_CELL_OF_FIVE: usize = 14;
/// The widest name of a cell: `XFD1048576`.
const CELL_NAME: usize = 10;
/// How many rows are shown; a dataset may keep more, which JSON has in full.
const SHOWN: usize = 50;

/// A finding as templates show it.
#[derive(Debug, Serialize)]
pub(super) struct FindingView {
    /// `error`, `warning` or `note`: it chooses the colour.
    pub(super) severity: &'static str,
    pub(super) check: String,
    pub(super) message: String,
    /// "14 rows", "14 of 56 rows, 25.0%", or "25.0%" where the message says the rest; none when it is about the file as a whole.
    pub(super) count: Option<String>,
    /// The group that is told of it beside the dataset's steward.
    pub(super) owner: Option<String>,
    /// "Rows 12, 14, 15": instead of a table, when nothing is known but where the rows stand. "Sheet “LES”, column
    /// “planned”": above it, when that is the same of all rows.
    pub(super) places: Option<String>,
    /// The columns of the table that have something to say.
    pub(super) headers: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
    /// The header and the rows as aligned lines.
    pub(super) lines: Vec<String>,
    /// "and 11 more".
    pub(super) more: Option<String>,
}

impl FindingView {
    pub(super) fn of(finding: &Finding) -> Self {
        let shown: Vec<&FailingRow> = finding.rows.iter().take(SHOWN).collect();
        let places = places(&shown);
        let (headers, rows) = if places.is_some() { (Vec::new(), Vec::new()) } else { table(&shown) };
        let places = places.or_else(|| shared(&shown));
        let header: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let all: Vec<Vec<String>> = std::iter::once(header).chain(rows.iter().cloned()).collect();
        let hidden = finding.count.max(finding.rows.len() as u64).saturating_sub(shown.len() as u64);
        let widest = match headers.len() {
            0..4 => TEXT_CELL,
            4 => TEXT_CELL_OF_FOUR,
            _ => TEXT_CELL_OF_FIVE,
        };
        Self {
            severity: words::finding_noun(finding.severity),
            check: clean::line(&finding.check, LABEL),
            message: clean::line(&finding.message, MESSAGE),
            count: (finding.count > 0).then(|| count(finding)),
            owner: finding.owner.as_deref().map(|owner| clean::line(owner, LABEL)),
            places,
            lines: if rows.is_empty() { Vec::new() } else { text::table(&all, widest) },
            headers,
            rows,
            more: (hidden > 0 && !finding.rows.is_empty())
                .then(|| format!("and {} more", words::number(hidden as f64))),
        }
    }
}

/// `14 rows`, `14 of 56 rows, 25.0%`, `25.0%`.
fn count(finding: &Finding) -> String {
    match (finding.looked_at, finding.share) {
        (Some(all), Some(share)) => {
            // What is not none is not shown as none.
            let percent = if share.get() < 0.0005 { "under 0.1%".to_owned() } else { words::percent(share.get()) };
            let of_all = format!("{} of {}", words::number(finding.count as f64), rows_of(all));
            // Many messages say it themselves.
            if finding.message.contains(&of_all) { percent } else { format!("{of_all}, {percent}") }
        }
        _ => rows_of(finding.count),
    }
}

/// `14 rows`.
pub(super) fn rows_of(count: u64) -> String {
    format!("{} {}", words::number(count as f64), if count == 1 { "row" } else { "rows" })
}

fn places(rows: &[&FailingRow]) -> Option<String> {
    let bare = |row: &&FailingRow| row.cell.is_none() && row.column.is_none() && row.value.is_none();
    let sheet = rows.first().and_then(|row| row.sheet.as_deref());
    let together = rows.iter().all(|row| row.sheet.as_deref() == sheet);
    let numbers: Vec<String> = rows.iter().map(|row| row.row.to_string()).collect();
    let noun = if numbers.len() == 1 { "Row" } else { "Rows" };
    let sheet = sheet.map_or_else(String::new, |sheet| format!(" of sheet “{}”", clean::line(sheet, CELL)));
    (!rows.is_empty() && together && rows.iter().all(bare)).then(|| format!("{noun} {}{sheet}", numbers.join(", ")))
}

/// What all of several rows say alike: their sheet, their column.
fn shared(rows: &[&FailingRow]) -> Option<String> {
    let said = |of| common(rows, of).map(|text| clean::line(text, CELL));
    match (said(sheet_of), said(column_of)) {
        (Some(sheet), Some(column)) => Some(format!("Sheet “{sheet}”, column “{column}”")),
        (Some(sheet), None) => Some(format!("Sheet “{sheet}”")),
        (None, Some(column)) => Some(format!("Column “{column}”")),
        (None, None) => None,
    }
}

fn sheet_of(row: &FailingRow) -> Option<&str> {
    row.sheet.as_deref()
}

fn column_of(row: &FailingRow) -> Option<&str> {
    row.column.as_deref()
}

/// What is the same of all rows, where they are many enough to say it once.
fn common<'a>(rows: &[&'a FailingRow], of: fn(&FailingRow) -> Option<&str>) -> Option<&'a str> {
    let first = of(rows.first()?)?;
    (rows.len() >= TOGETHER && rows.iter().all(|row| of(row) == Some(first))).then_some(first)
}

/// Columns that no row fills, and those that are the same in all, are left out. A cell's name says its row, so that it stands in the row's place.
fn table(rows: &[&FailingRow]) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let all_cells = rows.iter().all(|row| row.cell.is_some());
    let columns = [
        ("Sheet", rows.iter().any(|row| row.sheet.is_some()) && common(rows, sheet_of).is_none()),
        ("Row", !all_cells),
        ("Cell", rows.iter().any(|row| row.cell.is_some())),
        ("Column", rows.iter().any(|row| row.column.is_some()) && common(rows, column_of).is_none()),
        ("Value", rows.iter().any(|row| row.value.is_some())),
    ];
    let headers = columns.iter().filter(|(_, filled)| *filled).map(|(header, _)| *header).collect();
    let cells = |row: &FailingRow| {
        let cell = |text: &Option<String>| text.as_deref().map_or_else(String::new, |text| clean::line(text, CELL));
        // A blank cell is the finding itself: an empty place would look like a fault of the table.
        let value_cell = match row.value.as_deref().map(|text| clean::line(text, VALUE)) {
            Some(text) if text.is_empty() => "(blank)".to_owned(),
            Some(text) => text,
            None => String::new(),
        };
        let name = row.cell.as_deref().map_or_else(String::new, |name| clean::line(name, CELL_NAME));
        let all = [cell(&row.sheet), row.row.to_string(), name, cell(&row.column), value_cell];
        all.into_iter().zip(columns).filter(|(_, (_, filled))| *filled).map(|(cell, _)| cell).collect()
    };
    (headers, rows.iter().map(|row| cells(row)).collect())
}

/// `2 errors (14 rows)`, `2 errors (14 rows), 1 warning`; the most weighty first.
pub(super) fn tally(findings: &[Finding], severities: &[Severity]) -> String {
    let parts: Vec<String> = severities
        .iter()
        .filter_map(|severity| {
            let of: Vec<&Finding> = findings.iter().filter(|finding| finding.severity == *severity).collect();
            let rows: u64 = of.iter().fold(0, |rows, finding| rows.saturating_add(finding.count));
            let noun = words::count(of.len(), words::finding_noun(*severity));
            let rows = if rows == 0 { String::new() } else { format!(" ({})", rows_of(rows)) };
            (!of.is_empty()).then(|| format!("{noun}{rows}"))
        })
        .collect();
    parts.join(", ")
}

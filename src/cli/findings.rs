//! What checks found, on a terminal: each finding with its rows.

use crate::model::{FailingRow, Finding, Severity, value::format_number};

use super::output;

/// Prints findings below the line that says whose they are.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn say(found: &[Finding]) -> std::io::Result<()> {
    found.iter().flat_map(lines).try_for_each(output::say)
}

/// A finding, and a line for each row of it that is kept.
pub(super) fn lines(finding: &Finding) -> Vec<String> {
    let severity = match finding.severity {
        Severity::Error => output::bad("error"),
        Severity::Warning => output::doubtful("warning"),
        Severity::Note => output::faint("note"),
    };
    let message = format!("{}: {}{}", finding.check, finding.message, share(finding));
    let mut lines = vec![format!("  {severity}  {}", output::clean(&message))];
    lines.extend(rows(finding).map(|row| format!("           {row}")));
    lines
}

/// Where it stands, a line for each row that is kept; then how many more there are. Of a note, which asks for nothing, a few
/// rows are enough.
pub(super) fn rows(finding: &Finding) -> impl Iterator<Item = String> {
    let most = if finding.severity == Severity::Note { FEW } else { usize::MAX };
    let shown: Vec<&FailingRow> = finding.rows.iter().take(most).collect();
    let more = finding.count.max(finding.rows.len() as u64).saturating_sub(shown.len() as u64);
    let more = (more > 0 && !shown.is_empty()).then(|| format!("and {} more", format_number(more as f64)));
    let shared = Shared::of(&shown);
    let first = shared.in_words();
    let rows: Vec<String> = shown.iter().map(|row| place(row, &shared)).collect();
    first.into_iter().chain(rows).map(|line| output::clean(&line)).chain(more)
}

/// So many rows of a note are shown.
const FEW: usize = 3;

/// So many rows say once what they have in common.
const TOGETHER: usize = 3;

/// What all rows of a finding have in common.
struct Shared<'a> {
    sheet: Option<&'a str>,
    column: Option<&'a str>,
}

impl<'a> Shared<'a> {
    fn of(rows: &[&'a FailingRow]) -> Self {
        let common = |of: fn(&FailingRow) -> Option<&str>| {
            let first = rows.first().copied().and_then(of);
            first.filter(|_| rows.len() >= TOGETHER && rows.iter().all(|row| of(row) == first))
        };
        Self { sheet: common(|row| row.sheet.as_deref()), column: common(|row| row.column.as_deref()) }
    }

    /// "sheet `LES`, planned:"
    fn in_words(&self) -> Option<String> {
        let sheet = self.sheet.map(|sheet| format!("sheet `{sheet}`"));
        let words: Vec<String> = sheet.into_iter().chain(self.column.map(str::to_owned)).collect();
        (!words.is_empty()).then(|| format!("{}:", words.join(", ")))
    }
}

/// " (25.0% of 1,056 rows)"
fn share(finding: &Finding) -> String {
    let (Some(all), Some(share)) = (finding.looked_at, finding.share) else { return String::new() };
    let percent = if share.get() < 0.0005 { "under 0.1%".to_owned() } else { format!("{:.1}%", share.get() * 100.0) };
    format!(" ({percent} of {} rows)", format_number(all as f64))
}

/// "row 7, planned: `x`", "sheet `LES`, cell B7, planned: `x`"; without what all rows have in common.
fn place(row: &FailingRow, shared: &Shared<'_>) -> String {
    let mut text = match &row.cell {
        Some(cell) => format!("cell {cell}"),
        None => format!("row {}", row.row),
    };
    if let Some(sheet) = row.sheet.as_ref().filter(|_| shared.sheet.is_none()) {
        text = format!("sheet `{sheet}`, {text}");
    }
    if let Some(column) = row.column.as_ref().filter(|_| shared.column.is_none()) {
        text = format!("{text}, {column}");
    }
    match &row.value {
        Some(value) => format!("{text}: `{value}`"),
        None => text,
    }
}

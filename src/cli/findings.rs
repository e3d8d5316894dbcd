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

/// Where it stands, a line for each row that is kept; then how many more there are.
pub(super) fn rows(finding: &Finding) -> impl Iterator<Item = String> {
    let more = finding.count.saturating_sub(finding.rows.len() as u64);
    let more = (more > 0 && !finding.rows.is_empty()).then(|| format!("and {more} more"));
    finding.rows.iter().map(|row| output::clean(&place(row))).chain(more)
}

/// " (25.0% of 1,056 rows)"
fn share(finding: &Finding) -> String {
    let (Some(all), Some(share)) = (finding.looked_at, finding.share) else { return String::new() };
    let percent = if share.get() < 0.0005 { "under 0.1%".to_owned() } else { format!("{:.1}%", share.get() * 100.0) };
    format!(" ({percent} of {} rows)", format_number(all as f64))
}

/// "row 7, planned: `x`", "sheet `LES`, cell B7, planned: `x`".
fn place(row: &FailingRow) -> String {
    let mut text = match &row.cell {
        Some(cell) => format!("cell {cell}"),
        None => format!("row {}", row.row),
    };
    if let Some(sheet) = &row.sheet {
        text = format!("sheet `{sheet}`, {text}");
    }
    if let Some(column) = &row.column {
        text = format!("{text}, {column}");
    }
    match &row.value {
        Some(value) => format!("{text}: `{value}`"),
        None => text,
    }
}

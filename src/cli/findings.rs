//! What checks found, on a terminal: each finding with its rows.

use crate::model::{FailingRow, Finding, Severity};

use super::output;

/// Prints findings below the line that says whose they are.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn say(findings: &[Finding]) -> std::io::Result<()> {
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => output::bad("error"),
            Severity::Warning => output::doubtful("warning"),
            Severity::Note => output::faint("note"),
        };
        output::say(format!("  {severity}  {}: {}", output::clean(&finding.check), output::clean(&finding.message)))?;
        for row in &finding.rows {
            output::say(format!("           {}", output::clean(&place(row))))?;
        }
        let more = finding.count.saturating_sub(finding.rows.len() as u64);
        if more > 0 && !finding.rows.is_empty() {
            output::say(format!("           and {more} more"))?;
        }
    }
    Ok(())
}

fn place(row: &FailingRow) -> String {
    let mut text = format!("row {}", row.row);
    if let Some(sheet) = &row.sheet {
        text = format!("sheet {sheet}, {text}");
    }
    if let Some(column) = &row.column {
        text = format!("{text}, {column}");
    }
    match &row.value {
        Some(value) => format!("{text}: `{value}`"),
        None => text,
    }
}

//! The alerts of a notice as a table for spreadsheets, as CSV and as a workbook.
//!
//! One row an alert: its section, rule, severity and labels (a column each), its period, value, plan and unit, since when
//! and for how many periods, and the message. Figures are numbers in their unit (0.567 is 56.7%, lengths of time are seconds
//! in CSV and times in the workbook); where there is none, the reason stands there. Nothing that came from data is a
//! formula.

mod csv;
mod workbook;

use std::collections::BTreeSet;

use super::{alert::LABEL, alert::MESSAGE, clean, exceptions::changes, mail::MailFile, words};
use crate::model::{AlertLine, Exceptions, Notice, Unit, Value};

pub use csv::neutral;

/// The most rows of a table: about 3 MB of a mail, of which relays take 10 and more.
const ROWS: usize = 10_000;
/// The most columns of labels.
const LABELS: usize = 20;

/// A table.
struct Table {
    headers: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

/// A cell.
enum Cell {
    Text(String),
    Count(u32),
    Figure(f64, Unit),
}

/// The table of a notice with alerts, as CSV and as a workbook; nothing for one without.
pub(super) fn attached(notice: &Notice, exceptions: &Exceptions) -> Vec<MailFile> {
    if count(exceptions) == 0 {
        return Vec::new();
    }
    let table = Table::of(exceptions);
    let csv = ("csv", "text/csv", csv::write(&table).map_err(|error| error.to_string()));
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let workbook = ("xlsx", media_type, workbook::write(&table, notice).map_err(|error| error.to_string()));
    let file = |(ending, media_type, bytes): (&str, &'static str, Result<Vec<u8>, String>)| match bytes {
        Ok(bytes) => Some(MailFile { name: name(exceptions, ending), media_type, content_id: None, bytes }),
        // The message says the same: it is not held up.
        Err(error) => {
            tracing::error!(notice = %notice.id, error, "a message goes without its table of alerts");
            None
        }
    };
    [workbook, csv].into_iter().filter_map(file).collect()
}

/// What a mail says of it.
pub(super) fn sentence(exceptions: &Exceptions) -> String {
    let (name, all) = (name(exceptions, "xlsx"), count(exceptions));
    let alerts = match all {
        1 => "the alert".to_owned(),
        n if n <= ROWS => format!("all {} alerts", words::number(n as f64)),
        n => format!("the first {} of {} alerts", words::number(ROWS as f64), words::number(n as f64)),
    };
    format!("Attached is a table of {alerts}: {name}, and the same as CSV.")
}

/// Whether it holds every alert.
pub(super) fn is_whole(exceptions: &Exceptions) -> bool {
    count(exceptions) <= ROWS
}

fn count(exceptions: &Exceptions) -> usize {
    let told: usize = changes(exceptions).iter().map(|(_, lines)| lines.len()).sum();
    told + exceptions.muted.len() + exceptions.looked_after.len()
}

/// `les-activity-2025-10-alerts.xlsx`.
fn name(exceptions: &Exceptions, ending: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let dataset: String = exceptions.dataset.chars().take(60).map(safe).collect();
    let period: String = exceptions.period.to_string().chars().map(safe).collect();
    format!("{dataset}-{period}-alerts.{ending}")
}

impl Table {
    fn of(exceptions: &Exceptions) -> Self {
        let told = changes(exceptions)
            .into_iter()
            .flat_map(|(change, lines)| lines.iter().map(move |line| (change.code(), line)));
        let muted = exceptions.muted.iter().map(|muted| ("muted", &muted.line));
        let looked_after = exceptions.looked_after.iter().map(|line| ("looked after", line));
        let lines: Vec<(&str, &AlertLine)> = told.chain(muted).chain(looked_after).take(ROWS).collect();
        let labels: BTreeSet<&str> =
            lines.iter().flat_map(|(_, line)| line.labels.iter().map(|(name, _)| name)).collect();
        let labels: Vec<&str> = labels.into_iter().take(LABELS).collect();

        let before = ["section", "rule", "severity"];
        let after = ["period", "value", "plan", "unit", "since", "periods", "message", "alert"];
        let taken = |label: &str| before.contains(&label) || after.contains(&label);
        let named = |label: &&str| {
            let name = clean::line(label, LABEL);
            if taken(&name) { format!("label {name}") } else { name }
        };
        let headers =
            before.map(str::to_owned).into_iter().chain(labels.iter().map(named)).chain(after.map(str::to_owned));
        Self {
            headers: headers.collect(),
            rows: lines.iter().map(|(section, line)| row(section, line, &labels)).collect(),
        }
    }
}

fn row(section: &str, line: &AlertLine, labels: &[&str]) -> Vec<Cell> {
    let text = |text: &str, width| Cell::Text(clean::line(text, width));
    let figure = |value: Value| match value {
        Value::Number(figure) => Cell::Figure(figure, line.unit),
        Value::Missing { missing } => Cell::Text(missing.reason().to_owned()),
        Value::Bound(bound) => Cell::Text(bound.write(|end| line.unit.write(end))),
    };
    let plan = if line.plan == Value::ABSENT { Cell::Text(String::new()) } else { figure(line.plan) };
    let unit = match (&line.counted, line.unit) {
        (Some(counted), Unit::Number) => text(counted, LABEL),
        (_, unit) => text(unit.code(), MESSAGE),
    };
    let mut row = vec![text(section, LABEL), text(&line.rule, LABEL), text(line.severity.code(), LABEL)];
    row.extend(labels.iter().map(|label| text(line.labels.get(label).unwrap_or_default(), LABEL)));
    row.extend([
        text(&line.period.to_string(), LABEL),
        figure(line.value),
        plan,
        unit,
        text(&line.since.to_string(), LABEL),
        Cell::Count(line.periods),
        text(&line.message, MESSAGE),
        text(&line.id.0, LABEL),
    ]);
    row
}

#[cfg(test)]
mod tests;

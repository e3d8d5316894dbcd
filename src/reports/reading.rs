//! What was read of a delivery and which checks were made, as the gate's report shows it.

use serde::Serialize;

use super::{
    alert::{LABEL, MESSAGE},
    clean, words,
};
use crate::model::{ColumnRead, GateReport, Outcome, TableRead};

/// How many names of a list are shown.
const SHOWN: usize = 60;

/// What was read.
#[derive(Debug, Serialize)]
pub(super) struct ReadingView {
    tables: Vec<TableView>,
    /// "October 2025"; none where no row says a period.
    periods: Option<String>,
    /// "7 made, 5 passed".
    checks: String,
    outcomes: Vec<OutcomeView>,
}

#[derive(Debug, Serialize)]
struct TableView {
    /// Which table it is, where there are several, or the file is a workbook.
    name: Option<String>,
    /// "14 rows below the header in row 1".
    rows: String,
    /// Each list of columns with what is said of it: "Found: period, contract".
    columns: Vec<Columns>,
}

#[derive(Debug, Serialize)]
struct Columns {
    title: &'static str,
    names: String,
}

#[derive(Debug, Serialize)]
struct OutcomeView {
    check: String,
    /// It chooses the colour.
    kind: &'static str,
    outcome: &'static str,
}

impl ReadingView {
    /// None where nothing could be read.
    pub(super) fn of(report: &GateReport) -> Option<Self> {
        let examination = &report.examination;
        if examination.tables.is_empty() {
            return None;
        }
        let outcomes: Vec<_> = examination.outcomes(&report.findings).collect();
        let counted = |which: &dyn Fn(Outcome) -> bool| outcomes.iter().filter(|(_, outcome)| which(*outcome)).count();
        let made = words::count(counted(&|outcome| outcome != Outcome::LeftOut), "check");
        let passed = words::number(counted(&|outcome| outcome == Outcome::Passed) as f64);
        let periods: Vec<String> = report.periods.iter().map(|period| period.label()).collect();
        Some(Self {
            tables: examination.tables.iter().take(SHOWN).map(TableView::of).collect(),
            periods: (!periods.is_empty()).then(|| listed(&periods)),
            checks: format!("{made}, {passed} passed"),
            outcomes: outcomes.into_iter().map(|(check, outcome)| OutcomeView::of(check, outcome)).collect(),
        })
    }
}

impl TableView {
    fn of(table: &TableRead) -> Self {
        let sheet = table.sheet.as_deref().map(|sheet| format!("Sheet “{}”", clean::line(sheet, LABEL)));
        let member = table.member.as_deref().map(|member| clean::line(member, LABEL));
        let names: Vec<String> = member.into_iter().chain(sheet).collect();
        let header = match table.header_row {
            0 => String::new(),
            row => format!(" below the header in row {}", words::number(row as f64)),
        };
        let rows = words::number(table.rows as f64);
        let noun = if table.rows == 1 { "row" } else { "rows" };
        let found = |column: &&ColumnRead| column.header.is_some();
        let names_of = |which: &dyn Fn(&&ColumnRead) -> bool, show: &dyn Fn(&ColumnRead) -> String| {
            listed(&table.columns.iter().filter(which).map(show).collect::<Vec<_>>())
        };
        let name = |column: &ColumnRead| clean::line(&column.name, LABEL);
        let from = |column: &ColumnRead| {
            let header = clean::line(column.header.as_deref().unwrap_or(""), LABEL);
            format!("{} from “{header}”", name(column))
        };
        let unexpected: Vec<String> = table.unexpected.iter().map(|text| clean::line(text, LABEL)).collect();
        let columns = [
            ("Found", names_of(&|column| found(column) && !column.by_tolerance, &name)),
            ("Written otherwise", names_of(&|column| found(column) && column.by_tolerance, &from)),
            ("Not found", names_of(&|column| !found(column), &name)),
            ("Not used", listed(&unexpected)),
        ];
        let columns = columns.into_iter().filter(|(_, names)| !names.is_empty());
        Self {
            name: (!names.is_empty()).then(|| names.join(", ")),
            rows: format!("{rows} {noun} of data{header}"),
            columns: columns.map(|(title, names)| Columns { title, names }).collect(),
        }
    }
}

impl OutcomeView {
    fn of(check: &str, outcome: Outcome) -> Self {
        let (kind, words) = match outcome {
            Outcome::Passed => ("published", "passed"),
            Outcome::Note => ("note", "note"),
            Outcome::Warning => ("warning", "warning"),
            Outcome::Error => ("error", "error"),
            Outcome::LeftOut => ("note", "not made: the file lacks its columns"),
        };
        Self { check: clean::line(check, MESSAGE), kind, outcome: words }
    }
}

/// `a, b and c`; of many the first, and how many more.
fn listed(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(SHOWN).cloned().collect();
    match names.len() - shown.len() {
        0 => {}
        more => shown.push(format!("{} more", words::number(more as f64))),
    }
    words::list(&shown)
}

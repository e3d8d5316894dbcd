//! `type`: a cell of a number, percent, duration or period column holds something else. Always on; it has no settings.
//!
//! Blank cells and the reasons why a figure is withheld (`*`, `TBC`, `N/A`) are no mistakes of type: see
//! [`not_null`](super::not_null). Each column is one error.
//!
//! Words in a target (`Reduction`, `see note 3`) are no mistake. They are noted with what can be read, since a rule that compares
//! with them cannot tell.
//!
//! Dates of one column that are written in several ways (`31/03/2025` and `2025-03-31`, or the American `03/31/2025`) are a
//! warning.
//!
//! Finding: ``planned cannot be read as a number in 2 of 14 rows, first `1O5` in row 5``

mod dates;

use super::super::{
    check::{Check, Found, Start, Tally, same},
    columns::{Declared, Field},
    failures::Failures,
    rows::Rows,
};
use dates::Dates;

use crate::model::{Asked, ColumnKind, Missing, Schema, Severity};

#[derive(Debug)]
pub(in super::super) struct Types {
    columns: Vec<Declared>,
}

impl Types {
    pub(in super::super) fn new(schema: &Schema) -> Self {
        Self { columns: Declared::all(schema).filter(|column| column.kind != ColumnKind::Text).collect() }
    }
}

impl Check for Types {
    fn columns(&self) -> Vec<usize> {
        self.columns.iter().map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let columns = self.columns.iter().filter_map(|column| {
            let field = column.in_file(file.header)?;
            let (asked, failures) = (Asked::default(), file.failures());
            let dates = (column.kind == ColumnKind::Period).then(|| Dates::new(field.clone()));
            Some(Unreadable { field, kind: column.kind, asked, failures, dates })
        });
        Some(Box::new(TypeTally(columns.collect())))
    }
}

fn in_words(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Number => "a number",
        ColumnKind::Percent => "a percentage",
        ColumnKind::Duration => "a duration in hours, minutes and seconds",
        ColumnKind::Period => "a reporting period",
        ColumnKind::Figure => "a number, percentage or duration",
        ColumnKind::Target => "a target",
    }
}

#[derive(Debug)]
struct TypeTally(Vec<Unreadable>);

#[derive(Debug)]
struct Unreadable {
    field: Field,
    kind: ColumnKind,
    asked: Asked,
    failures: Failures,
    dates: Option<Dates>,
}

impl Tally for TypeTally {
    fn observe(&mut self, rows: &Rows<'_>) {
        for Unreadable { field, kind, asked, failures, dates } in &mut self.0 {
            let strange = if *kind == ColumnKind::Target { Missing::Words } else { Missing::Unreadable };
            field.failing_missing(rows, asked, |missing| missing == strange, |spot| failures.add_cell(spot));
            if let Some(dates) = dates {
                dates.observe(rows);
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(Self(others)) = same(other) else { return };
        for (column, other) in self.0.iter_mut().zip(others) {
            column.failures.merge(other.failures);
            if let (Some(dates), Some(other)) = (&mut column.dates, other.dates) {
                dates.merge(other);
            }
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        self.0.into_iter().flat_map(|column| column.found(total)).collect()
    }
}

impl Unreadable {
    fn found(self, total: u64) -> impl Iterator<Item = Found> {
        let Self { field, kind, failures, dates, .. } = self;
        let unreadable = (!failures.is_empty()).then(|| unreadable(&field, kind, failures, total));
        unreadable.into_iter().chain(dates.and_then(|dates| dates.found(total)))
    }
}

fn unreadable(field: &Field, kind: ColumnKind, failures: Failures, total: u64) -> Found {
    let (title, place) = (field.title(), failures.place_and_value(total));
    if kind == ColumnKind::Target {
        let seen = format!(
            "{title} is words in {place}: a rule that compares with them cannot tell, unless it says what they mean. A \
             figure (`92%`), a bound (`≥ 95%`, `18.2 or less`) or a range (`85% to 90%`, `Lower 85% Upper 90%`) can be read"
        );
        return Found::in_rows(seen, failures).aside(Severity::Note);
    }
    Found::in_rows(format!("{title} cannot be read as {} in {place}", in_words(kind)), failures)
}

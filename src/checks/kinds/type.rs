//! `type`: a cell of a number, percent, duration or period column holds something else. Always on; it has no settings.
//!
//! Blank cells and the reasons why a figure is withheld (`*`, `TBC`, `N/A`) are no mistakes of type: see
//! [`not_null`](super::not_null). Each column is one error.
//!
//! Words in a target (`Reduction`, `see note 3`) are no mistake. They are noted with what can be read, since a rule that compares
//! with them cannot tell.
//!
//! Finding: ``planned cannot be read as a number in 2 of 14 rows, first `1O5` in row 5``

use super::super::{
    check::{Check, Found, Start, Tally, same},
    columns::{Declared, Field},
    failures::Failures,
    rows::Rows,
};
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
            Some(Unreadable { field, kind: column.kind, asked, failures })
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
}

impl Tally for TypeTally {
    fn observe(&mut self, rows: &Rows<'_>) {
        for Unreadable { field, kind, asked, failures } in &mut self.0 {
            let strange = if *kind == ColumnKind::Target { Missing::Words } else { Missing::Unreadable };
            field.failing_missing(rows, asked, |missing| missing == strange, |spot| failures.add_cell(spot));
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(Self(others)) = same(other) else { return };
        for (column, other) in self.0.iter_mut().zip(others) {
            column.failures.merge(other.failures);
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let failing = self.0.into_iter().filter(|column| !column.failures.is_empty());
        failing.map(|column| column.found(total)).collect()
    }
}

impl Unreadable {
    fn found(self, total: u64) -> Found {
        let Self { field, kind, failures, .. } = self;
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
}

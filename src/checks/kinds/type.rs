//! `type`: a cell of a number, percent, duration or period column holds something else. Always on; it has no settings.
//!
//! Blank cells and the reasons why a figure is withheld (`*`, `TBC`, `N/A`) are no mistakes of type: see
//! [`not_null`](super::not_null). Each column is one error.
//!
//! Finding: ``planned cannot be read as a number in 2 of 14 rows, first `1O5` in row 5``

use super::super::{
    check::{Check, Found, Start, Tally, same},
    columns::{Declared, Field},
    failures::Failures,
    rows::Rows,
};
use crate::model::{Asked, Cell, ColumnKind, Missing, Schema};

#[derive(Debug)]
pub(in super::super) struct Types {
    columns: Vec<Declared>,
}

impl Types {
    pub(in super::super) fn new(schema: &Schema) -> Self {
        Self { columns: Declared::all(schema).filter(|column| !takes_words(column.kind)).collect() }
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
            Some(Unreadable { field, expected: in_words(column.kind), asked, failures })
        });
        Some(Box::new(TypeTally(columns.collect())))
    }
}

/// Words are no mistake in a text or a target.
fn takes_words(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Text | ColumnKind::Target)
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
    expected: &'static str,
    asked: Asked,
    failures: Failures,
}

impl Tally for TypeTally {
    fn observe(&mut self, rows: &Rows<'_>) {
        for Unreadable { field, asked, failures, .. } in &mut self.0 {
            let fails = |cell| cell == Cell::Missing(Missing::Unreadable);
            field.failing_cells(rows, asked, fails, |spot| failures.add_cell(spot));
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
        failing
            .map(|Unreadable { field, expected, failures, .. }| {
                let place = failures.place_and_value(total);
                Found::in_rows(format!("{} cannot be read as {expected} in {place}", field.title()), failures)
            })
            .collect()
    }
}

//! `reference`: a value does not stand in a reference table.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a text column |
//! | `reference` | the table: `file`, a CSV file in UTF-8 with a header, named from the home folder; `column`, the header of its values; `only`, if not all of its rows count |
//!
//! Values are compared as printed, so that capitals count; white space around those of the reference table does not. A cell
//! that holds no value is left out. The table is read with the configuration, so `bellwether reload` takes in a new one. It may
//! have 64 MB; its values are held in memory.
//!
//! ```yaml
//! - reference:
//!     column: practice
//!     reference: { file: config/reference/practices.csv, column: code, only: { status: [ACTIVE] } }
//! ```
//!
//! Finding: ``practice is not among the 102 values of config/reference/practices.csv in row 7: `A8300` (did you mean A83001?)``

use std::{collections::BTreeSet, sync::Arc};

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{Declared, Field},
    failures::{Failures, grouped, quoted, shortened},
    references::{List, ListSettings},
    rows::Rows,
};
use crate::{
    model::{Asked, Cell},
    yaml::{Located, Place, Problems},
};

/// More values than this are not listed in a message.
const LISTED: usize = 8;

/// Settings of `reference`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    column: Located<String>,
    reference: ListSettings,
}

impl Kind for Reference {
    const LOOKS: Looks = Looks::Rows;

    fn files(&self) -> Vec<&Located<String>> {
        vec![&self.reference.file]
    }

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(Declared::find_text(&self.column, context.schema).map_err(Problems::from));
        let list = problems.take(List::read(&self.reference, context.references));
        let (Some(column), Some(list)) = (column, list) else { return Err(problems) };
        Ok(Box::new(Compiled { column, list: Arc::new(list) }))
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    list: Arc<List>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let (field, list) = (self.column.in_file(file.header)?, Arc::clone(&self.list));
        let (asked, failures) = (Asked::default(), file.failures());
        Some(Box::new(Strangers { field, list, asked, found: BTreeSet::new(), failures }))
    }
}

#[derive(Debug)]
struct Strangers {
    field: Field,
    list: Arc<List>,
    asked: Asked,
    /// The first values that are not in the table, with the rows where they were met first; some repeat.
    found: BTreeSet<(u64, String)>,
    failures: Failures,
}

impl Tally for Strangers {
    fn observe(&mut self, rows: &Rows<'_>) {
        let Self { field, list, asked, found, failures } = self;
        let fails = |text: &str, cell| !matches!(cell, Cell::Missing(_)) && list.position(text).is_none();
        field.failing(rows, asked, fails, |spot| {
            failures.add_cell(spot);
            if found.len() <= LISTED && !found.iter().any(|(_, text)| text == spot.text()) {
                found.insert((spot.row(), shortened(spot.text(), 60)));
            }
        });
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.failures.merge(other.failures);
        self.found.extend(other.found);
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        if self.failures.is_empty() {
            return Vec::new();
        }
        let mut met = BTreeSet::new();
        let values = self.found.iter().map(|(_, value)| value.as_str());
        let values: Vec<&str> = values.filter(|value| met.insert(*value)).collect();
        let what = match &values[..] {
            [only] => {
                let near = self.list.nearest(only);
                format!("{}{}", quoted(only), near.map_or_else(String::new, |near| format!(" (did you mean {near}?)")))
            }
            several => {
                let listed: Vec<_> = several.iter().take(LISTED).map(|value| quoted(value)).collect();
                format!("{}{}", listed.join(", "), if several.len() > LISTED { ", …" } else { "" })
            }
        };
        let (title, place, file) = (self.field.title(), self.failures.place(total), self.list.file());
        let entries = grouped(self.list.len() as u64);
        let seen = format!("{title} is not among the {entries} values of {file} in {place}: {what}");
        vec![Found::in_rows(seen, self.failures)]
    }
}

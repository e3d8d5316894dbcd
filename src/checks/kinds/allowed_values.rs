//! `allowed_values`: a column holds a value that is not on the dataset's list, or one that is on a list of those forbidden.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a column of text or figures |
//! | `values` | what it may hold; text is compared as printed, so that capitals and spaces within it count, figures by their value; white space around a cell is taken off when it is read, for every check |
//! | `forbidden` | instead: what it may not hold |
//!
//! A cell that holds no value is left out: [`not_null`](super::not_null) finds it.
//!
//! ```yaml
//! - allowed_values: { column: contract_type, values: [cost-and-volume, capitated] }
//! - allowed_values: { column: contract_type, forbidden: [test] }
//! ```
//!
//! Findings: ``contract_type is `cost-volume` in row 7: allowed are cost-and-volume, capitated (did you mean
//! cost-and-volume?)``; ``contract_type holds the forbidden `test` in row 9``

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{Declared, Field},
    failures::{Failures, quoted},
    rows::Rows,
};
use crate::{
    model::{Asked, Cell, ColumnKind, Schema, Tolerance, value::format_number},
    yaml::{Located, Place, Problem, Problems, nearest},
};

/// More values than this, allowed or found, are not listed in a message.
const LISTED: usize = 8;

/// Settings of `allowed_values`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowedValues {
    column: Located<String>,
    #[serde(default)]
    values: Option<Located<Vec<Located<Listed>>>>,
    #[serde(default)]
    forbidden: Option<Located<Vec<Located<Listed>>>>,
}

/// A value as a dataset lists it.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
enum Listed {
    Number(f64),
    Text(String),
}

impl Kind for AllowedValues {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(self.column(context.schema).map_err(Problems::from));
        let (must, values) = match (&self.values, &self.forbidden) {
            (Some(values), None) => (Must::BeListed, values),
            (None, Some(values)) => (Must::NotBeListed, values),
            _ => {
                problems.push(Problem::new(place.clone(), "name the `values` that are allowed, or those `forbidden`"));
                return Err(problems);
            }
        };
        if values.is_empty() && must == Must::BeListed {
            problems.push(Problem::new(values.place.clone(), "no value is allowed here: every file would fail"));
        }
        let Some(column) = column else { return Err(problems) };
        let list = problems.take(List::of(values, column.kind));
        problems.into_result()?;
        let Some(list) = list else { return Err(Problems::default()) };
        Ok(Box::new(Compiled { column, list: Arc::new(list), must }))
    }
}

impl AllowedValues {
    fn column(&self, schema: &Schema) -> Result<Declared, Problem> {
        let column = Declared::find(&self.column, schema)?;
        if column.kind == ColumnKind::Period {
            let message = format!("`{}` is a period column; this check is for text and figures", column.name);
            let problem = Problem::new(self.column.place.clone(), message);
            return Err(problem.hint("use freshness, compare or row_expression"));
        }
        Ok(column)
    }
}

/// Whether a value must be on the list, or must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Must {
    BeListed,
    NotBeListed,
}

#[derive(Debug)]
struct List {
    texts: HashSet<String>,
    figures: Vec<f64>,
    /// In the order of the dataset.
    listed: Vec<String>,
}

impl List {
    /// Those of a text column are text, all others figures.
    fn of(values: &[Located<Listed>], kind: ColumnKind) -> Result<Self, Problems> {
        let (mut list, mut problems) =
            (Self { texts: HashSet::new(), figures: Vec::new(), listed: Vec::new() }, Problems::default());
        for value in values {
            match (&value.value, kind == ColumnKind::Text) {
                (Listed::Text(text), true) => {
                    list.texts.insert(text.clone());
                    list.listed.push(text.clone());
                }
                (Listed::Number(figure), false) => {
                    list.figures.push(*figure);
                    list.listed.push(format_number(*figure));
                }
                (Listed::Number(_), true) => {
                    let problem = Problem::new(value.place.clone(), "a number stands here, and the column holds text");
                    problems.push(problem.hint("write it in quotes, as it is printed"));
                }
                (Listed::Text(_), false) => {
                    let message = format!("text stands here, and the column is a {} column", kind.name());
                    problems.push(Problem::new(value.place.clone(), message).hint("declare the column as text"));
                }
            }
        }
        problems.into_result().map(|()| list)
    }

    fn has(&self, text: &str, cell: Cell) -> bool {
        match cell {
            // Figures that differ in the tenth digit are the same.
            Cell::Number(figure) => self.figures.iter().any(|listed| Tolerance::default().equal(figure, *listed)),
            _ => self.texts.contains(text),
        }
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    list: Arc<List>,
    must: Must,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let (list, must) = (Arc::clone(&self.list), self.must);
        let (asked, failures) = (Asked::default(), file.failures());
        Some(Box::new(Strangers { field, list, must, asked, found: Vec::new(), failures }))
    }
}

#[derive(Debug)]
struct Strangers {
    field: Field,
    list: Arc<List>,
    must: Must,
    asked: Asked,
    /// The first values that are not allowed, each once and with its first row; one more than is listed.
    found: Vec<(u64, String)>,
    failures: Failures,
}

impl Strangers {
    fn seen(&self, total: u64) -> String {
        let (title, place) = (self.field.title(), self.failures.place(total));
        let allowed = listed(self.list.listed.iter().cloned());
        match &self.found[..] {
            found if self.must == Must::NotBeListed => {
                let found = listed(found.iter().map(|(_, value)| quoted(value)));
                format!("{title} holds the forbidden {found} in {place}")
            }
            [(_, only)] => {
                let near = nearest(only, self.list.listed.iter().map(String::as_str));
                let hint = near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
                format!("{title} is {} in {place}: allowed are {allowed}{hint}", quoted(only))
            }
            several => {
                let found = listed(several.iter().map(|(_, value)| quoted(value)));
                format!("{title} is not as allowed in {place} ({found}): allowed are {allowed}")
            }
        }
    }
}

/// The first few, and a sign that there are more.
fn listed(values: impl Iterator<Item = String>) -> String {
    let mut values: Vec<String> = values.take(LISTED + 1).collect();
    if values.len() > LISTED {
        values.truncate(LISTED);
        values.push("…".to_owned());
    }
    values.join(", ")
}

impl Tally for Strangers {
    fn observe(&mut self, rows: &Rows<'_>) {
        let Self { field, list, must, asked, found, failures } = self;
        let listed = *must == Must::BeListed;
        let fails = |text: &str, cell| !matches!(cell, Cell::Missing(_)) && list.has(text, cell) != listed;
        field.failing(rows, asked, fails, |spot| {
            failures.add_cell(spot);
            if found.len() <= LISTED && !found.iter().any(|(_, found)| found == spot.text()) {
                found.push((spot.row(), spot.text().to_owned()));
            }
        });
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.failures.merge(other.failures);
        self.found.extend(other.found);
        self.found.sort();
        let mut listed = HashSet::new();
        self.found.retain(|(_, value)| listed.insert(value.clone()));
        self.found.truncate(LISTED + 1);
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        if self.failures.is_empty() {
            return Vec::new();
        }
        vec![Found::in_rows(self.seen(total), self.failures)]
    }
}

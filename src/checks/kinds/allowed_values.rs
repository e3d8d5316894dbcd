//! `allowed_values`: a text column holds a value that is not on the dataset's list.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a text column |
//! | `values` | what it may hold; compared as printed, so that capitals and spaces count |
//!
//! A cell that holds no value is left out: [`not_null`](super::not_null) finds it.
//!
//! ```yaml
//! - allowed_values: { column: contract_type, values: [cost-and-volume, capitated] }
//! ```
//!
//! Finding: ``contract_type is `cost-volume` in row 7: allowed are cost-and-volume, capitated (did you mean
//! cost-and-volume?)``

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{Declared, Field},
    failures::{Failures, quoted},
    rows::Rows,
};
use crate::{
    model::{Asked, Cell, ColumnKind, Schema},
    yaml::{Located, Place, Problem, Problems, nearest},
};

/// More values than this, allowed or found, are not listed in a message.
const LISTED: usize = 8;

/// Settings of `allowed_values`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowedValues {
    column: Located<String>,
    values: Located<Vec<String>>,
}

impl Kind for AllowedValues {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, _place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(self.text_column(context.schema).map_err(Problems::from));
        let allowed = problems.take(self.allowed().map_err(Problems::from));
        let (Some(column), Some(allowed)) = (column, allowed) else { return Err(problems) };
        Ok(Box::new(Compiled { column, allowed: Arc::new(allowed) }))
    }
}

impl AllowedValues {
    fn text_column(&self, schema: &Schema) -> Result<Declared, Problem> {
        let column = Declared::find(&self.column, schema)?;
        if column.kind != ColumnKind::Text {
            let message = format!("`{}` is a {} column; this check is for text", column.name, column.kind.name());
            let problem = Problem::new(self.column.place.clone(), message);
            return Err(problem.hint("declare it as text, or use range or row_expression"));
        }
        Ok(column)
    }

    fn allowed(&self) -> Result<Allowed, Problem> {
        if self.values.is_empty() {
            return Err(Problem::new(self.values.place.clone(), "no value is allowed here: every file would fail"));
        }
        Ok(Allowed { set: self.values.iter().cloned().collect(), listed: self.values.value.clone() })
    }
}

#[derive(Debug)]
struct Allowed {
    set: HashSet<String>,
    /// In the order of the dataset.
    listed: Vec<String>,
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    allowed: Arc<Allowed>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let allowed = Arc::clone(&self.allowed);
        let (asked, failures) = (Asked::default(), file.failures());
        Some(Box::new(Strangers { field, allowed, asked, found: Vec::new(), failures }))
    }
}

#[derive(Debug)]
struct Strangers {
    field: Field,
    allowed: Arc<Allowed>,
    asked: Asked,
    /// The first values that are not allowed, each once and with its first row; one more than is listed.
    found: Vec<(u64, String)>,
    failures: Failures,
}

impl Strangers {
    fn seen(&self, total: u64) -> String {
        let (title, place) = (self.field.title(), self.failures.place(total));
        let allowed = listed(self.allowed.listed.iter().cloned());
        match &self.found[..] {
            [(_, only)] => {
                let near = nearest(only, self.allowed.listed.iter().map(String::as_str));
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
        let Self { field, allowed, asked, found, failures, .. } = self;
        let fails = |text: &str, cell| !matches!(cell, Cell::Missing(_)) && !allowed.set.contains(text);
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

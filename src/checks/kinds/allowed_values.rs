//! `allowed_values`: a column holds a value that is not on the dataset's list, or one that is on a list of those forbidden.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a column of any kind |
//! | `values` | what it may hold; text is compared as printed, so that capitals and spaces within it count, figures by their value, periods as periods (`2025-10`, `2025/26`, `2025-10-06`); white space around a cell is taken off when it is read, for every check |
//! | `forbidden` | instead: what it may not hold |
//! | `required` | what must stand in at least one row each; alone or beside the others |
//!
//! A cell that holds no value is left out: [`not_null`](super::not_null) finds it.
//!
//! ```yaml
//! - allowed_values: { column: contract_type, values: [cost-and-volume, capitated] }
//! - allowed_values: { column: contract_type, forbidden: [test] }
//! - allowed_values: { column: region, required: [London, South West] }
//! ```
//!
//! Findings: ``contract_type is `cost-volume` in row 7: allowed are cost-and-volume, capitated (did you mean
//! cost-and-volume?)``; ``contract_type holds the forbidden `test` in row 9``; ``region lacks South West``

mod list;

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{Declared, Field},
    failures::{Failures, quoted},
    rows::Rows,
};
use crate::{
    model::{Asked, Cell},
    yaml::{Located, Place, Problem, Problems, nearest},
};
use list::{List, Written};

/// More values than this, allowed or found, are not listed in a message.
const LISTED: usize = 8;

/// Settings of `allowed_values`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowedValues {
    column: Located<String>,
    #[serde(default)]
    values: Option<Values>,
    #[serde(default)]
    forbidden: Option<Values>,
    #[serde(default)]
    required: Option<Values>,
}

type Values = Located<Vec<Located<Written>>>;

impl Kind for AllowedValues {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(Declared::find(&self.column, context.schema).map_err(Problems::from));
        let (must, values) = match (&self.values, &self.forbidden, &self.required) {
            (Some(values), None, _) => (Must::BeListed, Some(values)),
            (None, Some(values), _) => (Must::NotBeListed, Some(values)),
            (None, None, Some(_)) => (Must::NotBeListed, None),
            _ => {
                problems.push(Problem::new(place.clone(), "name the `values` that are allowed, or those `forbidden`"));
                return Err(problems);
            }
        };
        if let Some(values) = values.filter(|values| values.is_empty() && must == Must::BeListed) {
            problems.push(Problem::new(values.place.clone(), "no value is allowed here: every file would fail"));
        }
        let Some(column) = column else { return Err(problems) };
        let mut list = |values: Option<&Values>| {
            let none = Values { value: Vec::new(), place: place.clone() };
            problems.take(List::of(values.unwrap_or(&none), column.kind)).unwrap_or_default()
        };
        let (list, required) = (list(values), list(self.required.as_ref()));
        problems.into_result()?;
        Ok(Box::new(Compiled { column, list: Arc::new(list), must, required }))
    }
}

/// Whether a value must be on the list, or must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Must {
    BeListed,
    NotBeListed,
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    list: Arc<List>,
    must: Must,
    required: List,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let (list, must) = (Arc::clone(&self.list), self.must);
        let (asked, failures, lacking) = (Asked::default(), file.failures(), self.required.clone());
        Some(Box::new(Strangers { field, list, must, asked, found: Vec::new(), failures, lacking }))
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
    /// What is required and was not seen as yet.
    lacking: List,
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
                let near = nearest(only, self.list.texts());
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
        let Self { field, list, must, asked, found, failures, lacking } = self;
        let listed = *must == Must::BeListed;
        let fails = |text: &str, cell| !matches!(cell, Cell::Missing(_)) && list.has(text, cell) != listed;
        field.failing(rows, asked, fails, |spot| {
            failures.add_cell(spot);
            if found.len() <= LISTED && !found.iter().any(|(_, found)| found == spot.text()) {
                found.push((spot.row(), spot.text().to_owned()));
            }
        });
        if !lacking.is_empty() {
            let cells = rows.indices().map(|index| (field.text(rows.batch, index), field.cell(rows.batch, index)));
            cells.for_each(|(text, cell)| lacking.strike(text, cell));
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.failures.merge(other.failures);
        self.found.extend(other.found);
        self.found.sort();
        let mut listed = HashSet::new();
        self.found.retain(|(_, value)| listed.insert(value.clone()));
        self.found.truncate(LISTED + 1);
        self.lacking.strike_all_but(&other.lacking);
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let lacking = (!self.lacking.is_empty()).then(|| {
            let lacking = listed(self.lacking.left().map(str::to_owned));
            Found::in_file(format!("{} lacks {lacking}", self.field.title()))
        });
        let seen = (!self.failures.is_empty()).then(|| self.seen(total));
        seen.map(|seen| Found::in_rows(seen, self.failures)).into_iter().chain(lacking).collect()
    }
}

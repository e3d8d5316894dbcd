//! `row_count`: the file has too few or too many rows.
//!
//! | setting | meaning |
//! |---|---|
//! | `min`, `max` | how many rows of data (without header, skipped rows and footnotes), one bound or both; the bounds are allowed |
//!
//! The finding is about the file as a whole and names no rows.
//!
//! ```yaml
//! - row_count: { min: 2, max: 100 }
//! ```
//!
//! Finding: `the file has 1 row of data; expected are at least 2`

use serde::Deserialize;

use super::super::{
    check::{Check, Label, Tally, Weight},
    failures::grouped,
};
use crate::{
    model::{Batch, Finding, Header, Schema},
    yaml::{Located, Problem, Problems},
};

/// Settings of `row_count`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCount {
    #[serde(default)]
    min: Option<Located<u64>>,
    #[serde(default)]
    max: Option<Located<u64>>,
    #[serde(default)]
    pub(super) name: Option<Located<String>>,
    #[serde(default)]
    severity: Weight,
    #[serde(default)]
    message: Option<String>,
}

impl RowCount {
    pub(super) fn build(settings: &Located<Self>, _schema: &Schema) -> Result<Box<dyn Check>, Problems> {
        match (&settings.min, &settings.max) {
            (None, None) => {
                return Err(Problem::new(settings.place.clone(), "a row count needs `min`, `max` or both").into());
            }
            (Some(min), Some(max)) if min.value > max.value => {
                let message = format!("no file has at least {} and at most {} rows", min.value, max.value);
                let problem = Problem::new(min.place.clone(), message);
                return Err(problem.hint("`min` is above `max`: exchange them?").into());
            }
            _ => {}
        }
        let label = Label::new("row_count", settings.name.as_ref(), settings.severity, settings.message.as_deref());
        let value = |bound: &Option<Located<u64>>| bound.as_ref().map(|bound| bound.value);
        Ok(Box::new(Compiled { label, min: value(&settings.min), max: value(&settings.max) }))
    }
}

#[derive(Debug, Clone)]
struct Compiled {
    label: Label,
    min: Option<u64>,
    max: Option<u64>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        Vec::new()
    }

    fn start(&self, _header: &Header) -> Option<Box<dyn Tally>> {
        Some(Box::new(self.clone()))
    }
}

/// The run counts the rows itself, so there is nothing to remember.
impl Tally for Compiled {
    fn observe(&mut self, _batch: &Batch) {}

    fn merge(&mut self, _other: Box<dyn Tally>) {}

    fn finish(self: Box<Self>, total: u64) -> Vec<Finding> {
        let few = self.min.filter(|min| total < *min).map(|min| format!("at least {}", grouped(min)));
        let many = self.max.filter(|max| total > *max).map(|max| format!("at most {}", grouped(max)));
        let Some(expected) = few.or(many) else { return Vec::new() };
        let rows = match total {
            0 => "no rows of data".to_owned(),
            1 => "1 row of data".to_owned(),
            rows => format!("{} rows of data", grouped(rows)),
        };
        vec![self.label.finding_of_file(&format!("the file has {rows}; expected are {expected}"))]
    }
}

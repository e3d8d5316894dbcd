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
    check::{Check, Context, Found, Kind, Looks, Start, Tally},
    failures::grouped,
    rows::Rows,
};
use crate::yaml::{Located, Place, Problem, Problems};

/// Settings of `row_count`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowCount {
    #[serde(default)]
    min: Option<Located<u64>>,
    #[serde(default)]
    max: Option<Located<u64>>,
}

impl Kind for RowCount {
    const LOOKS: Looks = Looks::Whole;

    fn build(&self, place: &Place, _context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        match (&self.min, &self.max) {
            (None, None) => {
                return Err(Problem::new(place.clone(), "a row count needs `min`, `max` or both").into());
            }
            (Some(min), Some(max)) if min.value > max.value => {
                let message = format!("no file has at least {} and at most {} rows", min.value, max.value);
                let problem = Problem::new(min.place.clone(), message);
                return Err(problem.hint("`min` is above `max`: exchange them?").into());
            }
            _ => {}
        }
        let value = |bound: &Option<Located<u64>>| bound.as_ref().map(|bound| bound.value);
        Ok(Box::new(Compiled { min: value(&self.min), max: value(&self.max) }))
    }
}

#[derive(Debug, Clone)]
struct Compiled {
    min: Option<u64>,
    max: Option<u64>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        Vec::new()
    }

    fn start(&self, _file: &Start<'_>) -> Option<Box<dyn Tally>> {
        Some(Box::new(self.clone()))
    }
}

/// The run counts the rows itself, so there is nothing to remember.
impl Tally for Compiled {
    fn observe(&mut self, _rows: &Rows<'_>) {}

    fn merge(&mut self, _other: Box<dyn Tally>) {}

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let few = self.min.filter(|min| total < *min).map(|min| format!("at least {}", grouped(min)));
        let many = self.max.filter(|max| total > *max).map(|max| format!("at most {}", grouped(max)));
        let Some(expected) = few.or(many) else { return Vec::new() };
        let rows = match total {
            0 => "no rows of data".to_owned(),
            1 => "1 row of data".to_owned(),
            rows => format!("{} rows of data", grouped(rows)),
        };
        vec![Found::in_file(format!("the file has {rows}; expected are {expected}"))]
    }
}

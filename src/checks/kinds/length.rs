//! `length`: a text is too short or too long.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a text column |
//! | `min`, `max` | how many characters (not bytes) it may have, one bound or both; the bounds are allowed |
//!
//! A cell that holds no value is left out.
//!
//! ```yaml
//! - length: { column: practice, min: 6, max: 6 }
//! ```
//!
//! Finding: ``practice is not 6 characters long in row 3: `A8300` ``

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::Declared,
    failures::grouped,
    misfits::Misfits,
};
use crate::{
    model::{Asked, Cell},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `length`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Length {
    column: Located<String>,
    #[serde(default)]
    min: Option<Located<u64>>,
    #[serde(default)]
    max: Option<Located<u64>>,
}

impl Kind for Length {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(Declared::find_text(&self.column, context.schema).map_err(Problems::from));
        let value = |bound: &Option<Located<u64>>| bound.as_ref().map(|bound| bound.value);
        let (min, max) = (value(&self.min), value(&self.max));
        if min.is_none() && max.is_none() {
            problems.push(Problem::new(place.clone(), "a length needs `min`, `max` or both"));
        }
        if let (Some(min), Some(max)) = (&self.min, &self.max)
            && min.value > max.value
        {
            let message = format!("no text has at least {} and at most {} characters", min.value, max.value);
            problems.push(Problem::new(min.place.clone(), message).hint("`min` is above `max`: exchange them?"));
        }
        problems.into_result()?;
        let Some(column) = column else { return Err(Problems::default()) };
        Ok(Box::new(Compiled { column, min, max }))
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    min: Option<u64>,
    max: Option<u64>,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let (min, max, mut asked) = (self.min, self.max, Asked::default());
        let seen = format!("{} is not {} long", field.title(), self.expected());
        let fails = move |text: &str, cell| {
            let length = text.chars().count() as u64;
            !matches!(cell, Cell::Missing(_))
                && (min.is_some_and(|min| length < min) || max.is_some_and(|max| length > max))
        };
        Some(Misfits::start(file.failures(), seen, move |rows, failures| {
            field.failing(rows, &mut asked, fails, |spot| failures.add_cell(spot));
        }))
    }
}

impl Compiled {
    fn expected(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("{} characters", grouped(min)),
            (Some(min), Some(max)) => format!("{} to {} characters", grouped(min), grouped(max)),
            (Some(min), None) => format!("at least {} characters", grouped(min)),
            (None, max) => format!("at most {} characters", grouped(max.unwrap_or(0))),
        }
    }
}

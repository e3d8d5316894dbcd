//! `range`: a figure is below the least or above the greatest that makes sense.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a number, percent or duration column |
//! | `min`, `max` | the bounds, one of them or both; the bounds themselves are in range |
//! | `above`, `below` | instead of them, bounds that are not in range themselves |
//!
//! The bounds of a percent column are shares (1 is 100%), those of a duration column seconds. A cell that holds no
//! figure is left out: [`not_null`](super::not_null) and [`type`](super::type) find it.
//!
//! ```yaml
//! - range: { column: planned, min: 0 }
//! - range: { column: uptake, min: 0, max: 1, severity: warning }
//! - range: { column: list_size, above: 0 }
//! ```
//!
//! Findings: ``planned is below 0 in row 5: `-3` ``; ``uptake is outside 0 to 1 in 2 of 14 rows, first `120%` in row 4``

use serde::Deserialize;

use super::super::{
    bounds::{Bounds, Ends, Setting},
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::Declared,
    misfits::Misfits,
};
use crate::{
    model::{Asked, ColumnKind, Schema},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `range`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    column: Located<String>,
    #[serde(default)]
    min: Setting,
    #[serde(default)]
    max: Setting,
    #[serde(default)]
    above: Setting,
    #[serde(default)]
    below: Setting,
}

impl Kind for Range {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(self.figures(context.schema).map_err(Problems::from));
        let bounds = problems.take(self.bounds(place));
        let (Some(column), Some(bounds)) = (column, bounds) else { return Err(problems) };
        Ok(Box::new(Compiled { column, bounds }))
    }
}

impl Range {
    fn figures(&self, schema: &Schema) -> Result<Declared, Problem> {
        let column = Declared::find(&self.column, schema)?;
        if matches!(column.kind, ColumnKind::Text | ColumnKind::Period) {
            let message = format!("`{}` is a {} column and has no range", column.name, column.kind.name());
            let problem = Problem::new(self.column.place.clone(), message);
            return Err(problem.hint("a range is for number, percent, duration, figure and target columns"));
        }
        Ok(column)
    }

    fn bounds(&self, settings: &Place) -> Result<Bounds, Problems> {
        let ends = Ends { min: &self.min, max: &self.max, above: &self.above, below: &self.below };
        if ends.is_empty() {
            let problem = Problem::new(settings.clone(), "a range needs `min`, `max` or both");
            return Err(problem.hint("or `above` and `below`, which are not in range themselves").into());
        }
        ends.build(settings)
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    bounds: Bounds,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let ((least, greatest), mut asked) = (self.bounds.ends(), Asked::default());
        let seen = format!("{} is {}", field.title(), self.bounds.beyond());
        Some(Misfits::start(file.failures(), seen, move |rows, failures| {
            let fails = |number: f64| !(least..=greatest).contains(&number);
            field.failing_numbers(rows, &mut asked, fails, |spot| failures.add_cell(spot));
        }))
    }
}

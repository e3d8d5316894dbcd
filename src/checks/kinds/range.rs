//! `range`: a figure is below the least or above the greatest that makes sense, or a date before or after.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a number, percent, duration or period column |
//! | `min`, `max` | the bounds, one of them or both; the bounds themselves are in range |
//! | `above`, `below` | instead of them, bounds that are not in range themselves |
//! | `whole` | with `true`, only whole numbers are in range, with bounds or without: 12.5 are no patients |
//!
//! The bounds of a percent column are shares (1 is 100%), those of a duration column seconds, those of a period column
//! periods (`2025-10`, `2025/26`, `2025-10-06`), which need not be as long as those in the column: every day counts, so that
//! neither the month `2025-10` nor the day `2025-10-06` lies within the year `2024/25`. A cell that holds no value is left
//! out: [`not_null`](super::not_null) and [`type`](super::type) find it.
//!
//! ```yaml
//! - range: { column: planned, min: 0 }
//! - range: { column: uptake, min: 0, max: 1, severity: warning }
//! - range: { column: list_size, above: 0 }
//! - range: { column: attendances, whole: true }
//! - range: { column: referred, min: 2024-04-01 }
//! ```
//!
//! Findings: ``planned is below 0 in row 5: `-3` ``; ``uptake is outside 0 to 1 in 2 of 14 rows, first `120%` in row 4``;
//! ``referred is before 2024-04-01 in row 3: `2004-06-12` ``

mod limit;
mod span;

use serde::Deserialize;

use super::super::{
    bounds::{Bounds, Ends},
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::Declared,
    misfits::Misfits,
};
use crate::{
    model::{Asked, Cell, ColumnKind, Schema},
    yaml::{Located, Place, Problem, Problems},
};
use limit::{Limit, figure};
use span::Span;

/// Settings of `range`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    column: Located<String>,
    #[serde(default)]
    min: Option<Located<Limit>>,
    #[serde(default)]
    max: Option<Located<Limit>>,
    #[serde(default)]
    above: Option<Located<Limit>>,
    #[serde(default)]
    below: Option<Located<Limit>>,
    #[serde(default)]
    whole: bool,
}

impl Kind for Range {
    const LOOKS: Looks = Looks::Rows;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(self.column(context.schema).map_err(Problems::from));
        let unlimited = self.limits().into_iter().all(Option::is_none);
        if unlimited && !self.whole {
            let problem = Problem::new(place.clone(), "a range needs `min`, `max` or both");
            problems.push(problem.hint("or `above` and `below`, which are not in range themselves"));
        }
        let Some(column) = column else { return Err(problems) };
        problems.into_result()?;
        if column.kind == ColumnKind::Period && self.whole {
            return Err(
                Problem::new(self.column.place.clone(), "periods are no numbers, and `whole` is of numbers").into()
            );
        }
        if column.kind == ColumnKind::Period {
            return Ok(Box::new(OfPeriods { column, span: Span::build(place, self.limits())? }));
        }
        let bounds = if unlimited { None } else { Some(self.bounds(place)?) };
        Ok(Box::new(OfFigures { column, bounds, whole: self.whole }))
    }
}

impl Range {
    fn column(&self, schema: &Schema) -> Result<Declared, Problem> {
        let column = Declared::find(&self.column, schema)?;
        if column.kind == ColumnKind::Text {
            let message = format!("`{}` is a {} column and has no range", column.name, column.kind.name());
            let problem = Problem::new(self.column.place.clone(), message);
            return Err(problem.hint("a range is for number, percent, duration, figure, target and period columns"));
        }
        Ok(column)
    }

    fn limits(&self) -> [&Option<Located<Limit>>; 4] {
        [&self.min, &self.max, &self.above, &self.below]
    }

    fn bounds(&self, place: &Place) -> Result<Bounds, Problems> {
        let mut problems = Problems::default();
        let figures = self.limits().map(|limit| problems.take(figure(limit.as_ref()?).map_err(Problems::from)));
        problems.into_result()?;
        let [min, max, above, below] = &figures;
        Ends { min, max, above, below }.build(place)
    }
}

#[derive(Debug)]
struct OfFigures {
    column: Declared,
    bounds: Option<Bounds>,
    whole: bool,
}

impl OfFigures {
    /// "below 0", "below 0 or no whole number".
    fn beyond(&self) -> String {
        let bounds = self.bounds.map(Bounds::beyond);
        let whole = self.whole.then(|| "no whole number".to_owned());
        bounds.into_iter().chain(whole).collect::<Vec<_>>().join(" or ")
    }
}

impl Check for OfFigures {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let (least, greatest) = self.bounds.map_or((f64::NEG_INFINITY, f64::INFINITY), Bounds::ends);
        let (whole, mut asked) = (self.whole, Asked::default());
        let seen = format!("{} is {}", field.title(), self.beyond());
        Some(Misfits::start(file.failures(), seen, move |rows, failures| {
            let fails = |number: f64| !(least..=greatest).contains(&number) || whole && number.fract() != 0.0;
            field.failing_numbers(rows, &mut asked, fails, |spot| failures.add_cell(spot));
        }))
    }
}

#[derive(Debug)]
struct OfPeriods {
    column: Declared,
    span: Span,
}

impl Check for OfPeriods {
    fn columns(&self) -> Vec<usize> {
        vec![self.column.position]
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let (span, mut asked) = (self.span.clone(), Asked::default());
        let seen = format!("{} is {}", field.title(), span.beyond());
        Some(Misfits::start(file.failures(), seen, move |rows, failures| {
            let fails = |_: &str, cell| matches!(cell, Cell::Period(period) if !span.contains(period));
            field.failing(rows, &mut asked, fails, |spot| failures.add_cell(spot));
        }))
    }
}

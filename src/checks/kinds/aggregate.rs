//! `aggregate`: the least, greatest, sum, mean, quantile, number or distinct number of a column's values is out of bounds.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | the column; of figures, except for `count` and `distinct` |
//! | `of` | `min`, `max`, `sum`, `mean`, `quantile`, `count` (of cells that hold a value) or `distinct` |
//! | `at` | for `quantile`: 0.5 is the median, 0.95 the value that 95% are at most (nearest rank) |
//! | `min`, `max` | the bounds, one of them or both; they are allowed |
//! | `equals` | instead of bounds: what it must come to, such as a control total |
//! | `within` | with `equals`: how far off it may be, as a difference (`0.5`) or a share (`1%`) |
//! | `by` | the columns whose values make up the groups that are judged each by itself |
//!
//! Cells that hold no value are left out; a least, mean or quantile of no values at all is not judged. Sums are exact: they do
//! not depend on the order of the rows, and 0.1 ten times is 1.
//!
//! Memory: some 200 bytes for each of at most 100,000 groups, and for `quantile` 8, for `distinct` 32 bytes for each (distinct)
//! value, of which there may be ten million; beyond that an error says that the check was not made.
//!
//! ```yaml
//! - aggregate: { column: delivered, of: sum, by: [period], min: 1 }
//! - aggregate: { column: waited, of: quantile, at: 0.95, max: 14400, severity: warning }
//! ```
//!
//! Findings:
//! - `the sum of planned is 1,250; expected is at most 1,000`
//! - ``the sum of planned by period is not at least 1 in 1 of 7 groups: `2025-09` 0``

mod gathering;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::{ColumnNames, Declared, Field, side_by_side},
    groups::Groups,
    keys::{KeyColumn, KeyHasher},
    within::Within,
};
use crate::{
    model::value::format_number,
    yaml::{Located, Place, Problem, Problems},
};
use gathering::Gathering;

/// Settings of `aggregate`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    column: Located<String>,
    of: Of,
    #[serde(default)]
    at: Option<Located<f64>>,
    #[serde(default)]
    min: Option<Located<f64>>,
    #[serde(default)]
    max: Option<Located<f64>>,
    #[serde(default)]
    equals: Option<Located<f64>>,
    #[serde(default)]
    within: Option<Located<Within>>,
    #[serde(default)]
    by: Option<ColumnNames>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    Min,
    Max,
    Sum,
    Mean,
    Quantile,
    Count,
    Distinct,
}

impl Kind for Aggregate {
    const LOOKS: Looks = Looks::Whole;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = match self.of {
            Of::Count | Of::Distinct => Declared::find(&self.column, context.schema),
            _ => Declared::find_figures(&self.column, context.schema),
        };
        let column = problems.take(column.map_err(Problems::from));
        let by = self.by.as_ref().map_or(Some(Vec::new()), |by| problems.take(Declared::find_all(by, context.schema)));
        let bounds = problems.take(self.bounds(place).map_err(Problems::from));
        let at = problems.take(self.quantile(place).map_err(Problems::from));
        let (Some(column), Some(by), Some(bounds), Some(at)) = (column, by, bounds, at) else { return Err(problems) };
        Ok(Box::new(Compiled { column, of: self.of, at, bounds, by, hasher: KeyHasher::default() }))
    }
}

impl Aggregate {
    fn bounds(&self, place: &Place) -> Result<Bounds, Problem> {
        let bounds = [&self.min, &self.max, &self.equals];
        if let Some(bound) = bounds.into_iter().flatten().find(|bound| !bound.is_finite()) {
            return Err(Problem::new(bound.place.clone(), "a bound must be a finite number"));
        }
        if let (Some(within), None) = (&self.within, &self.equals) {
            return Err(Problem::new(within.place.clone(), "`within` goes with `equals`"));
        }
        match bounds.map(|bound| bound.as_ref().map(|bound| bound.value)) {
            [None, None, Some(figure)] => {
                Ok(Bounds::Equal(figure, self.within.as_ref().map_or(Within::default(), |within| within.value)))
            }
            [Some(min), None, None] => Ok(Bounds::AtLeast(min)),
            [None, Some(max), None] => Ok(Bounds::AtMost(max)),
            [Some(min), Some(max), None] if min <= max => Ok(Bounds::Within(min, max)),
            [Some(min), Some(max), None] => {
                let message = format!("no figure is at least {min} and at most {max}");
                Err(Problem::new(place.clone(), message).hint("`min` is above `max`: exchange them?"))
            }
            _ => Err(Problem::new(place.clone(), "an aggregate needs `min`, `max` or both, or else `equals`")),
        }
    }

    fn quantile(&self, place: &Place) -> Result<f64, Problem> {
        match (&self.at, self.of) {
            (Some(at), Of::Quantile) if (0.0..=1.0).contains(&at.value) => Ok(at.value),
            (Some(at), Of::Quantile) => {
                let problem = Problem::new(at.place.clone(), format!("{} is no quantile", at.value));
                Err(problem.hint("write a number from 0 to 1: 0.95 is the 95th percentile"))
            }
            (None, Of::Quantile) => Err(Problem::new(place.clone(), "a quantile needs `at`, such as 0.95")),
            (Some(at), _) => Err(Problem::new(at.place.clone(), "`at` goes with `of: quantile`")),
            (None, _) => Ok(0.0),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Bounds {
    AtLeast(f64),
    AtMost(f64),
    Within(f64, f64),
    Equal(f64, Within),
}

impl Bounds {
    fn contain(self, figure: f64) -> bool {
        let within = Within::default();
        match self {
            Self::AtLeast(min) => within.at_least(figure, min),
            Self::AtMost(max) => within.at_most(figure, max),
            Self::Within(min, max) => within.at_least(figure, min) && within.at_most(figure, max),
            Self::Equal(expected, within) => within.equal(figure, expected),
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::AtLeast(min) => format!("at least {}", format_number(min)),
            Self::AtMost(max) => format!("at most {}", format_number(max)),
            Self::Within(min, max) => format!("{} to {}", format_number(min), format_number(max)),
            Self::Equal(expected, within) if within.is_zero() => format_number(expected),
            Self::Equal(expected, within) => format!("{} (within {within})", format_number(expected)),
        }
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    of: Of,
    at: f64,
    bounds: Bounds,
    by: Vec<Declared>,
    hasher: KeyHasher,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        [&self.column].into_iter().chain(&self.by).map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = [self.column.in_file(file.header)?];
        let groups = Groups::new(Declared::all_in_file(&self.by, file.header)?, self.hasher.clone());
        Some(Box::new(Gathering {
            title: self.title(&field, file),
            field,
            of: self.of,
            at: self.at,
            bounds: self.bounds,
            groups,
            hasher: self.hasher.clone(),
            known: [KeyColumn::default()],
            hashes: Vec::new(),
            gathered: BTreeMap::new(),
            values: 0,
        }))
    }
}

impl Compiled {
    /// "the sum of planned by period".
    fn title(&self, field: &[Field; 1], file: &Start<'_>) -> String {
        let [field] = field;
        let of = match self.of {
            Of::Min => "least".to_owned(),
            Of::Max => "greatest".to_owned(),
            Of::Sum => "sum".to_owned(),
            Of::Mean => "mean".to_owned(),
            Of::Quantile => format!("{} quantile", self.at),
            Of::Count => "number".to_owned(),
            Of::Distinct => "distinct number".to_owned(),
        };
        let by = Declared::all_in_file(&self.by, file.header).unwrap_or_default();
        let by = side_by_side(by.iter().map(Field::title));
        let by = if by.is_empty() { by } else { format!(" by {by}") };
        format!("the {of} of {}{by}", field.title())
    }
}

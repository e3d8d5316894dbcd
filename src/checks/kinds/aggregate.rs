//! `aggregate`: the least, greatest, sum, mean, median, quantile, deviation, number or distinct number of a column's values
//! is out of bounds.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | the column; of figures, except for `count`, `distinct` and `distinct_share` |
//! | `of` | `min`, `max`, `sum`, `mean`, `median`, `quantile`, `stdev` (of a sample: divided by one less than there are), `count` (of cells that hold a value), `distinct` (values) or `distinct_share` (these by `count`, 0 to 1) |
//! | `at` | for `quantile`: 0.5 is the median, 0.95 the value that 95% are at most; between two values in proportion, as `PERCENTILE_CONT` and spreadsheets do |
//! | `min`, `max` | the bounds, one of them or both; they are allowed |
//! | `above`, `below` | instead of them, bounds that are not allowed themselves |
//! | `equals` | instead of bounds: what it must come to, such as a control total |
//! | `within` | with `equals`: how far off it may be, as a difference (`0.5`) or a share (`1%`) |
//! | `by` | the columns whose values make up the groups that are judged each by itself |
//!
//! Cells that hold no value are left out. Where rows were looked at and none holds a value, a least, mean, quantile or the
//! like cannot be told, which is a finding; of no rows, and within groups, it is not judged. Sums are exact: they do not depend
//! on the order of the rows, and 0.1 ten times is 1.
//!
//! Memory: some 200 bytes for each of at most 100,000 groups, and for `median`, `quantile` and `stdev` 8, for distinct values
//! 32 bytes for each, of which there may be ten million; beyond that an error says that the check was not made.
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
    bounds::{Bounds, Ends, Setting},
    check::{Check, Context, Kind, Looks, Start, Tally},
    columns::{ColumnNames, Declared, Field, side_by_side},
    groups::Groups,
    keys::{KeyColumn, KeyHasher, RowKeys},
};
use crate::{
    model::{Tolerance, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};
use gathering::Gathering;

/// Settings of `aggregate`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    column: Located<String>,
    of: Of,
    #[serde(default)]
    at: Option<Located<f64>>,
    #[serde(default)]
    min: Setting,
    #[serde(default)]
    max: Setting,
    #[serde(default)]
    above: Setting,
    #[serde(default)]
    below: Setting,
    #[serde(default)]
    equals: Option<Located<f64>>,
    #[serde(default)]
    within: Option<Located<Tolerance>>,
    #[serde(default)]
    by: Option<ColumnNames>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Of {
    Min,
    Max,
    Sum,
    Mean,
    Median,
    Quantile,
    Stdev,
    Count,
    Distinct,
    DistinctShare,
}

impl Of {
    /// Whether it is about cells of any kind, not about figures.
    fn is_of_cells(self) -> bool {
        matches!(self, Self::Count | Self::Distinct | Self::DistinctShare)
    }

    /// Whether it is about different values.
    fn is_distinct(self) -> bool {
        matches!(self, Self::Distinct | Self::DistinctShare)
    }
}

impl Kind for Aggregate {
    const LOOKS: Looks = Looks::Whole;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = if self.of.is_of_cells() {
            Declared::find(&self.column, context.schema)
        } else {
            Declared::find_figures(&self.column, context.schema)
        };
        let column = problems.take(column.map_err(Problems::from));
        let by = self.by.as_ref().map_or(Some(Vec::new()), |by| problems.take(Declared::find_all(by, context.schema)));
        let expected = problems.take(self.expected(place));
        let at = problems.take(self.quantile(place).map_err(Problems::from));
        let (Some(column), Some(by), Some(expected), Some(at)) = (column, by, expected, at) else {
            return Err(problems);
        };
        Ok(Box::new(Compiled { column, of: self.of, at, expected, by, hasher: KeyHasher::default() }))
    }
}

impl Aggregate {
    fn expected(&self, place: &Place) -> Result<Expected, Problems> {
        let ends = Ends { min: &self.min, max: &self.max, above: &self.above, below: &self.below };
        match &self.equals {
            Some(figure) if ends.is_empty() && figure.is_finite() => {
                let within = self.within.as_ref().map_or(Tolerance::default(), |within| within.value);
                Ok(Expected::Equal(figure.value, within))
            }
            Some(figure) if ends.is_empty() => {
                Err(Problem::new(figure.place.clone(), "a bound must be a finite number").into())
            }
            None if self.within.is_some() => {
                let place = self.within.as_ref().map_or(place, |within| &within.place);
                Err(Problem::new(place.clone(), "`within` goes with `equals`").into())
            }
            None if !ends.is_empty() => ends.build(place).map(Expected::Within),
            _ => Err(Problem::new(place.clone(), "an aggregate needs `min`, `max` or both, or else `equals`").into()),
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
            (None, _) => Ok(0.5),
        }
    }
}

/// What an aggregate must come to.
#[derive(Debug, Clone, Copy)]
enum Expected {
    Within(Bounds),
    Equal(f64, Tolerance),
}

impl Expected {
    fn contain(self, figure: f64) -> bool {
        match self {
            Self::Within(bounds) => bounds.contain_nearly(figure, |one, other| Tolerance::default().equal(one, other)),
            Self::Equal(expected, within) => within.equal(figure, expected),
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Within(bounds) => bounds.in_words(),
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
    expected: Expected,
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
            expected: self.expected,
            groups,
            hasher: self.hasher.clone(),
            known: [KeyColumn::default()],
            hashes: RowKeys::default(),
            gathered: BTreeMap::new(),
            values: 0,
            rows: 0,
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
            Of::Median => "median".to_owned(),
            Of::Quantile => format!("{} quantile", self.at),
            Of::Stdev => "standard deviation".to_owned(),
            Of::Count => "number".to_owned(),
            Of::Distinct => "distinct number".to_owned(),
            Of::DistinctShare => "share of distinct values".to_owned(),
        };
        let by = Declared::all_in_file(&self.by, file.header).unwrap_or_default();
        let by = side_by_side(by.iter().map(Field::title));
        let by = if by.is_empty() { by } else { format!(" by {by}") };
        format!("the {of} of {}{by}", field.title())
    }
}

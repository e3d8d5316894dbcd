//! `aggregate`: the least, greatest, sum, mean, quantile, number or distinct number of a column's values is out of bounds.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | the column; of figures, except for `count` and `distinct` |
//! | `of` | `min`, `max`, `sum`, `mean`, `quantile`, `count` (of cells that hold a value) or `distinct` |
//! | `at` | for `quantile`: 0.5 is the median, 0.95 the value that 95% are at most (nearest rank) |
//! | `min`, `max` | the bounds, one of them or both; they are allowed |
//! | `equals` | instead of bounds: what it must come to, such as a control total |
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

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field, side_by_side},
    failures::{grouped, quoted},
    groups::{Group, Groups},
    keys::{KeyColumn, KeyHash, KeyHasher},
    rows::Rows,
    sum::ExactSum,
    within::Within,
};
use crate::{
    model::{Cell, Severity, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

/// More values than this are not kept.
const MOST_VALUES: usize = 10_000_000;

/// More groups than this are not listed in a message.
const LISTED: usize = 8;

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
        match bounds.map(|bound| bound.as_ref().map(|bound| bound.value)) {
            [None, None, Some(figure)] => Ok(Bounds::Equal(figure)),
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
    Equal(f64),
}

impl Bounds {
    fn contain(self, figure: f64) -> bool {
        let within = Within::default();
        match self {
            Self::AtLeast(min) => within.at_least(figure, min),
            Self::AtMost(max) => within.at_most(figure, max),
            Self::Within(min, max) => within.at_least(figure, min) && within.at_most(figure, max),
            Self::Equal(expected) => within.equal(figure, expected),
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::AtLeast(min) => format!("at least {}", format_number(min)),
            Self::AtMost(max) => format!("at most {}", format_number(max)),
            Self::Within(min, max) => format!("{} to {}", format_number(min), format_number(max)),
            Self::Equal(expected) => format_number(expected),
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

/// What is remembered of the values of one group.
#[derive(Debug, Clone, Default)]
struct Gathered {
    count: u64,
    sum: ExactSum,
    least: Option<f64>,
    greatest: Option<f64>,
    values: Vec<f64>,
    distinct: HashSet<KeyHash>,
}

impl Gathered {
    fn figure(&mut self, of: Of, at: f64) -> Option<f64> {
        match of {
            Of::Min => self.least,
            Of::Max => self.greatest,
            Of::Sum => Some(self.sum.total()),
            Of::Mean => (self.count > 0).then(|| self.sum.total() / self.count as f64),
            Of::Count => Some(self.count as f64),
            Of::Distinct => Some(self.distinct.len() as f64),
            Of::Quantile => {
                // The first rank that is at least the share of all: nearest rank.
                let reached = |rank: &usize| (rank + 1) as f64 >= at * self.values.len() as f64 * (1.0 - 1e-12);
                let (mut low, mut high) = (0, self.values.len());
                while low < high {
                    let middle = usize::midpoint(low, high);
                    if reached(&middle) { high = middle } else { low = middle + 1 }
                }
                (low < self.values.len()).then(|| *self.values.select_nth_unstable_by(low, f64::total_cmp).1)
            }
        }
    }
}

#[derive(Debug)]
struct Gathering {
    title: String,
    field: [Field; 1],
    of: Of,
    at: f64,
    bounds: Bounds,
    groups: Groups,
    hasher: KeyHasher,
    known: [KeyColumn; 1],
    /// Of the values of the batch at hand, for `distinct`.
    hashes: Vec<Option<KeyHash>>,
    gathered: BTreeMap<Group, Gathered>,
    /// How many values are kept.
    values: usize,
}

impl Gathering {
    fn add(&mut self, index: usize, group: Group, cell: Cell) {
        let gathered = self.gathered.entry(group).or_default();
        if matches!(cell, Cell::Missing(_)) {
            return;
        }
        gathered.count += 1;
        let Cell::Number(figure) = cell else { return self.add_distinct(index, group) };
        match self.of {
            Of::Sum | Of::Mean => gathered.sum.add(figure),
            Of::Min => gathered.least = Some(gathered.least.map_or(figure, |least| least.min(figure))),
            Of::Max => gathered.greatest = Some(gathered.greatest.map_or(figure, |greatest| greatest.max(figure))),
            Of::Quantile if self.values <= MOST_VALUES => {
                self.values += 1;
                gathered.values.push(figure);
            }
            Of::Quantile | Of::Count => {}
            Of::Distinct => self.add_distinct(index, group),
        }
    }

    fn add_distinct(&mut self, index: usize, group: Group) {
        if self.of != Of::Distinct || self.values > MOST_VALUES {
            return;
        }
        if let (Some(gathered), Some(hash)) = (self.gathered.get_mut(&group), self.hashes.get(index).copied().flatten())
        {
            self.values += usize::from(gathered.distinct.insert(hash));
        }
    }
}

impl Tally for Gathering {
    fn observe(&mut self, rows: &Rows<'_>) {
        self.groups.observe(rows.batch, rows.indices());
        if self.of == Of::Distinct {
            self.hasher.hashes(&self.field, &mut self.known, rows.batch, &mut self.hashes);
        }
        for index in rows.indices() {
            let group = self.groups.of_batch().get(index).copied().unwrap_or_default();
            let [field] = &self.field;
            let cell = field.cell(rows.batch, index);
            self.add(index, group, cell);
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.groups.merge(other.groups);
        self.values += other.values;
        for (group, other) in other.gathered {
            let gathered = self.gathered.entry(group).or_default();
            gathered.count += other.count;
            gathered.sum.merge(&other.sum);
            gathered.least = gathered.least.into_iter().chain(other.least).reduce(f64::min);
            gathered.greatest = gathered.greatest.into_iter().chain(other.greatest).reduce(f64::max);
            gathered.values.extend(other.values);
            gathered.distinct.extend(other.distinct);
        }
    }

    fn finish(mut self: Box<Self>, _total: u64) -> Vec<Found> {
        let title = &self.title;
        if self.values > MOST_VALUES {
            let most = grouped(MOST_VALUES as u64);
            let seen = format!("{title} is not checked: there are more than {most} values");
            return vec![Found::in_file(seen).aside(Severity::Error)];
        }
        let mut beyond = Vec::new();
        let (of, at, bounds, all) = (self.of, self.at, self.bounds, self.gathered.len());
        let alone = !self.groups.has_columns();
        if alone && self.gathered.is_empty() {
            self.gathered.insert(Group::default(), Gathered::default());
        }
        for (group, gathered) in &mut self.gathered {
            if let Some(figure) = gathered.figure(of, at).filter(|figure| !bounds.contain(*figure)) {
                beyond.push((self.groups.name(*group).to_owned(), figure));
            }
        }
        beyond.sort_by(|one, other| one.0.cmp(&other.0));
        let expected = bounds.in_words();
        let seen = match &beyond[..] {
            [] => None,
            [(_, figure)] if alone => Some(format!("{title} is {}; expected is {expected}", format_number(*figure))),
            several => {
                let listed = several
                    .iter()
                    .take(LISTED)
                    .map(|(name, figure)| format!("{} {}", quoted(name), format_number(*figure)));
                let listed: Vec<_> = listed.chain((several.len() > LISTED).then(|| "…".to_owned())).collect();
                let (count, all) = (grouped(several.len() as u64), grouped(all as u64));
                Some(format!("{title} is not {expected} in {count} of {all} groups: {}", listed.join(", ")))
            }
        };
        seen.map(Found::in_file).into_iter().chain(self.groups.too_many()).collect()
    }
}

//! `outliers`: a figure lies far from the others of its column.
//!
//! | setting | meaning |
//! |---|---|
//! | `column` | a column of figures |
//! | `deviations` | how many standard deviations (of a sample) from the mean are allowed: a z-score |
//! | `quartiles` | instead: how many times the distance between the quartiles is allowed below the lower or above the upper one; 1.5 is usual, 3 is far |
//! | `only` | `above` or `below`: what lies far on the other side is no matter |
//! | `by` | the columns whose values make up the groups that are judged each by itself |
//!
//! A figure at the bound itself is allowed. Cells that hold no value are left out, and a group whose quartiles are one figure
//! is not judged, since there every other figure would lie far. One figure among n lies at most (n - 1)/√n deviations from
//! the mean: among ten none lies beyond 3. Since a very large figure widens the deviation that it is held against, `quartiles`
//! find more where several are wrong.
//!
//! Memory: 32 bytes for each figure, of which there may be five million; beyond that an error says that the check was not made.
//!
//! ```yaml
//! - outliers: { column: waited, deviations: 4, severity: warning }
//! - outliers: { column: cost, quartiles: 3, by: [contract], only: above, severity: warning }
//! ```
//!
//! Finding: ``waited lies beyond 4 standard deviations from its mean (11.4 to 52.6) in row 7: `900` ``

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally, same},
    columns::{ColumnNames, Declared, Field, side_by_side},
    failures::{Failures, grouped},
    groups::{Group, Groups},
    keys::KeyHasher,
    rows::Rows,
    spread::{deviation, quantile},
};
use crate::{
    model::{Cell, Severity, Tolerance, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

/// More figures than this are not kept.
const MOST: usize = 5_000_000;

/// Settings of `outliers`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outliers {
    column: Located<String>,
    #[serde(default)]
    deviations: Option<Located<f64>>,
    #[serde(default)]
    quartiles: Option<Located<f64>>,
    #[serde(default)]
    only: Option<Side>,
    #[serde(default)]
    by: Option<ColumnNames>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Side {
    Above,
    Below,
}

impl Kind for Outliers {
    const LOOKS: Looks = Looks::RowsTogether;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let mut problems = Problems::default();
        let column = problems.take(Declared::find_figures(&self.column, context.schema).map_err(Problems::from));
        let by = self.by.as_ref().map_or(Some(Vec::new()), |by| problems.take(Declared::find_all(by, context.schema)));
        let far = problems.take(self.far(place).map_err(Problems::from));
        let (Some(column), Some(by), Some(far)) = (column, by, far) else { return Err(problems) };
        Ok(Box::new(Compiled { column, by, judge: Judge { far, only: self.only }, hasher: KeyHasher::default() }))
    }
}

impl Outliers {
    fn far(&self, place: &Place) -> Result<Far, Problem> {
        let (far, times) = match (&self.deviations, &self.quartiles) {
            (Some(times), None) => (Far::Deviations(times.value), times),
            (None, Some(times)) => (Far::Quartiles(times.value), times),
            _ => return Err(Problem::new(place.clone(), "name how far is too far: `deviations` or `quartiles`")),
        };
        if times.is_finite() && times.value > 0.0 {
            return Ok(far);
        }
        Err(Problem::new(times.place.clone(), "how many times is a number above 0"))
    }
}

/// How far is too far.
#[derive(Debug, Clone, Copy)]
enum Far {
    Deviations(f64),
    Quartiles(f64),
}

#[derive(Debug, Clone, Copy)]
struct Judge {
    far: Far,
    only: Option<Side>,
}

impl Judge {
    /// Between what figures like these lie.
    fn bounds(self, figures: &mut [f64]) -> Option<(f64, f64)> {
        match self.far {
            Far::Deviations(times) => {
                let (mean, deviation) = deviation(figures)?;
                Some((mean - times * deviation, mean + times * deviation))
            }
            Far::Quartiles(times) => {
                let (lower, upper) = (quantile(figures, 0.25)?, quantile(figures, 0.75)?);
                let far = times * (upper - lower);
                (far > 0.0).then_some((lower - far, upper + far))
            }
        }
    }

    fn is_far(self, figure: f64, (least, greatest): (f64, f64)) -> bool {
        let at = |bound| Tolerance::default().equal(figure, bound);
        let below = self.only != Some(Side::Above) && figure < least && !at(least);
        let above = self.only != Some(Side::Below) && figure > greatest && !at(greatest);
        below || above
    }

    fn in_words(self) -> String {
        match self.far {
            Far::Deviations(times) => format!("beyond {} standard deviations from its mean", format_number(times)),
            Far::Quartiles(times) => format!("beyond {} times the distance of its quartiles", format_number(times)),
        }
    }
}

#[derive(Debug)]
struct Compiled {
    column: Declared,
    by: Vec<Declared>,
    judge: Judge,
    hasher: KeyHasher,
}

impl Check for Compiled {
    fn columns(&self) -> Vec<usize> {
        [&self.column].into_iter().chain(&self.by).map(|column| column.position).collect()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let field = self.column.in_file(file.header)?;
        let by = Declared::all_in_file(&self.by, file.header)?;
        let each = side_by_side(by.iter().map(Field::title));
        let groups = Groups::new(by, self.hasher.clone());
        let (judge, failures) = (self.judge, file.failures());
        let (figures, wanted) = (BTreeMap::new(), BTreeSet::new());
        Some(Box::new(Spread { field, each, groups, judge, figures, kept: 0, wanted, usual: None, failures }))
    }
}

/// Where a figure stands: its sheet in a workbook, the number of its row, and which of the figures there it is, by its bits.
type Stands = (Option<Arc<str>>, u64, u64);

#[derive(Debug)]
struct Spread {
    field: Field,
    /// The columns of the groups, in words.
    each: String,
    groups: Groups,
    judge: Judge,
    figures: BTreeMap<Group, Vec<(f64, Stands)>>,
    /// How many figures are kept.
    kept: usize,
    /// The figures that lie far.
    wanted: BTreeSet<Stands>,
    /// Between what figures lie, where there is one group.
    usual: Option<(f64, f64)>,
    failures: Failures,
}

impl Tally for Spread {
    fn observe(&mut self, rows: &Rows<'_>) {
        self.groups.observe(rows);
        let sheet: Option<Arc<str>> = rows.sheet().map(Arc::from);
        for (group, index) in self.groups.rows() {
            if let Cell::Number(figure) = self.field.cell(rows.batch, index)
                && self.kept <= MOST
            {
                self.kept += 1;
                let stands = (sheet.clone(), rows.row(index), figure.to_bits());
                self.figures.entry(group).or_default().push((figure, stands));
            }
        }
    }

    fn merge(&mut self, other: Box<dyn Tally>) {
        let Some(other) = same::<Self>(other) else { return };
        self.groups.merge(other.groups);
        self.kept += other.kept;
        for (group, figures) in other.figures {
            self.figures.entry(group).or_default().extend(figures);
        }
    }

    fn settle(&mut self) -> Vec<u64> {
        let figures = std::mem::take(&mut self.figures);
        if self.kept > MOST {
            return Vec::new();
        }
        for figures in figures.into_values() {
            let mut alone: Vec<f64> = figures.iter().map(|(figure, _)| *figure).collect();
            let Some(usual) = self.judge.bounds(&mut alone) else { continue };
            self.usual = (!self.groups.has_columns()).then_some(usual);
            let far = figures.into_iter().filter(|(figure, _)| self.judge.is_far(*figure, usual));
            self.wanted.extend(far.map(|(_, stands)| stands));
        }
        self.wanted.iter().map(|(_, row, _)| *row).collect()
    }

    fn see_again(&mut self, rows: &Rows<'_>) {
        let sheet: Option<Arc<str>> = rows.sheet().map(Arc::from);
        for index in rows.indices() {
            let Cell::Number(figure) = self.field.cell(rows.batch, index) else { continue };
            if self.wanted.contains(&(sheet.clone(), rows.row(index), figure.to_bits())) {
                self.failures.add_cell(self.field.spot(rows, index));
            }
        }
    }

    fn finish(self: Box<Self>, total: u64) -> Vec<Found> {
        let Self { field, each, groups, judge, kept, usual, failures, .. } = *self;
        let title = field.title();
        if kept > MOST {
            let most = grouped(MOST as u64);
            let seen = format!("{title} is not looked through for outliers: there are more than {most} figures");
            return vec![Found::in_file(seen).aside(Severity::Error)];
        }
        let found = (!failures.is_empty()).then(|| {
            let failures = failures.in_order();
            let usual = usual.map(|(least, greatest)| format!(" ({} to {})", written(least), written(greatest)));
            let each = if each.is_empty() { each } else { format!(" of each {each}") };
            let (far, place) = (judge.in_words(), failures.place_and_value(total));
            Found::in_rows(format!("{title} lies {far}{each}{} in {place}", usual.unwrap_or_default()), failures)
        });
        found.into_iter().chain(groups.too_many()).collect()
    }
}

/// A bound that was worked out, with as many digits as say something.
fn written(bound: f64) -> String {
    let digits = if bound.abs() < 10.0 { 1000.0 } else { 10.0 };
    format_number((bound * digits).round() / digits)
}

//! `unchanged`: the figures of a period are those of the one before or of the year before, as when a file is sent again under
//! another name; or those of a column are, or of many rows.
//!
//! | setting | meaning |
//! |---|---|
//! | `measure` | the measure that is looked at; all of them unless named |
//! | `of` | `figures` (the default): all of them; `columns`: those of each measure; `rows`: those of each organisation, or whatever the labels name |
//! | `above` | the share (of figures, of columns' figures, of rows) above which that is not chance: `50%`, `90%`, `5%` unless said |
//!
//! Compared are numbers that both periods have of a series, noughts and shares left out: they repeat by chance. Ten of
//! them at least, or nothing is judged. All figures are held against those of the same period a year before too. A row counts
//! where several of its figures, of some digits, are all what they were; three rows at least must be so. Columns and rows are
//! judged where two periods before are known: what stood still between them as well is slow by nature. The period before, and
//! the periods that are looked at, are as in [`against_previous`](super::against_previous).
//!
//! ```yaml
//! - unchanged: { severity: warning }
//! - unchanged: { measure: attendances, above: 20% }
//! - unchanged: { of: columns, severity: warning }
//! ```
//!
//! Findings: ``118 of 120 figures of May 2025 are those of April 2025, more than 50%: was a file sent again?``; ``119 of 120 figures of
//! attendances in May 2025 are those of April 2025: was the column not renewed?``; ``40 of 120 rows have in May 2025 all the figures
//! of April 2025, more than 5%: were they not renewed?``

mod rows;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    common::Amount,
    failures::grouped,
    figures::{Answer, FigureCheck, FigureKind, Look, measure},
};
use crate::{
    model::{Period, Unit},
    yaml::{Located, Place, Problems},
};

/// Fewer figures may be the same by chance.
const LEAST: u64 = 10;

/// Settings of `unchanged`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unchanged {
    #[serde(default)]
    measure: Option<Located<String>>,
    #[serde(default)]
    of: Of,
    #[serde(default)]
    above: Option<Amount>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Of {
    #[default]
    Figures,
    Columns,
    Rows,
}

impl FigureKind for Unchanged {
    const LOOKS: Looks = Looks::Delivery;

    fn build(&self, _: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        if let Some(name) = &self.measure {
            measure(name, context)?;
        }
        let measure = self.measure.as_ref().map(|measure| measure.value.clone());
        let above = match self.of {
            Of::Figures => 0.5,
            Of::Columns => 0.9,
            Of::Rows => 0.05,
        };
        Ok(Box::new(Compiled { measure, of: self.of, above: self.above.unwrap_or(Amount::Share(above)) }))
    }
}

#[derive(Debug)]
struct Compiled {
    measure: Option<String>,
    of: Of,
    above: Amount,
}

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        Answer::of_periods(look.news(), |period| {
            let found = match self.of {
                Of::Figures => self.figures(look, period).into_iter().collect(),
                Of::Columns => self.columns(look, period),
                Of::Rows => rows::unchanged(look, period, self.above).into_iter().collect(),
            };
            found.into_iter().map(Found::in_file).collect::<Vec<_>>()
        })
    }
}

/// How many figures that two periods have are the same, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
struct Same {
    same: u64,
    all: u64,
}

impl Compiled {
    fn figures(&self, look: &Look<'_>, period: Period) -> Option<String> {
        let (before, year_before) = (look.before(period), Some(period.same_period_last_year()));
        let mut than = before.into_iter().chain(year_before.filter(|_| before != year_before));
        than.find_map(|than| {
            let of_each = self.same(look, (than, period)).into_values();
            let Same { same, all } =
                of_each.fold(Same::default(), |sum, of| Same { same: sum.same + of.same, all: sum.all + of.all });
            let too_many = all >= LEAST && self.above.is_exceeded(same, all);
            too_many.then(|| {
                let (same, all, above) = (grouped(same), grouped(all), self.above);
                let (period, than) = (period.label(), than.label());
                format!(
                    "{same} of {all} figures of {period} are those of {than}, more than {above}: was a file sent again?"
                )
            })
        })
    }

    /// The measures whose figures stand still, while those of others move, and theirs did before.
    fn columns(&self, look: &Look<'_>, period: Period) -> Vec<String> {
        let Some(before) = look.before(period) else { return Vec::new() };
        let Some(earlier) = look.before(before) else { return Vec::new() };
        let stands = |of: &Same| of.all >= LEAST && self.above.is_exceeded(of.same, of.all);
        let (now, then) = (self.same(look, (before, period)), self.same(look, (earlier, before)));
        if now.values().all(stands) {
            // The file as a whole was sent again.
            return Vec::new();
        }
        let moved = |measure: &str| then.get(measure).is_some_and(|of| of.all >= LEAST && of.same * 2 < of.all);
        let still = now.iter().filter(|(measure, of)| stands(of) && moved(measure));
        let said = still.map(|(measure, Same { same, all })| {
            let (same, all, period, before) = (grouped(*same), grouped(*all), period.label(), before.label());
            format!(
                "{same} of {all} figures of {measure} in {period} are those of {before}: was the column not renewed?"
            )
        });
        said.collect()
    }

    /// By measure, the figures of the later period that are those of the earlier one.
    fn same<'a>(&self, look: &Look<'a>, (earlier, later): (Period, Period)) -> BTreeMap<&'a str, Same> {
        let mut same: BTreeMap<&str, Same> = BTreeMap::new();
        for one in look.of_any(later) {
            let is_share = one.figure.unit == Some(Unit::Percent);
            let mine = self.measure.as_ref().is_none_or(|measure| *measure == one.key.measure);
            let now = one.figure.value.get().filter(|now| *now != 0.0 && mine && !is_share);
            let then = || look.figure(one.key, earlier).and_then(|figure| figure.value.get());
            if let Some((now, then)) = now.zip(then()) {
                let of = same.entry(&one.key.measure).or_default();
                of.all += 1;
                of.same += u64::from(now.to_bits() == then.to_bits());
            }
        }
        same
    }
}

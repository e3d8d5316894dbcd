//! `against_previous`: there is much more or much less than in the period before.
//!
//! | setting | meaning |
//! |---|---|
//! | `of` | `figures` (the default): how many figures there are; `sum`: what they add up to |
//! | `measure` | the measure that is looked at; of `figures` all of them unless named |
//! | `within` | how far the period may lie from the one before: `20%` of that, or `5` |
//! | `fall`, `rise` | the same in one direction only, instead of `within` |
//!
//! A figure that is withheld or not yet available counts as one, a blank does not; neither adds to a sum. The period before
//! is the newest one before it that is known, or that the same file holds. Of a file with a year of periods those are looked
//! at that were not known; of a restatement the newest.
//!
//! ```yaml
//! - against_previous: { within: 20% }
//! - against_previous: { of: sum, measure: attendances, fall: 30%, severity: warning }
//! ```
//!
//! Findings: ``11 figures in October 2025 and 14 in September 2025: 21.43% less, more than 20%``

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    figures::{Answer, FigureCheck, FigureKind, Look, measure},
    known::is_reported,
};
use crate::{
    model::{Figure, Period, SeriesKey, Tolerance, value::format_number},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `against_previous`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgainstPrevious {
    #[serde(default)]
    of: Of,
    #[serde(default)]
    measure: Option<Located<String>>,
    #[serde(default)]
    within: Option<Tolerance>,
    #[serde(default)]
    fall: Option<Tolerance>,
    #[serde(default)]
    rise: Option<Tolerance>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Of {
    #[default]
    Figures,
    Sum,
}

impl FigureKind for AgainstPrevious {
    const LOOKS: Looks = Looks::Delivery;

    fn build(&self, place: &Place, context: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        let mut problems = Problems::default();
        let found = self.measure.as_ref().map(|name| measure(name, context).map_err(Problems::from));
        found.and_then(|found| problems.take(found));
        if self.of == Of::Sum && self.measure.is_none() {
            problems.push(Problem::new(place.clone(), "a sum needs the `measure` whose figures are added up"));
        }
        let (fall, rise) = match (self.within, self.fall, self.rise) {
            (Some(within), None, None) => (Some(within), Some(within)),
            (None, fall, rise) if fall.is_some() || rise.is_some() => (fall, rise),
            _ => {
                let problem = Problem::new(place.clone(), "how far may it lie from the period before?");
                problems.push(problem.hint("say `within: 20%`, or `fall` and `rise`"));
                (None, None)
            }
        };
        problems.into_result()?;
        let measure = self.measure.as_ref().map(|measure| measure.value.clone());
        Ok(Box::new(Compiled { of: self.of, measure, fall, rise }))
    }
}

#[derive(Debug)]
struct Compiled {
    of: Of,
    measure: Option<String>,
    fall: Option<Tolerance>,
    rise: Option<Tolerance>,
}

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        Answer::of_periods(look.news(), |period| self.compare(look, period).map(Found::in_file))
    }
}

impl Compiled {
    fn compare(&self, look: &Look<'_>, period: Period) -> Option<String> {
        let before = look.before(period)?;
        let (now, then) = (self.total(look, period)?, self.total(look, before)?);
        let (allowed, less_or_more) = if now < then { (self.fall?, "less") } else { (self.rise?, "more") };
        if allowed.equal(now, then) {
            return None;
        }
        let (now_written, then_written) = (format_number(now), format_number(then));
        let by = if then == 0.0 {
            format!("{} {less_or_more}", format_number((now - then).abs()))
        } else {
            format!("{}% {less_or_more}", rounded((now - then).abs() / then.abs() * 100.0))
        };
        let (period, before) = (period.label(), before.label());
        let what = match (self.of, &self.measure) {
            (Of::Sum, Some(measure)) => format!("{measure} adds up to {now_written} in {period} and to {then_written}"),
            _ => format!("{now_written} figures in {period} and {then_written}"),
        };
        Some(format!("{what} in {before}: {by}, more than {allowed}"))
    }

    /// Of the delivery where it reports the period, otherwise of what is known; none where a sum has nothing to add.
    fn total(&self, look: &Look<'_>, period: Period) -> Option<f64> {
        let mine = |key: &SeriesKey| self.measure.as_ref().is_none_or(|measure| *measure == key.measure);
        let figures: Vec<Figure> = if look.delivered.periods.contains(&period) {
            look.of(period).iter().filter(|one| mine(one.key)).map(|one| one.figure).collect()
        } else {
            look.own()?.series().filter(|series| mine(&series.key)).filter_map(|series| series.at(period)).collect()
        };
        match self.of {
            Of::Figures => Some(figures.iter().filter(|figure| is_reported(figure.value)).count() as f64),
            Of::Sum => {
                let numbers: Vec<f64> = figures.iter().filter_map(|figure| figure.value.get()).collect();
                (!numbers.is_empty()).then(|| numbers.iter().sum())
            }
        }
    }
}

fn rounded(percent: f64) -> String {
    format_number((percent * 100.0).round() / 100.0)
}

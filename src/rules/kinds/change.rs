//! `change`: a figure moved by more than so much against an earlier one.
//!
//! | setting | meaning |
//! |---|---|
//! | `worse`, `better`, `fall`, `rise` | by more than how much, one of them: a share of the earlier figure (`20%`), percentage points (`2 points`), an amount in the unit of the figures (`100`, `00:05:00`, `£5,000`), or `any`. Exactly that much is not a breach. `worse` and `better` go by the direction that is good |
//! | `against` | `previous` (which it is unless named), `same_period_last_year`, `best` (the best figure before this one), `{ mean: 3 }` or `{ median: 12 }` (of so many periods before this one, which all must have a figure), `{ ago: 2 }` |
//! | `good` | `higher` or `lower`, where the measure does not say which direction is good |
//!
//! ```yaml
//! when: { change: { worse: 20% } }
//! when: { change: { rise: 2 points, against: same_period_last_year } }
//! when: { change: { fall: any, against: { mean: 3 } } }
//! ```
//!
//! They stand for `round((previous() - value) / abs(previous()), 9) > 0.2` where higher is better,
//! `round(value - same_period_last_year(), 9) > 0.02` and `value < mean(3)`. Rounding takes away what a computer adds to
//! decimals, so that a fall from 58% to 56% is one of two points and no more. A share of nought cannot be told.

use serde::Deserialize;

use super::{
    super::terms::{Amount, Direction, Good, Periods, WrittenIn},
    Kind, Said,
};
use crate::{
    rules::MeasureEntry,
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `change`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    worse: Option<Located<Amount>>,
    #[serde(default)]
    better: Option<Located<Amount>>,
    #[serde(default)]
    fall: Option<Located<Amount>>,
    #[serde(default)]
    rise: Option<Located<Amount>>,
    #[serde(default)]
    against: Against,
    #[serde(default)]
    good: Option<Good>,
}

/// What a figure is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Against {
    #[default]
    Previous,
    SamePeriodLastYear,
    Best,
    Mean(Periods),
    Median(Periods),
    Ago(Periods),
}

impl Kind for Change {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let (amount, way) = self.way(place, measure)?;
        let base = match self.against {
            Against::Best => match Direction::of(self.good, "`against: best`", place, measure)? {
                Direction::Higher => "highest()".to_owned(),
                Direction::Lower => "lowest()".to_owned(),
                Direction::OfEach => "best()".to_owned(),
            },
            against => against.function(),
        };
        let (condition, shown) = compared(amount, way, &base, measure)?;
        let message = format!("{{subject}}: {{value}} against {{{base}}} {} ({{{shown}}})", self.against.words());
        Ok(Said { condition, message })
    }
}

impl Change {
    /// By how much, and which way.
    fn way(&self, place: &Place, measure: &MeasureEntry) -> Result<(&Located<Amount>, Way), Problem> {
        let good = |what| Direction::of(self.good, what, place, measure);
        match (&self.worse, &self.better, &self.fall, &self.rise) {
            (Some(by), None, None, None) => Ok((
                by,
                match good("`worse`")? {
                    Direction::Higher => Way::Fall,
                    Direction::Lower => Way::Rise,
                    Direction::OfEach => Way::Worse,
                },
            )),
            (None, Some(by), None, None) => Ok((
                by,
                match good("`better`")? {
                    Direction::Higher => Way::Rise,
                    Direction::Lower => Way::Fall,
                    Direction::OfEach => Way::Better,
                },
            )),
            (None, None, Some(by), None) => Ok((by, Way::Fall)),
            (None, None, None, Some(by)) => Ok((by, Way::Rise)),
            _ => {
                let problem = Problem::new(place.clone(), "one of `worse`, `better`, `fall` and `rise` is needed");
                Err(problem.hint("such as `worse: 20%`, `rise: 2 points` or `fall: any`"))
            }
        }
    }
}

/// Which way a figure moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Fall,
    Rise,
    /// By the direction of each series.
    Worse,
    Better,
}

impl Way {
    /// How far it moved that way, in Rhai.
    fn moved(self, base: &str) -> String {
        match self {
            Self::Fall => format!("{base} - value"),
            Self::Rise => format!("value - {base}"),
            Self::Worse => format!("better * ({base} - value)"),
            Self::Better => format!("better * (value - {base})"),
        }
    }

    /// That it moved at all.
    fn at_all(self, base: &str) -> String {
        match self {
            Self::Fall => format!("value < {base}"),
            Self::Rise => format!("value > {base}"),
            Self::Worse | Self::Better => format!("{} > 0", self.moved(base)),
        }
    }
}

impl Against {
    fn function(self) -> String {
        match self {
            Self::Previous => "previous()".to_owned(),
            Self::SamePeriodLastYear => "same_period_last_year()".to_owned(),
            Self::Best => "best()".to_owned(),
            Self::Mean(n) => format!("mean({n})"),
            Self::Median(n) => format!("median({n})"),
            Self::Ago(n) => format!("ago({n})"),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Previous => "the period before".to_owned(),
            Self::SamePeriodLastYear => "a year earlier".to_owned(),
            Self::Best => "at best so far".to_owned(),
            Self::Mean(n) => format!("in the mean of the {n} periods before"),
            Self::Median(n) => format!("in the median of the {n} periods before"),
            Self::Ago(n) => format!("{n} periods before"),
        }
    }
}

/// The condition, and the change as the message shows it.
fn compared(
    amount: &Located<Amount>,
    way: Way,
    base: &str,
    measure: &MeasureEntry,
) -> Result<(String, String), Problem> {
    let moved = way.moved(base);
    if amount.number < 0.0 {
        let problem = Problem::new(amount.place.clone(), format!("`{}` is less than nothing", amount.value));
        return Err(problem.hint("say the direction by `fall` and `rise`, or `worse` and `better`"));
    }
    if amount.written_in == WrittenIn::Percent {
        let share = format!("({moved}) / abs({base})");
        let shown = format!("(value - {base}) / abs({base}):percent");
        return Ok((format!("round({share}, 9) > {}", amount.number), shown));
    }
    let by = amount.as_difference(&amount.place, measure)?;
    let condition = match (by, amount.written_in) {
        (0.0, _) => way.at_all(base),
        (by, WrittenIn::Points) => format!("round({moved}, 9) > {by}"),
        (by, _) => format!("round({moved}, 6) > {by}"),
    };
    Ok((condition, format!("value - {base}")))
}

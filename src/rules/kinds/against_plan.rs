//! `against_plan`: a figure is below or above a share of its plan or target.
//!
//! | setting | meaning |
//! |---|---|
//! | `below`, `above` | a share of the plan, `60%` or `0.6`; one of them or both. Exactly that share is not a breach |
//! | `cumulative` | `true` compares the sum from April to the period with the sum of the plans of these periods |
//! | `since` | a period: the same from there on, for a service or a winter that does not begin with April |
//!
//! ```yaml
//! when: { against_plan: { below: 60% } }
//! when: { against_plan: { above: 105%, cumulative: true } }
//! when: { against_plan: { below: 95%, since: 2024-10 } }
//! ```
//!
//! They stand for `value / plan < 0.6` and `sum_ytd() / plan_ytd() > 1.05`. Where there is no plan, or it is nought, it
//! cannot be told.
//!
//! A plan that is a bound keeps its own direction: `below` is clear where the plan is `18.2 or less`, since no figure is too
//! low for that, and `above` where it is `≥ 95%`. The expression then has `&& !plan_is_ceiling()` or `&& !plan_is_floor()`. A
//! range cannot be told: [`target`](super::target) and [`rag`](super::rag) hold figures against all shapes.

use serde::Deserialize;

use super::{super::share::Share, Kind, Said, needs_plan};
use crate::{
    model::Period,
    rules::{MeasureEntry, Plans},
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `against_plan`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgainstPlan {
    #[serde(default)]
    below: Option<Share>,
    #[serde(default)]
    above: Option<Share>,
    #[serde(default)]
    cumulative: bool,
    #[serde(default)]
    since: Option<Located<Period>>,
}

impl Kind for AgainstPlan {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        needs_plan("against_plan", place, measure)?;
        let (figure, plan, since) = self.compared()?;
        // A quotient is the nearest number to the true one, as the share is: so exactly 60% is exactly 60%.
        let (not_ceiling, not_floor) =
            if measure.plans == Plans::Targets { (" && !plan_is_ceiling()", " && !plan_is_floor()") } else { ("", "") };
        let is_below = |share: Share| format!("{figure} / {plan} < {share}{not_ceiling}");
        let is_above = |share: Share| format!("{figure} / {plan} > {share}{not_floor}");
        let condition = match (self.below, self.above) {
            (Some(below), None) => is_below(below),
            (None, Some(above)) => is_above(above),
            (Some(below), Some(above)) if below.get() < above.get() => {
                format!("{} || {}", is_below(below), is_above(above))
            }
            (Some(_), Some(_)) => {
                let problem = Problem::new(place.clone(), "every figure would be a breach");
                return Err(problem.hint("`below` must be less than `above`").into());
            }
            (None, None) => {
                let problem = Problem::new(place.clone(), "a share of the plan is needed");
                return Err(problem.hint("write `below: 60%`, `above: 105%` or both").into());
            }
        };
        let message =
            format!("{{subject}}: {{{figure}}} against {{{plan}}} planned{since} ({{{figure} / {plan}:percent}})");
        Ok(Said { condition, message })
    }
}

impl AgainstPlan {
    /// What is compared with what, and the words for since when.
    fn compared(&self) -> Result<(String, String, String), Problem> {
        Ok(match (&self.since, self.cumulative) {
            (Some(since), true) => {
                let problem = Problem::new(since.place.clone(), "`cumulative` is since April already");
                return Err(problem.hint("leave one of them out"));
            }
            (Some(since), false) => {
                let (from, words) = (since.value, format!(" since {}", since.label()));
                (format!("sum_since(\"{from}\")"), format!("plan_since(\"{from}\")"), words)
            }
            (None, true) => ("sum_ytd()".to_owned(), "plan_ytd()".to_owned(), " since April".to_owned()),
            (None, false) => ("value".to_owned(), "plan".to_owned(), String::new()),
        })
    }
}

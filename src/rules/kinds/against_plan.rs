//! `against_plan`: a figure is below or above a share of its plan or target.
//!
//! | setting | meaning |
//! |---|---|
//! | `below`, `above` | a share of the plan, `60%` or `0.6`; one of them or both. Exactly that share is not a breach |
//! | `cumulative` | `true` compares the sum from April to the period with the sum of the plans of these periods |
//!
//! ```yaml
//! when: { against_plan: { below: 60% } }
//! when: { against_plan: { above: 105%, cumulative: true } }
//! ```
//!
//! They stand for `value / plan < 0.6` and `sum_ytd() / plan_ytd() > 1.05`. Where there is no plan, or it is nought, it
//! cannot be told.

use serde::Deserialize;

use super::{Kind, Said, Share, needs_plan};
use crate::{
    rules::MeasureEntry,
    yaml::{Place, Problem, Problems},
};

/// Settings of `against_plan`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgainstPlan {
    #[serde(default)]
    below: Option<Share>,
    #[serde(default)]
    above: Option<Share>,
    #[serde(default)]
    cumulative: bool,
}

impl Kind for AgainstPlan {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        needs_plan("against_plan", place, measure)?;
        let (figure, plan) = if self.cumulative { ("sum_ytd()", "plan_ytd()") } else { ("value", "plan") };
        // A quotient is the nearest number to the true one, as the share is: so exactly 60% is exactly 60%.
        let condition = match (self.below, self.above) {
            (Some(below), None) => format!("{figure} / {plan} < {below}"),
            (None, Some(above)) => format!("{figure} / {plan} > {above}"),
            (Some(below), Some(above)) if below.get() < above.get() => {
                format!("{figure} / {plan} < {below} || {figure} / {plan} > {above}")
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
        let since = if self.cumulative { " since April" } else { "" };
        let message =
            format!("{{subject}}: {{{figure}}} against {{{plan}}} planned{since} ({{{figure} / {plan}:percent}})");
        Ok(Said { condition, message })
    }
}

//! `forecast`: what the financial year will come to is below or above a share of what is planned for it.
//!
//! | setting | meaning |
//! |---|---|
//! | `below`, `above` | a share of the year's plan, `95%` or `0.95`; one of them or both. Exactly that share is not a breach |
//! | `by` | `run_rate`, which it is unless named: the year goes on as since April. `profile`: the year goes on at the share of the plan that was reached so far, so that a plan with busy and quiet months is followed |
//! | `periods` | with `run_rate`, of how many periods of the year figures are expected: `11` where a twelfth of the months has none. All unless named |
//! | `year_plan` | the year's plan: `sum` of the periods' plans, which it is unless named; `given` where each period's plan is that of the whole year; or a number |
//! | `from` | from which period of the year on, 3 unless named: before it, it is too early to tell |
//!
//! ```yaml
//! when: { forecast: { below: 95% } }
//! when: { forecast: { below: 94%, periods: 11, year_plan: 88000, from: 6 } }
//! ```
//!
//! The first stands for `if period_of_year() < 3 { cannot_tell("too early in the year for a forecast") } else { forecast() /
//! year_plan() < 0.95 }`. A month without a figure since April, or without a plan in the year, leaves it open.

use serde::Deserialize;

use super::{
    super::{
        share::Share,
        terms::{Amount, Periods},
    },
    Kind, Said, needs_plan,
};
use crate::{
    rules::MeasureEntry,
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `forecast`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forecast {
    #[serde(default)]
    below: Option<Share>,
    #[serde(default)]
    above: Option<Share>,
    #[serde(default)]
    by: By,
    #[serde(default)]
    periods: Option<Located<Periods>>,
    #[serde(default)]
    year_plan: Option<Located<String>>,
    #[serde(default = "third")]
    from: Periods,
}

fn third() -> Periods {
    Periods(3)
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    #[default]
    RunRate,
    Profile,
}

impl Kind for Forecast {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let plan = self.plan(place, measure)?;
        let forecast = self.forecast(place, measure)?;
        let compared = match (self.below, self.above) {
            (Some(below), None) => format!("{forecast} / {plan} < {below}"),
            (None, Some(above)) => format!("{forecast} / {plan} > {above}"),
            (Some(below), Some(above)) if below.get() < above.get() => {
                format!("{forecast} / {plan} < {below} || {forecast} / {plan} > {above}")
            }
            (Some(_), Some(_)) => {
                let problem = Problem::new(place.clone(), "every forecast would be a breach");
                return Err(problem.hint("`below` must be less than `above`").into());
            }
            (None, None) => {
                let problem = Problem::new(place.clone(), "a share of the year's plan is needed");
                return Err(problem.hint("write `below: 95%`, `above: 105%` or both").into());
            }
        };
        let condition = match self.from {
            Periods(1) => compared,
            from => {
                let early = "cannot_tell(\"too early in the year for a forecast\")";
                format!("if period_of_year() < {from} {{ {early} }} else {{ {compared} }}")
            }
        };
        let message = format!(
            "{{subject}}: the year is heading for {{round({forecast}, 0)}} against {{{plan}}} planned ({{{forecast} / {plan}:percent}})"
        );
        Ok(Said { condition, message })
    }
}

impl Forecast {
    fn forecast(&self, place: &Place, measure: &MeasureEntry) -> Result<String, Problem> {
        match (self.by, &self.periods) {
            (By::RunRate, None) => Ok("forecast()".to_owned()),
            (By::RunRate, Some(periods)) => Ok(format!("forecast({})", periods.value)),
            (By::Profile, None) => {
                needs_plan("by: profile", place, measure)?;
                Ok("forecast_by_plan()".to_owned())
            }
            (By::Profile, Some(periods)) => {
                let problem = Problem::new(periods.place.clone(), "the plan's profile says itself which periods count");
                Err(problem.hint("leave out `periods`, or write `by: run_rate`"))
            }
        }
    }

    fn plan(&self, place: &Place, measure: &MeasureEntry) -> Result<String, Problem> {
        match &self.year_plan {
            None => {
                needs_plan("forecast", place, measure)?;
                Ok("year_plan()".to_owned())
            }
            Some(said) => match said.as_str() {
                "sum" => {
                    needs_plan("year_plan: sum", &said.place, measure)?;
                    Ok("year_plan()".to_owned())
                }
                "given" => {
                    needs_plan("year_plan: given", &said.place, measure)?;
                    Ok("plan".to_owned())
                }
                number => {
                    let amount: Option<Amount> = number.parse().ok();
                    let amount = amount.ok_or_else(|| {
                        let message = format!("`{number}` is no plan of a year");
                        Problem::new(said.place.clone(), message).hint("write `sum`, `given` or a number")
                    })?;
                    amount.as_figure(&said.place, measure).map(|plan| plan.to_string())
                }
            },
        }
    }
}

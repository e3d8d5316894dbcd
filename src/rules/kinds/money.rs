//! `money`: what activity costs, or what was paid, against a budget that a year has.
//!
//! | setting | meaning |
//! |---|---|
//! | `price` | the measure that says what one costs; without it, the figure is money already |
//! | `budget` | the measure that says the year's amount, due in equal parts; without it, the plan at the same price |
//! | `share` | how much of the budget is due in these parts: `80%`; without it, all |
//! | `parts` | how many equal parts there are, from April on; without it, one each period of the year: twelfths |
//! | `cumulative` | `false` looks at the period alone; without it, the year to date is looked at |
//! | `above`, `below` | a share of what is due: `105%` |
//! | `over`, `under` | an amount more or less than what is due, to the penny: `10000` |
//!
//! ```yaml
//! when: { money: { price: les-prices/price, above: 105% } }
//! when: { money: { budget: contracts/yearly, share: 80%, over: 1, under: 1 } }
//! ```
//!
//! The first is activity × price against planned activity × price, `sum_ytd() * in_force("les-prices/price") / …`, the
//! second payments in twelfths: what was paid to date against `n` twelfths of 80% of the year's amount. Prices and
//! budgets are those in force: a figure of a year holds for its months, and until there is another. Exactly what is due is
//! no breach; of several settings, each is one.

use serde::Deserialize;

use super::{super::share::Share, Kind, Said, needs_plan};
use crate::{
    rules::MeasureEntry,
    yaml::{Place, Problem, Problems},
};

/// Settings of `money`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    #[serde(default)]
    price: Option<String>,
    #[serde(default)]
    budget: Option<String>,
    #[serde(default)]
    share: Option<Share>,
    #[serde(default)]
    parts: Option<std::num::NonZeroU16>,
    #[serde(default = "yes")]
    cumulative: bool,
    #[serde(default)]
    above: Option<Share>,
    #[serde(default)]
    below: Option<Share>,
    #[serde(default)]
    over: Option<f64>,
    #[serde(default)]
    under: Option<f64>,
}

fn yes() -> bool {
    true
}

impl Kind for Money {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        if self.budget.is_none() {
            needs_plan("money", place, measure)?;
            if self.share.is_some() || self.parts.is_some() {
                let problem = Problem::new(place.clone(), "`share` and `parts` are of a year's budget");
                return Err(problem.hint("`budget` names the measure that has it").into());
            }
        }
        let (spent, due) = (self.spent(), self.due());
        let conditions: Vec<String> = [
            self.above.map(|share| format!("{spent} / ({due}) > {share}")),
            self.below.map(|share| format!("{spent} / ({due}) < {share}")),
            self.over.map(|amount| format!("round({spent} - {due}, 2) > {amount}")),
            self.under.map(|amount| format!("round({due} - {spent}, 2) > {amount}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if conditions.is_empty() {
            let problem = Problem::new(place.clone(), "a limit is needed");
            return Err(problem.hint("write `above: 105%`, `below: 95%`, `over: 1000` or `under: 1000`").into());
        }
        let since = if self.cumulative { " since April" } else { "" };
        let kind = if self.budget.is_some() { "due" } else { "planned" };
        let message =
            format!("{{subject}}: {{{spent}:0}} against {{{due}:0}} {kind}{since} ({{{spent} / ({due}):percent}})");
        Ok(Said { condition: conditions.join(" || "), message })
    }
}

impl Money {
    fn priced(&self, figure: &str) -> String {
        self.price.as_ref().map_or_else(|| figure.to_owned(), |price| format!("{figure} * {}", in_force(price)))
    }

    fn spent(&self) -> String {
        self.priced(if self.cumulative { "sum_ytd()" } else { "value" })
    }

    fn due(&self) -> String {
        let Some(budget) = &self.budget else {
            return self.priced(if self.cumulative { "plan_ytd()" } else { "plan" });
        };
        let share = self.share.map_or_else(String::new, |share| format!(" * {share}"));
        let year = format!("{}{share}", in_force(budget));
        match (self.cumulative, self.parts) {
            (true, None) => format!("{year} * period_of_year() / periods_of_year()"),
            (false, None) => format!("{year} / periods_of_year()"),
            (true, Some(parts)) => format!("{year} * min(period_of_year(), {parts}) / {parts}"),
            (false, Some(parts)) => format!("{year} / {parts}"),
        }
    }
}

fn in_force(measure: &str) -> String {
    format!("in_force({measure:?})")
}

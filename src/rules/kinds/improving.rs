//! `improving`: figures have got better for so many periods running, while something else still holds.
//!
//! | setting | meaning |
//! |---|---|
//! | `periods` | so many steps in the good direction up to this period, 2 unless named |
//! | `worsening` | `true`: in the other direction |
//! | `while` | what still holds, as `when` says it: an expression or a kind. Without it, nothing else is asked |
//! | `good` | `higher` or `lower`, where the measure does not say which direction is good |
//!
//! ```yaml
//! when: { improving: { periods: 3, while: { against_plan: { below: 60% } } } }
//! ```
//!
//! It stands for `(value / plan < 0.6) && rises() >= 3` where higher is better. Beside the rule that fires below 60%, it
//! tells those who wait for its end that the end is in sight.

use serde::Deserialize;

use super::{
    super::{
        condition::Condition,
        terms::{Direction, Good, Periods},
    },
    Kind, Said,
};
use crate::{
    rules::MeasureEntry,
    yaml::{Place, Problems},
};

/// Settings of `improving`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Improving {
    #[serde(default = "twice")]
    periods: Periods,
    #[serde(default)]
    worsening: bool,
    #[serde(default, rename = "while")]
    meanwhile: Option<Box<Condition>>,
    #[serde(default)]
    good: Option<Good>,
}

fn twice() -> Periods {
    Periods(2)
}

impl Kind for Improving {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let (run, moved) = match (Direction::of(self.good, "`improving`", place, measure)?, self.worsening) {
            (Direction::Higher, false) | (Direction::Lower, true) => {
                ("rises()", format!("rises() >= {}", self.periods))
            }
            (Direction::Lower, false) | (Direction::Higher, true) => {
                ("falls()", format!("falls() >= {}", self.periods))
            }
            // One of the two is nought.
            (Direction::OfEach, worsening) => {
                let sign = if worsening { "-" } else { "" };
                ("max(rises(), falls())", format!("{sign}better * (rises() - falls()) >= {}", self.periods))
            }
        };
        let condition = match self.meanwhile.as_deref() {
            None => moved,
            Some(Condition::Written(condition)) => format!("({condition}) && {moved}"),
            Some(Condition::Kind(kind)) => format!("({}) && {moved}", kind.say(measure)?.condition),
        };
        let what = if self.worsening { "worse" } else { "better" };
        let periods = format!("{{{run}}} {{if {run} == 1 {{ \"period\" }} else {{ \"periods\" }}}}");
        let message = format!("{{subject}}: {{value}}, {what} for {periods} running (from {{ago({})}})", self.periods);
        Ok(Said { condition, message })
    }
}

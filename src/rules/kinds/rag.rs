//! `rag`: red, amber or green against the plan, and changes of colour.
//!
//! The plan met is green; missed by no more than `within`, amber; by more, red. It is the arithmetic of the gate's check
//! `rag`, which holds printed ratings against it. A plan that is a bound or a range (`≥ 95%`, `Lower 85% Upper 90%`) is met
//! between its own ends. Without a figure or a plan (also where the plan is in words) the rating is grey, and it cannot be
//! told.
//!
//! | setting | meaning |
//! |---|---|
//! | `is` | a colour, or a list of them: `red`, `[amber, red]` |
//! | `becomes` | a colour that the figure did not have in the period before |
//! | `changes` | `worse`, `better` or `any` against the period before |
//! | `within` | how far from plan is amber, as a share of the plan (`5%`, which it is unless named) or a difference |
//! | `good` | `higher` or `lower`, where the measure does not say which direction is good |
//!
//! One of `is`, `becomes` and `changes` is written.
//!
//! ```yaml
//! when: { rag: { is: red } }
//! when: { rag: { becomes: red, within: 10%, good: lower } }
//! ```
//!
//! They stand for `rag("5%") == 3` and `rag("10% lower") == 3 && rag("10% lower", 1) != 3`: 1 is green, 2 amber, 3 red, and
//! the number after the tolerance says how many periods ago.

use serde::Deserialize;

use super::{
    super::terms::{Direction, Good, OneOrMore, Turn},
    Kind, Said, needs_plan,
};
use crate::{
    model::{Rating, Tolerance},
    rules::MeasureEntry,
    yaml::{Place, Problem, Problems},
};

/// Settings of `rag`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rag {
    #[serde(default)]
    is: Option<OneOrMore<Colour>>,
    #[serde(default)]
    becomes: Option<Colour>,
    #[serde(default)]
    changes: Option<Turn>,
    #[serde(default = "five_percent")]
    within: Tolerance,
    #[serde(default)]
    good: Option<Good>,
}

fn five_percent() -> Tolerance {
    Tolerance::Share(0.05)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Colour {
    Green,
    Amber,
    Red,
}

impl Colour {
    fn number(self) -> u8 {
        match self {
            Self::Green => Rating::Green.number(),
            Self::Amber => Rating::Amber.number(),
            Self::Red => Rating::Red.number(),
        }
    }
}

impl Kind for Rag {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        needs_plan("rag", place, measure)?;
        Direction::of(self.good, "`rag`", place, measure)?;
        let within = written(self.within);
        let tolerance = match self.good {
            Some(Good::Higher) => format!("{within} higher"),
            Some(Good::Lower) => format!("{within} lower"),
            None => within,
        };
        let (now, before) = (format!("rag(\"{tolerance}\")"), format!("rag(\"{tolerance}\", 1)"));
        let condition = match (&self.is, self.becomes, self.changes) {
            (Some(is), None, None) => among(&now, &is.0),
            (None, Some(becomes), None) => {
                format!("{now} == {colour} && {before} != {colour}", colour = becomes.number())
            }
            (None, None, Some(Turn::Worse)) => format!("{now} > {before}"),
            (None, None, Some(Turn::Better)) => format!("{now} < {before}"),
            (None, None, Some(Turn::Any)) => format!("{now} != {before}"),
            _ => {
                let problem = Problem::new(place.clone(), "one of `is`, `becomes` and `changes` is needed");
                return Err(problem.hint("such as `is: red`, `becomes: red` or `changes: worse`").into());
            }
        };
        let word = |of: &str| {
            format!("{{if {of} == 1 {{ \"green\" }} else {{ if {of} == 2 {{ \"amber\" }} else {{ \"red\" }} }}}}")
        };
        let from = if self.is.is_none() { format!(" after {}", word(&before)) } else { String::new() };
        let message = format!("{{subject}}: {}{from}, {{value}} against {{plan}} planned", word(&now));
        Ok(Said { condition, message })
    }
}

fn among(now: &str, colours: &[Colour]) -> String {
    let numbers: Vec<String> = colours.iter().map(|colour| colour.number().to_string()).collect();
    match numbers.as_slice() {
        [one] => format!("{now} == {one}"),
        several => format!("{now} in [{}]", several.join(", ")),
    }
}

/// As the function takes it: `5%`, `0.02`.
fn written(within: Tolerance) -> String {
    match within {
        Tolerance::Absolute(slack) => slack.to_string(),
        // 0.07 times 100 is 7 and a little more.
        Tolerance::Share(share) => format!("{}%", (share * 1e11).round() / 1e9),
    }
}

//! `band`: the number or the share of organisations in a band of achievement rises, falls, or passes a level.
//!
//! | setting | meaning |
//! |---|---|
//! | `of` | the measure that says how many organisations there are: their share is looked at. Without it, the figure itself |
//! | `rises`, `falls` | by how much against the period before, in organisations, or in points (`2%`) of a share; by more than that |
//! | `above`, `below` | a level: so many organisations, or a share of them |
//!
//! ```yaml
//! when: { band: { rises: 0 } }
//! when: { band: { of: practices, below: 90% } }
//! ```
//!
//! They stand for `value - previous() > 0` and `value / other("practices") < 0.9`. The figure is a count that is published,
//! as of practices that achieved at most a tenth, or a measure of one's own: `count_of: value < 0.1 * plan` or `share_of`
//! under `measures:`. Of several settings, each is a breach.

use serde::{
    Deserialize, Deserializer,
    de::{self, Error as _},
};

use super::{super::share::Share, Kind, Said};
use crate::{
    model::Unit,
    rules::MeasureEntry,
    yaml::{Place, Problem, Problems},
};

/// Settings of `band`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    rises: Option<Level>,
    #[serde(default)]
    falls: Option<Level>,
    #[serde(default)]
    above: Option<Level>,
    #[serde(default)]
    below: Option<Level>,
}

/// So many organisations (`10`), or a share of them (`90%`).
#[derive(Debug, Clone, Copy)]
enum Level {
    Number(f64),
    Share(Share),
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Self::Number).or_else(|| Share::written(&text).map(Self::Share)).ok_or_else(|| {
            D::Error::invalid_value(de::Unexpected::Str(&text), &"a number such as 10, or a share such as 90%")
        })
    }
}

crate::model::written_as! { Level, {
    "anyOf": [{ "type": "number" }, { "type": "string", "pattern": "^[0-9.]+ *%$" }],
    "description": "A number (10) or a share (90%)"
} }

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Share(share) => share.fmt(f),
        }
    }
}

impl Kind for Band {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        // A difference of two shares has digits of its own at its end.
        let is_share = self.of.is_some() || measure.unit == Unit::Percent;
        let (now, before) = match &self.of {
            Some(of) => (format!("value / {}", super::other(of, 0)), format!("previous() / {}", super::other(of, 1))),
            None => ("value".to_owned(), "previous()".to_owned()),
        };
        let less = |a: &str, b: &str| if is_share { format!("round({a} - {b}, 9)") } else { format!("{a} - {b}") };
        let conditions: Vec<String> = [
            self.rises.map(|by| format!("{} > {by}", less(&now, &before))),
            self.falls.map(|by| format!("{} > {by}", less(&before, &now))),
            self.above.map(|level| format!("{now} > {level}")),
            self.below.map(|level| format!("{now} < {level}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if conditions.is_empty() {
            let problem = Problem::new(place.clone(), "what happens to the band is needed");
            return Err(problem.hint("write `rises: 0`, `falls: 0`, `above: 10` or `below: 90%`").into());
        }
        for level in [self.rises, self.falls, self.above, self.below].into_iter().flatten() {
            if matches!(level, Level::Share(_)) && !is_share {
                let problem = Problem::new(place.clone(), format!("{level} is a share, and this measure is a number"));
                return Err(problem.hint("`of` names the measure of how many there are").into());
            }
        }
        let message = message(self.of.as_deref(), &now, &before, self.rises.is_some() || self.falls.is_some());
        Ok(Said { condition: conditions.join(" || "), message })
    }
}

fn message(of: Option<&str>, now: &str, before: &str, moves: bool) -> String {
    let (format, all) = match of {
        Some(of) => (":percent", format!("{{value}} of {{{}}}", super::other(of, 0))),
        None => ("", "{value}".to_owned()),
    };
    let share = of.map_or_else(String::new, |_| format!(" ({{{now}:percent}})"));
    let then = if moves { format!(", {{{before}{format}}} in the period before") } else { String::new() };
    format!("{{subject}}: {all}{share}{then}")
}

//! `extreme`: a figure is the highest or lowest, the best or worst, of a stretch of time.
//!
//! | setting | meaning |
//! |---|---|
//! | `is` | `highest`, `lowest`, `best` or `worst`; the latter two go by the direction that is good |
//! | `since` | a period (`2024-01`) from which on figures count |
//! | `in_last` | of so many periods, this one included; a period without a figure is passed over. Without `since` and `in_last` all that are known count |
//! | `ties` | `true`: a figure that equals the one that stood so far counts as well |
//! | `after` | so many earlier figures must be known, 1 unless named; with fewer it cannot be told |
//! | `good` | `higher` or `lower`, where the measure does not say which direction is good |
//!
//! ```yaml
//! when: { extreme: { is: highest, since: 2024-01 } }
//! when: { extreme: { is: worst, in_last: 12, after: 6 } }
//! ```
//!
//! They stand for `value > highest_since("2024-01")` and, where lower is better,
//! `if known_before() < 6 { cannot_tell("fewer than 6 earlier figures are known") } else { value > highest(11) }`.

use serde::Deserialize;

use super::{
    super::terms::{Direction, Good, Periods},
    Kind, Said,
};
use crate::{
    model::Period,
    rules::MeasureEntry,
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `extreme`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extreme {
    is: End,
    #[serde(default)]
    since: Option<Located<Period>>,
    #[serde(default)]
    in_last: Option<Located<Periods>>,
    #[serde(default)]
    ties: bool,
    #[serde(default)]
    after: Option<Periods>,
    #[serde(default)]
    good: Option<Good>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Highest,
    Lowest,
    Best,
    Worst,
}

impl Kind for Extreme {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let direction = |what| Direction::of(self.good, what, place, measure);
        let end = match self.is {
            End::Best => (direction("`is: best`")?, "best"),
            End::Worst => (direction("`is: worst`")?, "worst"),
            End::Highest => (Direction::Higher, "best"),
            End::Lowest => (Direction::Lower, "best"),
        };
        let (name, sign) = match end {
            (Direction::Higher, "best") | (Direction::Lower, "worst") => ("highest", ">"),
            (Direction::Higher | Direction::Lower, _) => ("lowest", "<"),
            (Direction::OfEach, name) => (name, if name == "best" { ">" } else { "<" }),
        };
        let (before, words) = self.reach(name)?;
        let ties = if self.ties { "=" } else { "" };
        let compared = match end.0 {
            Direction::OfEach => format!("better * (value - {before}) {sign}{ties} 0"),
            _ => format!("value {sign}{ties} {before}"),
        };
        let condition = match self.after.filter(|after| after.0 > 1) {
            None => compared,
            Some(after) => {
                let words = format!("fewer than {after} earlier figures are known");
                format!("if known_before() < {after} {{ cannot_tell(\"{words}\") }} else {{ {compared} }}")
            }
        };
        let message = format!("{{subject}}: {{value}}, the {name} {words} ({{{before}}} before)");
        Ok(Said { condition, message })
    }
}

impl Extreme {
    /// The figure that stood so far, and since when.
    fn reach(&self, name: &str) -> Result<(String, String), Problem> {
        let place = self.since.as_ref().map(|since| &since.place).or(self.in_last.as_ref().map(|last| &last.place));
        if let Some(place) = place.filter(|_| matches!(name, "best" | "worst")) {
            let problem = Problem::new(place.clone(), "the directions of this measure's series differ");
            return Err(
                problem.hint("add `good: higher` or `good: lower`, with `where` for the series that it is true of")
            );
        }
        match (&self.since, &self.in_last) {
            (None, None) => Ok((format!("{name}()"), "so far".to_owned())),
            (Some(since), None) => {
                Ok((format!("{name}_since(\"{}\")", since.value), format!("since {}", since.label())))
            }
            (None, Some(last)) if last.0 >= 2 => {
                Ok((format!("{name}({})", last.0 - 1), format!("of {} periods", last.value)))
            }
            (None, Some(last)) => {
                let problem = Problem::new(last.place.clone(), "a figure is always the highest and lowest of one");
                Err(problem.hint("`in_last: 12` is this period and the 11 before it"))
            }
            (Some(_), Some(last)) => {
                let problem = Problem::new(last.place.clone(), "`since` says already which figures count");
                Err(problem.hint("write one of `since` and `in_last`"))
            }
        }
    }
}

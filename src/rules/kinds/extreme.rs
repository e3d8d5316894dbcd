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
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum End {
    Highest,
    Lowest,
    Best,
    Worst,
}

impl End {
    /// The word, and the function for the figure that stood so far.
    fn name(self) -> &'static str {
        match self {
            Self::Highest => "highest",
            Self::Lowest => "lowest",
            Self::Best => "best",
            Self::Worst => "worst",
        }
    }
}

impl Kind for Extreme {
    fn say(&self, place: &Place, measure: &MeasureEntry) -> Result<Said, Problems> {
        let end = self.end(place, measure)?;
        let (before, words) = self.reach(end)?;
        let ties = if self.ties { "=" } else { "" };
        let compared = match end {
            End::Highest => format!("value >{ties} {before}"),
            End::Lowest => format!("value <{ties} {before}"),
            End::Best => format!("better * (value - {before}) >{ties} 0"),
            End::Worst => format!("better * (value - {before}) <{ties} 0"),
        };
        let condition = match self.after.filter(|after| after.0 > 1) {
            None => compared,
            Some(after) => {
                let words = format!("fewer than {after} earlier figures are known");
                format!("if known_before() < {after} {{ cannot_tell(\"{words}\") }} else {{ {compared} }}")
            }
        };
        let message = format!("{{subject}}: {{value}}, the {} {words} ({{{before}}} before)", end.name());
        Ok(Said { condition, message })
    }
}

impl Extreme {
    /// The end that is meant: best and worst stay what they are only where each series has a direction of its own.
    fn end(&self, place: &Place, measure: &MeasureEntry) -> Result<End, Problem> {
        let direction = |what| Direction::of(self.good, what, place, measure);
        Ok(match self.is {
            End::Best => match direction("`is: best`")? {
                Direction::Higher => End::Highest,
                Direction::Lower => End::Lowest,
                Direction::OfEach => End::Best,
            },
            End::Worst => match direction("`is: worst`")? {
                Direction::Higher => End::Lowest,
                Direction::Lower => End::Highest,
                Direction::OfEach => End::Worst,
            },
            end => end,
        })
    }

    /// The figure that stood so far, and since when.
    fn reach(&self, end: End) -> Result<(String, String), Problem> {
        let name = end.name();
        let place = self.since.as_ref().map(|since| &since.place).or(self.in_last.as_ref().map(|last| &last.place));
        if let (End::Best | End::Worst, Some(place)) = (end, place) {
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

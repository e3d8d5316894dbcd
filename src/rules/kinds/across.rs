//! `across`: two measures together, as activity that falls while waiting grows.
//!
//! | setting | meaning |
//! |---|---|
//! | `with` | the other measure: `waiting` of the same dataset, `waiting-lists/waiting` of another |
//! | `this` | what the rule's own measure does |
//! | `other` | what the other one does at the same time |
//! | `over` | how many periods back both are compared with; without it, 1 |
//!
//! Each of both is one of `rises`, `falls` (a share of what it was: more than that; `0%` is any), `above` and `below` (a
//! number).
//!
//! ```yaml
//! when: { across: { with: waiting-lists/waiting, this: { falls: 5% }, other: { rises: 0% } } }
//! ```
//!
//! stands for `value / ago(1) < 0.95 && other("waiting-lists/waiting") > other("waiting-lists/waiting", 1)`. A measure of
//! another dataset is that of the labels that both have; where these leave several, it cannot be told. When either dataset
//! gets figures, the rule is evaluated again.

use serde::Deserialize;

use super::{super::share::Share, Kind, Said};
use crate::{
    rules::MeasureEntry,
    yaml::{Located, Place, Problem, Problems},
};

/// Settings of `across`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Across {
    with: Located<String>,
    this: Located<Does>,
    other: Located<Does>,
    #[serde(default = "one")]
    over: std::num::NonZeroU16,
}

fn one() -> std::num::NonZeroU16 {
    std::num::NonZeroU16::MIN
}

/// What a measure does: one of these.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Does {
    #[serde(default)]
    rises: Option<Share>,
    #[serde(default)]
    falls: Option<Share>,
    #[serde(default)]
    above: Option<f64>,
    #[serde(default)]
    below: Option<f64>,
}

impl Kind for Across {
    fn say(&self, _place: &Place, _measure: &MeasureEntry) -> Result<Said, Problems> {
        let before = format!("ago({})", self.over);
        let (there, there_before) = (super::other(&self.with, 0), super::other(&self.with, self.over.get()));
        let mut problems = Problems::default();
        let this = problems.take(said(&self.this, "value", &before).map_err(Problems::from));
        let other = problems.take(said(&self.other, &there, &there_before).map_err(Problems::from));
        let (Some((this, here_said)), Some((other, there_said))) = (this, other) else { return Err(problems) };
        let name = self.with.rsplit('/').next().unwrap_or(&self.with);
        let message = format!("{{subject}}: {here_said}, while {name} is {there_said}");
        Ok(Said { condition: format!("{this} && {other}"), message })
    }
}

/// The condition on one of both, and its figures for people.
fn said(does: &Located<Does>, now: &str, before: &str) -> Result<(String, String), Problem> {
    let moved = format!("{{{now}}} after {{{before}}}");
    Ok(match (does.rises, does.falls, does.above, does.below) {
        (Some(by), None, None, None) if by.get() == 0.0 => (format!("{now} > {before}"), moved),
        (Some(by), None, None, None) => (format!("{now} / {before} > {}", one_and(by.get())), moved),
        (None, Some(by), None, None) if by.get() == 0.0 => (format!("{now} < {before}"), moved),
        (None, Some(by), None, None) => (format!("{now} / {before} < {}", one_and(-by.get())), moved),
        (None, None, Some(level), None) => (format!("{now} > {level}"), format!("{{{now}}}")),
        (None, None, None, Some(level)) => (format!("{now} < {level}"), format!("{{{now}}}")),
        _ => {
            let problem = Problem::new(does.place.clone(), "one thing that the measure does is needed here");
            return Err(problem.hint("write `rises: 5%`, `falls: 5%`, `above: 52` or `below: 52`"));
        }
    })
}

/// One and a share, without the last digits of binary fractions.
fn one_and(share: f64) -> f64 {
    ((1.0 + share) * 1e9).round() / 1e9
}

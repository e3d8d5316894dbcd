//! What a file of `rules/` holds.

use std::num::NonZeroU32;

use serde::Deserialize;

use super::{Condition, DerivedSettings, Only, Persistence, RollUp, RuleTest};
use crate::{
    expr::Setting,
    model::AlertSeverity,
    yaml::{Entries, Located},
};

/// A file of rules: `rules:` and under it each rule by its id, `measures:` and under it each measure of one's own.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The rules by id. An id is for ever: alerts and their history carry it.
    #[serde(default)]
    pub rules: Entries<RuleSettings>,
    /// Measures of one's own by name.
    #[serde(default)]
    pub measures: Entries<DerivedSettings>,
}

/// One rule as it is written.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleSettings {
    /// One line for people: what has happened when it fires.
    pub summary: String,
    /// Why there is such a rule, and what to do.
    #[serde(default)]
    pub doc: String,
    /// The dataset whose figures it looks at.
    pub dataset: Located<String>,
    /// The measure of the dataset.
    pub measure: Located<String>,
    /// Labels that a series must have for the rule to look at it; without any, every series.
    #[serde(default, rename = "where")]
    pub only: Only,
    /// How urgent it is to those who are told.
    #[serde(default)]
    pub severity: AlertSeverity,
    /// Constants of the condition and the message, by name.
    #[serde(default)]
    pub settings: Entries<Setting>,
    /// What it waits for: true is a breach.
    pub when: Located<Condition>,
    /// What those who are told read, with expressions in braces; a kind has words of its own.
    #[serde(default)]
    pub message: Option<Located<String>>,
    /// How many periods must be in breach before it fires.
    #[serde(default, rename = "for")]
    pub persistence: Persistence,
    /// How many consecutive periods must be clear before it is resolved.
    #[serde(default = "one")]
    pub resolve_after: NonZeroU32,
    /// After how many consecutive periods that could not be judged it fires as well; without it, never. Periods before
    /// the first that could be judged do not count.
    #[serde(default)]
    pub cannot_tell_for: Option<NonZeroU32>,
    /// When alerts of many series of one parent are told as one.
    #[serde(default)]
    pub roll_up: Option<RollUp>,
    /// Labels that its alerts have besides those of the series.
    #[serde(default)]
    pub labels: Entries<String>,
    /// Its tests.
    #[serde(default)]
    pub tests: Vec<RuleTest>,
}

fn one() -> NonZeroU32 {
    NonZeroU32::MIN
}

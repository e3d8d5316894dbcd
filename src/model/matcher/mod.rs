//! What a label must be: the one notion of it for rules, routes, inhibition and silences.
//!
//! It is written in two ways. In YAML as a value, a list of values, or `{ not: … }` of either, where `*` stands for any text
//! and `?` for one character. Or as Prometheus Alertmanager writes it: `severity="critical"`, `team=~"a|b"`, `x!=""`,
//! `y!~"…"`; see [`parse`]. A label that is not there has the empty text.

mod classic;
mod condition;
mod parse;
#[cfg(test)]
mod tests;
mod utf8;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use condition::{Condition, like};
pub use parse::{MatcherError, parse};

use super::Labels;

/// Something that has labels: an alert, a series, what a command was asked about.
pub trait Labelled {
    /// The value of a label; the empty text where there is none.
    fn label(&self, name: &str) -> &str;
}

impl Labelled for Labels {
    fn label(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

/// A label and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label's name.
    pub label: String,
    /// What its value must be.
    pub is: Condition,
}

impl Matcher {
    /// Whether something has the label that is asked for.
    #[must_use]
    pub fn takes(&self, labelled: &impl Labelled) -> bool {
        self.is.takes(labelled.label(&self.label))
    }
}

/// Whether something has all the labels that are asked for.
#[must_use]
pub fn all_take(matchers: &[Matcher], labelled: &impl Labelled) -> bool {
    matchers.iter().all(|matcher| matcher.takes(labelled))
}

impl fmt::Display for Matcher {
    /// `severity="critical"`, `team=~"a|b"`, and for a list `severity="warning"|"critical"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = !self.label.is_empty() && !self.label.contains(utf8::is_reserved);
        if plain { f.write_str(&self.label) } else { f.write_str(&condition::quoted(&self.label)) }?;
        write!(f, "{}", self.is)
    }
}

impl Serialize for Matcher {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Matcher {
    /// One matcher as [`parse`] reads it.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut matchers = parse(&text).map_err(serde::de::Error::custom)?;
        match (matchers.pop(), matchers.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => Err(serde::de::Error::custom("one matcher is expected")),
        }
    }
}

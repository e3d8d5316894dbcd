//! What the ledger must say, held against what it says.

use crate::{
    model::matcher::like,
    yaml::{Place, Problem, Problems},
};

use super::{
    ledger::{KINDS, Line},
    settings::ExpectSettings,
};

/// What the ledger must say.
#[derive(Debug, Default)]
pub struct Expected {
    lines: Vec<(Place, String)>,
    complete: Vec<String>,
    never: Vec<(Place, String)>,
}

/// Where the ledger differs from what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where the expectation is written; none of a line that nobody expected.
    pub place: Option<String>,
    /// The line.
    pub line: String,
    /// What is wrong with it.
    pub what: Wrong,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It is expected and not there.
    Missing,
    /// It is there, and its kind was to be complete without it.
    Unexpected,
    /// It is there and must not be.
    Forbidden,
}

impl Expected {
    /// Reads it.
    ///
    /// # Errors
    /// A kind of line that there is none of.
    pub(super) fn check(settings: ExpectSettings) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        for kind in &settings.complete {
            if !KINDS.contains(&kind.as_str()) {
                problems.push(Problem::unknown(kind.place.clone(), "kind of line", kind, KINDS.iter().copied()));
            }
        }
        let complete = settings.complete.into_iter().map(|kind| kind.value).collect();
        let lines = |text: Option<crate::yaml::Located<String>>| text.map_or_else(Vec::new, |text| lines(&text));
        problems.into_result().map(|()| Self { lines: lines(settings.ledger), complete, never: lines(settings.never) })
    }

    /// Whether nothing is expected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.complete.is_empty() && self.never.is_empty()
    }

    /// Where a ledger differs, in the order of the ledger.
    #[must_use]
    pub fn differences(&self, ledger: &[Line]) -> Vec<Difference> {
        let texts: Vec<String> = ledger.iter().map(|line| squeezed(&line.to_string())).collect();
        let is_complete = |line: &Line| self.complete.iter().any(|kind| kind == line.kind());
        let (mut differences, mut at) = (Vec::new(), 0);
        let unexpected = |passed: std::ops::Range<usize>, differences: &mut Vec<Difference>| {
            for line in ledger[passed].iter().filter(|line| is_complete(line)) {
                differences.push(Difference { place: None, line: line.to_string(), what: Wrong::Unexpected });
            }
        };
        for (place, pattern) in &self.lines {
            match texts[at..].iter().position(|text| like(pattern, text)) {
                Some(found) => {
                    unexpected(at..at + found, &mut differences);
                    at += found + 1;
                }
                None => differences.push(Difference {
                    place: Some(place.to_string()),
                    line: pattern.clone(),
                    what: Wrong::Missing,
                }),
            }
        }
        unexpected(at..texts.len(), &mut differences);
        for (place, pattern) in &self.never {
            let there = texts.iter().filter(|text| like(pattern, text));
            differences.extend(there.map(|text| Difference {
                place: Some(place.to_string()),
                line: text.clone(),
                what: Wrong::Forbidden,
            }));
        }
        differences
    }
}

/// The lines of a block, each with its place; remarks and blank lines left out.
fn lines(text: &crate::yaml::Located<String>) -> Vec<(Place, String)> {
    let is_line = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let lines = text.value.lines().enumerate().filter(|(_, line)| is_line(line));
    lines.map(|(at, line)| (text.place.within(at + 1, 1), squeezed(line))).collect()
}

/// A text whose words stand one blank apart.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

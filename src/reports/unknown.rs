//! What could not be judged, and why.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    alert::{self, LABEL, MESSAGE},
    clean, words,
};
use crate::model::UnknownLine;

/// How many series of a group are named; its count names them all.
const NAMED: usize = 3;

/// Series that one rule could not judge for one reason, or for which it failed in one way.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    /// "11 series: no figure for April 2025".
    pub(super) text: String,
    /// "Dementia, Diabetes, ECGs and 8 more".
    pub(super) names: String,
    pub(super) rule: String,
}

/// An alert that goes on firing because nothing shows otherwise.
#[derive(Debug, Serialize)]
pub(super) struct StillFiring {
    pub(super) label: String,
    /// "no figure for October 2025: suppressed".
    pub(super) reason: String,
    /// "August 2025".
    pub(super) since: String,
    pub(super) rule: String,
}

/// Lines of the same rule and reason together, in the order of rules and reasons.
pub(super) fn groups<'a>(lines: impl Iterator<Item = &'a UnknownLine>, whole: &str) -> Vec<Group> {
    let mut groups: BTreeMap<(&str, &str), Vec<&UnknownLine>> = BTreeMap::new();
    for line in lines {
        groups.entry((&line.rule, &line.reason)).or_default().push(line);
    }
    groups
        .into_iter()
        .map(|((rule, reason), lines)| Group {
            text: format!("{} series: {}", words::number(lines.len() as f64), clean::line(reason, MESSAGE)),
            names: names(&lines, whole),
            rule: clean::line(rule, LABEL),
        })
        .collect()
}

/// The alerts among them that go on firing, one by one.
pub(super) fn still_firing(lines: &[UnknownLine], whole: &str) -> Vec<StillFiring> {
    lines
        .iter()
        .filter_map(|line| {
            Some(StillFiring {
                label: alert::label(&line.labels.values(), whole),
                reason: clean::line(&line.reason, MESSAGE),
                since: line.firing_since?.label(),
                rule: clean::line(&line.rule, LABEL),
            })
        })
        .collect()
}

fn names(lines: &[&UnknownLine], whole: &str) -> String {
    let mut names: Vec<String> =
        lines.iter().take(NAMED).map(|line| alert::label(&line.labels.values(), whole)).collect();
    let more = lines.len() - names.len();
    if more > 0 {
        names.push(format!("{} more", words::number(more as f64)));
    }
    words::list(&names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixtures::unknown;

    #[test]
    fn one_line_for_each_rule_and_reason() {
        let lines: Vec<UnknownLine> = ["A", "B", "C", "D", "E"]
            .iter()
            .map(|name| unknown(name, "no figure for April 2025", None))
            .chain([unknown("F", "suppressed", None)])
            .collect();
        let groups = groups(lines.iter(), "all");
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].text, "5 series: no figure for April 2025");
        assert_eq!(groups[0].names, "A, B, C and 2 more");
        assert_eq!(groups[1].text, "1 series: suppressed");
    }
}

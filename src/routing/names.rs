//! What routes may name: a matcher on something that does not exist would never match, and nobody would notice.

use std::collections::BTreeSet;

use crate::{
    model::matcher::{Matcher, parse},
    yaml::{Located, Place, Problem, Problems},
};

/// The names that there are.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Groups by id.
    pub groups: BTreeSet<String>,
    /// Time intervals.
    pub intervals: BTreeSet<String>,
    /// Escalation policies.
    pub escalations: BTreeSet<String>,
    /// Labels of datasets.
    pub labels: BTreeSet<String>,
    /// Rules by id.
    pub rules: BTreeSet<String>,
    /// Datasets by id.
    pub datasets: BTreeSet<String>,
    /// Whether any name of a group, label, rule or dataset will do: a tree is tried that is not this home's.
    pub any: bool,
}

impl Names {
    /// The matchers of a list of texts such as `severity="critical"`, if they can be read and name only what there is.
    pub(super) fn matchers(&self, texts: &[Located<String>], problems: &mut Problems) -> Vec<Matcher> {
        let mut matchers = Vec::new();
        for text in texts {
            match parse(text) {
                Ok(found) => {
                    for matcher in &found {
                        self.check(matcher, &text.place, &text.place, problems);
                    }
                    matchers.extend(found);
                }
                Err(error) => {
                    let problem = Problem::new(text.place.clone(), format!("`{}` is no matcher: {error}", text.value));
                    problems.push(problem.hint("write label, operator and value: severity=\"critical\""));
                }
            }
        }
        matchers
    }

    /// Whether a label, and what it is compared with, is there. A text without wildcards must be one that there is; one
    /// with wildcards, and an expression, may wait for what is yet to come.
    pub(super) fn check(&self, matcher: &Matcher, label: &Place, value: &Place, problems: &mut Problems) {
        if self.any {
            return;
        }
        let severities = ["info", "warning", "critical"].map(str::to_owned).into();
        let known = match matcher.label.as_str() {
            "rule" => &self.rules,
            "dataset" => &self.datasets,
            "severity" => &severities,
            name => return self.check_label(name, label, problems),
        };
        for named in matcher.is.named().filter(|named| !named.is_empty() && !known.contains(*named)) {
            let known = known.iter().map(String::as_str);
            problems.push(Problem::unknown(value.clone(), &matcher.label, named, known));
        }
    }

    pub(super) fn check_label(&self, name: &str, place: &Place, problems: &mut Problems) {
        if !self.any && !super::traits::is_trait(name) && !self.labels.contains(name) {
            let traits = ["rule", "dataset", "severity"].into_iter();
            let known: BTreeSet<&str> = self.labels.iter().map(String::as_str).chain(traits).collect();
            problems.push(Problem::unknown(place.clone(), "label", name, known));
        }
    }

    pub(super) fn check_group(&self, group: &Located<String>, problems: &mut Problems) {
        self.check_one("group", group, &self.groups, problems);
    }

    pub(super) fn check_dataset(&self, dataset: &Located<String>, problems: &mut Problems) {
        self.check_one("dataset", dataset, &self.datasets, problems);
    }

    fn check_one(&self, what: &str, name: &Located<String>, known: &BTreeSet<String>, problems: &mut Problems) {
        if !self.any && !known.contains(&name.value) {
            problems.push(Problem::unknown(name.place.clone(), what, name, known.iter().map(String::as_str)));
        }
    }

    /// Intervals are defined beside the tree, in whatever file it stands.
    pub(super) fn check_interval(&self, interval: &Located<String>, problems: &mut Problems) {
        if !self.intervals.contains(&interval.value) {
            let known = self.intervals.iter().map(String::as_str);
            problems.push(Problem::unknown(interval.place.clone(), "time interval", interval, known));
        }
    }
    /// So are escalation policies; `none` ends the one of the parent.
    pub(super) fn check_escalation(&self, policy: &Located<String>, problems: &mut Problems) {
        if policy.value != super::escalation::NONE && !self.escalations.contains(&policy.value) {
            let known = self.escalations.iter().map(String::as_str).chain([super::escalation::NONE]);
            problems.push(Problem::unknown(policy.place.clone(), "escalation policy", policy, known));
        }
    }
}

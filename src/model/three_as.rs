//! The summary of a period in three As.

use serde::{Deserialize, Serialize};

use super::{AlertId, AlertSeverity, CommitteeReport, NotAssured, Period, Standing, TabledAlert, ThreeA};

/// What the groups below a committee are alerted to, advised of and assured about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThreeAs {
    /// The period.
    pub period: Period,
    /// How many series were judged.
    pub series: usize,
    /// How many of the answers of rules are clear, of how many.
    pub clear: (usize, usize),
    /// The names of the groups that are summed up beside the committee itself.
    pub below: Vec<String>,
    /// The alerts, the most severe and the longest first.
    pub matters: Vec<Matter>,
    /// What did not arrive, or was held back.
    pub missing: Vec<NotAssured>,
    /// How many series could not be judged, or had a rule that failed.
    pub unjudged: usize,
}

/// One alert in a summary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matter {
    /// The alert.
    pub alert: AlertId,
    /// The rule's id.
    pub rule: String,
    /// What the committee is to do with it.
    pub three_a: ThreeA,
    /// How it stands.
    pub standing: Standing,
    /// How much it weighs.
    pub severity: AlertSeverity,
    /// The name of the group that looks after it.
    pub group_name: String,
    /// The rule's message about the newest figures.
    pub message: String,
    /// The first period in breach.
    pub since: Period,
    /// What people do about it; empty when nobody does anything.
    pub handling: String,
}

impl CommitteeReport {
    /// The report in short.
    #[must_use]
    pub fn summary(&self) -> ThreeAs {
        let matter = |alert: &TabledAlert| Matter {
            alert: alert.line.id.clone(),
            rule: alert.line.rule.clone(),
            three_a: alert.three_a,
            standing: alert.standing,
            severity: alert.line.severity,
            group_name: alert.group_name.clone(),
            message: alert.line.message.clone(),
            since: alert.line.since,
            handling: if alert.line.handling.is_empty() { String::new() } else { alert.line.handling.words() },
        };
        let current = || self.judged.iter().filter(|rule| rule.is_current);
        ThreeAs {
            period: self.period,
            series: self.series,
            clear: (current().map(|rule| rule.clear).sum(), current().map(|rule| rule.series).sum()),
            below: self.below.clone(),
            matters: self.alerts.iter().map(matter).collect(),
            missing: self.missing.clone(),
            unjudged: self.cannot_tell.len() + self.failed.len(),
        }
    }
}

impl ThreeAs {
    /// The matters with which the committee is to do one thing, in their order.
    pub fn of(&self, three_a: ThreeA) -> impl Iterator<Item = &Matter> {
        self.matters.iter().filter(move |matter| matter.three_a == three_a)
    }
}

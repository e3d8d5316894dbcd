//! Escalation: whom an alert is taken to that the group told of it does not look after.
//!
//! A policy is a list of steps; a branch of the route names the policy. The clock of an alert and a group starts when the
//! group was first told. Steps after a length of time follow each other, and so do steps after a number of periods; a step
//! on worsening stands apart. Each is counted from when the one before it was really taken, never from when it was due: a
//! clock that jumps brings one step and not all of them. Nothing is done while somebody has acknowledged the alert, and
//! while it is muted.

mod decide;
mod settings;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::Serialize;

use crate::model::{AlertSeverity, matcher::Condition};

use super::Length;

pub use decide::{Clock, Due, Escalating, Outlook, clock, decide, moments};
pub use settings::EscalationSettings;
pub(super) use settings::NONE;

/// What the group that a group escalates to is called in a policy.
pub const PARENT: &str = "parent";
/// The roles that a step may go to.
pub const ROLES: [&str; 5] = ["chair", "sro", "clinical_lead", "secretary", "members"];

/// A policy that is ready for use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Its name.
    pub name: String,
    /// Its steps.
    pub steps: Vec<Step>,
    /// How often the last step is taken again.
    pub repeat: Option<Again>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When it is taken.
    pub after: After,
    /// The severities of the alerts that it is for; all of them when none is given.
    pub severity: Option<Condition>,
    /// Whom it goes to.
    pub to: Target,
    /// Where its target is written.
    pub place: crate::yaml::Place,
}

/// When a step is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// So long after the group was first told, without acknowledgement.
    Time(Length),
    /// When it has fired at so many consecutive periods, the first one that the group was told of included.
    Periods(u16),
    /// When it has worsened after the group was first told.
    Worsening,
}

/// Whom a step goes to, as seen from the group that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Which group.
    pub group: TargetGroup,
    /// The people of it by email; all its channels when none is given.
    pub role: Option<String>,
}

/// The group of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetGroup {
    /// The group that was told.
    Own,
    /// The one that it escalates to.
    Parent,
    /// This one.
    Named(String),
}

/// How often the last step in time or in periods is taken again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again {
    /// How long after it was taken.
    pub every: After,
    /// How often at most; until it ends when none is given.
    pub at_most: Option<u32>,
}

impl Escalation {
    /// The steps that are for alerts of a severity, each with its number from 1.
    #[must_use]
    pub fn steps_for(&self, severity: AlertSeverity) -> impl DoubleEndedIterator<Item = (u32, &Step)> {
        (1..).zip(&self.steps).collect::<Vec<_>>().into_iter().filter(move |(_, step)| step.is_for(severity))
    }

    /// A step by its number.
    #[must_use]
    pub fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get(usize::try_from(number).ok()?.checked_sub(1)?)
    }
}

impl Step {
    fn is_for(&self, severity: AlertSeverity) -> bool {
        self.severity.as_ref().is_none_or(|condition| condition.takes(severity.code()))
    }

    /// Why it is taken: `not acknowledged for 5 working days`.
    #[must_use]
    pub fn reason(&self, severity: AlertSeverity) -> String {
        match self.after {
            After::Time(length) if length.is_zero() => format!("it is {severity}"),
            After::Time(length) => format!("not acknowledged for {length}"),
            After::Periods(count) => format!("it has fired at {count} consecutive periods"),
            After::Worsening => "it has worsened".to_owned(),
        }
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(length) if length.is_zero() => f.write_str("at once"),
            Self::Time(length) => write!(f, "after {length} without acknowledgement"),
            Self::Periods(count) => write!(f, "after {count} periods"),
            Self::Worsening => f.write_str("when it worsens"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = self.role.as_ref().map(|role| role.replace('_', " "));
        match (&self.group, role) {
            (TargetGroup::Own, Some(role)) => write!(f, "its own {role}"),
            (TargetGroup::Own, None) => f.write_str("itself"),
            (TargetGroup::Parent, Some(role)) => write!(f, "the {role} of the group above"),
            (TargetGroup::Parent, None) => f.write_str("the group above"),
            (TargetGroup::Named(group), Some(role)) => write!(f, "the {role} of {group}"),
            (TargetGroup::Named(group), None) => f.write_str(group),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.after, self.to)
    }
}

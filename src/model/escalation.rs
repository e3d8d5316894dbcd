//! Steps of an escalation policy that were taken: whom an alert was taken to that nobody looked after, and what they are told.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AlertId, AlertLine, Cause, Exceptions, NoticeId, Period};

/// The id of a step that was taken; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub Uuid);

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Whom a step goes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Recipient {
    /// The group's id.
    pub group: String,
    /// The role of the people who are told by email; none where the group is told by all its channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.role {
            Some(role) => write!(f, "{}, {}", self.group, role.replace('_', " ")),
            None => f.write_str(&self.group),
        }
    }
}

/// A step that was taken, kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTaken {
    /// Its id.
    pub id: StepId,
    /// The alert.
    pub alert: AlertId,
    /// The first period of the alert's stretch, as it was known then.
    pub since: Period,
    /// The newest period that the alert rested on then.
    pub period: Period,
    /// The group that was told of the alert and did not act.
    pub group: String,
    /// The policy.
    pub policy: String,
    /// How many acknowledgements of the stretch had lapsed before.
    pub round: u32,
    /// Which step of the policy it is, counted from 1.
    pub step: u32,
    /// How often it had been taken before in this round.
    pub repetition: u32,
    /// Whom it went to.
    pub to: Recipient,
    /// When.
    pub at: Timestamp,
    /// Why, in words: `not acknowledged for 5 working days`.
    pub why: String,
    /// The notice that said so.
    pub notice: NoticeId,
}

impl StepTaken {
    /// Whether it was taken in a stretch that began at a period, wherever that stretch was said to begin at the time: late
    /// and restated figures move its beginning, and never behind a period at which it was known to fire.
    #[must_use]
    pub fn is_of(&self, since: Period) -> bool {
        is_of_stretch(self.period, since)
    }
}

/// That a group was told of an alert that fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldOf {
    /// The alert.
    pub alert: AlertId,
    /// The group.
    pub group: String,
    /// The newest period that the alert rested on then.
    pub period: Period,
    /// When.
    pub at: Timestamp,
}

impl ToldOf {
    /// Whether it was told of a stretch that began at a period; as [`StepTaken::is_of`].
    #[must_use]
    pub fn is_of(&self, since: Period) -> bool {
        is_of_stretch(self.period, since)
    }
}

fn is_of_stretch(period: Period, since: Period) -> bool {
    period.end() >= since.end()
}

/// Alerts that nobody looks after, as those are told whom they are taken to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EscalationReport {
    /// The role of the people who are told by email; none where the group is told by all its channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The name of the group that was told, where this is the copy for the group whose alerts they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<String>,
    /// The alerts, the most severe first.
    pub cases: Vec<EscalatedAlert>,
}

impl EscalationReport {
    /// Its alerts as what goes on firing; none without any. Its dataset and period are those of the first.
    pub(super) fn exceptions(&self) -> Option<Exceptions> {
        let first = self.cases.first()?;
        let (title, period) = (first.dataset_title.clone(), first.line.period);
        let continuing = self.cases.iter().map(|case| case.line.clone()).collect();
        Some(Exceptions { continuing, ..Exceptions::empty(String::new(), title, period, Cause::New) })
    }
}

/// An alert that nobody looks after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EscalatedAlert {
    /// The alert as it stands.
    pub line: AlertLine,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// The name of the group that was told and did not act.
    pub group_name: String,
    /// When that group was first told of it.
    pub told: Timestamp,
    /// Since when nobody looks after it: then, or since an acknowledgement lapsed.
    pub unattended: Timestamp,
    /// Why it is taken further, in words: `not acknowledged for 5 working days`.
    pub why: String,
    /// Whom it was taken to before, oldest first.
    pub earlier: Vec<StepTo>,
    /// Whom it is taken to next if nobody acts, and when, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<StepTo>,
}

/// Whom an alert was, or is to be, taken to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTo {
    /// The group's name, with the role of its people.
    pub to: String,
    /// When.
    pub at: Timestamp,
}

//! What one group is to be told.

use std::{borrow::Cow, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AlertId, DeliveryId, Digest, EscalationReport, Examination, Exceptions, Finding, Period, ThreeAs, Verdict, coded,
};

/// A notice's id; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(pub Uuid);

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

coded! {
    /// What a notice is about.
    pub enum NoticeKind {
        /// Alerts of one delivery, to a group responsible.
        Exceptions = "exceptions",
        /// The gate's decision, to the dataset's steward.
        Gate = "gate",
        /// Something that the operator must see to: a dead letter, a rule that fails.
        Operator = "operator",
        /// A silence that begins or is over, to the groups that it keeps from hearing.
        Silence = "silence",
        /// Alerts that nobody looks after, to those whom they are taken to.
        Escalation = "escalation",
        /// What the groups below a committee are alerted to, advised of and assured about.
        ThreeAs = "three_as",
        /// The exception report, so many working days before papers are due.
        Digest = "digest",
    }
}

/// One notice to one group. It holds all that its renderings need, so that a message can be made again as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// When it was decided.
    pub created: Timestamp,
    /// The id of the group.
    pub group: String,
    /// The group's name for people.
    pub group_name: String,
    /// What it says.
    pub content: Content,
    /// Where its group can act on it; none where links are not asked for, or there is nothing to act on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What a notice says, by its kind.
#[allow(clippy::large_enum_variant, reason = "notices are few, and the largest case is the usual one")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Alerts.
    Exceptions(Exceptions),
    /// The gate's decision.
    Gate(GateReport),
    /// For the operator.
    Operator(OperatorReport),
    /// A silence.
    Silence(OperatorReport),
    /// Alerts that nobody looks after.
    Escalation(EscalationReport),
    /// The summary of a period.
    ThreeAs(ThreeAs),
    /// The exception report before papers are due.
    Digest(Digest),
}

impl Content {
    /// The alerts that people can act on, as exceptions; none where it is about something else.
    #[must_use]
    pub fn actionable(&self) -> Option<Cow<'_, Exceptions>> {
        match self {
            Self::Exceptions(exceptions) => Some(Cow::Borrowed(exceptions)),
            Self::Escalation(report) => report.exceptions().map(Cow::Owned),
            Self::Digest(digest) => digest.exceptions().map(Cow::Owned),
            Self::Gate(_) | Self::Operator(_) | Self::Silence(_) | Self::ThreeAs(_) => None,
        }
    }
}

impl Notice {
    /// Where its group can act on one of its alerts.
    #[must_use]
    pub fn link_of(&self, alert: &AlertId) -> Option<String> {
        self.link.as_ref().map(|link| format!("{link}?alert={alert}"))
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> NoticeKind {
        match self.content {
            Content::Exceptions(_) => NoticeKind::Exceptions,
            Content::Gate(_) => NoticeKind::Gate,
            Content::Operator(_) => NoticeKind::Operator,
            Content::Silence(_) => NoticeKind::Silence,
            Content::Escalation(_) => NoticeKind::Escalation,
            Content::ThreeAs(_) => NoticeKind::ThreeAs,
            Content::Digest(_) => NoticeKind::Digest,
        }
    }
}

/// The gate's decision about one delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateReport {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The dataset's title, when one recognised the file.
    pub dataset_title: Option<String>,
    /// The file's name.
    pub file: String,
    /// Which of the file's tables it is, where that is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Its periods.
    pub periods: Vec<Period>,
    /// The decision.
    pub verdict: Verdict,
    /// Where the file is now, below the home folder; empty for one that was only tried.
    pub placed: String,
    /// Where the file is, when only its tables are at `placed`: another table in it is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
    /// The name of the file beside it that lists every failing row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_rows: Option<String>,
    /// Why.
    pub findings: Vec<Finding>,
    /// What was read of it, and which checks were made.
    #[serde(default)]
    pub examination: Examination,
}

/// Something that the operator must see to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperatorReport {
    /// One line: "A message to … could not be delivered".
    pub title: String,
    /// What is wrong and what to do, a paragraph each.
    pub paragraphs: Vec<String>,
}

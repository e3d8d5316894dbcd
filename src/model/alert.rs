//! An alert and its life.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DeliveryId, Labels, Period, Value};

/// A rule and a set of labels always make the same alert, so that links to it hold for ever.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlertId(pub String);

impl AlertId {
    /// The first 16 hexadecimal digits of BLAKE3 over rule and labels, each part preceded by its length.
    #[must_use]
    pub fn of(rule: &str, labels: &Labels) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut part = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        part(rule);
        for (name, value) in labels.iter() {
            part(name);
            part(value);
        }
        Self(hasher.finalize().to_hex()[..16].to_owned())
    }
}

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// How urgent an alert is to the people it goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertSeverity {
    /// Good to know.
    Info,
    /// Needs attention.
    #[default]
    Warning,
    /// Needs action now.
    Critical,
}

impl AlertSeverity {
    /// A stable code, as the store and JSON have it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// The reverse of [`AlertSeverity::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Critical].into_iter().find(|severity| severity.code() == code)
    }
}

impl fmt::Display for AlertSeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// It was in breach for a while, never long enough to fire, and is no longer.
    Inactive,
    /// In breach, for fewer consecutive periods than the rule asks for.
    Pending,
    /// In breach.
    Firing,
    /// It was firing, and is no longer in breach.
    Resolved,
    /// It was said to be firing, and restated figures show that it never was.
    Withdrawn,
}

impl AlertState {
    /// A stable code, as the store and JSON have it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Pending => "pending",
            Self::Firing => "firing",
            Self::Resolved => "resolved",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The reverse of [`AlertState::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Inactive, Self::Pending, Self::Firing, Self::Resolved, Self::Withdrawn]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

impl fmt::Display for AlertState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// The figures that an alert rests on at one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The period.
    pub period: Period,
    /// The figure.
    pub value: Value,
    /// Its plan or target.
    pub plan: Value,
    /// The rule's message about it.
    pub message: String,
}

/// One unbroken stretch of an alert's life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// The first period in breach.
    pub since: Period,
    /// The period at which it began to fire; none while it is pending.
    pub fired: Option<Period>,
    /// The figures at which it was found clear again; none while it lasts.
    pub resolved: Option<Reading>,
    /// The figures of its last period in breach.
    pub last: Reading,
    /// The figures of the breach before that one, to tell whether it worsened.
    pub before: Option<Reading>,
}

/// A rule and a set of labels with a life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Made of rule and labels.
    pub id: AlertId,
    /// The rule's id.
    pub rule: String,
    /// The dataset whose figures it rests on.
    pub dataset: String,
    /// How much it weighs.
    pub severity: AlertSeverity,
    /// Where it stands.
    pub state: AlertState,
    /// The labels of its series.
    pub labels: Labels,
    /// The first period of the present (or last) stretch in breach.
    pub since: Period,
    /// The figures of the period that decided its state.
    pub reading: Reading,
    /// Why the newest period could not be judged, while the state is carried over.
    pub cannot_tell: Option<String>,
    /// Every stretch of its life that the present figures show, oldest first.
    pub episodes: Vec<Episode>,
    /// The latest stretch that was said and that restated figures took back.
    pub withdrawn: Option<Episode>,
}

/// What a step of an alert's life was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// In breach, and waiting for more periods.
    Pending,
    /// It began to fire.
    Firing,
    /// Still firing at a newer period.
    Continuing,
    /// Still firing at a newer period, and further from what it should be.
    Worsened,
    /// It was firing and is no longer in breach.
    Resolved,
    /// It was pending and is no longer in breach.
    Cleared,
    /// Restated or late figures changed since when it fires, or the figures it rests on.
    Amended,
    /// Restated figures show that it never fired.
    Withdrawn,
}

impl TransitionKind {
    /// A stable code, as the store and JSON have it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Firing => "firing",
            Self::Continuing => "continuing",
            Self::Worsened => "worsened",
            Self::Resolved => "resolved",
            Self::Cleared => "cleared",
            Self::Amended => "amended",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The reverse of [`TransitionKind::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [
            Self::Pending,
            Self::Firing,
            Self::Continuing,
            Self::Worsened,
            Self::Resolved,
            Self::Cleared,
            Self::Amended,
            Self::Withdrawn,
        ]
        .into_iter()
        .find(|kind| kind.code() == code)
    }
}

/// Why alerts were evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A newer period arrived.
    New,
    /// A new revision of a period that was known.
    Restated,
    /// A period older than the newest known arrived for the first time.
    Late,
    /// The rules changed.
    RuleChanged,
}

impl Cause {
    /// A stable code, as the store has it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Restated => "restated",
            Self::Late => "late",
            Self::RuleChanged => "rule_changed",
        }
    }

    /// The reverse of [`Cause::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::New, Self::Restated, Self::Late, Self::RuleChanged].into_iter().find(|cause| cause.code() == code)
    }
}

/// One step of an alert's life, kept for ever.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// The alert.
    pub alert: AlertId,
    /// What happened.
    pub kind: TransitionKind,
    /// Why it was looked at.
    pub cause: Cause,
    /// The delivery that brought it about; none when the rules changed.
    pub delivery: Option<DeliveryId>,
    /// The first period of the stretch that it concerns.
    pub since: Period,
    /// The period and figures that decided it.
    pub reading: Reading,
}

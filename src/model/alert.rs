//! An alert and its life.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DeliveryId, Labels, Period, Unit, Value, coded};

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

coded! {
    /// How urgent an alert is to the people it goes to.
    #[derive(Default)]
    pub enum AlertSeverity {
        /// Good to know.
        Info = "info",
        /// Needs attention.
        #[default]
        Warning = "warning",
        /// Needs action now.
        Critical = "critical",
    }
}

coded! {
    /// Where an alert stands.
    pub enum AlertState {
        /// It was in breach for a while, never long enough to fire, and is no longer.
        Inactive = "inactive",
        /// In breach, for fewer consecutive periods than the rule asks for.
        Pending = "pending",
        /// In breach.
        Firing = "firing",
        /// It was firing, and is no longer in breach.
        Resolved = "resolved",
        /// It was said to be firing, and restated figures show that it never was.
        Withdrawn = "withdrawn",
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
    /// The unit of both.
    #[serde(default)]
    pub unit: Unit,
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

coded! {
    /// What a step of an alert's life was.
    pub enum TransitionKind {
        /// In breach, and waiting for more periods.
        Pending = "pending",
        /// It began to fire.
        Firing = "firing",
        /// Still firing at a newer period.
        Continuing = "continuing",
        /// Still firing at a newer period, and further from what it should be.
        Worsened = "worsened",
        /// It was firing and is no longer in breach.
        Resolved = "resolved",
        /// It was pending and is no longer in breach.
        Cleared = "cleared",
        /// Restated or late figures changed since when it fires, or the figures it rests on.
        Amended = "amended",
        /// Restated figures show that it never fired.
        Withdrawn = "withdrawn",
    }
}

coded! {
    /// Why alerts were evaluated.
    pub enum Cause {
        /// A newer period arrived.
        New = "new",
        /// A new revision of a period that was known.
        Restated = "restated",
        /// A period older than the newest known arrived for the first time.
        Late = "late",
        /// The rules changed.
        RuleChanged = "rule_changed",
        /// Figures of another dataset that rules ask for arrived or changed.
        Elsewhere = "elsewhere",
        /// Published figures were taken back.
        TakenBack = "taken_back",
        /// What is expected was looked at: a due day passed, or a delivery came.
        Due = "due",
        /// A review date passed: it is to be looked at again.
        Review = "review",
        /// What had muted it ended, and its groups had not been told of it.
        Unmuted = "unmuted",
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
    /// The delivery that brought it about; none when the rules changed or a due day passed.
    pub delivery: Option<DeliveryId>,
    /// The first period of the stretch that it concerns.
    pub since: Period,
    /// The period and figures that decided it.
    pub reading: Reading,
}

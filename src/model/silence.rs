//! A silence: alerts that somebody asked not to hear of for a while.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    coded,
    matcher::{Labelled, Matcher, all_take},
};

/// A silence's id; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SilenceId(pub Uuid);

impl fmt::Display for SilenceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

coded! {
    /// Where a silence stands at a moment.
    pub enum SilenceState {
        /// It has not begun.
        Pending = "pending",
        /// It holds.
        Active = "active",
        /// It is over.
        Expired = "expired",
    }
}

/// Alerts that are not told of from one moment to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Its id.
    pub id: SilenceId,
    /// What the alerts have: all of it.
    pub matchers: Vec<Matcher>,
    /// From when.
    pub starts: Timestamp,
    /// Until when, that moment included.
    pub ends: Timestamp,
    /// Who asked for it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// When it was asked for.
    pub created: Timestamp,
}

impl Silence {
    /// Where it stands.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> SilenceState {
        if now < self.starts {
            SilenceState::Pending
        } else if now > self.ends {
            SilenceState::Expired
        } else {
            SilenceState::Active
        }
    }

    /// Whether it is about an alert, at any time.
    #[must_use]
    pub fn takes(&self, labelled: &impl Labelled) -> bool {
        all_take(&self.matchers, labelled)
    }

    /// What it is about, in one line: `contract="Dementia", severity="warning"`.
    #[must_use]
    pub fn subject(&self) -> String {
        self.matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }
}

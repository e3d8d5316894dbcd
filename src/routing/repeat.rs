//! How often what goes on is said again.

use std::fmt;

use serde::Serialize;

use crate::model::Period;

/// How often an alert that goes on firing is said again. That it worsened is always said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// In every so manieth period after the one in which it began to fire.
    Every(u32),
    /// Not at all.
    Never,
}

impl Default for Repeat {
    fn default() -> Self {
        Self::Every(1)
    }
}

impl Repeat {
    /// Whether an alert that began to fire at one period is said again at another.
    #[must_use]
    pub fn is_due(self, fired: Period, now: Period) -> bool {
        match self {
            Self::Never => false,
            Self::Every(n) => now.since(fired).is_none_or(|passed| passed.unsigned_abs() % n.max(1) == 0),
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        match text {
            "each period" | "every period" => return Some(Self::Every(1)),
            "never" => return Some(Self::Never),
            _ => {}
        }
        let count = text.strip_prefix("every ")?.strip_suffix(" periods")?;
        count.parse().ok().filter(|n| *n > 0).map(Self::Every)
    }
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(1) => f.write_str("each period"),
            Self::Every(n) => write!(f, "every {n} periods"),
            Self::Never => f.write_str("never"),
        }
    }
}

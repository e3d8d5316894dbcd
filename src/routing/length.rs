//! Lengths of time, by the clock or in working days.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::{
    Calendar, Days,
    calendar::{MORNING, day_in_london, hour_in_london},
};

/// A length of time: `4h`, `2 days`, `3 working days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Length {
    /// By the clock.
    Clock(SignedDuration),
    /// So many working days, until nine in the morning in London.
    WorkingDays(u16),
}

impl Length {
    /// No time at all.
    pub const ZERO: Self = Self::Clock(SignedDuration::ZERO);

    /// Whether it is no time at all.
    #[must_use]
    pub fn is_zero(self) -> bool {
        matches!(self, Self::Clock(SignedDuration::ZERO) | Self::WorkingDays(0))
    }

    /// How much longer it is than another, and nothing if it is shorter; none where one is by the clock and the other in
    /// working days.
    #[must_use]
    pub fn beyond(self, other: Self) -> Option<Self> {
        match (self, other) {
            (length, other) if other.is_zero() => Some(length),
            (length, _) if length.is_zero() => Some(Self::ZERO),
            (Self::Clock(length), Self::Clock(other)) => Some(Self::Clock((length - other).max(SignedDuration::ZERO))),
            (Self::WorkingDays(length), Self::WorkingDays(other)) => {
                Some(Self::WorkingDays(length.saturating_sub(other)))
            }
            (Self::Clock(_), Self::WorkingDays(_)) | (Self::WorkingDays(_), Self::Clock(_)) => None,
        }
    }

    /// The moment at which it is over.
    #[must_use]
    pub fn after(self, from: Timestamp, calendar: &Calendar) -> Timestamp {
        match self {
            Self::Clock(length) => from.saturating_add(length).unwrap_or(Timestamp::MAX),
            Self::WorkingDays(count) => {
                let day = Days { count, working: true }.after(day_in_london(from), calendar);
                hour_in_london(day, MORNING).unwrap_or(Timestamp::MAX).max(from)
            }
        }
    }
}

/// Why a text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a length of time such as 4h, 2 days or 3 working days")]
pub struct LengthError(String);

impl FromStr for Length {
    type Err = LengthError;

    fn from_str(text: &str) -> Result<Self, LengthError> {
        let wrong = || LengthError(text.to_owned());
        let working = text.strip_suffix(" working days").or_else(|| text.strip_suffix(" working day"));
        if let Some(count) = working {
            return count.trim().parse().map(Self::WorkingDays).map_err(|_| wrong());
        }
        let span: Span = text.parse().map_err(|_| wrong())?;
        if span.is_negative() || span.get_years() != 0 || span.get_months() != 0 {
            return Err(wrong());
        }
        span.to_duration(SpanRelativeTo::days_are_24_hours()).map(Self::Clock).map_err(|_| wrong())
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clock(length) => write!(f, "{length:#}"),
            Self::WorkingDays(1) => f.write_str("1 working day"),
            Self::WorkingDays(count) => write!(f, "{count} working days"),
        }
    }
}

impl Serialize for Length {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

crate::model::written_as! { Length, {
    "type": "string",
    "description": "A length of time: 4h, 2 days, 3 working days"
} }

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

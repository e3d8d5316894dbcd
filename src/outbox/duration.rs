//! Durations as people write them.

use std::{fmt, str::FromStr, time::Duration};

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time: `500ms`, `20s`, `6h`, `1h 30m`, `2 days` (a day has 24 hours). Not negative, at most ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FriendlyDuration(Duration);

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not in the form of a duration.
    #[error("`{0}` is not a duration such as 500ms, 20s, 15m, 6h or 2 days")]
    Unreadable(String),
    /// A number alone.
    #[error("`{0}` has no unit: write {0}s for seconds")]
    NoUnit(String),
    /// Below zero.
    #[error("`{0}` is negative")]
    Negative(String),
    /// More than ten years.
    #[error("`{0}` is more than ten years")]
    TooLong(String),
}

impl FriendlyDuration {
    const LONGEST: Duration = Duration::from_hours(3660 * 24);

    /// So many seconds.
    #[must_use]
    pub const fn from_secs(seconds: u32) -> Self {
        let wanted = Duration::from_secs(seconds as u64);
        Self(if wanted.as_secs() > Self::LONGEST.as_secs() { Self::LONGEST } else { wanted })
    }

    /// As the standard library has it.
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }
}

impl FromStr for FriendlyDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let own = || text.to_owned();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(DurationError::NoUnit(own()));
        }
        let span: Span = text.parse().map_err(|_| DurationError::Unreadable(own()))?;
        // A month is no fixed length of time.
        if span.get_years() != 0 || span.get_months() != 0 {
            return Err(DurationError::Unreadable(own()));
        }
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours());
        let length = length.map_err(|_| DurationError::TooLong(own()))?;
        let length = Duration::try_from(length).map_err(|_| DurationError::Negative(own()))?;
        if length > Self::LONGEST { Err(DurationError::TooLong(own())) } else { Ok(Self(length)) }
    }
}

impl fmt::Display for FriendlyDuration {
    /// `1h 30m`: [`FromStr`] reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = SignedDuration::try_from(self.0).unwrap_or(SignedDuration::MAX);
        write!(f, "{length:#}")
    }
}

impl<'de> Deserialize<'de> for FriendlyDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

crate::model::written_as! { FriendlyDuration, {
    "type": "string",
    "pattern": "[a-z]",
    "description": "A length of time: 500ms, 2s, 15m, 1h 30m"
} }

impl Serialize for FriendlyDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, milliseconds) in [
            ("500ms", 500),
            ("0s", 0),
            ("20s", 20_000),
            ("1.5s", 1_500),
            ("15m", 900_000),
            ("6h", 21_600_000),
            ("1h 30m", 5_400_000),
            ("2 days", 172_800_000),
            ("1w", 604_800_000),
        ] {
            let read: FriendlyDuration = text.parse().expect(text);
            assert_eq!(read.get(), Duration::from_millis(milliseconds), "{text}");
            assert_eq!(read.to_string().parse(), Ok(read), "{text} is written as {read}");
        }
    }

    #[test]
    fn what_is_no_duration_says_what_would_be() {
        for (text, message) in [
            ("5", "`5` has no unit: write 5s for seconds"),
            ("", "`` is not a duration such as 500ms, 20s, 15m, 6h or 2 days"),
            ("soon", "`soon` is not a duration such as 500ms, 20s, 15m, 6h or 2 days"),
            ("1 month", "`1 month` is not a duration such as 500ms, 20s, 15m, 6h or 2 days"),
            ("-5s", "`-5s` is negative"),
            ("4000 days", "`4000 days` is more than ten years"),
        ] {
            assert_eq!(text.parse::<FriendlyDuration>().map_err(|e| e.to_string()), Err(message.to_owned()));
        }
        for text in ["99999999999999999999h", "9999999999h", "NaN", "inf", "1e400s"] {
            assert!(text.parse::<FriendlyDuration>().is_err(), "{text}");
        }
    }
}

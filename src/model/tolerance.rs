//! How far two figures may be apart and still count as the same.

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use super::value::format_number;

/// `0.5` in the unit of the figures, or `2%` of the figure that is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tolerance {
    /// A difference in the unit of the figures.
    Absolute(f64),
    /// A share of the figure that is held against; 0.02 is 2%.
    Share(f64),
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::Absolute(0.0)
    }
}

/// Figures that differ by less than this part of them differ only by how a computer keeps decimals.
const SAME: f64 = 1e-9;

impl Tolerance {
    /// How far from `figure` is near enough.
    fn slack(self, figure: f64) -> f64 {
        let slack = match self {
            Self::Absolute(slack) => slack,
            Self::Share(share) => share * figure.abs(),
        };
        slack + SAME * figure.abs()
    }

    /// Whether a figure is at most another one, or not much above.
    #[must_use]
    pub fn at_most(self, figure: f64, other: f64) -> bool {
        figure <= other + self.slack(other)
    }

    /// Whether a figure is at least another one, or not much below.
    #[must_use]
    pub fn at_least(self, figure: f64, other: f64) -> bool {
        figure >= other - self.slack(other)
    }

    /// Whether a figure is another one, or near it.
    #[must_use]
    pub fn equal(self, figure: f64, other: f64) -> bool {
        self.at_most(figure, other) && self.at_least(figure, other)
    }

    /// Whether only the same figure is near enough.
    #[must_use]
    pub fn is_zero(self) -> bool {
        matches!(self, Self::Absolute(0.0) | Self::Share(0.0))
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(slack) => f.write_str(&format_number(*slack)),
            Self::Share(share) => write!(f, "{}%", format_number(share * 100.0)),
        }
    }
}

struct ToleranceVisitor;

impl ToleranceVisitor {
    fn checked<E: de::Error>(self, slack: f64) -> Result<Tolerance, E> {
        if slack.is_finite() && slack >= 0.0 {
            Ok(Tolerance::Absolute(slack))
        } else {
            Err(E::invalid_value(de::Unexpected::Float(slack), &self))
        }
    }
}

impl Visitor<'_> for ToleranceVisitor {
    type Value = Tolerance;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a difference (`0.5`) or a share (`2%`), zero or more,")
    }

    fn visit_i64<E: de::Error>(self, slack: i64) -> Result<Tolerance, E> {
        self.checked(slack as f64)
    }

    fn visit_f64<E: de::Error>(self, slack: f64) -> Result<Tolerance, E> {
        self.checked(slack)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Tolerance, E> {
        // A number without a percent sign is none in quotes.
        let share = text.ends_with('%').then(|| text.parse().ok()).flatten();
        share.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// A text is neither a difference nor a share, of nought or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a difference (`0.5`) or a share (`2%`), zero or more, is expected")]
pub struct ToleranceError;

impl FromStr for Tolerance {
    type Err = ToleranceError;

    fn from_str(text: &str) -> Result<Self, ToleranceError> {
        let number = |text: &str| text.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
        let slack = match text.strip_suffix('%') {
            Some(percent) => number(percent).map(|percent| Self::Share(percent / 100.0)),
            None => number(text).map(Self::Absolute),
        };
        slack.ok_or(ToleranceError)
    }
}

impl<'de> Deserialize<'de> for Tolerance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ToleranceVisitor)
    }
}

super::written_as! { Tolerance, {
    "anyOf": [{ "type": "number", "minimum": 0 }, { "type": "string", "pattern": "^[0-9.]+ *%$" }],
    "description": "A difference (0.5) or a share (2%)"
} }

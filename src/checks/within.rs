//! How far two figures may be apart and still count as the same.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use crate::model::value::format_number;

/// `0.5` in the unit of the figures, or `2%` of the figure that is held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Within {
    Absolute(f64),
    Share(f64),
}

impl Default for Within {
    fn default() -> Self {
        Self::Absolute(0.0)
    }
}

/// Figures that differ by less than this part of them differ only by how a computer keeps decimals.
const SAME: f64 = 1e-9;

impl Within {
    /// How far from `figure` is near enough.
    fn slack(self, figure: f64) -> f64 {
        let slack = match self {
            Self::Absolute(slack) => slack,
            Self::Share(share) => share * figure.abs(),
        };
        slack + SAME * figure.abs()
    }

    /// Whether a figure is at most another one, or not much above.
    pub(super) fn at_most(self, figure: f64, other: f64) -> bool {
        figure <= other + self.slack(other)
    }

    /// Whether a figure is at least another one, or not much below.
    pub(super) fn at_least(self, figure: f64, other: f64) -> bool {
        figure >= other - self.slack(other)
    }

    /// Whether a figure is another one, or near it.
    pub(super) fn equal(self, figure: f64, other: f64) -> bool {
        self.at_most(figure, other) && self.at_least(figure, other)
    }

    pub(super) fn is_zero(self) -> bool {
        matches!(self, Self::Absolute(0.0) | Self::Share(0.0))
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(slack) => f.write_str(&format_number(*slack)),
            Self::Share(share) => write!(f, "{}%", format_number(share * 100.0)),
        }
    }
}

struct WithinVisitor;

impl WithinVisitor {
    fn checked<E: de::Error>(self, slack: f64) -> Result<Within, E> {
        if slack.is_finite() && slack >= 0.0 {
            Ok(Within::Absolute(slack))
        } else {
            Err(E::invalid_value(de::Unexpected::Float(slack), &self))
        }
    }
}

impl Visitor<'_> for WithinVisitor {
    type Value = Within;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a difference (`0.5`) or a share (`2%`), zero or more,")
    }

    fn visit_i64<E: de::Error>(self, slack: i64) -> Result<Within, E> {
        self.checked(slack as f64)
    }

    fn visit_f64<E: de::Error>(self, slack: f64) -> Result<Within, E> {
        self.checked(slack)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Within, E> {
        let percent = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
        match percent {
            Some(percent) if percent.is_finite() && percent >= 0.0 => Ok(Within::Share(percent / 100.0)),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Within {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WithinVisitor)
    }
}

//! A figure, or the reason why there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::coded;

coded! {
    /// Why a cell holds no number. Each reason stays what it is: a suppressed count is neither nothing nor zero.
    pub enum Missing {
        /// The cell is empty.
        Blank = "blank",
        /// A small number withheld (`*`): some whole number between 1 and the suppression threshold less one.
        Suppressed = "suppressed",
        /// Not published yet (`TBC`).
        NotAvailable = "not_available",
        /// The figure makes no sense here (`-`, `N/A`).
        NotApplicable = "not_applicable",
        /// Words where a plan or target would be (`Reduction on last year`): no mistake, and no figure.
        Words = "words",
        /// A target with two ends (`85% to 90%`) where one figure is asked for.
        Range = "range",
        /// Something is there and cannot be read as a figure.
        Unreadable = "unreadable",
        /// The table has no such row or column.
        Absent = "absent",
        /// It is worked out of figures some of which are missing.
        Unsure = "unsure",
    }
}

impl Missing {
    /// The reason as words that fit after "no figure: ".
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Blank => "left blank",
            Self::Suppressed => "suppressed",
            Self::NotAvailable => "not yet available",
            Self::NotApplicable => "not applicable",
            Self::Words => "words, which are no figure",
            Self::Range => "a range, which is no single figure",
            Self::Unreadable => "not readable",
            Self::Absent => "not reported",
            Self::Unsure => "cannot be told",
        }
    }
}

/// A number in the measure's own unit, or the reason why there is none.
///
/// Serializes as the number, as `{"missing": "suppressed"}`, or as `{"at_least": 0.85, "at_most": 0.9}`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Always finite.
    Number(f64),
    /// No figure, and why.
    Missing {
        /// The reason.
        missing: Missing,
    },
    /// A target that is no single figure.
    Bound(Bound),
}

/// A target that is met by every figure from one end or up to another: `≥ 95%`, `18.2 or less`, `Lower 85% Upper 90%`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// What is below it misses the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// What is above it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

impl Bound {
    /// The end, where there is one only.
    #[must_use]
    pub fn only_end(self) -> Option<f64> {
        self.at_least.xor(self.at_most)
    }

    /// By how much a figure misses it; nought where it is met.
    #[must_use]
    pub fn missed_by(self, figure: f64) -> f64 {
        let below = self.at_least.map_or(0.0, |least| least - figure);
        let above = self.at_most.map_or(0.0, |most| figure - most);
        below.max(above).max(0.0)
    }

    /// `85% to 90%`, `at most 92%`, where `number` writes a figure.
    #[must_use]
    pub fn write(self, number: impl Fn(f64) -> String) -> String {
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) => format!("{} to {}", number(least), number(most)),
            (Some(least), None) => format!("at least {}", number(least)),
            (None, Some(most)) => format!("at most {}", number(most)),
            (None, None) => Missing::Words.reason().to_owned(),
        }
    }
}

impl Value {
    /// No row or column for it.
    pub const ABSENT: Self = Self::Missing { missing: Missing::Absent };

    /// A number if it is finite, otherwise [`Missing::Unreadable`].
    #[must_use]
    pub fn number(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::missing(Missing::Unreadable) }
    }

    /// No figure for this reason.
    #[must_use]
    pub const fn missing(missing: Missing) -> Self {
        Self::Missing { missing }
    }

    /// The number, if there is one: that of a target with one end is this end.
    #[must_use]
    pub fn get(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Bound(bound) => bound.only_end(),
            Self::Missing { .. } => None,
        }
    }
}

impl fmt::Display for Value {
    /// `1,332`, `0.6`, or the reason in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => f.write_str(&format_number(*number)),
            Self::Missing { missing } => f.write_str(missing.reason()),
            Self::Bound(bound) => f.write_str(&bound.write(format_number)),
        }
    }
}

/// A number as people write it: thousands separated by commas, at most four decimals, no trailing zeros.
#[must_use]
pub fn format_number(number: f64) -> String {
    let rounded = format!("{:.4}", number.abs());
    let (whole, decimals) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let mut text = String::with_capacity(rounded.len() + rounded.len() / 3);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let decimals = decimals.trim_end_matches('0');
    if !decimals.is_empty() {
        text.push('.');
        text.push_str(decimals);
    }
    if number < 0.0 && text != "0" {
        text.insert(0, '-');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (694.0, "694"),
            (1332.0, "1,332"),
            (135_297.0, "135,297"),
            (-23_269.0, "-23,269"),
            (1_973_611.25, "1,973,611.25"),
            (0.6, "0.6"),
            (0.000_01, "0"),
        ] {
            assert_eq!(format_number(number), text);
        }
    }

    #[test]
    fn infinity_is_no_number() {
        assert_eq!(Value::number(f64::INFINITY), Value::missing(Missing::Unreadable));
    }

    #[test]
    fn every_reason_survives_its_code() {
        let codes = [
            "blank",
            "suppressed",
            "not_available",
            "not_applicable",
            "words",
            "range",
            "unreadable",
            "absent",
            "unsure",
        ];
        for code in codes {
            assert_eq!(Missing::from_code(code).map(Missing::code), Some(code));
        }
        assert_eq!(Missing::from_code("zero"), None);
    }
}

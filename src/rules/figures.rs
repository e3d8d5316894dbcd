//! The notation of figures in tests.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, de};

use crate::model::{Bound, Missing, Value};

/// Figures of consecutive periods, separated by spaces.
///
/// | written | stands for |
/// |---|---|
/// | `1,332` `-0.5` | a number |
/// | `_` | no figure: not reported |
/// | `*` | no figure: suppressed (alone, it is quoted in YAML: `"*"`) |
/// | `0.95..` `..18.2` `0.85..0.9` | a target that is a bound or a range: at least 0.95, at most 18.2, from 0.85 to 0.9 |
/// | `100x5` | five times 100; `_x3` and `*x3` likewise |
/// | `100+10x3` | 100 and three more, each 10 higher: 100 110 120 130; `100-10x3` the same downwards |
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures(pub Vec<Value>);

/// A test is about some months or years, not about memory.
const MOST: usize = 10_000;

impl Figures {
    /// The figures in the notation, so that they read back as they are. Why there is no figure is not in it, unless it is
    /// suppressed.
    #[must_use]
    pub fn notation(values: &[Value]) -> String {
        let end = |end: Option<f64>| end.map_or_else(String::new, |end| end.to_string());
        let written = |value: &Value| match value {
            Value::Number(number) => number.to_string(),
            Value::Missing { missing: Missing::Suppressed } => "*".to_owned(),
            Value::Missing { .. } | Value::Bound(Bound { at_least: None, at_most: None }) => "_".to_owned(),
            Value::Bound(bound) => format!("{}..{}", end(bound.at_least), end(bound.at_most)),
        };
        values.iter().map(written).collect::<Vec<_>>().join(" ")
    }
}

/// What is not in the notation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FiguresError {
    /// A part that is none of the forms.
    #[error(
        "`{0}` is not a figure; write 1,332 or _ (none) or * (suppressed) or 100x5 or 100+10x3, and a bound or range as \
         0.95.. or ..18.2 or 0.85..0.9"
    )]
    Part(String),
    /// More than a test can mean.
    #[error("more than {MOST} figures in one series")]
    TooMany,
}

impl FromStr for Figures {
    type Err = FiguresError;

    fn from_str(text: &str) -> Result<Self, FiguresError> {
        let mut figures = Vec::new();
        for part in text.split_whitespace() {
            let (first, step, count) = read(part).ok_or_else(|| FiguresError::Part(part.to_owned()))?;
            if count > MOST - figures.len() {
                return Err(FiguresError::TooMany);
            }
            figures.extend((0..count).map(|n| match first {
                Value::Number(first) => Value::number(first + step * n as f64),
                Value::Missing { .. } | Value::Bound(_) => first,
            }));
        }
        Ok(Self(figures))
    }
}

/// The first figure of a part, what each next one is higher by, and how many there are.
fn read(part: &str) -> Option<(Value, f64, usize)> {
    let Some((figure, count)) = part.split_once('x') else { return Some((value(part)?, 0.0, 1)) };
    let count: usize = count.parse().ok().filter(|count| *count > 0)?;
    // A sign at the very beginning belongs to the number.
    match figure.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')) {
        Some((at, sign)) => {
            let (first, step) = (number(figure.get(..at)?)?, number(figure.get(at + 1..)?)?);
            let step = if sign == '-' { -step } else { step };
            Some((Value::number(first), step, count.saturating_add(1)))
        }
        None => Some((value(figure)?, 0.0, count)),
    }
}

fn value(text: &str) -> Option<Value> {
    match text {
        "_" => Some(Value::ABSENT),
        "*" => Some(Value::missing(Missing::Suppressed)),
        _ => match text.split_once("..") {
            Some((least, most)) => bound(least, most).map(Value::Bound),
            None => number(text).map(Value::number),
        },
    }
}

/// At least one end, and the lower one first.
fn bound(least: &str, most: &str) -> Option<Bound> {
    let end = |text: &str| if text.is_empty() { Some(None) } else { number(text).map(Some) };
    let bound = Bound { at_least: end(least)?, at_most: end(most)? };
    match (bound.at_least, bound.at_most) {
        (None, None) => None,
        (Some(least), Some(most)) if least > most => None,
        _ => Some(bound),
    }
}

/// Digits with an optional sign, commas between thousands, and decimals: no exponent, no infinity.
fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or("");
    let rest: Vec<&str> = groups.collect();
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = rest.is_empty() || first.len() <= 3 && rest.iter().all(|group| group.len() == 3 && is_digits(group));
    let is_number = is_digits(first) && grouped && is_digits(decimals);
    text.replace(',', "").parse().ok().filter(|number: &f64| is_number && number.is_finite())
}

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

crate::model::written_as! { Figures, {
    "type": ["string", "number"],
    "description": "Figures of consecutive periods: 61 59 _ 60, where _ is none, * suppressed, 100x5 five times 100, 100+10x3 rising by ten, 0.95.. and ..18.2 and 0.85..0.9 targets that are a bound or a range"
} }

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&figures.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, FiguresError> {
        text.parse::<Figures>().map(|figures| figures.to_string())
    }

    #[test]
    fn every_form_is_read() {
        for (text, figures) in [
            ("61 59 60", "61 59 60"),
            ("1,332 -0.5 1,000,000.25", "1,332 -0.5 1,000,000.25"),
            ("50 _ 55", "50 not reported 55"),
            ("*", "suppressed"),
            ("100x5", "100 100 100 100 100"),
            ("_x2 *x2", "not reported not reported suppressed suppressed"),
            ("100+10x3", "100 110 120 130"),
            ("-5-1x3", "-5 -6 -7 -8"),
            ("1+0.5x2 7", "1 1.5 2 7"),
            ("0.95.. ..18.2 0.85..0.9 -5..-1", "at least 0.95 at most 18.2 0.85 to 0.9 -5 to -1"),
            ("..4x2 5..5", "at most 4 at most 4 5 to 5"),
            ("  ", ""),
        ] {
            assert_eq!(read(text).as_deref(), Ok(figures), "{text}");
        }
    }

    #[test]
    fn what_is_no_figure_is_refused() {
        for text in [
            "1332x",
            "x3",
            "1e3",
            "inf",
            "nan",
            "1,33",
            "1,,000",
            "1,000,00",
            "12.",
            ".5",
            "1_000",
            "100x0",
            "100x-1",
            "100+x3",
            "_+1x3",
            "+5",
            "--5",
            "1.2.3",
            "１２",
            "..",
            "0.9..0.85",
            "1...2",
            "1..2..3",
            "..x3",
            "1..+1x2",
            "..*",
            "≥95",
        ] {
            assert_eq!(read(text), Err(FiguresError::Part(text.to_owned())), "{text}");
        }
        assert_eq!(read("1x10001"), Err(FiguresError::TooMany));
        assert_eq!(read("1x10000 1"), Err(FiguresError::TooMany));
        assert_eq!(read("1+1x18446744073709551615"), Err(FiguresError::TooMany));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            ends in proptest::collection::vec((proptest::option::of(-1e12..1e12_f64), 0.0..1e12_f64, 0..4_u8), 0..12)
        ) {
            let values: Vec<Value> = ends
                .into_iter()
                .map(|(end, width, shape)| match (end, shape) {
                    (Some(end), 0) => Value::Number(end),
                    (Some(end), 1) => Value::Bound(Bound { at_least: Some(end), at_most: None }),
                    (Some(end), 2) => Value::Bound(Bound { at_least: None, at_most: Some(end) }),
                    (Some(end), _) => Value::Bound(Bound { at_least: Some(end), at_most: Some(end + width) }),
                    (None, 0) => Value::missing(Missing::Suppressed),
                    (None, _) => Value::ABSENT,
                })
                .collect();
            prop_assert_eq!(Figures::notation(&values).parse(), Ok(Figures(values)));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9x_*,. é]{0,30}") {
            let _ = read(&text);
        }
    }
}

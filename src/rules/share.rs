//! Shares, as rules and measures of one's own are written with them.

use std::fmt;

use serde::{Deserialize, de};

/// A bare number beyond this may as well be meant in hundredths.
const PLAINLY_A_SHARE: f64 = 2.0;

/// A share as people write it: `60%`, or `0.6`. A bare `60` or `5` is refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(f64);

impl Share {
    /// Reads `60%`.
    #[must_use]
    pub fn written(text: &str) -> Option<Self> {
        text.trim().strip_suffix('%').and_then(|digits| hundredths(digits.trim_end())).map(Self)
    }

    /// The share as a number: 0.6.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Share {
    /// As an expression has it: `0.6`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number of hundredths: `60` is the number that 0.6 is, to the last bit. Digits and a point are read, and nothing else.
pub(super) fn hundredths(digits: &str) -> Option<f64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if plain { format!("{digits}e-2").parse().ok() } else { None }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl de::Visitor<'_> for Written {
            type Value = Share;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a share such as 60% or 0.6")
            }

            fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Share, E> {
                self.visit_f64(whole as f64)
            }

            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Share, E> {
                self.visit_f64(whole as f64)
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Share, E> {
                if (0.0..=PLAINLY_A_SHARE).contains(&number) {
                    return Ok(Share(number));
                }
                if number > PLAINLY_A_SHARE && number.is_finite() {
                    let hundred = number * 100.0;
                    return Err(E::custom(format!("`{number}` may be {number}% or {hundred}%: write which it is")));
                }
                Err(E::invalid_value(de::Unexpected::Float(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Share, E> {
                Share::written(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

crate::model::written_as! { Share, {
    "anyOf": [{ "type": "number", "minimum": 0, "maximum": 2 }, { "type": "string", "pattern": "^[0-9.]+ *%$" }],
    "description": "A share: 60% or 0.6"
} }

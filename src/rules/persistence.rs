//! For how long a condition must hold: `for: 2`, or `for: 3 of 5`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

/// So many periods in breach of so many in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Persistence {
    /// In breach; at least 1.
    pub periods: u32,
    /// Of the last so many; at least as many.
    pub of_last: u32,
}

impl Default for Persistence {
    fn default() -> Self {
        Self { periods: 1, of_last: 1 }
    }
}

/// More periods than this are no question of a monthly figure.
const MOST: u32 = 1_000;

impl Persistence {
    fn new(periods: u32, of_last: u32) -> Option<Self> {
        (1 <= periods && periods <= of_last && of_last <= MOST).then_some(Self { periods, of_last })
    }
}

impl<'de> Deserialize<'de> for Persistence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Persistence;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of periods such as 2, or `3 of 5`")
            }

            fn visit_i64<E: de::Error>(self, periods: i64) -> Result<Persistence, E> {
                let all = u32::try_from(periods).ok().and_then(|periods| Persistence::new(periods, periods));
                all.ok_or_else(|| E::invalid_value(de::Unexpected::Signed(periods), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Persistence, E> {
                let parts = text.split_once(" of ").and_then(|(periods, of_last)| {
                    Persistence::new(periods.trim().parse().ok()?, of_last.trim().parse().ok()?)
                });
                parts.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

crate::model::written_as! { Persistence, {
    "anyOf": [
        { "type": "integer", "minimum": 1, "maximum": 1000 },
        { "type": "string", "pattern": "^[0-9]+ of [0-9]+$" }
    ],
    "description": "So many periods in breach: 2, or 3 of 5"
} }

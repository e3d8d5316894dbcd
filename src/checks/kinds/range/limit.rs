//! A bound of a range as a dataset writes it: a figure, or a period.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use super::super::super::bounds::no_period;
use crate::{
    model::Period,
    yaml::{Located, Problem},
};

const EXPECTED: &str = "a number, or a period such as 2025-10 or 2025-10-06";

/// `0.5`, `2025-10`; a whole number can be either: `2025`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    Figure(f64),
    Period(Period),
}

/// The bound as a figure.
///
/// # Errors
/// It is a period.
pub(super) fn figure(limit: &Located<Limit>) -> Result<Located<f64>, Problem> {
    match limit.value {
        Limit::Figure(value) => Ok(Located { value, place: limit.place.clone() }),
        Limit::Period(period) => {
            let message = format!("`{period}` is a period, and the column holds figures");
            Err(Problem::new(limit.place.clone(), message))
        }
    }
}

/// The bound as a period; a whole number is a calendar year.
///
/// # Errors
/// It is no period.
pub(super) fn period(limit: &Located<Limit>) -> Result<Period, Problem> {
    let period = match limit.value {
        Limit::Period(period) => Some(period),
        Limit::Figure(year) => year.to_string().parse().ok(),
    };
    period.ok_or_else(|| no_period(&limit.place))
}

struct LimitVisitor;

impl Visitor<'_> for LimitVisitor {
    type Value = Limit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_f64<E: de::Error>(self, figure: f64) -> Result<Limit, E> {
        Ok(Limit::Figure(figure))
    }

    fn visit_i64<E: de::Error>(self, figure: i64) -> Result<Limit, E> {
        Ok(Limit::Figure(figure as f64))
    }

    fn visit_u64<E: de::Error>(self, figure: u64) -> Result<Limit, E> {
        Ok(Limit::Figure(figure as f64))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
        text.parse().map(Limit::Period).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LimitVisitor)
    }
}

crate::model::written_as! { Limit, {
    "type": ["number", "string"],
    "description": "A number or, of a period column, a period: 2025-10, 2025/26 or 2025-10-06"
} }

//! What the settings of several kinds are written in: amounts, numbers of periods, the direction that is good.

use std::{fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer,
    de::{self, SeqAccess, Visitor, value::StrDeserializer},
};

use super::{MeasureEntry, share::hundredths};
use crate::{
    model::{Better, Unit},
    yaml::{Place, Problem},
};

/// An amount as people write it: `4,242`, `20%`, `2 points`, `00:30:00`, `£5,000`, `any`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Amount {
    /// A share as a fraction of 1, points of a percentage likewise, a length of time in seconds.
    pub(super) number: f64,
    pub(super) written_in: WrittenIn,
    text: String,
}

/// How an amount is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WrittenIn {
    /// `4,242`
    Number,
    /// `20%`
    Percent,
    /// `2 points`: of a percentage.
    Points,
    /// `00:30:00`
    Time,
    /// `£5,000`
    Money(Unit),
    /// `any`: however little.
    Any,
}

impl fmt::Display for Amount {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Amount {
    /// The amount as a figure of a measure: `92%` is 0.92 where the figures are percentages.
    ///
    /// # Errors
    /// It is written in another unit than the figures.
    pub(super) fn as_figure(&self, place: &Place, measure: &MeasureEntry) -> Result<f64, Problem> {
        let fits = match self.written_in {
            WrittenIn::Number => {
                self.number == 0.0 || !matches!(measure.unit, Unit::Percent | Unit::Duration | Unit::Category(_))
            }
            WrittenIn::Percent => measure.unit == Unit::Percent || measure.each_own_unit,
            WrittenIn::Time => measure.unit == Unit::Duration || measure.each_own_unit,
            WrittenIn::Money(unit) => measure.unit == unit,
            WrittenIn::Points | WrittenIn::Any => false,
        };
        if fits { Ok(self.number) } else { Err(self.misfit(place, measure)) }
    }

    /// The amount as a difference between two figures: `2 points` is 0.02 between percentages.
    ///
    /// # Errors
    /// Figures of the measure do not differ by such an amount.
    pub(super) fn as_difference(&self, place: &Place, measure: &MeasureEntry) -> Result<f64, Problem> {
        match self.written_in {
            WrittenIn::Any => Ok(0.0),
            WrittenIn::Points if measure.unit == Unit::Percent || measure.each_own_unit => Ok(self.number),
            WrittenIn::Points | WrittenIn::Percent => Err(self.misfit(place, measure)),
            _ => self.as_figure(place, measure),
        }
    }

    fn misfit(&self, place: &Place, measure: &MeasureEntry) -> Problem {
        let example = match measure.unit {
            Unit::Percent => "92%`, or a difference as `2 points",
            Unit::Duration => "00:30:00",
            Unit::Pounds => "£5,000",
            Unit::Euros => "€5,000",
            Unit::Dollars => "$5,000",
            Unit::Number => "4,242",
            Unit::Category(_) => "any`, or use the kind `category",
        };
        let message = format!("`{}` does not fit: each figure of this measure is {}", self.text, measure.unit.noun());
        Problem::new(place.clone(), message).hint(format!("write it as `{example}`"))
    }
}

/// A decimal number without a sign: `4,242`, `0.5`.
fn decimal(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && digits.starts_with(is_digit);
    digits.parse().ok().filter(|number: &f64| plain && number.is_finite() && *number < 1e15)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// A decimal number of hundredths.
fn percent(text: &str) -> Option<f64> {
    decimal(text)?;
    hundredths(&text.replace(',', ""))
}

fn time(text: &str) -> Option<f64> {
    let mut parts = text.split(':').map(decimal);
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = parts.next().is_none() && minutes < 60.0 && seconds < 60.0;
    fits.then_some(hours * 3600.0 + minutes * 60.0 + seconds)
}

impl FromStr for Amount {
    type Err = ();

    fn from_str(written: &str) -> Result<Self, ()> {
        let text = written.trim();
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let currency = rest.chars().next().and_then(|sign| Unit::currency(sign.encode_utf8(&mut [0; 4])));
        let points = rest.strip_suffix("points").or_else(|| rest.strip_suffix("pp"));
        let (number, written_in) = if rest == "any" {
            (Some(0.0), WrittenIn::Any)
        } else if let Some(unit) = currency {
            let mut digits = rest.chars();
            digits.next();
            (decimal(digits.as_str()), WrittenIn::Money(unit))
        } else if let Some(points) = points {
            (percent(points.trim_end()), WrittenIn::Points)
        } else if let Some(digits) = rest.strip_suffix('%') {
            (percent(digits.trim_end()), WrittenIn::Percent)
        } else if rest.contains(':') {
            (time(rest), WrittenIn::Time)
        } else {
            (decimal(rest), WrittenIn::Number)
        };
        let number = number.ok_or(())?;
        Ok(Self { number: if negative { -number } else { number }, written_in, text: text.to_owned() })
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount such as 4,242 or 20% or 2 points or 00:30:00 or £5,000")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
                text.parse().map_err(|()| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Amount, E> {
                self.visit_str(&whole.to_string())
            }

            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Amount, E> {
                self.visit_str(&whole.to_string())
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Amount, E> {
                self.visit_str(&number.to_string())
            }
        }
        deserializer.deserialize_any(Written)
    }
}

crate::model::written_as! { Amount, {
    "type": ["string", "number"],
    "description": "An amount such as 4,242, 20%, 2 points, 00:30:00 or £5,000; or any"
} }

/// A number of periods, from 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Periods(pub(super) u32);

impl fmt::Display for Periods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Periods {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let periods = u32::deserialize(deserializer)?;
        let fits = (1..=1_000).contains(&periods).then_some(Self(periods));
        fits.ok_or_else(|| {
            de::Error::custom(format!("a number of periods from 1 to 1,000 is expected here, not {periods}"))
        })
    }
}

crate::model::written_as! { Periods, { "type": "integer", "minimum": 1, "maximum": 1000 } }

/// Which direction is good, where the measure does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Good {
    Higher,
    Lower,
}

/// The direction that is good for the series that a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Higher,
    Lower,
    /// Each series has its own: `better` in expressions.
    OfEach,
}

impl Direction {
    /// That of the settings, or else of the measure.
    ///
    /// # Errors
    /// Neither says it, and `what` needs it; or one contradicts the other.
    pub(super) fn of(said: Option<Good>, what: &str, place: &Place, measure: &MeasureEntry) -> Result<Self, Problem> {
        match (said, measure.better) {
            (Some(Good::Higher), Better::Lower) | (Some(Good::Lower), Better::Higher) if !measure.directions_vary => {
                let (said, other) = if said == Some(Good::Higher) { ("higher", "lower") } else { ("lower", "higher") };
                let message = format!("`good: {said}` contradicts the measure, where {other} is better");
                Err(Problem::new(place.clone(), message).hint("leave `good` out, or correct `better` of the measure"))
            }
            (None, _) if measure.directions_vary => Ok(Self::OfEach),
            (Some(Good::Higher), _) | (None, Better::Higher) => Ok(Self::Higher),
            (Some(Good::Lower), _) | (None, Better::Lower) => Ok(Self::Lower),
            (None, Better::Neither) => {
                let message = format!("{what} needs to know which direction is good, and the measure does not say it");
                let problem = Problem::new(place.clone(), message);
                Err(problem.hint("write `good: higher` or `good: lower` here, or `better` in the dataset's `measures`"))
            }
        }
    }

    /// That a figure is worse than another, in Rhai.
    pub(super) fn worse(self, figure: &str, than: &str) -> String {
        match self {
            Self::Higher => format!("{figure} < {than}"),
            Self::Lower => format!("{figure} > {than}"),
            Self::OfEach => format!("better * ({figure} - {than}) < 0"),
        }
    }

    /// That a figure is better than another, in Rhai.
    pub(super) fn better(self, figure: &str, than: &str) -> String {
        match self {
            Self::Higher => format!("{figure} > {than}"),
            Self::Lower => format!("{figure} < {than}"),
            Self::OfEach => format!("better * ({figure} - {than}) > 0"),
        }
    }
}

/// A change from one period to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Turn {
    Worse,
    Better,
    Any,
}

/// One value, or a list of them.
#[derive(Debug, Clone)]
pub(super) struct OneOrMore<T>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = OneOrMore<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, or a list of values")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(StrDeserializer::new(text)).map(|one| OneOrMore(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                if values.is_empty() {
                    return Err(de::Error::custom("the list is empty"));
                }
                Ok(OneOrMore(values))
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for OneOrMore<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("OneOrMore_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<T>();
        schemars::json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_as_people_write_them() {
        for (text, number, written_in) in [
            ("4,242", 4242.0, WrittenIn::Number),
            ("-51,679", -51_679.0, WrittenIn::Number),
            ("0.5", 0.5, WrittenIn::Number),
            ("20%", 0.2, WrittenIn::Percent),
            ("66.1 %", 0.661, WrittenIn::Percent),
            ("2 points", 0.02, WrittenIn::Points),
            ("1.5pp", 0.015, WrittenIn::Points),
            ("00:30:00", 1800.0, WrittenIn::Time),
            ("£5,000", 5000.0, WrittenIn::Money(Unit::Pounds)),
            ("€0.50", 0.5, WrittenIn::Money(Unit::Euros)),
            ("any", 0.0, WrittenIn::Any),
        ] {
            assert_eq!(text.parse(), Ok(Amount { number, written_in, text: text.to_owned() }));
        }
        for text in ["", "-", "%", "x", "1e9", "1.2.3", "--1", "£", "00:61:00", "1:2", "NaN", "point", "1 point%"] {
            assert_eq!(text.parse::<Amount>(), Err(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[-0-9£€%:,. a-z]{0,12}") {
            let _ = text.parse::<Amount>();
        }
    }
}

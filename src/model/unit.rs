//! What the number of a figure is in, and how people write it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{category::Categories, value::format_number};

/// The unit of a figure and its plan. What is counted ("appointments") is the measure's own word and no unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Unit {
    /// A count, a mean, a rate: a number as it is.
    #[default]
    Number,
    /// A share; 0.567 is 56.7%.
    Percent,
    /// A length of time, in seconds.
    Duration,
    /// Pounds sterling.
    Pounds,
    /// Euros.
    Euros,
    /// US dollars.
    Dollars,
    /// The place in a list of categories, from 1.
    Category(Categories),
}

/// Those without a list, with their codes. A code that was once given stays what it means.
const CODES: [(Unit, &str); 6] = [
    (Unit::Number, "number"),
    (Unit::Percent, "percent"),
    (Unit::Duration, "duration"),
    (Unit::Pounds, "GBP"),
    (Unit::Euros, "EUR"),
    (Unit::Dollars, "USD"),
];

impl Unit {
    /// Its stable code, as the store, settings and JSON have it: `percent`, `GBP`, `category: Low | High`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Category(categories) => categories.code(),
            unit => CODES.iter().find(|(known, _)| *known == unit).map_or("number", |(_, code)| code),
        }
    }

    /// The unit with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let known = CODES.iter().find(|(_, known)| *known == code).map(|(unit, _)| *unit);
        known.or_else(|| Categories::from_code(code).map(Self::Category))
    }

    /// Whether a share of a figure means something: a fifth of an amount does, a fifth of a percentage would be taken for
    /// points, and categories only have an order.
    #[must_use]
    pub fn has_shares(self) -> bool {
        !matches!(self, Self::Percent | Self::Category(_))
    }

    /// The currency that a sign or word names: `£`, `pounds`, `GBP`.
    #[must_use]
    pub fn currency(text: &str) -> Option<Self> {
        match text.trim().to_lowercase().as_str() {
            "£" | "gbp" | "pound" | "pounds" => Some(Self::Pounds),
            "€" | "eur" | "euro" | "euros" => Some(Self::Euros),
            "$" | "usd" | "dollar" | "dollars" => Some(Self::Dollars),
            _ => None,
        }
    }

    /// The unit of two figures that can be compared, or none: 73.5 and 76% cannot. Money is often printed without its
    /// sign, so a number may be money.
    #[must_use]
    pub fn with(self, other: Self) -> Option<Self> {
        match (self, other) {
            (one, other) if one == other => Some(one),
            (Self::Number, money) | (money, Self::Number) if money.sign().is_some() => Some(money),
            _ => None,
        }
    }

    /// How a figure of this unit is called: "a percentage".
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Percent => "a percentage",
            Self::Duration => "a duration",
            Self::Pounds => "an amount in pounds",
            Self::Euros => "an amount in euros",
            Self::Dollars => "an amount in dollars",
            Self::Category(_) => "a category",
        }
    }

    /// A figure as people write it: `1,332`, `56.7%`, `1:05:37`, `£23,269`, `-£0.50`, `Requires improvement`. Percentages
    /// have two decimals at most, durations whole seconds, pence are two digits.
    #[must_use]
    pub fn write(self, number: f64) -> String {
        match (self, self.sign()) {
            (Self::Percent, _) => rounded(number * 100.0, 2) + "%",
            (Self::Duration, _) => duration(number),
            (Self::Category(categories), _) => {
                categories.at(number).map_or_else(|| format_number(number), str::to_owned)
            }
            (_, Some(sign)) => money(sign, number),
            _ => format_number(number),
        }
    }

    /// A figure in at most about seven characters, for a table: `£51.7m`, `135k`, `100h`.
    #[must_use]
    pub fn write_short(self, number: f64) -> String {
        let full = self.write(number);
        if full.chars().count() <= 7 || matches!(self, Self::Category(_)) {
            return full;
        }
        let (by, letter) = match number.abs() {
            size if size >= 999_500_000.0 => (1e9, "bn"),
            size if size >= 999_500.0 => (1e6, "m"),
            _ => (1e3, "k"),
        };
        let decimals = match number.abs() / by {
            few if few < 10.0 => 2,
            some if some < 100.0 => 1,
            _ => 0,
        };
        match self {
            Self::Percent => rounded(number * 100.0, 0) + "%",
            Self::Duration => rounded(number / 3600.0, 0) + "h",
            _ => {
                let minus = if number < 0.0 { "-" } else { "" };
                let sign = self.sign().map_or_else(String::new, String::from);
                format!("{minus}{sign}{}{letter}", rounded(number.abs() / by, decimals))
            }
        }
    }

    /// A difference between two figures: percentage points between shares (`−4.2 pp`), steps between categories
    /// (`1 step`), else as a figure.
    #[must_use]
    pub fn write_difference(self, number: f64) -> String {
        match self {
            Self::Percent => rounded(number * 100.0, 2).replacen('-', "\u{2212}", 1) + " pp",
            Self::Category(_) if number.abs().total_cmp(&1.0).is_eq() => format_number(number) + " step",
            Self::Category(_) => format_number(number) + " steps",
            _ => self.write(number),
        }
    }

    fn sign(self) -> Option<char> {
        match self {
            Self::Pounds => Some('£'),
            Self::Euros => Some('€'),
            Self::Dollars => Some('$'),
            Self::Number | Self::Percent | Self::Duration | Self::Category(_) => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| de::Error::custom(format!("`{code}` is no unit")))
    }
}

fn rounded(number: f64, decimals: usize) -> String {
    format_number(format!("{number:.decimals$}").parse().unwrap_or(number))
}

fn money(sign: char, number: f64) -> String {
    let mut text = format_number(number.abs());
    if let Some((_, decimals)) = text.split_once('.')
        && decimals.len() == 1
    {
        text.push('0');
    }
    let minus = if number < 0.0 && text != "0" { "-" } else { "" };
    format!("{minus}{sign}{text}")
}

/// `1:05:37`; hours are as many as there are.
fn duration(seconds: f64) -> String {
    let whole = seconds.abs().round();
    let (hours, rest) = ((whole / 3600.0).floor(), whole % 3600.0);
    let (minutes, seconds_left) = ((rest / 60.0).floor(), rest % 60.0);
    let minus = if seconds < 0.0 && whole > 0.0 { "-" } else { "" };
    format!("{minus}{}:{minutes:02.0}:{seconds_left:02.0}", format_number(hours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        for (unit, number, text) in [
            (Unit::Number, 1332.0, "1,332"),
            (Unit::Percent, 0.567, "56.7%"),
            (Unit::Percent, 0.56789, "56.79%"),
            (Unit::Percent, 12.0, "1,200%"),
            (Unit::Percent, -0.000_01, "0%"),
            (Unit::Duration, 3937.0, "1:05:37"),
            (Unit::Duration, 59.6, "0:01:00"),
            (Unit::Duration, 360_000.5, "100:00:01"),
            (Unit::Duration, -60.0, "-0:01:00"),
            (Unit::Pounds, 23_269.0, "£23,269"),
            (Unit::Pounds, 0.96, "£0.96"),
            (Unit::Pounds, -1.5, "-£1.50"),
            (Unit::Euros, 0.0, "€0"),
        ] {
            assert_eq!(unit.write(number), text);
        }
    }

    #[test]
    fn figures_in_a_table_are_short() {
        for (unit, number, text) in [
            (Unit::Number, 135_297.0, "135,297"),
            (Unit::Number, 1_973_611.25, "1.97m"),
            (Unit::Number, 1_332.125, "1.33k"),
            (Unit::Number, 999_999.5, "1m"),
            (Unit::Pounds, 23_269.0, "£23,269"),
            (Unit::Pounds, -51_679.0, "-£51.7k"),
            (Unit::Pounds, 51_679_000.0, "£51.7m"),
            (Unit::Pounds, 135_297.0, "£135k"),
            (Unit::Percent, 12.345_67, "1,235%"),
            (Unit::Duration, 3937.0, "1:05:37"),
            (Unit::Duration, 360_001.0, "100h"),
        ] {
            assert_eq!(unit.write_short(number), text);
        }
    }

    #[test]
    fn shares_differ_by_points() {
        assert_eq!(Unit::Percent.write_difference(0.52 - 0.562), "\u{2212}4.2 pp");
        assert_eq!(Unit::Percent.write_difference(0.013), "1.3 pp");
        assert_eq!(Unit::Pounds.write_difference(-23_269.0), "-£23,269");
    }

    #[test]
    fn a_category_is_its_word() {
        let unit = Unit::from_code("category: Inadequate | Requires improvement | Good").expect("a unit");
        assert_eq!(
            (unit.write(2.0), unit.write_short(2.0)),
            ("Requires improvement".into(), "Requires improvement".into())
        );
        assert_eq!((unit.write(2.5), unit.write(4.0)), ("2.5".to_owned(), "4".to_owned()));
        assert_eq!((unit.write_difference(-1.0), unit.write_difference(2.0)), ("-1 step".into(), "2 steps".into()));
        assert_eq!(unit.with(Unit::Number), None);
    }

    #[test]
    fn only_like_is_compared_with_like() {
        assert_eq!(Unit::Number.with(Unit::Pounds), Some(Unit::Pounds));
        assert_eq!(Unit::Percent.with(Unit::Percent), Some(Unit::Percent));
        for (one, other) in [(Unit::Number, Unit::Percent), (Unit::Duration, Unit::Number), (Unit::Pounds, Unit::Euros)]
        {
            assert_eq!((one.with(other), other.with(one)), (None, None));
        }
    }

    #[test]
    fn every_unit_survives_its_code() {
        for code in ["number", "percent", "duration", "GBP", "EUR", "USD", "category: Inadequate | Good"] {
            assert_eq!(Unit::from_code(code).map(Unit::code), Some(code));
        }
        assert_eq!(Unit::from_code("furlong"), None);
    }
}

//! How periods are written, and read as they are written.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Serialize, de};

use super::{Granularity, Period, financial_year_name};

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, start) = (self.ordinal, self.start());
        let text = match self.granularity {
            Granularity::Day => start.to_string(),
            Granularity::Week => {
                let week = start.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Granularity::Month => format!("{:04}-{:02}", start.year(), start.month()),
            Granularity::Quarter => {
                format!("{}-Q{}", financial_year_name(n.div_euclid(4)), n.rem_euclid(4) + 1)
            }
            Granularity::FinancialYear => financial_year_name(n),
            Granularity::CalendarYear => format!("{n:04}"),
        };
        f.pad(&text)
    }
}

/// The text is not a period in the product's own notation.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} is not a period; write 2025-10 (month), 2025/26-Q3 (quarter), 2025/26 (financial year), 2025, 2025-W41 or 2025-10-06"
)]
pub struct ParsePeriodError(String);

impl FromStr for Period {
    type Err = ParsePeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or_else(|| ParsePeriodError(text.to_owned()))
    }
}

/// Digits only: `+5` and ` 5` are not a number of a period.
fn digits(text: &str, len: usize) -> Option<i32> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

fn parse(text: &str) -> Option<Period> {
    let year = digits(text.get(..4)?, 4)?;
    let rest = &text[4..];
    if rest.is_empty() {
        return Period::calendar_year(year);
    }
    if let Some(rest) = rest.strip_prefix('/') {
        let next = digits(rest.get(..2)?, 2)?;
        if next != (year + 1) % 100 {
            return None;
        }
        return match &rest[2..] {
            "" => Period::financial_year(year),
            quarter => Period::quarter(year, digits(quarter.strip_prefix("-Q")?, 1)?),
        };
    }
    let rest = rest.strip_prefix('-')?;
    if let Some(week) = rest.strip_prefix('W') {
        return Period::week(year, digits(week, 2)?);
    }
    match rest.split_once('-') {
        None => Period::month(year, digits(rest, 2)?),
        Some((month, day)) => {
            let (month, day) = (digits(month, 2)?, digits(day, 2)?);
            let day = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
            Period::day(day)
        }
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

crate::model::written_as! { Period, {
    "type": ["string", "integer"],
    "description": "A period: 2025-10, 2025/26-Q3, 2025/26, 2025, 2025-W41 or 2025-10-06"
} }

#[cfg(test)]
mod tests {
    use super::*;

    fn p(text: &str) -> Period {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn every_notation_reads_back_as_written() {
        for text in ["2025-10", "2025/26-Q3", "2025/26", "1999/00", "2025", "2025-W41", "2020-W53", "2025-10-06"] {
            assert_eq!(p(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_period_is_refused() {
        for text in [
            "",
            "2025-13",
            "2025-00",
            "2025-1",
            "25-10",
            "2025/27",
            "2025/26-Q5",
            "2025-02-30",
            "2021-W53",
            "2025-10 ",
            "+025-10",
            "9999-01",
            "２０２５-10",
            "2025-W4\u{301}",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}

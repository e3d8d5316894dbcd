//! Reporting periods: ordered, with a predecessor and "the same period last year".
//!
//! A period is written one way everywhere: `2025-10` (month), `2025/26-Q3` (quarter of the financial year),
//! `2025/26` (financial year, April to March), `2025` (calendar year), `2025-W41` (ISO week), `2025-10-06` (day).
//! What analysts write instead (`Oct-25`, `M7`, `Q3 25/26`) is read in `tables`.

mod notation;

pub use notation::ParsePeriodError;

use jiff::{
    ToSpan,
    civil::{Date, ISOWeekDate, Weekday, date},
};
use serde::{Deserialize, Serialize};

/// The months as English calls them, in small letters, January first.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// One day.
    Day,
    /// An ISO week, Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A quarter; Q1 is April to June.
    Quarter,
    /// April to March.
    FinancialYear,
    /// January to December.
    #[serde(alias = "year")]
    CalendarYear,
}

impl Granularity {
    /// "month", "months": the word for `n` of them.
    #[must_use]
    pub fn noun(self, n: usize) -> &'static str {
        match (self, n) {
            (Self::Day, 1) => "day",
            (Self::Day, _) => "days",
            (Self::Week, 1) => "week",
            (Self::Week, _) => "weeks",
            (Self::Month, 1) => "month",
            (Self::Month, _) => "months",
            (Self::Quarter, 1) => "quarter",
            (Self::Quarter, _) => "quarters",
            (Self::FinancialYear | Self::CalendarYear, 1) => "year",
            (Self::FinancialYear | Self::CalendarYear, _) => "years",
        }
    }
}

/// One reporting period between the years 1900 and 2200.
///
/// Periods of one granularity are ordered by time and are neighbours when their ordinals are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    granularity: Granularity,
    /// Day: days since 1970-01-01. Week: weeks since the Monday 1969-12-29. Month: year × 12 + month − 1.
    /// Quarter: starting financial year × 4 + quarter − 1. Years: the (starting) year.
    ordinal: i32,
}

const EPOCH: Date = date(1970, 1, 1);
const FIRST_MONDAY: Date = date(1969, 12, 29);
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

impl Period {
    /// The month `month` (1–12) of `year`.
    #[must_use]
    pub fn month(year: i32, month: i32) -> Option<Self> {
        (YEARS.contains(&year) && (1..=12).contains(&month))
            .then(|| Self { granularity: Granularity::Month, ordinal: year * 12 + month - 1 })
    }

    /// Quarter `quarter` (1–4, April to June first) of the financial year that starts in `year`.
    #[must_use]
    pub fn quarter(year: i32, quarter: i32) -> Option<Self> {
        (YEARS.contains(&year) && (1..=4).contains(&quarter))
            .then(|| Self { granularity: Granularity::Quarter, ordinal: year * 4 + quarter - 1 })
    }

    /// The financial year that starts in April of `year`.
    #[must_use]
    pub fn financial_year(year: i32) -> Option<Self> {
        YEARS.contains(&year).then_some(Self { granularity: Granularity::FinancialYear, ordinal: year })
    }

    /// The calendar year.
    #[must_use]
    pub fn calendar_year(year: i32) -> Option<Self> {
        YEARS.contains(&year).then_some(Self { granularity: Granularity::CalendarYear, ordinal: year })
    }

    /// The ISO week `week` (1–53) of the ISO year `year`.
    #[must_use]
    pub fn week(year: i32, week: i32) -> Option<Self> {
        let (y, w) = (i16::try_from(year).ok()?, i8::try_from(week).ok()?);
        let monday = ISOWeekDate::new(y, w, Weekday::Monday).ok()?.date();
        Some(Self { granularity: Granularity::Week, ordinal: days_between(FIRST_MONDAY, monday) / 7 })
            .filter(|_| YEARS.contains(&year))
    }

    /// The day.
    #[must_use]
    pub fn day(day: Date) -> Option<Self> {
        YEARS
            .contains(&i32::from(day.year()))
            .then_some(Self { granularity: Granularity::Day, ordinal: days_between(EPOCH, day) })
    }

    /// The newest of periods that need not be of one kind: the one that begins last, and of several the shortest. A year
    /// that is reported beside its months is not newer than they are.
    #[must_use]
    pub fn newest(periods: impl IntoIterator<Item = Self>) -> Option<Self> {
        periods.into_iter().max_by_key(|period| (period.start(), std::cmp::Reverse(period.granularity)))
    }

    /// The period of this granularity that holds the day.
    #[must_use]
    pub fn containing(granularity: Granularity, day: Date) -> Option<Self> {
        let (year, month) = (i32::from(day.year()), i32::from(day.month()));
        let financial = if month >= 4 { year } else { year - 1 };
        match granularity {
            Granularity::Day => Self::day(day),
            Granularity::Week => {
                let week = day.iso_week_date();
                Self::week(i32::from(week.year()), i32::from(week.week()))
            }
            Granularity::Month => Self::month(year, month),
            Granularity::Quarter => Self::quarter(financial, (month + 8) % 12 / 3 + 1),
            Granularity::FinancialYear => Self::financial_year(financial),
            Granularity::CalendarYear => Self::calendar_year(year),
        }
    }

    /// How long the period is.
    #[must_use]
    pub fn granularity(self) -> Granularity {
        self.granularity
    }

    /// The period `n` before this one (after, when negative).
    #[must_use]
    pub fn minus(self, n: i32) -> Self {
        Self { ordinal: self.ordinal.saturating_sub(n), ..self }
    }

    /// The one before.
    #[must_use]
    pub fn previous(self) -> Self {
        self.minus(1)
    }

    /// The one after.
    #[must_use]
    pub fn next(self) -> Self {
        self.minus(-1)
    }

    /// How many periods lie from `earlier` to this one; `None` when their granularities differ.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<i32> {
        (self.granularity == earlier.granularity).then(|| self.ordinal - earlier.ordinal)
    }

    /// The same month, quarter or year a year earlier; for a week 52 weeks, for a day the same date
    /// (29 February: 28 February).
    #[must_use]
    pub fn same_period_last_year(self) -> Self {
        match self.granularity {
            Granularity::Month => self.minus(12),
            Granularity::Quarter => self.minus(4),
            Granularity::FinancialYear | Granularity::CalendarYear => self.minus(1),
            Granularity::Week => self.minus(52),
            Granularity::Day => {
                let before = self.start().saturating_sub(1.year());
                Self { ordinal: days_between(EPOCH, before), ..self }
            }
        }
    }

    /// The first period of the financial year that this one starts in.
    #[must_use]
    pub fn first_of_financial_year(self) -> Self {
        let start = self.start();
        let (year, month) = (i32::from(start.year()), i32::from(start.month()));
        let april = if month >= 4 { year } else { year - 1 };
        let ordinal = match self.granularity {
            Granularity::Month => april * 12 + 3,
            Granularity::Quarter => april * 4,
            Granularity::FinancialYear | Granularity::CalendarYear => self.ordinal,
            Granularity::Week => days_between(FIRST_MONDAY, civil(april, 4)) / 7,
            Granularity::Day => days_between(EPOCH, civil(april, 4)),
        };
        Self { ordinal, ..self }
    }

    /// Its first day.
    #[must_use]
    pub fn start(self) -> Date {
        let n = self.ordinal;
        match self.granularity {
            Granularity::Day => EPOCH.saturating_add(i64::from(n).days()),
            Granularity::Week => FIRST_MONDAY.saturating_add((i64::from(n) * 7).days()),
            Granularity::Month => civil(n.div_euclid(12), n.rem_euclid(12) + 1),
            Granularity::Quarter => {
                let month = 4 + n.rem_euclid(4) * 3;
                civil(n.div_euclid(4) + i32::from(month > 12), (month - 1) % 12 + 1)
            }
            Granularity::FinancialYear => civil(n, 4),
            Granularity::CalendarYear => civil(n, 1),
        }
    }

    /// Its last day.
    #[must_use]
    pub fn end(self) -> Date {
        self.next().start().saturating_sub(1.day())
    }

    /// As people say it: `October 2025`, `Q3 2025/26`, `2025/26`, `2025`, `week 41 of 2025`, `6 October 2025`.
    #[must_use]
    pub fn label(self) -> String {
        let start = self.start();
        match self.granularity {
            Granularity::Day => start.strftime("%-d %B %Y").to_string(),
            Granularity::Week => {
                let week = start.iso_week_date();
                format!("week {} of {}", week.week(), week.year())
            }
            Granularity::Month => start.strftime("%B %Y").to_string(),
            Granularity::Quarter => {
                let year = self.ordinal.div_euclid(4);
                format!("Q{} {}", self.ordinal.rem_euclid(4) + 1, financial_year_name(year))
            }
            Granularity::FinancialYear | Granularity::CalendarYear => self.to_string(),
        }
    }
}

/// The first day of a month; the years of a [`Period`] are bounded, so this is always a date.
fn civil(year: i32, month: i32) -> Date {
    let year = i16::try_from(year).unwrap_or(i16::MAX).clamp(Date::MIN.year(), Date::MAX.year());
    let month = i8::try_from(month).unwrap_or(1).clamp(1, 12);
    Date::new(year, month, 1).unwrap_or(Date::MAX)
}

fn days_between(from: Date, to: Date) -> i32 {
    // Two dates with the unit left at its default differ by days alone.
    from.until(to).map_or(0, |span| span.get_days())
}

fn financial_year_name(year: i32) -> String {
    format!("{year:04}/{:02}", (year + 1).rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(text: &str) -> Period {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_period_knows_its_days() {
        for (text, start, end) in [
            ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
            ("2025/26-Q1", date(2025, 4, 1), date(2025, 6, 30)),
            ("2025/26-Q4", date(2026, 1, 1), date(2026, 3, 31)),
            ("2025/26", date(2025, 4, 1), date(2026, 3, 31)),
            ("2025", date(2025, 1, 1), date(2025, 12, 31)),
            ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
            ("1960-W10", date(1960, 3, 7), date(1960, 3, 13)),
        ] {
            assert_eq!((p(text).start(), p(text).end()), (start, end), "{text}");
        }
    }

    #[test]
    fn neighbours_and_last_year() {
        assert_eq!(p("2026-01").previous(), p("2025-12"));
        assert_eq!(p("2025/26-Q1").previous(), p("2024/25-Q4"));
        assert_eq!(p("2025-10").same_period_last_year(), p("2024-10"));
        assert_eq!(p("2024-02-29").same_period_last_year(), p("2023-02-28"));
        assert_eq!(p("2025-10").since(p("2025-05")), Some(5));
        assert_eq!(p("2025-10").since(p("2025")), None);
        assert_eq!(p("2026-02").first_of_financial_year(), p("2025-04"));
        assert_eq!(p("2025-10").first_of_financial_year(), p("2025-04"));
    }

    #[test]
    fn a_day_lies_in_its_periods() {
        let day = date(2026, 3, 31);
        for (granularity, text) in [
            (Granularity::Day, "2026-03-31"),
            (Granularity::Week, "2026-W14"),
            (Granularity::Month, "2026-03"),
            (Granularity::Quarter, "2025/26-Q4"),
            (Granularity::FinancialYear, "2025/26"),
            (Granularity::CalendarYear, "2026"),
        ] {
            assert_eq!(Period::containing(granularity, day), Some(p(text)));
        }
    }

    #[test]
    fn the_newest_of_several_kinds() {
        let newest = |texts: &[&str]| Period::newest(texts.iter().map(|text| p(text))).map(|period| period.to_string());
        assert_eq!(newest(&[]), None);
        assert_eq!(newest(&["2025-09", "2025-10", "2025-08"]).as_deref(), Some("2025-10"));
        assert_eq!(newest(&["2025-04", "2025/26", "2025/26-Q1"]).as_deref(), Some("2025-04"));
        assert_eq!(newest(&["2025-03", "2025/26-Q1"]).as_deref(), Some("2025/26-Q1"));
    }

    #[test]
    fn labels_read_well() {
        assert_eq!(p("2025-10").label(), "October 2025");
        assert_eq!(p("2025/26-Q3").label(), "Q3 2025/26");
        assert_eq!(p("2025-W41").label(), "week 41 of 2025");
    }
}

//! Why a text is not one period, as a question to whoever made the file.

use std::fmt;

use crate::model::{Granularity, Period};

/// Why a text is not one period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodProblem {
    /// Nothing in it is a period.
    #[error("`{0}` is not a period; write 2025-10, Oct-25, Q3 2025/26 or 2025/26")]
    NotAPeriod(String),
    /// It means several things.
    #[error("`{text}` can mean {}; write {}{}", in_words(readings), notations(readings), setting(readings))]
    Ambiguous {
        /// The text.
        text: String,
        /// What it can mean.
        readings: Vec<Period>,
    },
    /// It says a part of a year and not which year.
    #[error("`{0}` does not say which year; write it with the year, such as Oct-25 or Q3 2025/26")]
    NoYear(String),
    /// It names a quarter without saying whether the year is financial or of the calendar.
    #[error(
        "`{0}` does not say whether its year is financial (write Q2 2024/25) or of the calendar (write the months); \
         or say which in the column's settings: `quarters: calendar`, `financial_begins` or `financial_ends`"
    )]
    QuarterOfWhichYear(String),
    /// It names a financial year by one number.
    #[error("`{0}` does not say whether the financial year begins or ends in that year; write 2024/25")]
    BeginsOrEnds(String),
    /// Its month lies outside its quarter.
    #[error("`{text}` contradicts itself: {} is not in {}", month.label(), quarter.label())]
    Contradiction {
        /// The text.
        text: String,
        /// The month that it names.
        month: Period,
        /// The quarter that it names.
        quarter: Period,
    },
    /// It names more than one period.
    #[error("`{0}` names more than one period, and a row is about one; write only the one that its figures are for")]
    Several(String),
}

/// As [`PeriodProblem`], before the text is put in.
pub(super) enum Refusal {
    NotAPeriod,
    NoYear,
    QuarterOfWhichYear,
    BeginsOrEnds,
    Contradiction(Period, Period),
    Several,
}

impl Refusal {
    pub(super) fn into_problem(self, text: String) -> PeriodProblem {
        match self {
            Self::NotAPeriod => PeriodProblem::NotAPeriod(text),
            Self::NoYear => PeriodProblem::NoYear(text),
            Self::QuarterOfWhichYear => PeriodProblem::QuarterOfWhichYear(text),
            Self::BeginsOrEnds => PeriodProblem::BeginsOrEnds(text),
            Self::Contradiction(month, quarter) => PeriodProblem::Contradiction { text, month, quarter },
            Self::Several => PeriodProblem::Several(text),
        }
    }
}

/// "the month April 2005 or the financial year 2004/05".
fn in_words(readings: &[Period]) -> impl fmt::Display {
    let words = readings.iter().map(|period| {
        let noun = match period.granularity() {
            Granularity::Day => "the day",
            Granularity::Week => "the week",
            Granularity::Month => "the month",
            Granularity::Quarter => "the quarter",
            Granularity::FinancialYear => "the financial year",
            Granularity::CalendarYear => "the year",
        };
        format!("{noun} {}", period.label())
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// What the dataset can say of a column in which the day and the month may be either number.
fn setting(readings: &[Period]) -> &'static str {
    let days = readings.iter().filter(|period| period.granularity() == Granularity::Day);
    if days.count() > 1 { ", or say in the column's settings which number is the day: `dates: day_first`" } else { "" }
}

fn notations(readings: &[Period]) -> impl fmt::Display {
    readings.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

//! Reporting periods as analysts write them: `Apr-25`, `01APR2024`, `RTT-April-2026`, `Q2 23/24 Sept-23`, `2024/25`.
//!
//! A text is cut into words and numbers, and every meaning that they can have is listed. One meaning is the answer;
//! several are a question to whoever made the file, never a guess. The product's own notation is always read as such.

use crate::model::{Granularity, Period};

use super::{
    period_problem::{PeriodProblem, Refusal},
    period_readings::readings,
    period_words::items,
    places::shorten,
    row::trim,
};

/// A period, and what else its text could have meant had it not been in the product's own notation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) period: Period,
    pub(super) also: Vec<Period>,
}

/// Reads a period in any notation that means one for certain.
///
/// `financial_year` is the year in whose April the financial year starts that `M7`, `Q2` or `Sept` without a year belong
/// to; without it they are a problem.
///
/// # Errors
/// Why the text is not one period, as a question where it can mean several.
pub fn read_period(text: &str, financial_year: Option<i32>) -> Result<Period, PeriodProblem> {
    read(text, financial_year).map(|reading| reading.period)
}

/// Reads a period that is known to be of one of these lengths, which settles what else its text could mean; a day that
/// begins a month may stand for the month.
pub(super) fn of_length(text: &str, financial_year: Option<i32>, lengths: &[Granularity]) -> Option<Period> {
    let meanings = meanings(text, financial_year);
    let mut found = match lengths {
        [Granularity::Month] => of_granularity(&meanings, Granularity::Month),
        _ => meanings.into_iter().filter(|period| lengths.contains(&period.granularity())).collect(),
    };
    found.dedup();
    if let [only] = found[..] { Some(only) } else { None }
}

/// Everything that a text can mean.
pub(super) fn meanings(text: &str, financial_year: Option<i32>) -> Vec<Period> {
    match read(text, financial_year) {
        Ok(Reading { period, also }) => [vec![period], also].concat(),
        Err(PeriodProblem::Ambiguous { readings, .. }) => readings,
        Err(_) => Vec::new(),
    }
}

/// The meanings that are of one kind of period or, where there is none, the periods of that kind that begin or end on a day
/// among the meanings.
pub(super) fn of_granularity(meanings: &[Period], wanted: Granularity) -> Vec<Period> {
    let of_kind = |kind: Granularity| meanings.iter().copied().filter(move |period| period.granularity() == kind);
    let mut found: Vec<Period> = of_kind(wanted).collect();
    if found.is_empty() {
        let days = of_kind(Granularity::Day).map(Period::start);
        found = days
            .filter_map(|day| {
                Period::containing(wanted, day).filter(|found| found.start() == day || found.end() == day)
            })
            .collect();
    }
    found.dedup();
    found
}

/// The year in whose April a financial year starts that is written `2024-25`, `2024/25` or `24/25`.
pub(super) fn financial_year_of(text: &str) -> Option<i32> {
    let year = of_length(text, None, &[Granularity::FinancialYear])?;
    Some(i32::from(year.start().year()))
}

/// As [`read_period`], with the doubts.
pub(super) fn read(text: &str, financial_year: Option<i32>) -> Result<Reading, PeriodProblem> {
    let text = trim(text);
    let meant = items(text).map_or_else(|| Err(Refusal::NotAPeriod), |items| readings(&items, financial_year));
    if let Ok(period) = text.parse::<Period>() {
        let also = meant.unwrap_or_default().into_iter().filter(|other| *other != period).collect();
        return Ok(Reading { period, also });
    }
    let shown = shorten(text);
    let mut readings = meant.map_err(|refusal| refusal.into_problem(shown.clone()))?;
    // 01APR2024 is how national files stamp a month; a column of such days shows itself by its other rows.
    if is_month_stamp(text) {
        readings.sort_by_key(|reading| reading.granularity() != Granularity::Month);
        let also = readings.split_off(readings.len().min(1));
        return readings
            .first()
            .map(|period| Reading { period: *period, also })
            .ok_or(PeriodProblem::NotAPeriod(shown));
    }
    match readings.as_slice() {
        [] => Err(PeriodProblem::NotAPeriod(shown)),
        [period] => Ok(Reading { period: *period, also: Vec::new() }),
        _ => Err(PeriodProblem::Ambiguous { text: shown, readings }),
    }
}

/// `01APR2024`, without anything between its parts.
fn is_month_stamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 9 && bytes.starts_with(b"01") && bytes.iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;

    fn own(text: &str) -> Period {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn what_means_one_period_is_read() {
        for (text, expected) in [
            ("Apr-25", "2025-04"),
            ("April-25", "2025-04"),
            ("Sept-24", "2024-09"),
            ("Nov -23", "2023-11"),
            ("may 2026", "2026-05"),
            ("Oct'25", "2025-10"),
            ("2025 October", "2025-10"),
            ("2025-04", "2025-04"),
            (" 2025-04\u{a0}", "2025-04"),
            ("2025/04", "2025-04"),
            ("202404", "2024-04"),
            ("2024 10", "2024-10"),
            ("10/2025", "2025-10"),
            ("01APR2024", "2024-04"),
            ("15APR2024", "2024-04-15"),
            ("02-Apr-24", "2024-04-02"),
            ("20240401", "2024-04-01"),
            ("2024-04-01 00:00:00", "2024-04-01"),
            ("13/10/2025", "2025-10-13"),
            ("RTT-April-2026", "2026-04"),
            ("RTT-APRIL-2020", "2020-04"),
            ("MSitAE-MARCH-2026", "2026-03"),
            ("Q1 24/25", "2024/25-Q1"),
            ("Q1 - 24/25", "2024/25-Q1"),
            ("24-25 Q2", "2024/25-Q2"),
            ("23-24 Q4", "2023/24-Q4"),
            ("Q3 2025/26", "2025/26-Q3"),
            ("Quarter 2 2024-2025", "2024/25-Q2"),
            ("Q2 23/24 Sept-23", "2023-09"),
            ("Sep-24 Q2 Plan", "2024-09"),
            ("Nov-23 Q3 Plan", "2023-11"),
            ("Oct 24 Q3 Plan", "2024-10"),
            ("Q2 24/25 Q2 Plan", "2024/25-Q2"),
            ("Jan-25 Q4 24/25", "2025-01"),
            ("M7 24/25", "2024-10"),
            ("2024/25 M12", "2025-03"),
            ("2024/25", "2024/25"),
            ("2023/24", "2023/24"),
            ("2016-17", "2016/17"),
            ("2016/2017", "2016/17"),
            ("2016-12", "2016-12"),
            ("24/25", "2024/25"),
            ("202425", "2024/25"),
            ("FY 24/25", "2024/25"),
            ("1999/00", "1999/00"),
            ("2022", "2022"),
            ("2025-W41", "2025-W41"),
        ] {
            assert_eq!(read_period(text, None), Ok(own(expected)), "{text}");
        }
    }

    #[test]
    fn what_can_mean_several_is_a_question() {
        for (text, expected) in [
            ("04/05", "2004/05 2005-04 2004-05"),
            ("11-12", "2011/12 2012-11 2011-12"),
            ("201112", "2011-12 2011/12"),
            ("01/04/2024", "2024-04 2024-04-01 2024-01-04"),
            ("05/06/2024", "2024-06-05 2024-05-06"),
            ("01-Apr-2024", "2024-04 2024-04-01"),
            ("1 April 2024", "2024-04 2024-04-01"),
            ("Apr 24/25", "2025-04-24 2024-04"),
            ("45748", "2025-04 2025-04-01"),
        ] {
            let Err(PeriodProblem::Ambiguous { readings, .. }) = read_period(text, None) else { panic!("{text}") };
            let readings: Vec<_> = readings.iter().map(ToString::to_string).collect();
            assert_eq!(readings.join(" "), expected, "{text}");
        }
        assert_eq!(
            read_period("201112", None).unwrap_err().to_string(),
            "`201112` can mean the month December 2011 or the financial year 2011/12; write 2011-12 or 2011/12"
        );
    }

    #[test]
    fn what_leaves_the_year_open_is_a_problem_unless_it_is_given() {
        for (text, expected) in [
            ("M7", "2025-10"),
            ("Sept", "2025-09"),
            ("feb", "2026-02"),
            ("Q2", "2025/26-Q2"),
            ("Q2 Q2 Plan", "2025/26-Q2"),
        ] {
            assert_eq!(read_period(text, None), Err(PeriodProblem::NoYear(text.to_owned())));
            assert_eq!(read_period(text, Some(2025)), Ok(own(expected)));
        }
        assert_eq!(read_period("25-Apr", None), Err(PeriodProblem::NoYear("25-Apr".to_owned())));
        assert!(matches!(read_period("Q1 2024", None), Err(PeriodProblem::QuarterOfWhichYear(_))));
        assert!(matches!(read_period("FY25", None), Err(PeriodProblem::BeginsOrEnds(_))));
    }

    #[test]
    fn a_month_outside_its_quarter_contradicts_itself() {
        let problem = read_period("Q2 23/24 Oct-23", None).unwrap_err();
        assert_eq!(problem.to_string(), "`Q2 23/24 Oct-23` contradicts itself: October 2023 is not in Q2 2023/24");
        for text in ["Q2 22/23 Sept-23", "Sep-24 Q3 Plan", "Oct-24 Q2 Plan"] {
            assert!(matches!(read_period(text, None), Err(PeriodProblem::Contradiction { .. })), "{text}");
        }
    }

    #[test]
    fn what_is_no_single_period_is_not_made_one() {
        for text in [
            "",
            "TBC",
            "-",
            "*",
            "Total",
            "2025-13",
            "2025-00",
            "202413",
            "-2024-10",
            "2024--10",
            "2024-10-",
            "Apr-99",
            "YTD-April-2026",
            "YTD Apr-25",
            "Apr-25 to Jun-25",
            "R12-April-2026",
            "Apr-25 Plan B",
            "2024/26",
            "24/26 Q1",
            "Q5 24/25",
            "M13 24/25",
            "31 February 2024",
            "2024.10",
            "9999-01",
            "1,332",
            "２０２５-10",
            "12345678901234567890",
        ] {
            assert!(read_period(text, None).is_err(), "{text}");
        }
        assert!(matches!(read_period("Apr-25 Jun-25", None), Err(PeriodProblem::Several(_))));
    }

    #[test]
    fn the_products_own_notation_keeps_its_doubts() {
        let reading = read("2011-12", None).expect("a month in the product's own notation");
        assert_eq!((reading.period, reading.also), (own("2011-12"), vec![own("2011/12")]));
        assert_eq!(read("2016-12", None).expect("a month").also, []);
    }

    proptest! {
        #[test]
        fn own_notation_always_reads(year in 1900..=2200, month in 1..=12, quarter in 1..=4, week in 1..=52, day in 1..=28) {
            let day = Date::new(i16::try_from(year).unwrap(), i8::try_from(month).unwrap(), i8::try_from(day).unwrap());
            for period in [
                Period::month(year, month),
                Period::quarter(year, quarter),
                Period::financial_year(year),
                Period::calendar_year(year),
                Period::week(year, week),
                Period::day(day.unwrap()),
            ] {
                let period = period.unwrap();
                prop_assert_eq!(read_period(&period.to_string(), None), Ok(period));
            }
        }

        #[test]
        fn any_text_gives_an_answer(text in "[0-9A-Za-zQqMFY/ '\\-–,é٣]{0,20}", year in proptest::option::of(any::<i32>())) {
            let _ = read_period(&text, year);
        }
    }
}

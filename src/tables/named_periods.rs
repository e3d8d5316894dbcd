//! Months that a file's name speaks of, held against those that its rows are for.
//!
//! What the rows say counts. The name is only looked at for months beyond doubt: `Oct-2025`, `2025-10`, `202510`, and ranges
//! of them. Versions, codes, days (`revised-110523`, `2025-10-07`, `12 March 2024`) and financial years are no months. A
//! month of publication is named after the months that are published, so one that follows closely is no contradiction.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::{Finding, Granularity, Period, Severity};

use super::period_words::month;

/// A run of letters or of digits in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Digits(&'a str),
}

/// What a name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spoken {
    Month(Period),
    Range(Period, Period),
}

/// Words before a month that make it the time at which the file was made.
const MADE: [&str; 14] = [
    "published",
    "publication",
    "revised",
    "updated",
    "issued",
    "extracted",
    "extract",
    "created",
    "released",
    "printed",
    "downloaded",
    "accessed",
    "at",
    "on",
];

/// What to say when the name of a file speaks of other months than its rows.
pub(super) fn finding(file: &str, periods: &BTreeSet<Period>) -> Option<Finding> {
    let spoken = spoken(file)?;
    let first = periods.iter().map(|period| period.start()).min()?;
    let newest = periods.iter().copied().max_by_key(|period| period.end())?;
    let held = held(first, newest, periods);
    let (severity, says) = match spoken {
        Spoken::Month(month) if month.end() < first => (Severity::Warning, month.label()),
        Spoken::Month(month) if month.start() > newest.end() => {
            let close = Period::containing(Granularity::Month, newest.end())
                .and_then(|last| month.since(last))
                .is_some_and(|months| months <= slack(newest.granularity()));
            (if close { Severity::Note } else { Severity::Warning }, month.label())
        }
        Spoken::Month(_) => return None,
        Spoken::Range(from, to) => {
            let outside = |period: &Period| period.end() < from.start() || period.start() > to.end();
            let wanting = first > from.end() || newest.end() < to.start();
            let severity = match (periods.iter().any(outside), wanting) {
                (true, _) => Severity::Warning,
                (false, true) => Severity::Note,
                (false, false) => return None,
            };
            (severity, format!("{} to {}", from.label(), to.label()))
        }
    };
    let advice = match (severity, spoken) {
        (Severity::Note, Spoken::Month(_)) => "which is right if the name says when it was published",
        (Severity::Note, Spoken::Range(..)) => "so that some are still to come, or wanting",
        _ => "what it holds was taken; see whether it is the right file, and rename it",
    };
    let message = format!("the name {file} speaks of {says}, and the file holds {held}: {advice}");
    Some(Finding::of_file("file_name", severity, message))
}

/// How many months after the newest period a file may be published and bear that month's name.
fn slack(granularity: Granularity) -> i32 {
    match granularity {
        Granularity::FinancialYear | Granularity::CalendarYear => 18,
        Granularity::Quarter => 6,
        Granularity::Month | Granularity::Week | Granularity::Day => 3,
    }
}

fn held(first: Date, newest: Period, periods: &BTreeSet<Period>) -> String {
    let oldest = periods.iter().find(|period| period.start() == first);
    match oldest.filter(|oldest| **oldest != newest) {
        Some(oldest) => format!("{} to {}", oldest.label(), newest.label()),
        None => newest.label(),
    }
}

/// The only month, or the only range of months, that a name speaks of; none where it speaks of several.
fn spoken(file: &str) -> Option<Spoken> {
    let file = file.to_lowercase();
    let tokens = tokens(&file);
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let rest = tokens.get(at..).unwrap_or_default();
        let before = tokens.get(..at).unwrap_or_default();
        match mention(before, rest) {
            Some((spoken, taken)) => {
                found.extend(spoken.map(|spoken| (spoken, at, at + taken)));
                at += taken;
            }
            None => at += 1,
        }
    }
    let to = |from: usize, until: usize| matches!(tokens.get(from..until), Some([] | [Token::Word("to")]));
    match found.as_slice() {
        [(only, ..)] => Some(*only),
        [(Spoken::Month(from), _, end), (Spoken::Month(until), start, _)] if to(*end, *start) && from < until => {
            Some(Spoken::Range(*from, *until))
        }
        [(first, ..), others @ ..] if others.iter().all(|(other, ..)| other == first) => Some(*first),
        _ => None,
    }
}

/// What begins here, and how many tokens it takes: months, or a day that is none of them.
fn mention(before: &[Token<'_>], rest: &[Token<'_>]) -> Option<(Option<Spoken>, usize)> {
    use Token::{Digits, Word};
    let month_of = |year: &str, number: i32| Period::month(year_of(year)?, number);
    let number = |digits: &str| digits.parse().ok().filter(|number| digits.len() == 2 && (1..=12).contains(number));
    let (spoken, taken) = match rest {
        // Days: 12 March 2024, 12th March 2024, March 12 2024, 2025-10-07, 07-10-2025.
        [Digits(day), Word("st" | "nd" | "rd" | "th"), Word(word), ..] if day.len() < 3 && month(word).is_some() => {
            return Some((None, 3));
        }
        [Digits(day), Word(word), ..] if day.len() < 3 && month(word).is_some() => return Some((None, 3)),
        [Word(word), Digits(day), Digits(year), ..] if day.len() < 3 && year.len() == 4 && month(word).is_some() => {
            return Some((None, 3));
        }
        [Digits(a), Digits(b), Digits(c), ..] if b.len() < 3 && (a.len() < 3 || c.len() < 3) => return Some((None, 3)),
        // Apr-Oct 2025, Nov to Feb 2025: the year is that of the last.
        [Word(from), Word("to"), Word(until), Digits(year), ..] => (range(from, until, year)?, 4),
        [Word(from), Word(until), Digits(year), ..] if month(until).is_some() => (range(from, until, year)?, 3),
        [Word(word), Digits(year), ..] => (Spoken::Month(month_of(year, month(word)?)?), 2),
        [Digits(year), Word(word), ..] if year.len() == 4 => (Spoken::Month(month_of(year, month(word)?)?), 2),
        [Digits(year), Digits(digits), ..] if year.len() == 4 => {
            let number = number(digits)?;
            // 2011-12 is a financial year as well.
            let doubtful = year_of(year).is_some_and(|year| (year + 1) % 100 == number);
            if doubtful {
                return Some((None, 2));
            }
            (Spoken::Month(month_of(year, number)?), 2)
        }
        [Digits(digits), Digits(year), after @ ..]
            if year.len() == 4 && !matches!(after, [Digits(month), ..] if month.len() == 2) =>
        {
            (Spoken::Month(month_of(year, number(digits)?)?), 2)
        }
        // 202510; up to 2012 it may be a day: 200712 is the 20th of July 2012.
        [Digits(digits), ..] if digits.len() == 6 => {
            let (year, month) = (digits.get(..4)?, digits.get(4..)?);
            let clear = year_of(year).is_some_and(|year| year >= 2013);
            (Spoken::Month(month_of(year, number(month)?).filter(|_| clear)?), 1)
        }
        _ => return None,
    };
    let made = matches!(before.last(), Some(Word(word)) if MADE.contains(word));
    Some((Some(spoken).filter(|_| !made), taken))
}

fn range(from: &str, until: &str, year: &str) -> Option<Spoken> {
    let (from, until, year) = (month(from)?, month(until)?, year_of(year)?);
    let began = if from > until { year - 1 } else { year };
    Some(Spoken::Range(Period::month(began, from)?, Period::month(year, until)?))
}

/// Four digits of these centuries, or two beyond the days of a month.
fn year_of(digits: &str) -> Option<i32> {
    let year = digits.parse().ok()?;
    match digits.len() {
        4 => Some(year).filter(|year| (1990..2100).contains(year)),
        2 => Some(2000 + year).filter(|year| (2013..2070).contains(year)),
        _ => None,
    }
}

/// The words and numbers of a name.
fn tokens(file: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = file;
    while let Some(c) = rest.chars().next() {
        let digits = c.is_ascii_digit();
        let belongs = |c: char| if digits { c.is_ascii_digit() } else { c.is_alphabetic() };
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len()).max(c.len_utf8());
        let (run, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if digits {
            tokens.push(Token::Digits(run));
        } else if c.is_alphabetic() {
            tokens.push(Token::Word(run));
        }
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(period: &str) -> Period {
        period.parse().expect("a period")
    }

    fn told(file: &str, periods: &[&str]) -> Option<(Severity, String)> {
        let periods = periods.iter().map(|period| at(period)).collect();
        finding(file, &periods).map(|finding| (finding.severity, finding.message))
    }

    #[test]
    fn months_in_names_are_read_and_what_is_none_is_not() {
        for (file, from, to) in [
            ("les-activity-2025-10.csv", "2025-10", None),
            ("LES Activity Oct 2025 v2.csv", "2025-10", None),
            ("Monthly-AE-April-2019-revised-220720-632O5.xls", "2019-04", None),
            ("April-2022-AE-revised-130624-by-provider-YVj1E.xls", "2022-04", None),
            ("RTT_202404_final.csv", "2024-04", None),
            ("rtt-Sept-24.csv", "2024-09", None),
            ("workforce 2024_10.xlsx", "2024-10", None),
            ("10-2025 return.csv", "2025-10", None),
            ("return v02-2025-10.csv", "2025-10", None),
            ("report 2025 May published June 2025.csv", "2025-05", None),
            ("APPOINTMENTS_GP_COVERAGE aug 2021- jan 2023.csv", "2021-08", Some("2023-01")),
            ("gp 2025-04 to 2025-10.csv", "2025-04", Some("2025-10")),
            ("gp_202504-202510.csv", "2025-04", Some("2025-10")),
            ("activity Apr-Oct 2025.csv", "2025-04", Some("2025-10")),
            ("activity Nov to Feb 2025.csv", "2024-11", Some("2025-02")),
        ] {
            let expected = to.map_or(Spoken::Month(at(from)), |to| Spoken::Range(at(from), at(to)));
            assert_eq!(spoken(file), Some(expected), "{file}");
        }
        for file in [
            "llr-priorities-2023-24.csv",
            "nhsof-lowest-quartile-2024.csv",
            "prices-2011-12.csv",
            "Sub_ICB_extract 2025-10-07.csv",
            "return 07-10-2025.csv",
            "return 12 March 2024.csv",
            "return 12th March 2024.csv",
            "return March 12 2024.csv",
            "01APR2024.csv",
            "revised-110523-OZPOx.xls",
            "20251007.csv",
            "200712.csv",
            "v2-10.csv",
            "E54000048 and P81001.csv",
            "may be 12 files.csv",
            "published-May-2025.csv",
            "April 2024 and June 2024.csv",
            "2025-10 and Nov 2025 revised.csv",
            "",
            "…é2025.csv",
        ] {
            assert_eq!(spoken(file), None, "{file}");
        }
    }

    #[test]
    fn a_range_is_held_against_all_that_the_file_holds() {
        let name = "APPOINTMENTS_GP_COVERAGE aug 2021- jan 2023.csv";
        let (severity, message) = told(name, &["2020-08", "2021-08", "2023-01"]).expect("a contradiction");
        assert_eq!(severity, Severity::Warning);
        assert!(message.contains("August 2021 to January 2023, and the file holds August 2020 to January 2023"));
        assert_eq!(told(name, &["2021-08", "2022-05", "2023-01"]), None);
        let so_far = told("activity apr-25 to mar-26.csv", &["2025-04", "2025-10"]);
        assert_eq!(so_far.map(|(severity, _)| severity), Some(Severity::Note));
        assert_eq!(told("activity apr-24 to mar-25.csv", &["2024/25"]), None);
    }

    #[test]
    fn a_month_may_be_that_of_publication() {
        let severity = |file, periods: &[&str]| told(file, periods).map(|(severity, _)| severity);
        assert_eq!(severity("les-2025-10.csv", &["2025-04", "2025-10"]), None);
        assert_eq!(severity("les-2025-10.csv", &["2025/26-Q3"]), None);
        assert_eq!(severity("claims-2025-11.csv", &["2025-09", "2025-10"]), Some(Severity::Note));
        assert_eq!(severity("coverage-2025-10.csv", &["2020-08", "2023-01"]), Some(Severity::Warning));
        assert_eq!(severity("les-2025-09.csv", &["2025-10"]), Some(Severity::Warning));
        assert_eq!(severity("prices-2025-12.csv", &["2024/25"]), Some(Severity::Note));
        assert_eq!(severity("les-2025-10.csv", &[]), None);
    }
}

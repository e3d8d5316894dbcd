//! What the numbers in the text of a period can mean: each function lists every period that they may be.

use jiff::civil::{Date, date};

use crate::model::{Granularity, Period};

use super::period_words::Number;

/// `202404`, `20240401`, `202425`, `45748`. (A year alone is the product's own notation.)
pub(super) fn one_number(n: Number<'_>) -> Vec<Option<Period>> {
    let part = |from: usize, to: usize| n.digits.get(from..to).and_then(|digits| digits.parse::<i32>().ok());
    let day = |y: (usize, usize), m: (usize, usize), d: (usize, usize)| {
        day(part(y.0, y.1)?, part(m.0, m.1)?, part(d.0, d.1)?)
    };
    let year_and = |from: usize, to: usize| Some((part(0, 4)?, part(from, to)?));
    match n.digits.len() {
        4 => vec![part(0, 4).and_then(Period::calendar_year)],
        5 => spreadsheet_day(part(0, 5))
            .map_or_else(Vec::new, |day| vec![Period::containing(Granularity::Month, day), Period::day(day)]),
        6 => vec![
            year_and(4, 6).and_then(|(year, month)| Period::month(year, month)),
            year_and(4, 6)
                .filter(|(year, next)| (year + 1) % 100 == *next)
                .and_then(|(y, _)| Period::financial_year(y)),
        ],
        8 => vec![
            day((0, 4), (4, 6), (6, 8)),
            day((4, 8), (2, 4), (0, 2)),
            year_and(4, 8).filter(|(year, next)| year + 1 == *next).and_then(|(year, _)| Period::financial_year(year)),
        ],
        _ => Vec::new(),
    }
}

/// A spreadsheet counts days from 30 December 1899. Between 1954 and 2119, or it is some other number.
fn spreadsheet_day(serial: Option<i32>) -> Option<Date> {
    let serial = serial.filter(|serial| (20_000..80_000).contains(serial))?;
    date(1899, 12, 30).checked_add(jiff::Span::new().days(serial)).ok()
}

/// `2024/25`, `2024 10`, `2016-2017`, `10/2025`, `24/25`, `04/05`.
pub(super) fn two_numbers(a: Number<'_>, b: Number<'_>) -> Vec<Option<Period>> {
    let year = financial(a, b).and_then(Period::financial_year);
    let month = |year: Number<'_>, month: Number<'_>| {
        if month.digits.len() > 2 { None } else { Period::month(year.year()?, month.value?) }
    };
    match (a.digits.len(), b.digits.len()) {
        // 25/04 may be a day of no year, which is no better than no meaning.
        (1 | 2, 2) if a.value.is_some_and(|first| first > 12) => vec![year],
        (1 | 2, 2) => vec![year, month(b, a), month(a, b)],
        (1 | 2, 4) => vec![month(b, a)],
        (4, _) => vec![year, month(a, b)],
        _ => Vec::new(),
    }
}

/// `13/10/2025`, `2025/10/13`, `01/04/2024`.
pub(super) fn three_numbers(a: Number<'_>, b: Number<'_>, c: Number<'_>) -> Vec<Option<Period>> {
    let of = |year: Number<'_>, month: Number<'_>, of: Number<'_>| day(year.year()?, month.value?, of.value?);
    match (a.digits.len(), b.digits.len(), c.digits.len()) {
        (4, 1 | 2, 1 | 2) => vec![of(a, b, c)],
        (1 | 2, 1 | 2, 4) => vec![first_as_month(of(c, b, a)), of(c, b, a), of(c, a, b)],
        (2, 2, 2) => vec![first_as_month(of(c, b, a)), of(c, b, a), of(c, a, b), of(a, b, c)],
        _ => Vec::new(),
    }
}

/// The first of a month often stands for the month.
fn first_as_month(day: Option<Period>) -> Option<Period> {
    let start = day?.start();
    if start.day() == 1 { Period::containing(Granularity::Month, start) } else { None }
}

/// `02-Apr-24`: a day; the first of a month may be the month as well.
pub(super) fn day_or_month(year: Number<'_>, month: i32, number: Number<'_>) -> Vec<Option<Period>> {
    let day = year.year().zip(number.value).and_then(|(year, number)| day(year, month, number));
    vec![first_as_month(day), day]
}

fn day(year: i32, month: i32, day: i32) -> Option<Period> {
    Period::day(Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?)
}

/// The year in which the financial year starts that two neighbouring years name: `2024/25`, `24/25`, `2024/2025`.
pub(super) fn financial(a: Number<'_>, b: Number<'_>) -> Option<i32> {
    let (start, end) = (a.year()?, b.value?);
    let next = match (a.digits.len(), b.digits.len()) {
        (2 | 4, 2) => (start + 1) % 100,
        (4, 4) => start + 1,
        _ => return None,
    };
    (next == end).then_some(start)
}

//! Which column, or which two of them, say the period of each row.

use crate::model::{ColumnKind, Granularity, Period};

use super::{
    columns::{Column, PERIOD_WORDS},
    sample::Source,
    shape::certain_period,
};

/// Dates about the file, not about what it counts.
const OF_THE_FILE: [&str; 12] = [
    "published",
    "publication",
    "extract",
    "extracted",
    "extraction",
    "updated",
    "update",
    "release",
    "released",
    "created",
    "refreshed",
    "loaded",
];

/// The column that says the period of each row: one that is joined from others, one that is called so before any other,
/// then the first; and in its place one that says it more closely.
pub(super) fn column(all: &[Column]) -> Option<usize> {
    let joined = all.iter().position(|column| matches!(column.printed.source, Source::Joined(_)));
    if let Some(joined) = joined.filter(|at| all.get(*at).is_some_and(|column| column.kind == ColumnKind::Period)) {
        return Some(joined);
    }
    // Rows whose period is not known yet are left out, so that a column with a few such words still says it.
    let says = |column: &Column| column.blank == 0 && !column.printed.texts.is_empty();
    let full = || all.iter().enumerate().filter(|(_, column)| column.kind == ColumnKind::Period && says(column));
    let called = |words: &[&str]| full().find(|(_, column)| column.has_word(words)).map(|(at, _)| at);
    let first = called(&["period", "reporting"])
        .or_else(|| called(&["month", "quarter", "week", "year", "fy"]))
        .or_else(|| full().next().map(|(at, _)| at))?;
    let coarse = all.get(first)?;
    let closer = |column: &Column| {
        column.has_word(&PERIOD_WORDS) && !column.has_word(&OF_THE_FILE) && lies_within(column, coarse)
    };
    full().find(|(_, column)| closer(column)).map(|(at, _)| at).or(Some(first))
}

/// Whether the period of every row lies within that of another column, and is shorter: `2010-08` beside `2010`.
fn lies_within(column: &Column, coarse: &Column) -> bool {
    let (own, others) = (&column.reading.periods, &coarse.reading.periods);
    let rows = column.printed.texts.len();
    let within = |(own, other): (&String, &String)| {
        let (Ok(own), Ok(other)) = (own.parse::<Period>(), other.parse::<Period>()) else { return false };
        own.start() >= other.start()
            && own.end() <= other.end()
            && (own.start(), own.end()) != (other.start(), other.end())
    };
    own.len() == rows && others.len() == rows && own.iter().zip(others).all(within)
}

/// Where a year, and a month or quarter of it, stand in columns of their own; in the order in which they read as a period.
pub(super) fn parts(all: &[Column], period: Option<usize>) -> Option<[usize; 2]> {
    let is_year = |text: &str| {
        let year = certain_period(text).map(Period::granularity);
        matches!(year, Some(Granularity::CalendarYear | Granularity::FinancialYear))
    };
    // A column that says the whole period is enough.
    let whole = |column: &Column| !column.seen.keys().all(|text| is_year(text));
    if period.and_then(|at| all.get(at)).is_some_and(whole) {
        return None;
    }
    let full = |column: &&Column| column.blank == 0 && !column.seen.is_empty() && column.printed.position.is_some();
    let years = || all.iter().filter(full).filter(|column| column.seen.keys().all(|text| is_year(text)));
    let within = || all.iter().filter(full).filter(|column| column.has_word(&["month", "quarter", "period", "qtr"]));
    let reads = |first: &Column, second: &Column| {
        let mut texts = first.printed.texts.iter().zip(&second.printed.texts);
        let reads = |(first, second): (&String, &String)| {
            let period = certain_period(&format!("{first} {second}")).map(Period::granularity);
            matches!(period, Some(Granularity::Month | Granularity::Quarter))
        };
        texts.all(reads)
    };
    years().flat_map(|year| within().map(move |part| (year, part))).find_map(|(year, part)| {
        let (year_at, part_at) = (year.printed.position?, part.printed.position?);
        match () {
            () if year_at == part_at => None,
            () if reads(part, year) => Some([part_at, year_at]),
            () if reads(year, part) => Some([year_at, part_at]),
            () => None,
        }
    })
}

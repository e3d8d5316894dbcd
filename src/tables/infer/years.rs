//! Years and periods that a file's name and the rows above its table say.

use regex::Regex;

use crate::model::Period;

use super::{
    super::{
        periods::financial_year_of,
        row::{Row, is_blank, trim},
    },
    shape::certain_period,
};

const YEAR: &str = r"\d{4}[-/]\d{2}";
const MONTH: &str = r"(?i)\b(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)[ -]+\d{4}\b";

/// What is said outside the table.
#[derive(Debug, Default)]
pub(super) struct Years {
    /// An expression with a group `year` that finds a financial year in the file's name.
    pub(super) of_file: Option<String>,
    /// The same in the titles.
    pub(super) of_titles: Option<String>,
    /// The only month that the titles name, and an expression with a group `value` that finds it.
    pub(super) month: Option<(Period, String)>,
}

/// Looks at the name of a file and the rows above its header.
pub(super) fn read(file: &str, titles: &[Row]) -> Years {
    let text_of = |row: &Row| {
        let filled: Vec<&str> = row.cells().filter(|cell| !is_blank(cell)).map(trim).collect();
        filled.join(" ")
    };
    let titles: Vec<String> = titles.iter().map(text_of).collect();
    let year_in = |text: &str| {
        let found = Regex::new(YEAR).ok()?;
        let mut years = found.find_iter(text).filter(|found| !touches_digits(text, found.start(), found.end()));
        let year = years.find(|found| is_year(found.as_str()))?;
        let before = text.get(..year.start())?;
        // Words before it tell it from a month such as 2025-10 that may stand in other names.
        let word = before.rsplit(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty());
        let anchor = word.and_then(|word| Some(regex::escape(before.get(before.rfind(word)?..)?))).unwrap_or_default();
        Some(format!(r"{anchor}(?<year>{YEAR})"))
    };
    Years {
        of_file: year_in(file),
        of_titles: titles.iter().find_map(|title| year_in(title)),
        month: month_in(&titles),
    }
}

fn touches_digits(text: &str, start: usize, end: usize) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    digit(text.get(..start).and_then(|before| before.chars().next_back()))
        || digit(text.get(end..).and_then(|after| after.chars().next()))
}

fn is_year(text: &str) -> bool {
    financial_year_of(text).is_some()
}

/// The one month that the titles name; none if they name several.
fn month_in(titles: &[String]) -> Option<(Period, String)> {
    let regex = Regex::new(MONTH).ok()?;
    let found: Vec<Period> = titles
        .iter()
        .flat_map(|title| regex.find_iter(title))
        .filter_map(|found| certain_period(found.as_str()))
        .collect();
    let first = *found.first()?;
    found.iter().all(|period| *period == first).then(|| (first, format!("(?<value>{MONTH})")))
}

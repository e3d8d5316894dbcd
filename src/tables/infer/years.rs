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
        // Years before it that are none, such as 2010-2023, are passed over.
        let end =
            if text.get(year.end()..)?.starts_with(|c: char| c.is_alphanumeric() || c == '_') { "" } else { r"\b" };
        Some(format!(r"{}(?<year>{YEAR}){end}", anchor(before)))
    };
    Years {
        of_file: year_in(file),
        of_titles: titles.iter().find_map(|title| year_in(title)),
        month: month_in(&titles),
    }
}

/// The last word before a year and what stands between them: it tells the year from a month such as 2025-10 that may stand
/// in other names. What names a period is another one in each file, `Q1` or `June`, and any number may be.
fn anchor(before: &str) -> String {
    let Some(word) = before.rsplit(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty()) else {
        return String::new();
    };
    let between = before.rfind(word).and_then(|at| before.get(at + word.len()..)).unwrap_or_default();
    let numbered = between.starts_with(|c: char| c.is_ascii_digit());
    let word = match word {
        "q" | "Q" | "m" | "M" if numbered => "[mMqQ]".to_owned(),
        month if certain_period(&format!("{month} 2025")).is_some() => "[A-Za-z]+".to_owned(),
        word => regex::escape(word),
    };
    let mut anchor = word;
    let mut within_number = false;
    for c in between.chars() {
        if !c.is_ascii_digit() {
            anchor.push_str(&regex::escape(&c.to_string()));
        } else if !within_number {
            anchor.push_str(r"\d+");
        }
        within_number = c.is_ascii_digit();
    }
    anchor
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_run_of_years_is_no_financial_year() {
        for (text, year) in [
            ("from 2010-2023", None),
            ("from 2010-2023: 2011/12", Some("2011/12")),
            ("beds 2025-26_v2", Some("2025-26")),
        ] {
            let expression = read(text, &[]).of_file;
            let found = expression.and_then(|expression| {
                let regex = Regex::new(&expression).unwrap_or_else(|error| panic!("{error}"));
                regex.captures(text).and_then(|found| found.name("year").map(|found| found.as_str().to_owned()))
            });
            assert_eq!(found.as_deref(), year, "{text}");
        }
    }

    #[test]
    fn what_names_a_period_may_be_another_in_the_next_file() {
        for (file, other, year) in [
            ("Beds-Q1-2018-19.xlsx", "Beds-Q4-2019-20.xlsx", "2019-20"),
            ("beds June 2018-19.xlsx", "beds September 2018-19.xlsx", "2018-19"),
            ("LES activity 2025-26 part 1.csv", "LES activity 2026-27 part 2.csv", "2026-27"),
            ("table-3-of-2025-26.csv", "table-12-of-2026-27.csv", "2026-27"),
        ] {
            let expression = read(file, &[]).of_file.unwrap_or_else(|| panic!("{file} names a year"));
            let regex = Regex::new(&expression).unwrap_or_else(|error| panic!("{error}"));
            let found = regex.captures(other).and_then(|found| found.name("year")).map(|found| found.as_str());
            assert_eq!(found, Some(year), "{expression} in {other}");
        }
    }
}

//! What a sample's name says of the names of other months' files.

use regex::Regex;

use crate::model::Period;

use super::{
    super::{
        file_period::PeriodOf,
        periods::read_period,
        settings::{FileNamePattern, PeriodSource},
    },
    names::dataset_id,
};

/// Ways to write a period in a name, the most telling first.
const PERIODS: &[&str] = &[
    r"\d{4}-\d{2}-\d{2}",
    r"\d{4}-W\d{2}",
    r"[Qq][1-4][-_ ]\d{4}[-_]\d{2}",
    r"\d{4}[-_]\d{2}[-_ ][Qq][1-4]",
    r"\d{4}[-_ ][Mm]\d{1,2}",
    r"\d{4}[-_]\d{2}",
    r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[A-Za-z]*[-_ ]?\d{4}",
    r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[A-Za-z]*[-_ ]?\d{2}",
    r"\d{8}",
    r"\d{6}",
    r"\d{4}",
];

/// A month or quarter of a year that one number names: `2024-m7`. Taken to be the year in whose April it starts.
const OF_YEAR: &str = r"(?<starts>\d{4})[-_ ]?(?<period>[mMqQ]\d{1,2})";

/// Words that say which issue of a month a file is.
const ISSUES: [&str; 12] = [
    "revised",
    "revision",
    "rev",
    "final",
    "provisional",
    "prov",
    "draft",
    "copy",
    "updated",
    "update",
    "corrected",
    "new",
];

/// The name of a sample, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// What the dataset may be called.
    pub(super) id: String,
    /// A pattern that names of such files fit.
    pub(super) glob: String,
    /// The period in the name, and an expression that finds it.
    pub(super) period: Option<(Period, String)>,
    /// Whether its year may be meant otherwise.
    pub(super) doubtful_year: bool,
}

/// Takes a file's name apart.
pub(super) fn read(file: &str) -> Name {
    if let Some(name) = of_year(file) {
        return name;
    }
    for written in PERIODS {
        let Ok(regex) = Regex::new(written) else { continue };
        for found in regex.find_iter(file) {
            let (before, after) = (file.get(..found.start()).unwrap_or(""), file.get(found.end()..).unwrap_or(""));
            let within_digits =
                before.ends_with(|c: char| c.is_ascii_digit()) || after.starts_with(|c: char| c.is_ascii_digit());
            let Ok(period) = read_period(found.as_str(), None) else { continue };
            if within_digits {
                continue;
            }
            let plain = format!("(?<period>{written})");
            let anchored = format!("^{}{plain}", regex::escape(before));
            if let Some(expression) = [plain, anchored].into_iter().find(|expression| finds(expression, file, period)) {
                let period = Some((period, expression));
                return Name { id: id(before, after), glob: glob(before, after), period, doubtful_year: false };
            }
        }
    }
    let at = file.char_indices().skip(1).find(|(_, c)| *c == '.').map_or(file.len(), |(at, _)| at);
    let (before, after) = file.split_at(at);
    Name { id: id(before, after), glob: glob(before, after), period: None, doubtful_year: false }
}

fn of_year(file: &str) -> Option<Name> {
    let regex = Regex::new(OF_YEAR).ok()?;
    let found = regex.find(file)?;
    let (before, after) = (file.get(..found.start())?, file.get(found.end()..)?);
    let PeriodOf::Fixed(period) = PeriodSource::FileName(FileNamePattern(regex.clone())).of_file(file).ok()? else {
        return None;
    };
    let period = Some((period, OF_YEAR.to_owned()));
    Some(Name { id: id(before, after), glob: glob(before, after), period, doubtful_year: true })
}

fn finds(expression: &str, file: &str, period: Period) -> bool {
    let Ok(regex) = Regex::new(expression) else { return false };
    PeriodSource::FileName(FileNamePattern(regex)).of_file(file) == Ok(PeriodOf::Fixed(period))
}

fn id(before: &str, after: &str) -> String {
    let (kept, rest, _) = steady(after);
    let id = dataset_id(&format!("{before}-{kept}"));
    // A name that says nothing but which issue it is.
    if id == dataset_id("") { dataset_id(rest) } else { id }
}

/// What follows the period, up to where it says which issue of the month this is; that; and the extension.
fn steady(after: &str) -> (&str, &str, &str) {
    let separators = ['-', '_', ' ', '(', ')'];
    let (stem, extension) = after.split_at(after.find('.').unwrap_or(after.len()));
    let mut at = 0;
    for word in stem.split_inclusive(separators) {
        let bare = word.trim_matches(separators).to_lowercase();
        if bare.contains(|c: char| c.is_ascii_digit()) || ISSUES.contains(&bare.as_str()) {
            let kept = stem.get(..at).unwrap_or("").trim_end_matches(separators);
            return (kept, stem.get(at..).unwrap_or(""), extension);
        }
        at += word.len();
    }
    (stem, "", extension)
}

/// Characters that mean something in a pattern stand for any other; those outside ASCII may change length with their case.
fn glob(before: &str, after: &str) -> String {
    let plain = |text: &str| {
        let safe = text.chars().map(|c| match c {
            c if c.is_ascii_alphanumeric() || " -_.,+()&'=@%~".contains(c) => c,
            c if c.is_ascii() => '?',
            _ => '*',
        });
        safe.collect::<String>()
    };
    // Another month's name says otherwise which issue it is: `-AE-by-provider-3euC4-1.xlsx`.
    let (kept, issue, extension) = steady(after);
    let any = if issue.is_empty() { "" } else { "*" };
    let mut pattern = format!("{}*{}{any}{}", plain(before), plain(kept), plain(extension));
    while pattern.contains("**") {
        pattern = pattern.replace("**", "*");
    }
    pattern
}

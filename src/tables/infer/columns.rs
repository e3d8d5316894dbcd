//! What each column of the sample holds.

use std::{collections::BTreeMap, path::Path};

use crate::model::ColumnKind;

use super::{
    super::{ReadError, error::Limits},
    key,
    place::Place,
    sample::{Printed, Reading, Sample, read_as},
};

/// A text column with at most so many different texts …
const MOST_VALUES: usize = 12;
/// … each of them at least so often, has no others.
const REPETITIONS: usize = 4;

/// A column with all that is proposed of it.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) printed: Printed,
    pub(super) kind: ColumnKind,
    /// How it was read as that kind.
    pub(super) reading: Reading,
    /// How many cells hold nothing.
    pub(super) blank: usize,
    /// Each different text with how often it stands there.
    pub(super) seen: BTreeMap<String, usize>,
}

/// The columns, and how they tell rows apart.
#[derive(Debug)]
pub(super) struct Columns {
    /// All rows of the sample.
    pub(super) rows: u64,
    pub(super) all: Vec<Column>,
    /// The column that says the period of each row.
    pub(super) period: Option<usize>,
    /// The text columns that tell series from each other; none if no columns do.
    pub(super) labels: Option<Vec<usize>>,
}

impl Column {
    /// Whether every row has a value.
    pub(super) fn is_full(&self) -> bool {
        self.blank == 0 && !self.printed.texts.is_empty() && self.reading.values == self.printed.texts.len()
    }

    pub(super) fn is_figure(&self) -> bool {
        matches!(self.kind, ColumnKind::Number | ColumnKind::Percent | ColumnKind::Duration | ColumnKind::Figure)
    }

    /// Whether its texts look like a list of their own.
    pub(super) fn is_closed(&self) -> bool {
        self.kind == ColumnKind::Text
            && (1..=MOST_VALUES).contains(&self.seen.len())
            && self.seen.values().all(|count| *count >= REPETITIONS)
    }

    fn has_word(&self, words: &[&str]) -> bool {
        self.printed.name.split('_').any(|word| words.contains(&word))
    }
}

/// Finds out the kinds by reading the sample as each of them.
pub(super) fn settle(path: &Path, place: &Place, sample: Sample, limits: &Limits) -> Result<Columns, ReadError> {
    let Sample { rows, columns } = sample;
    let read = |kind| read_as(path, place, &columns, |_| kind, limits).map(|(readings, _)| readings);
    let (texts, numbers) = (read(ColumnKind::Text)?, read(ColumnKind::Number)?);
    let (shares, durations) = (read(ColumnKind::Percent)?, read(ColumnKind::Duration)?);
    let (periods, mixed) = (read(ColumnKind::Period)?, read(ColumnKind::Figure)?);
    let mut all = Vec::with_capacity(columns.len());
    for (at, printed) in columns.iter().enumerate() {
        let mut column = as_text(printed, texts.get(at));
        let fitting = |readings: &[Reading]| readings.get(at).filter(|reading| reading.fits()).cloned();
        if let (false, Some((kind, reading))) = (
            is_code(&column),
            figure(&column, fitting(&numbers), fitting(&shares), fitting(&durations), fitting(&mixed)),
        ) {
            (column.kind, column.reading) = (kind, reading);
        }
        if let Some(reading) = fitting(&periods)
            && (column.kind == ColumnKind::Text || says_period(&column))
        {
            let only = |other| if other == at { ColumnKind::Period } else { ColumnKind::Text };
            let (_, doubts) = read_as(path, place, &columns, only, limits)?;
            if !doubts && !has_leading_zeros(printed) {
                (column.kind, column.reading) = (ColumnKind::Period, reading);
            }
        }
        all.push(column);
    }
    let period = period_column(&all);
    let labels = key::labels(&all, period);
    Ok(Columns { rows, all, period, labels })
}

fn as_text(printed: &Printed, reading: Option<&Reading>) -> Column {
    let mut seen = BTreeMap::new();
    for text in printed.texts.iter().filter(|text| !text.is_empty()) {
        *seen.entry(text.clone()).or_insert(0) += 1;
    }
    Column {
        kind: ColumnKind::Text,
        reading: reading.cloned().unwrap_or_default(),
        blank: printed.texts.iter().filter(|text| text.is_empty()).count(),
        seen,
        printed: printed.clone(),
    }
}

/// The kind of a column of figures.
fn figure(
    column: &Column,
    numbers: Option<Reading>,
    shares: Option<Reading>,
    durations: Option<Reading>,
    mixed: Option<Reading>,
) -> Option<(ColumnKind, Reading)> {
    let signs = || column.seen.keys().any(|text| text.contains('%'));
    let named = || column.has_word(&["percent", "percentage", "pct", "share", "proportion"]);
    match (shares, numbers, durations) {
        (Some(shares), _, _) if signs() => Some((ColumnKind::Percent, shares)),
        // 0.563 under a heading that says per cent; 1 and 0 alone may be anything.
        (Some(shares), _, _) if named() && column.seen.keys().any(|text| text.contains('.')) => {
            Some((ColumnKind::Percent, shares))
        }
        (_, Some(numbers), _) => Some((ColumnKind::Number, numbers)),
        (_, _, Some(durations)) => Some((ColumnKind::Duration, durations)),
        // Numbers, shares and durations in one column, each with its own unit.
        _ => mixed.map(|mixed| (ColumnKind::Figure, mixed)),
    }
}

/// Codes are texts although they may be made of digits.
fn is_code(column: &Column) -> bool {
    let last = column.printed.name.rsplit('_').find(|word| !word.chars().all(|c| c.is_ascii_digit())).unwrap_or("");
    has_leading_zeros(&column.printed) || ["code", "id", "ref", "reference", "urn", "ukprn", "postcode"].contains(&last)
}

fn has_leading_zeros(printed: &Printed) -> bool {
    let coded = |text: &String| text.len() > 1 && text.starts_with('0') && text.chars().all(|c| c.is_ascii_digit());
    printed.texts.iter().any(coded)
}

/// Whether digits alone may be periods here.
fn says_period(column: &Column) -> bool {
    column.has_word(&["period", "month", "quarter", "year", "date", "week", "day", "fy"])
}

/// The column that says the period of each row: one that is called so before any other, then the first.
fn period_column(all: &[Column]) -> Option<usize> {
    let full = || all.iter().enumerate().filter(|(_, column)| column.kind == ColumnKind::Period && column.is_full());
    let called = |words: &[&str]| full().find(|(_, column)| column.has_word(words)).map(|(at, _)| at);
    called(&["period", "reporting"])
        .or_else(|| called(&["month", "quarter", "week", "year", "fy"]))
        .or_else(|| full().next().map(|(at, _)| at))
}

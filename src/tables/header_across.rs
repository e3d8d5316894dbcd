//! Which columns of a file become rows, what each is called at every level of the header, and which of them are wanting.

use std::collections::BTreeSet;

use crate::{
    model::{Finding, Granularity, Period, Severity},
    yaml::nearest,
};

use super::{
    cells::read_number,
    header_texts::Texts,
    layout_settings::{ANY_YEAR, AcrossColumns, AcrossSettings, Level},
    periods,
    places::shorten,
};

/// A column that becomes rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AcrossAt {
    /// Where it stands in the file.
    pub(super) position: usize,
    /// What it is called, at the lowest level first.
    pub(super) texts: Vec<String>,
}

impl AcrossAt {
    /// All that it is called, as it stands in the file from top to bottom.
    pub(super) fn header(&self) -> String {
        let mut texts: Vec<&str> = self.texts.iter().rev().map(String::as_str).collect();
        texts.dedup();
        texts.join(" ")
    }
}

/// The columns that become rows: not taken, and answering to the setting at every level.
pub(super) fn columns(settings: &AcrossSettings, texts: &Texts, taken: &BTreeSet<usize>) -> Vec<AcrossAt> {
    let levels: Vec<_> = settings.levels().collect();
    let (full, own) = (texts.full(), texts.forms());
    let named = |position: usize| {
        let (row, lowest) = texts.lowest(position)?;
        match levels.as_slice() {
            // One level may be named by all that stands above the column; a row of figures is no part of it.
            [only] => {
                let joined = [Some(&full), own.first()].into_iter().flatten().filter_map(|form| form.get(position));
                let joined = joined.map(String::as_str).filter(|_| !is_figure(lowest));
                let mut texts = std::iter::once(lowest).chain(joined);
                Some(vec![texts.find(|text| only.columns.fits(text))?.to_owned()])
            }
            levels => at_each_level(levels, texts, position, row, lowest),
        }
    };
    let free = (0..texts.width()).filter(|position| !taken.contains(position));
    free.filter_map(|position| Some(AcrossAt { position, texts: named(position)? })).collect()
}

/// Whether a text is a number and no year.
fn is_figure(text: &str) -> bool {
    read_number(text).is_some_and(|number| !(1990.0..2100.0).contains(&number))
}

/// The text of each level, the lowest in the column's own last cell, the others in the rows above. A column of totals
/// ends before the last row: where nothing above it fits, its own text names it at the levels above too.
fn at_each_level(
    levels: &[Level<'_>],
    texts: &Texts,
    position: usize,
    row: usize,
    lowest: &str,
) -> Option<Vec<String>> {
    let (first, above) = levels.split_first()?;
    let mut found = vec![first.columns.fits(lowest).then(|| lowest.to_owned())?];
    let mut below = row;
    for level in above {
        let fitting = texts.above(position, below).find(|(_, text)| level.columns.fits(text));
        let own = || texts.has_below(row).then_some((below, lowest)).filter(|(_, text)| level.columns.fits(text));
        let (at, text) = fitting.or_else(own)?;
        found.push(text.to_owned());
        below = at;
    }
    Some(found)
}

/// What people should know: columns that the setting names and the file does not have, and those that are written
/// otherwise. `unexpected` are the columns that nothing answers to, each with its texts, the lowest first.
pub(super) fn findings(
    settings: &AcrossSettings,
    columns: &[AcrossAt],
    unexpected: &[(usize, Vec<String>)],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, level) in settings.levels().enumerate() {
        let texts = || columns.iter().filter_map(|column| Some((column.position, column.texts.get(at)?.as_str())));
        // A level above the lowest may stand in any row above.
        let unexpected: Vec<(usize, &str)> = unexpected
            .iter()
            .flat_map(|(position, texts)| {
                let range = if at == 0 { 0..1 } else { 1..texts.len().max(1) };
                texts.get(range).unwrap_or_default().iter().map(|text| (*position, text.as_str()))
            })
            .collect();
        match level.columns {
            AcrossColumns::Headers(patterns) => {
                let vanished = patterns.iter().filter(|pattern| !texts().any(|(_, text)| pattern.fits_header(text)));
                findings.extend(vanished.map(|pattern| vanished_header(pattern.text(), &unexpected)));
                let tolerated: BTreeSet<_> = texts()
                    .filter(|(_, text)| !patterns.iter().any(|pattern| pattern.matches(text)))
                    .map(|(_, text)| text)
                    .collect();
                findings.extend(tolerated.into_iter().map(|text| {
                    let message = format!("the column `{}` is not written as `across` lists it", shorten(text));
                    Finding::of_file("header_tolerance", Severity::Note, message)
                }));
            }
            AcrossColumns::Periods(lengths) => {
                let mut periods: Vec<_> = texts()
                    .filter_map(|(position, text)| Some((position, periods::of_length(text, Some(ANY_YEAR), lengths)?)))
                    .collect();
                periods.dedup_by_key(|(_, period)| *period);
                findings.extend(vanished_periods(&periods, &unexpected));
            }
        }
    }
    findings
}

fn vanished_header(pattern: &str, unexpected: &[(usize, &str)]) -> Finding {
    let plain = pattern.replace(['*', '\\'], "");
    let (hint, severity) = match nearest(&plain, unexpected.iter().map(|(_, text)| *text)) {
        // It was renamed, and its figures are not read.
        Some(near) => (format!(": is it `{}`?", shorten(near)), Severity::Error),
        None => ("; take it out of `across`, if it is gone for good".to_owned(), Severity::Warning),
    };
    Finding::of_file("across_columns", severity, format!("`across` lists `{pattern}`, and no column is named so{hint}"))
}

/// Where a period is left out between two others, or before the first or after the last, and a column stands there whose
/// text is no period.
fn vanished_periods(periods: &[(usize, Period)], unexpected: &[(usize, &str)]) -> Vec<Finding> {
    let between = periods.windows(2).filter_map(|pair| {
        let [(from, earlier), (to, later)] = pair else { return None };
        let left_out = Some(earlier.next()).filter(|next| next < later)?;
        unexpected.iter().find(|(at, _)| (*from..*to).contains(at)).map(|(_, text)| (left_out, *text))
    });
    let ends = [
        periods.first().and_then(|(at, period)| Some((at.checked_sub(1)?, period.previous()))),
        periods.last().map(|(at, period)| (at + 1, period.next())),
    ];
    let beside = ends.into_iter().flatten().filter_map(|(beside, period)| {
        let (_, text) = unexpected.iter().find(|(at, _)| *at == beside)?;
        is_like(text, &spoken(period)).then_some((period, *text))
    });
    let finding = |(period, text): (Period, &str)| {
        let message = format!(
            "the column `{}` stands where {} would, and is no period: its figures were not read; write it as the others \
             are, or declare it as a column",
            shorten(text),
            spoken(period)
        );
        Finding::of_file("across_columns", Severity::Warning, message)
    };
    between.chain(beside).map(finding).collect()
}

/// Whether a text is the name of a month but for a slip of the pen.
fn is_like(text: &str, month: &str) -> bool {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric()).collect();
    let names = [Some(month), month.get(..3)];
    let mut names = names.into_iter().flatten().filter(|name| name.len().abs_diff(word.len()) < 2);
    names.any(|name| nearest(&word, [name]).is_some())
}

/// The period without its year, which the header may leave open.
fn spoken(period: Period) -> String {
    match period.granularity() {
        Granularity::Month => period.label().split(' ').next().unwrap_or_default().to_owned(),
        other => format!("a {}", other.noun(1)),
    }
}

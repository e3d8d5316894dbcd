//! `columns`: the header is not the one that was agreed.
//!
//! | setting | meaning |
//! |---|---|
//! | `unexpected` | what a header weighs that no declared column answers to |
//! | `except` | unexpected headers that are fine |
//! | `order` | what declared columns weigh that stand in another order than they are declared in |
//! | `duplicates` | what a header weighs that stands there twice |
//! | `blank` | what a column without a header weighs, in front of the last one that has one |
//! | `min`, `max` | how many columns the file may have, up to the last that has a header; otherwise it is an error |
//!
//! Each of the others is `note`, `warning` or `error`; what is not named is not looked at. That a required column is absent is always an
//! error: [`columns_present`](super::columns_present).
//!
//! ```yaml
//! - columns: { unexpected: note, except: [Link to Slides], order: warning, duplicates: error, blank: warning }
//! ```
//!
//! Findings: ``row 1 has the unexpected column `Comments` ``; ``row 1 has the column `Total` twice``; ``the column `delivered`
//! stands before `planned` ``; `columns 3 and 5 have no header in row 1`

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::{
    check::{Check, Context, Found, Kind, Looks, Start, Tally},
    failures::{grouped, quoted},
    rows::Rows,
};
use crate::{
    model::{Header, Severity},
    yaml::{Located, Place, Problem, Problems},
};

/// More headers than this are not listed in a message.
const LISTED: usize = 8;

/// Settings of `columns`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    #[serde(default)]
    unexpected: Option<Level>,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    order: Option<Level>,
    #[serde(default)]
    duplicates: Option<Level>,
    #[serde(default)]
    blank: Option<Level>,
    #[serde(default)]
    min: Option<Located<usize>>,
    #[serde(default)]
    max: Option<Located<usize>>,
}

/// What a finding weighs.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Level {
    Note,
    Warning,
    Error,
}

impl Level {
    fn severity(self) -> Severity {
        match self {
            Self::Note => Severity::Note,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        }
    }
}

impl Kind for Columns {
    const LOOKS: Looks = Looks::Header;

    fn build(&self, place: &Place, _context: Context<'_>) -> Result<Box<dyn Check>, Problems> {
        let counts = self.min.is_some() || self.max.is_some();
        if !counts && [self.unexpected, self.order, self.duplicates, self.blank].iter().all(Option::is_none) {
            let problem = Problem::new(place.clone(), "nothing is looked at here");
            return Err(problem.hint("name `unexpected`, `order`, `duplicates`, `blank`, `min` or `max`").into());
        }
        if let (Some(min), Some(max)) = (&self.min, &self.max)
            && min.value > max.value
        {
            let message = format!("no file has at least {} and at most {} columns", min.value, max.value);
            return Err(Problem::new(min.place.clone(), message).hint("`min` is above `max`: exchange them?").into());
        }
        Ok(Box::new(self.clone()))
    }
}

impl Check for Columns {
    fn columns(&self) -> Vec<usize> {
        Vec::new()
    }

    fn start(&self, file: &Start<'_>) -> Option<Box<dyn Tally>> {
        let header = file.header;
        let looks = [
            (self.unexpected, unexpected(header, &self.except)),
            (self.order, disorder(header)),
            (self.duplicates, duplicates(header)),
            (self.blank, blank(header)),
        ];
        let found = looks.into_iter().filter_map(|(level, seen)| Some((level?.severity(), seen?)));
        let number = self.number(header).map(|seen| (Severity::Error, seen));
        Some(Box::new(Said(found.chain(number).collect())))
    }
}

impl Columns {
    /// Why there are too few columns, or too many.
    fn number(&self, header: &Header) -> Option<String> {
        let has = header.printed.iter().rposition(|text| !text.trim().is_empty()).map_or(0, |last| last + 1);
        let columns = |number: usize| if number == 1 { "1 column".to_owned() } else { format!("{number} columns") };
        let (min, max) = (self.min.as_deref().copied(), self.max.as_deref().copied());
        let expected = match (min, max) {
            (Some(min), Some(max)) if min == max => min.to_string(),
            (Some(min), _) if has < min => format!("at least {min}"),
            (_, Some(max)) => format!("at most {max}"),
            _ => return None,
        };
        let fits = min.is_none_or(|min| has >= min) && max.is_none_or(|max| has <= max);
        (!fits).then(|| format!("row {} has {}; expected are {expected}", header.row, columns(has)))
    }
}

fn listed<T: Into<String>>(texts: impl Iterator<Item = T>) -> String {
    let mut listed: Vec<String> = texts.take(LISTED + 1).map(Into::into).collect();
    if listed.len() > LISTED {
        listed.truncate(LISTED);
        listed.push("…".to_owned());
    }
    listed.join(", ")
}

fn unexpected(header: &Header, except: &[String]) -> Option<String> {
    let found: Vec<_> = header.unexpected.iter().filter(|text| !except.contains(text)).collect();
    let columns = if found.len() == 1 { "the unexpected column" } else { "the unexpected columns" };
    let texts = || listed(found.iter().map(|text| quoted(text)));
    (!found.is_empty()).then(|| format!("row {} has {columns} {}", header.row, texts()))
}

/// The first declared column that stands before one that is declared before it.
fn disorder(header: &Header) -> Option<String> {
    let mut found =
        header.positions.iter().zip(&header.found).filter_map(|(at, text)| Some(((*at)?, text.as_deref()?)));
    let (mut furthest, mut before) = found.next()?;
    for (at, text) in found {
        if at < furthest {
            return Some(format!("the column {} stands before {}", quoted(text), quoted(before)));
        }
        (furthest, before) = (at, text);
    }
    None
}

fn duplicates(header: &Header) -> Option<String> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for text in header.printed.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        *counts.entry(text).or_default() += 1;
    }
    let times = |count: u64| if count == 2 { "twice".to_owned() } else { format!("{} times", grouped(count)) };
    let twins = counts.into_iter().filter(|(_, count)| *count > 1);
    let twins: Vec<_> = twins.map(|(text, count)| format!("{} {}", quoted(text), times(count))).collect();
    let columns = if twins.len() == 1 { "column" } else { "columns" };
    (!twins.is_empty()).then(|| format!("row {} has the {columns} {}", header.row, listed(twins.into_iter())))
}

fn blank(header: &Header) -> Option<String> {
    let last = header.printed.iter().rposition(|text| !text.trim().is_empty())?;
    let named = header.positions.iter().flatten().collect::<Vec<_>>();
    let blank = header.printed.iter().enumerate().take(last);
    // A column that is declared by its position needs no header.
    let blank = blank.filter(|(at, text)| text.trim().is_empty() && !named.contains(&at));
    let blank: Vec<_> = blank.map(|(at, _)| (at + 1).to_string()).collect();
    match &blank[..] {
        [] => None,
        [only] => Some(format!("column {only} has no header in row {}", header.row)),
        several => {
            Some(format!("columns {} have no header in row {}", listed(several.iter().map(String::as_str)), header.row))
        }
    }
}

/// The header tells all: rows add nothing.
#[derive(Debug)]
struct Said(Vec<(Severity, String)>);

impl Tally for Said {
    fn observe(&mut self, _rows: &Rows<'_>) {}

    fn merge(&mut self, _other: Box<dyn Tally>) {}

    fn finish(self: Box<Self>, _total: u64) -> Vec<Found> {
        self.0.into_iter().map(|(severity, seen)| Found::in_file(seen).weighing(severity)).collect()
    }
}

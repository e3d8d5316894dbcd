//! Plan and delivery on alternate rows.

use std::collections::BTreeSet;

use super::{
    super::row::{Row, is_blank, trim},
    heading::Heading,
    key::{ACTUALS, PLANS},
    names::{snake, unique},
    shape::{Across, holds_figures},
};

/// Rows that belong together, told apart by the text of one column.
#[derive(Debug)]
pub(super) struct Alternate {
    /// Where that text stands.
    pub(super) at: usize,
    /// The name of the column that each kind of row becomes, and its text.
    pub(super) kinds: Vec<(String, String)>,
    /// Where the figures stand, unless they stand across.
    pub(super) value: Option<usize>,
}

impl Alternate {
    /// Whether a column of the file is used up by it.
    pub(super) fn takes(&self, position: usize) -> bool {
        self.at == position || self.value == Some(position)
    }
}

/// Finds a column whose texts take turns, one of them a plan and another what became of it.
pub(super) fn find(body: &[&Row], heading: &Heading, across: Option<&Across>) -> Option<Alternate> {
    let value = if across.is_some() { None } else { Some(only_figures(body, heading)?) };
    (0..heading.columns.len()).find_map(|at| {
        let texts = turns(body, at)?;
        let words: Vec<Vec<String>> =
            texts.iter().map(|text| snake(text).split('_').map(str::to_owned).collect()).collect();
        let says = |known: &[&str]| words.iter().any(|words| words.iter().any(|word| known.contains(&word.as_str())));
        if !says(&PLANS) || !says(&ACTUALS) {
            return None;
        }
        let mut taken = BTreeSet::new();
        let own = |of: &Vec<String>| {
            let own: Vec<&str> = of
                .iter()
                .filter(|word| !words.iter().all(|others| others.contains(word)))
                .map(String::as_str)
                .collect();
            own.join("_")
        };
        let kinds =
            words.iter().zip(&texts).map(|(words, text)| (unique(own(words), "kind", &mut taken), text.clone()));
        Some(Alternate { at, kinds: kinds.collect(), value })
    })
}

/// The only column of figures, if its header finds it.
fn only_figures(body: &[&Row], heading: &Heading) -> Option<usize> {
    let figures: Vec<usize> = (0..heading.columns.len()).filter(|at| holds_figures(body, *at)).collect();
    let [only] = figures.as_slice() else { return None };
    heading.columns.get(*only)?.header.as_ref().map(|_| *only)
}

/// The two or three texts that take turns in a column without an exception.
fn turns(body: &[&Row], at: usize) -> Option<Vec<String>> {
    let cells: Vec<&str> = body.iter().map(|row| trim(row.get(at).unwrap_or(""))).collect();
    if cells.iter().any(|text| is_blank(text)) {
        return None;
    }
    let again = cells.iter().skip(1).position(|text| Some(text) == cells.first()).map_or(cells.len(), |at| at + 1);
    let texts = cells.get(..again)?;
    let distinct = texts.iter().collect::<BTreeSet<_>>().len() == texts.len();
    let cyclic = cells.iter().zip(texts.iter().cycle()).all(|(cell, text)| cell == text);
    let whole = (2..=3).contains(&again) && cells.len().is_multiple_of(again);
    (distinct && cyclic && whole).then(|| texts.iter().map(|text| (*text).to_owned()).collect())
}

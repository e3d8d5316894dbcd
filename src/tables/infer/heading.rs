//! The header among the first rows of a sheet or file: which rows it covers, and what tells each column from the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Cell, ColumnKind};

use super::super::{
    cells::{read_cell, read_number},
    header_texts::{NOTHING, Texts, fold},
    row::{Row, is_blank, trim},
};

/// A header covers at most so many rows.
pub(super) const MOST_ROWS: usize = 3;
/// So many rows below a header must look like its table.
const ROWS_BELOW: usize = 5;
/// So many rows below a header show whether a column holds anything.
const LOOKED_AT: usize = 50;

/// The header of a table.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    /// How many rows stand above it.
    pub(super) first: usize,
    /// How many rows it covers.
    pub(super) rows: usize,
    /// The row that the data follow, from 1.
    pub(super) last_row: u64,
    /// How many columns it names.
    pub(super) names: usize,
    /// What stands above each column.
    pub(super) columns: Vec<Above>,
}

/// What stands above one column.
#[derive(Debug, Clone)]
pub(super) struct Above {
    /// The text that finds this column and no other; none if only its position does.
    pub(super) header: Option<String>,
    /// The text of the group that it belongs to, where the header has one.
    pub(super) group: Option<String>,
    /// All that stands above it.
    pub(super) full: String,
}

/// The best place for a header: the one that names the most columns; of equals the smallest, then the first.
pub(super) fn find(head: &[Row]) -> Option<Heading> {
    let mut best: Option<(usize, usize, usize)> = None;
    for rows in 1..=MOST_ROWS {
        for (first, window) in head.windows(rows).enumerate() {
            let below = head.get(first + rows..).unwrap_or_default();
            if !is_header(window, below) {
                continue;
            }
            let names = names(window, below);
            if names > best.map_or(0, |(names, ..)| names) {
                best = Some((names, first, rows));
            }
        }
    }
    let (names, first, rows) = best?;
    let window = head.get(first..first + rows)?;
    let last_row = window.last().map_or(0, |row| row.number);
    Some(Heading { first, rows, last_row, names, columns: columns(window) })
}

fn is_header(window: &[Row], below: &[Row]) -> bool {
    let joined = window.windows(2).all(|pair| matches!(pair, [upper, lower] if is_group_above(upper, lower)));
    // A row of data has more figures than a header has numbers among its names.
    let few_figures = |row: &Row| {
        let names = row.cells().filter(|text| is_name(trim(text))).count();
        names > 0 && years(row) > 0 || row.cells().filter(|text| is_figure(text)).count() <= names
    };
    joined && window.iter().all(few_figures) && stands_above(window, below)
}

/// Whether one row of a header stands above another: neither holds figures, and cells are merged over several columns
/// or rows.
fn is_group_above(upper: &Row, lower: &Row) -> bool {
    let says = |text: &str| !is_blank(text) && trim(text) != NOTHING;
    let cell = |row: &Row, at: usize| row.get(at).is_some_and(says);
    let plain = |row: &Row| row.cells().all(|text| !is_figure(text));
    let first = |row: &Row| row.cells().position(says);
    let (width, start) = (lower.len().max(upper.len()), first(upper));
    let over = |at: usize| start.is_some_and(|start| start < at) && !cell(upper, at) && cell(lower, at);
    let across = (0..width).any(over);
    let title = start.is_none() || start <= first(lower) && upper.cells().filter(|text| says(text)).count() == 1;
    let below = lower.cells().filter(|text| says(text)).count();
    !title && below > 1 && across && plain(upper) && plain(lower)
}

/// How many columns have a text with a word above them that no other has. One that only a group stands above counts if it
/// holds anything.
fn names(window: &[Row], below: &[Row]) -> usize {
    let forms = Texts::new(window).forms();
    let cell = |row: &Row, at: usize| row.get(at).is_some_and(|text| !is_blank(text) && trim(text) != NOTHING);
    let counts = |at: usize| {
        window.last().is_some_and(|last| cell(last, at)) || below.iter().take(LOOKED_AT).any(|row| cell(row, at))
    };
    let joined = forms.get(1).or(forms.first()).into_iter().flatten().enumerate();
    let distinct: BTreeSet<&str> =
        joined.filter(|(at, text)| is_name(text) && counts(*at)).map(|(_, text)| text.as_str()).collect();
    // Beside any name, years are columns too.
    let years = window.last().filter(|_| !distinct.is_empty()).map_or(0, years);
    distinct.len() + years
}

/// How many years stand in a row, each once and in their order, with nothing else that is a figure; none if fewer than two.
fn years(row: &Row) -> usize {
    let figures: Vec<&str> = row.cells().map(trim).filter(|text| is_figure(text)).collect();
    let year = |text: &&str| text.len() == 4 && text.parse().is_ok_and(|year: u16| (1900..2100).contains(&year));
    let in_order = figures.is_sorted_by(|one, next| one < next) || figures.is_sorted_by(|one, next| one > next);
    if figures.len() > 1 && figures.iter().all(year) && in_order { figures.len() } else { 0 }
}

fn is_name(text: &str) -> bool {
    text.contains(char::is_alphabetic) && read_number(text.trim_end_matches('%')).is_none()
}

/// Whether a cell holds a figure in any unit.
pub(super) fn is_figure(text: &str) -> bool {
    matches!(read_cell(ColumnKind::Figure, trim(text)), Cell::Number(_))
}

/// Whether most of the next rows are as wide as the header, or end in blank cells.
fn stands_above(window: &[Row], below: &[Row]) -> bool {
    let own = window.iter().map(width).max().unwrap_or(0);
    let cells = window.iter().map(Row::len).max().unwrap_or(0);
    let filled = || below.iter().filter(|row| row.first_filled().is_some()).take(ROWS_BELOW);
    // All alike and wider: some columns have no name.
    let widths: BTreeSet<usize> = filled().map(width).collect();
    let alike = own > 1 && widths.len() == 1 && widths.iter().all(|width| *width <= own * 2);
    let like = filled().filter(|next| {
        let width = width(next);
        // A column or two at the right end may have no name.
        (width <= own + own / 4 || next.len() == cells || alike) && (own == 1 || width > 1)
    });
    let (like, all) = (like.count(), filled().count());
    all > 0 && like * 2 >= all
}

/// Up to which cell a row holds anything.
fn width(row: &Row) -> usize {
    row.cells().collect::<Vec<_>>().iter().rposition(|text| !is_blank(text)).map_or(0, |last| last + 1)
}

fn columns(window: &[Row]) -> Vec<Above> {
    let forms = Texts::new(window).forms();
    // A reader tries the forms in their order, and takes the first column that answers.
    let indexes: Vec<BTreeMap<String, Vec<usize>>> = forms.iter().map(|form| index(form)).collect();
    let finds = |text: &str, at: usize| {
        let found = indexes.iter().find_map(|index| index.get(&fold(text)));
        found.is_some_and(|positions| positions.as_slice() == [at])
    };
    let (full, merged) = (forms.first(), forms.get(1).or(forms.first()));
    let width = full.map_or(0, Vec::len);
    let text = |form: Option<&Vec<String>>, at: usize| form.and_then(|form| form.get(at)).cloned().unwrap_or_default();
    let group = |at: usize| {
        let (last, all) = (text(forms.last(), at), text(merged, at));
        let group = all.strip_suffix(last.as_str()).map(trim).filter(|group| !group.is_empty() && !last.is_empty());
        group.map(str::to_owned)
    };
    let found = |text: &String, at: usize| !text.is_empty() && finds(text, at);
    // The columns of a group are named alike: all by their own text, or all by the group's too.
    let short: BTreeMap<Option<String>, bool> = (0..width).fold(BTreeMap::new(), |mut short, at| {
        *short.entry(group(at)).or_insert(true) &= found(&text(forms.last(), at), at);
        short
    });
    let above = |at: usize| {
        let own = text(forms.last(), at);
        let own = if short.get(&group(at)).copied().unwrap_or(false) { own } else { String::new() };
        let texts = [own, text(merged, at), text(full, at), text(forms.last(), at)];
        let header = texts.into_iter().find(|text| found(text, at));
        Above { header, group: group(at), full: text(merged, at) }
    };
    (0..width).map(above).collect()
}

fn index(form: &[String]) -> BTreeMap<String, Vec<usize>> {
    let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, text) in form.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        index.entry(fold(text)).or_default().push(at);
    }
    index
}

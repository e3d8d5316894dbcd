//! Notes under a table that fill more than its first column, or another: the reader takes them for rows, and columns of figures would
//! be texts by them.

use super::{
    super::{
        RowPattern,
        cells::missing,
        row::{Row, trim},
        tail::is_marked,
    },
    heading::is_figure,
    shape::starts_like,
};
use crate::model::Missing;

/// So many rows above notes show what the columns hold.
const LEAST_ROWS: usize = 3;
/// Of so many of a hundred rows above them a column of figures has one.
const MOSTLY: usize = 60;

/// Patterns of the notes at the end of a table; `below` are all rows below its header, blank ones included.
/// The table begins in the column `first`.
pub(super) fn find(below: &[Row], first: usize) -> Vec<String> {
    let mut notes: Vec<&Row> = Vec::new();
    let mut rest = below;
    while let Some((above, group)) = last_group(rest) {
        let figures = columns_of_figures(above);
        if !figures.is_empty() && group.iter().all(|row| is_note(row, &figures)) {
            notes.extend(group.iter().rev());
            rest = above;
            continue;
        }
        // Without a blank row above them, those that begin as notes do.
        let figures = columns_of_figures(rest);
        let marked = |row: &&Row| !figures.is_empty() && begins_as_note(row) && is_note(row, &figures);
        notes.extend(group.iter().rev().take_while(marked));
        break;
    }
    let mut patterns: Vec<String> = Vec::new();
    // Those with nothing beside their first cell are told by the reader itself.
    for note in notes.iter().rev().filter(|row| row.alone(first).is_none()) {
        let pattern = starts_like(first_text(note));
        if patterns.contains(&pattern) {
            continue;
        }
        let is_note = |row: &Row| notes.iter().any(|note| note.number == row.number);
        let fits = RowPattern::new(&pattern)
            .is_ok_and(|fits| below.iter().filter(|row| !is_note(row)).all(|row| !fits.matches(first_text(row))));
        // A pattern that would take a row of data is none.
        if fits {
            patterns.push(pattern);
        }
    }
    patterns
}

/// The rows from the last blank one on, and those above it. None where nothing is left.
fn last_group(rows: &[Row]) -> Option<(&[Row], &[Row])> {
    let filled = |row: &Row| row.first_filled().is_some();
    let end = rows.iter().rposition(filled)? + 1;
    let rows = rows.get(..end)?;
    let begins = rows.iter().rposition(|row| !filled(row)).map_or(0, |blank| blank + 1);
    rows.split_at_checked(begins)
}

fn columns_of_figures(rows: &[Row]) -> Vec<usize> {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.first_filled().is_some()).collect();
    let width = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let figures = |at: usize| rows.iter().filter(|row| row.get(at).is_some_and(is_figure)).count();
    let is_of_figures = |at: &usize| figures(*at) >= LEAST_ROWS && figures(*at) * 100 >= rows.len() * MOSTLY;
    (0..width).filter(is_of_figures).collect()
}

/// Whether no cell of a row is a figure, or says why there is none, and one is a text where figures stand or it begins as
/// notes do.
fn is_note(row: &Row, figures: &[usize]) -> bool {
    let cells = || figures.iter().filter_map(|at| row.get(*at)).map(trim).filter(|text| !text.is_empty());
    let is_text = |text: &str| !is_figure(text) && missing(text) == Missing::Unreadable;
    cells().all(is_text) && (cells().next().is_some() || begins_as_note(row) || row.alone(usize::MAX).is_some())
}

fn begins_as_note(row: &Row) -> bool {
    is_marked(first_text(row))
}

fn first_text(row: &Row) -> &str {
    row.first_filled().map_or("", |(_, text)| trim(text))
}

//! What stands above each column of a file, and when two such texts are the same.

use super::row::{Row, is_space, trim};

/// `StatsWales` prints it where a level of a header has nothing of its own.
pub(super) const NOTHING: &str = ".";

/// The texts of the rows that a header covers.
pub(super) struct Texts {
    /// Row by row from the top, what stands in each cell itself.
    own: Vec<Vec<String>>,
    /// The same, each text of a group row standing over all columns of its group.
    over: Vec<Vec<String>>,
}

impl Texts {
    pub(super) fn new(window: &[Row]) -> Self {
        let width = window.iter().map(Row::len).max().unwrap_or(0);
        let several = window.len() > 1;
        let cell = |row: &Row, at: usize| {
            let text = trim(row.get(at).unwrap_or(""));
            if several && text == NOTHING { String::new() } else { text.to_owned() }
        };
        let own: Vec<Vec<String>> = window.iter().map(|row| (0..width).map(|at| cell(row, at)).collect()).collect();
        let last = own.len().saturating_sub(1);
        let rows = own.iter().zip(window).enumerate();
        let over = rows.map(|(at, (texts, row))| match own.get(..at) {
            Some(above) if at < last => spread(texts, above, row),
            _ => texts.clone(),
        });
        Self { over: over.collect(), own }
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.own.first().map_or(0, Vec::len)
    }

    /// What each column may be called: the texts of its own cells joined by a space, the same with those of its groups,
    /// and its last cell alone.
    pub(super) fn forms(&self) -> Vec<Vec<String>> {
        match self.own.as_slice() {
            [only] => vec![only.clone()],
            [.., last] => vec![join(&self.own, self.width()), self.full(), last.clone()],
            [] => Vec::new(),
        }
    }

    /// All that stands above each column.
    pub(super) fn full(&self) -> Vec<String> {
        join(&self.over, self.width())
    }

    /// The lowest cell of a column that holds anything, and its row among those of the header.
    pub(super) fn lowest(&self, column: usize) -> Option<(usize, &str)> {
        let cells = self.own.iter().enumerate().rev();
        cells.filter_map(|(at, row)| Some((at, row.get(column)?.as_str()))).find(|(_, text)| !text.is_empty())
    }

    /// What stands over a column above a row of the header, the nearest first.
    pub(super) fn above(&self, column: usize, row: usize) -> impl Iterator<Item = (usize, &str)> {
        let rows = self.over.iter().enumerate().take(row).rev();
        rows.filter_map(move |(at, row)| Some((at, row.get(column)?.as_str()))).filter(|(_, text)| !text.is_empty())
    }

    /// What a column is called and what stands over it, the lowest first.
    pub(super) fn levels(&self, column: usize) -> Vec<String> {
        let Some((row, lowest)) = self.lowest(column) else { return Vec::new() };
        let above = self.above(column, row).map(|(_, text)| text);
        std::iter::once(lowest).chain(above).map(str::to_owned).collect()
    }

    /// Whether the header goes on below this row.
    pub(super) fn has_below(&self, row: usize) -> bool {
        row + 1 < self.own.len()
    }
}

/// A group text stands over the cells that are merged with its own; where the format does not tell of merged cells, over
/// the blank ones to its right, as far as the group reaches that it belongs to itself.
fn spread(texts: &[String], above: &[Vec<String>], row: &Row) -> Vec<String> {
    let (mut group, mut last) = ("", usize::MAX);
    let spread = texts.iter().enumerate().map(|(at, text)| {
        let other_above = || above.iter().any(|row| row.get(at).is_some_and(|text| !text.is_empty()));
        if !text.is_empty() {
            (group, last) = (text, row.merged_to(at));
        } else if at > last || other_above() {
            group = "";
        }
        group.to_owned()
    });
    spread.collect()
}

fn join(rows: &[Vec<String>], width: usize) -> Vec<String> {
    let column = |at: usize| {
        let texts = rows.iter().filter_map(|row| row.get(at)).filter(|text| !text.is_empty());
        texts.map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    (0..width).map(column).collect()
}

/// A header text without the differences that are tolerated: case, runs of white space and line ends, space around dashes,
/// the many dashes and quotation marks, invisible characters.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Nearly all are these.
            'a'..='z' | '0'..='9' => folded.push(c),
            c if c.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c if is_space(c) => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => folded.push('-'),
            '\u{2018}' | '\u{2019}' => folded.push('\''),
            '\u{201c}' | '\u{201d}' => folded.push('"'),
            'A'..='Z' => folded.push(c.to_ascii_lowercase()),
            c => folded.extend(c.to_lowercase()),
        }
    }
    if !folded.contains('-') {
        return folded.trim().to_owned();
    }
    // `0 - 10%` is `0-10%`.
    let around_dashes: Vec<&str> = folded.split('-').map(str::trim).collect();
    around_dashes.join("-")
}

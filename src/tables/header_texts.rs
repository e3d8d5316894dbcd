//! What a column may be called by the rows of a header, and when two such texts are the same.

use super::row::{Row, is_blank, is_space, trim};

/// What each column of the file may be called: joined texts first, the last row alone at the end.
pub(super) fn forms(window: &[Row]) -> Vec<Vec<String>> {
    let width = window.iter().map(Row::len).max().unwrap_or(0);
    let cell = |row: &Row, at: usize| trim(row.get(at).unwrap_or("")).to_owned();
    let plain: Vec<Vec<String>> = window.iter().map(|row| (0..width).map(|at| cell(row, at)).collect()).collect();
    if let [only] = plain.as_slice() {
        return vec![only.clone()];
    }
    let last = plain.last().cloned().unwrap_or_default();
    let merged: Vec<Vec<String>> = plain
        .iter()
        .enumerate()
        .map(|(at, row)| if at + 1 < plain.len() { fill_right(row) } else { row.clone() })
        .collect();
    vec![join(&plain, width), join(&merged, width), last]
}

/// A group text stands over the blank cells to its right too.
fn fill_right(row: &[String]) -> Vec<String> {
    let mut group = "";
    let filled = row.iter().map(|text| {
        if !text.is_empty() {
            group = text;
        }
        group.to_owned()
    });
    filled.collect()
}

fn join(rows: &[Vec<String>], width: usize) -> Vec<String> {
    let column = |at: usize| {
        let texts = rows.iter().filter_map(|row| row.get(at)).filter(|text| !is_blank(text));
        texts.map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    (0..width).map(column).collect()
}

/// A header text without the differences that are tolerated: case, runs of white space and line ends, the many dashes
/// and quotation marks, invisible characters.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            c if is_space(c) => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => folded.push('-'),
            '\u{2018}' | '\u{2019}' => folded.push('\''),
            '\u{201c}' | '\u{201d}' => folded.push('"'),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded.trim().to_owned()
}

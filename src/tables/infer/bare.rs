//! Tables without a header: the row that would be it is written like those below it.

use super::{
    super::row::{Row, is_blank, trim},
    heading::Heading,
    names::shown,
};

/// So many rows below are looked at, and at least so many must be filled.
const ROWS: usize = 50;
const LEAST: usize = 5;
/// So many columns must show it.
const COLUMNS: usize = 2;

/// What shows that a header is a row of data: texts such as `Y56` and `20241101` above others that are written alike.
pub(super) fn data_as_header(rows: &[Row], heading: &Heading) -> Option<String> {
    if heading.rows != 1 {
        return None;
    }
    let header = rows.get(heading.first)?;
    let below = rows.get(heading.first + 1..)?;
    let alike = |at: &usize| {
        let Some(own) = header.get(*at).map(trim).filter(|text| tells(text)) else { return false };
        let cells = below.iter().take(ROWS).filter_map(|row| row.get(*at)).map(trim).filter(|text| !is_blank(text));
        let cells: Vec<&str> = cells.collect();
        cells.len() >= LEAST && cells.iter().all(|text| form(text) == form(own))
    };
    let found: Vec<usize> = (0..header.len()).filter(alike).collect();
    let text = |at: &usize| format!("`{}`", shown(header.get(*at).map_or("", trim)));
    (found.len() >= COLUMNS).then(|| found.iter().take(3).map(text).collect::<Vec<_>>().join(", "))
}

/// Whether the way a text is written is not that of any word or number: digits among letters, or many of them.
fn tells(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let others = text.chars().filter(|c| c.is_alphabetic() || "-/".contains(*c)).count();
    !text.contains('.') && (digits >= 2 && others > 0 || digits >= 6)
}

/// A text with its letters and digits made alike: `Y56` is `A99`.
fn form(text: &str) -> String {
    let alike = |c: char| match c {
        _ if c.is_ascii_digit() => '9',
        _ if c.is_uppercase() => 'A',
        _ if c.is_lowercase() => 'a',
        other => other,
    };
    text.chars().map(alike).collect()
}

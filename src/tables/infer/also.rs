//! Checks of what a sample shows beside its key: codes and names that stand once each, counts that are whole, a text of the
//! rows that the file's name says too.

use std::collections::BTreeSet;

use crate::model::ColumnKind;

use super::{
    super::cells::read_number,
    columns::{Column, Columns},
    names::{expression, quoted, scalar},
};

/// Fewer different ones may be so by chance.
const LEAST: usize = 10;

/// Text columns beside the only label in which, period by period, no text stands twice: the codes of names, the names of
/// codes. A total may have none.
pub(super) fn once_each(columns: &Columns) -> Vec<String> {
    let Some([label]) = columns.labels.as_deref() else { return Vec::new() };
    let period = columns.period.and_then(|at| columns.all.get(at));
    let periods = period.map_or(&[][..], |column| column.reading.periods.as_slice());
    let stands_once = |column: &Column| {
        let mut seen = BTreeSet::new();
        let mut texts = column.printed.texts.iter().enumerate().filter(|(_, text)| !text.is_empty());
        let alone = |(row, text): (usize, &String)| seen.insert((periods.get(row), text.clone()));
        column.blank <= 1 && column.seen.len() >= LEAST && texts.all(alone)
    };
    let others = columns.all.iter().enumerate().filter(|(at, column)| at != label && column.kind == ColumnKind::Text);
    let once = others.map(|(_, column)| column).filter(|column| stands_once(column));
    let unique = |column: &Column| {
        let key = period.into_iter().chain([column]).map(|column| scalar(&column.printed.name));
        let name = format!("once-each-{}", column.printed.name.replace('_', "-"));
        format!("unique: {{ name: {name}, columns: [{}], severity: warning }}", key.collect::<Vec<_>>().join(", "))
    };
    once.map(unique).collect()
}

/// Columns of many different numbers, all of them whole.
pub(super) fn whole(columns: &Columns) -> Vec<String> {
    let is_whole = |column: &&Column| {
        let numbers: Vec<f64> = column.seen.keys().filter_map(|text| read_number(text)).collect();
        column.kind == ColumnKind::Number
            && !column.is_share()
            && !column.printed.above.contains(['£', '€', '$'])
            && !column.extra.contains("scale")
            && numbers.len() >= LEAST
            && numbers.iter().all(|number| number.fract() == 0.0)
    };
    let range = |column: &Column| {
        let name = format!("{}-is-whole", column.printed.name.replace('_', "-"));
        format!("range: {{ name: {name}, column: {}, whole: true, severity: warning }}", scalar(&column.printed.name))
    };
    columns.all.iter().filter(is_whole).map(range).collect()
}

/// A text of all rows that stands in the file's name as well, such as a quarter: the column that takes it from there, and
/// the check that holds the two against each other.
pub(super) fn said_in_name(columns: &Columns, file: &str) -> Option<(String, String)> {
    let has_year = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 4);
    let says = |column: &&Column| match column.seen.keys().next() {
        Some(text) => {
            column.kind == ColumnKind::Text
                && column.seen.len() == 1
                && column.blank == 0
                && has_year(text)
                && file.contains(text.as_str())
        }
        None => false,
    };
    let column = columns.all.iter().find(says)?;
    let text = column.seen.keys().next()?;
    let mut pattern = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            pattern.push_str("\\d");
        } else {
            pattern.push_str(&regex::escape(&c.to_string()));
        }
    }
    let (own, other) = (scalar(&column.printed.name), scalar(&format!("{}_in_name", column.printed.name)));
    let declared = format!(
        "{other}: {{ kind: text, from: {{ file_name: {} }}, required: false }}",
        expression(&format!("(?<value>{pattern})"))
    );
    let message = quoted(&format!("the rows are of another {} than the file's name", column.printed.name));
    let check = format!(
        "compare: {{ name: name-says-it, column: {own}, is: ==, to: {other}, severity: warning, message: {message} }}"
    );
    Some((declared, check))
}

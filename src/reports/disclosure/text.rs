//! Small numbers in sentences: what findings say of a file, and what a rule's message says in words of its own.

/// What stands in the place of a number inside a text.
const MARK: &str = "*";
/// A number after one of these says where something stands, or what a check asks for.
const PLACES: [&str; 14] = [
    "row",
    "rows",
    "line",
    "column",
    "sheet",
    "table",
    "cell",
    "revision",
    "least",
    "most",
    "than",
    "above",
    "below",
    "threshold",
];
/// A number before one of these counts what is no person, or is the day of a date.
const COUNTED: [&str; 32] = [
    "of",
    "row",
    "rows",
    "column",
    "columns",
    "cell",
    "cells",
    "value",
    "values",
    "figure",
    "figures",
    "period",
    "periods",
    "month",
    "months",
    "day",
    "days",
    "error",
    "errors",
    "more",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Where a number stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// Every number is a figure.
    Cell,
    /// Some numbers count rows, or are days.
    Sentence,
}

/// A text of which every whole number from 1 to one less than `below` that stands by itself is a mark.
pub(super) fn without_small_numbers(text: &str, below: u32, kind: Text) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '_' | '/' | '%');
    let mut without = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, word_on) = rest.split_at(start);
        let (word, after) = word_on.split_at(word_on.find(|c| !is_part(c)).unwrap_or(word_on.len()));
        without.push_str(before);
        let number = word.trim_matches(['.', ',']);
        let is_figure = number.parse::<f64>().is_ok_and(|n| n.fract() == 0.0 && n > 0.0 && n < f64::from(below))
            && !is_place(&without)
            && !(kind == Text::Sentence && is_counted(after));
        if is_figure {
            without.push_str(&word.replacen(number, MARK, 1));
        } else {
            without.push_str(word);
        }
        rest = after;
    }
    without.push_str(rest);
    without
}

fn is_place(before: &str) -> bool {
    PLACES.contains(&before.split_whitespace().next_back().unwrap_or_default())
}

fn is_counted(after: &str) -> bool {
    let next = after.split_whitespace().next().unwrap_or_default();
    COUNTED.contains(&next.trim_matches(|c: char| !c.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_findings_are_told_from_places_and_counts() {
        for (text, without) in [
            ("delivered is 3 in row 4", "delivered is * in row 4"),
            ("3 of 14 rows: `2`", "3 of 14 rows: `*`"),
            ("4 → 12, in 2025-03", "* → 12, in 2025-03"),
            ("must be at least 1: 0, 1.5 and 4.", "must be at least 1: 0, 1.5 and *."),
            ("1,234 and Q1 and 3% of 4 rows", "1,234 and Q1 and 3% of 4 rows"),
            ("by 3 December 2025, 4, 5", "by 3 December 2025, *, 5"),
        ] {
            assert_eq!(without_small_numbers(text, 5, Text::Sentence), without);
        }
        assert_eq!(without_small_numbers("3 of 4 (first in row 2)", 5, Text::Cell), "* of * (first in row 2)");
    }
}

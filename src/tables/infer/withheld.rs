//! Small counts that are withheld: with a sign, or by printing the bound that they lie below (`<5`).

use crate::model::{ColumnKind, Missing};

use super::{super::cells::missing, columns::Column, names::quoted, sample::Reading};

/// Bounds beyond this hide no persons.
const MOST: u32 = 100;

/// Whether a cell withholds a number.
pub(super) fn is_withheld(text: &str) -> bool {
    missing(text.trim()) == Missing::Suppressed || bound(text).is_some()
}

/// Settles that a column of numbers withholds those below one bound.
pub(super) fn settle(column: &mut Column, numbers: Option<&Reading>) {
    let Some(numbers) = numbers.filter(|numbers| column.kind == ColumnKind::Text && numbers.values > 0) else { return };
    let mut bounds = numbers.strange.keys().map(|text| bound(text));
    let Some(Some(below)) = bounds.next() else { return };
    if bounds.any(|other| other != Some(below)) {
        return;
    }
    let texts: Vec<String> = numbers.strange.keys().map(|text| quoted(text)).collect();
    column.extra = format!(", reasons: {{ suppressed: [{}] }}", texts.join(", "));
    column.kind = ColumnKind::Number;
    column.reading =
        Reading { placeholders: numbers.placeholders + numbers.unreadable, unreadable: 0, ..numbers.clone() };
    column.suppressed_below = Some(below);
}

/// 5 of `<5`: every count from one to four.
fn bound(text: &str) -> Option<u32> {
    let digits = text.trim().strip_prefix('<')?.trim_start();
    let below = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    (2..=MOST).contains(&below).then_some(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_whole_bounds_hide_persons() {
        for (text, below) in [
            ("<5", Some(5)),
            ("< 8", Some(8)),
            ("<+5", None),
            ("<1", None),
            ("<5%", None),
            ("<2000", None),
            ("5", None),
        ] {
            assert_eq!(bound(text), below, "{text}");
        }
        assert!(is_withheld("*") && is_withheld("[c]") && is_withheld("<5") && !is_withheld("-"));
    }
}

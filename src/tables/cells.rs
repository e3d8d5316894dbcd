//! The text of a cell → a figure, or the reason why there is none.
//!
//! What is not certainly a figure is unreadable: `1,33` is not 133, `56.3%` is no plain number, `1e400` and `NaN` are no
//! numbers. Nothing here depends on the cells around it.

use crate::model::{Bound, Cell, ColumnKind, Missing};

use super::{periods, row::trim};

/// Reads a cell; `text` may have white space around it.
///
/// A number is in the column's unit, a share a fraction of 1, a duration in seconds. In a text column only a blank cell
/// is missing: `*` and `-` are texts like others there.
#[must_use]
pub fn read_cell(kind: ColumnKind, text: &str) -> Cell {
    let text = trim(text);
    if text.is_empty() {
        return Cell::Missing(Missing::Blank);
    }
    if kind == ColumnKind::Text {
        return Cell::Text;
    }
    // Figures outnumber the words that stand in for them by far.
    let figure = match kind {
        ColumnKind::Number => read_number(text).map(Cell::Number),
        ColumnKind::Percent => read_percent(text).map(Cell::Number),
        ColumnKind::Duration => read_duration(text).map(Cell::Number),
        ColumnKind::Period => periods::read_period(text, None).ok().map(Cell::Period),
        ColumnKind::Figure => read_figure(text).map(Cell::Number),
        ColumnKind::Target => read_target(text).map(Cell::Number),
        ColumnKind::Text => None,
    };
    figure.unwrap_or_else(|| {
        Cell::Missing(match missing(text) {
            // Words are no mistake there, and rules can say that they are no figure.
            Missing::Unreadable if kind == ColumnKind::Target => {
                if read_bound(text).is_some() {
                    Missing::Range
                } else {
                    Missing::Words
                }
            }
            reason => reason,
        })
    })
}

/// Which reason a text gives for there being no figure; [`Missing::Unreadable`] when it gives none.
pub(super) fn missing(text: &str) -> Missing {
    let folded = text.to_ascii_lowercase();
    match folded.as_str() {
        // In brackets: the symbols of the Government Statistical Service, "Symbols in tables: definitions and help".
        "*" | "[c]" => Missing::Suppressed,
        "tbc" | "[x]" | "not available" | "not yet available" => Missing::NotAvailable,
        // A full stop is StatsWales' sign for "not applicable".
        "-" | "\u{2013}" | "\u{2014}" | "\u{2212}" | "." | "[z]" | "n/a" | "na" | "not applicable" => {
            Missing::NotApplicable
        }
        // "UHL reviewing staging data - TBC"
        _ if folded.strip_suffix("tbc").is_some_and(|before| before.ends_with([' ', '-', '('])) => {
            Missing::NotAvailable
        }
        _ => Missing::Unreadable,
    }
}

/// Which unit a figure is printed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// It has none of its own.
    Number,
    /// A percent sign.
    Percent,
    /// Hours, minutes and seconds.
    Duration,
}

/// The unit of the text of a figure.
pub(super) fn unit(text: &str) -> Unit {
    match text {
        _ if text.contains('%') => Unit::Percent,
        _ if text.contains(':') => Unit::Duration,
        _ => Unit::Number,
    }
}

/// A figure in the unit that it is printed in.
fn read_figure(text: &str) -> Option<f64> {
    match unit(text) {
        Unit::Number => read_number(text),
        Unit::Percent => read_percent(text),
        Unit::Duration => read_duration(text),
    }
}

/// A figure, or the figure of a bound: `=<92%`, `≥ 95%`, `18.2 or less`.
fn read_target(text: &str) -> Option<f64> {
    read_figure(text).or_else(|| read_bound(text)?.only_end())
}

/// A target that is no single figure: `≥ 95%`, `18.2 or less`, `Lower 85% Upper 90%`, `Between 10 and 12`. None for words
/// that set no bound, and for a plain figure.
pub(super) fn read_bound(text: &str) -> Option<Bound> {
    let folded = trim(text).to_lowercase();
    if let Some((least, most)) = ends_of(&folded) {
        let (least, most) = (read_figure_like(least, most)?, read_figure_like(most, least)?);
        return (least <= most).then_some(Bound { at_least: Some(least), at_most: Some(most) });
    }
    let starts = |words: &[&str]| words.iter().find_map(|word| folded.strip_prefix(word)).map(str::trim_start);
    let ends = |words: &[&str]| words.iter().find_map(|word| folded.strip_suffix(word)).map(str::trim_end);
    if let Some(most) = starts(&AT_MOST).or_else(|| ends(&OR_LESS)) {
        return Some(Bound { at_least: None, at_most: Some(read_figure(most)?) });
    }
    let least = starts(&AT_LEAST).or_else(|| ends(&OR_MORE))?;
    Some(Bound { at_least: Some(read_figure(least)?), at_most: None })
}

const AT_MOST: [&str; 9] = ["=<", "<=", "≤", "<", "at most ", "no more than ", "not more than ", "up to ", "maximum "];
const AT_LEAST: [&str; 8] = ["=>", ">=", "≥", ">", "at least ", "no less than ", "not less than ", "minimum "];
const OR_LESS: [&str; 5] = [" or less", " or fewer", " or below", " or lower", " or under"];
const OR_MORE: [&str; 4] = [" or more", " or above", " or higher", " or over"];

/// The two ends of a range, as they are printed.
fn ends_of(folded: &str) -> Option<(&str, &str)> {
    let rest = |word: &str| folded.strip_prefix(word).map(str::trim_start);
    let (least, most) = if let Some(rest) = rest("lower ") {
        rest.split_once(" upper ")?
    } else if let Some(rest) = rest("between ") {
        rest.split_once(" and ")?
    } else {
        folded.split_once(" to ").or_else(|| folded.split_once('\u{2013}')).or_else(|| folded.split_once(" - "))?
    };
    Some((least.trim_end_matches([' ', ',', ';']), most.trim_start()))
}

/// A figure; one without a percent sign beside one with it is a percentage too: `85 to 90%`.
fn read_figure_like(text: &str, other: &str) -> Option<f64> {
    let bare = unit(text) == Unit::Number && unit(other) == Unit::Percent;
    if bare { read_points(text) } else { read_figure(text) }
}

/// A share whose bare numbers are hundredths (`73.5`).
pub(super) fn read_points(text: &str) -> Option<f64> {
    if text.contains(CURRENCY) {
        return None;
    }
    let (negative, rest) = read_sign(text)?;
    let (plain, _) = read_digits(rest, false)?;
    finite(negative, &plain, -2)
}

/// `1,332`, `(23,269)`, `-0.5`, `£0.96`, `1e3`. None for everything else, infinity included.
pub(super) fn read_number(text: &str) -> Option<f64> {
    // Whole numbers up to 15 digits are exact, and nearly all cells are such.
    if text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<u64>().ok().map(|whole| whole as f64);
    }
    let (negative, rest) = read_sign(text)?;
    let (plain, exponent) = read_digits(rest, true)?;
    finite(negative, &plain, exponent)
}

/// `56.3%` and `0.563`. A bare number beyond 1 might be either and is refused.
fn read_percent(text: &str) -> Option<f64> {
    if text.contains(CURRENCY) {
        return None;
    }
    let (negative, rest) = read_sign(text)?;
    let Some(number) = rest.strip_suffix('%') else {
        return read_number(text).filter(|number| number.abs() <= 1.0);
    };
    let (plain, _) = read_digits(number.trim_end(), false)?;
    // Shifting the decimal point keeps 56.3% at 0.563, where a division may not.
    finite(negative, &plain, -2)
}

/// `01:05:37`, hours and more, in seconds. Two parts alone may be hours or minutes and are refused.
fn read_duration(text: &str) -> Option<f64> {
    let (negative, rest) = read_sign(text)?;
    let mut parts = rest.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || hours.is_empty() || hours.len() > 9 || minutes.len() != 2 {
        return None;
    }
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 2 || ![hours, minutes, whole, fraction].into_iter().all(digits) {
        return None;
    }
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds: f64 = seconds.parse().ok()?;
    let total = f64::from(hours) * 3600.0 + f64::from(minutes) * 60.0 + seconds;
    (minutes < 60 && seconds < 60.0).then_some(if negative { -total } else { total })
}

const CURRENCY: [char; 3] = ['£', '€', '$'];

/// Takes off a sign or the brackets of a negative number, and a currency sign on either side of it.
fn read_sign(text: &str) -> Option<(bool, &str)> {
    if let Some(rest) = text.strip_prefix('(') {
        let inner = trim(rest.strip_suffix(')')?);
        return Some((true, inner.strip_prefix(CURRENCY).unwrap_or(inner)));
    }
    let after_currency = text.strip_prefix(CURRENCY).map(str::trim_start);
    let rest = after_currency.unwrap_or(text);
    let (negative, rest) = if let Some(rest) = rest.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
        (true, rest)
    } else {
        (false, rest.strip_prefix('+').unwrap_or(rest))
    };
    let rest = if after_currency.is_none() { rest.strip_prefix(CURRENCY).unwrap_or(rest) } else { rest };
    Some((negative, rest))
}

/// Digits with thousands commas in the right places, decimals, and an exponent where one is allowed → the same without
/// commas, and the exponent.
fn read_digits(text: &str, exponents: bool) -> Option<(String, i32)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) if exponents => (mantissa, read_exponent(exponent)?),
        Some(_) => return None,
        None => (text, 0),
    };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let grouped = whole.contains(',');
    let sound = groups.all(|group| group.len() == 3 && digits(group))
        && digits(first)
        && digits(decimals)
        && !(grouped && (first.is_empty() || first.len() > 3))
        && !(whole.is_empty() && decimals.is_empty());
    sound.then(|| (format!("{}.{decimals}", whole.replace(',', "")), exponent))
}

fn read_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sound = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if sound { text.parse().ok() } else { None }
}

fn finite(negative: bool, plain: &str, exponent: i32) -> Option<f64> {
    let number: f64 = if exponent == 0 { plain.parse() } else { format!("{plain}e{exponent}").parse() }.ok()?;
    let number = if negative { -number } else { number };
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: f64) -> Cell {
        Cell::Number(number)
    }

    const UNREADABLE: Cell = Cell::Missing(Missing::Unreadable);

    #[test]
    fn numbers_as_people_write_them() {
        for (text, expected) in [
            ("1332", 1332.0),
            ("1,332", 1332.0),
            (" 1,973,611 ", 1_973_611.0),
            ("\u{a0}254\u{a0}", 254.0),
            ("(23,269)", -23_269.0),
            ("(£1.50)", -1.5),
            ("£0.96", 0.96),
            ("-£5", -5.0),
            ("£-5", -5.0),
            ("\u{2212}2.5", -2.5),
            ("+3", 3.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("1.5E-2", 0.015),
            ("00123", 123.0),
            ("123456789012345678", 123_456_789_012_345_680.0),
        ] {
            assert_eq!(read_cell(ColumnKind::Number, text), number(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_not_made_one() {
        for text in [
            "1,33",
            "1332,",
            ",332",
            "1,3322",
            "13,32,000",
            "1234,567",
            "0,96",
            "1.332,00",
            "1 332",
            "56.3%",
            "NaN",
            "inf",
            "-inf",
            "infinity",
            "0x1F",
            "1e400",
            "1e",
            "1e1.5",
            "e3",
            "--5",
            "-(5)",
            "(5",
            "5)",
            "(-5)",
            "5-",
            "£",
            "££5",
            "£-£5",
            "+",
            ".",
            "1.2.3",
            "٣",
            "１２",
            "2.6 per 1,000",
            "#N/A",
            "=1+1",
            "1_000",
            "01:05:37",
            "<5",
            "**",
        ] {
            let cell = read_cell(ColumnKind::Number, text);
            let expected = if text == "." { Cell::Missing(Missing::NotApplicable) } else { UNREADABLE };
            assert_eq!(cell, expected, "{text}");
        }
        assert_eq!(read_cell(ColumnKind::Number, &"9".repeat(1 << 20)), UNREADABLE);
    }

    #[test]
    fn each_reason_for_no_figure_stays_what_it_is() {
        for (text, reason) in [
            ("", Missing::Blank),
            (" \u{a0}\u{feff}", Missing::Blank),
            ("*", Missing::Suppressed),
            ("[c]", Missing::Suppressed),
            ("[x]", Missing::NotAvailable),
            ("[z]", Missing::NotApplicable),
            ("TBC", Missing::NotAvailable),
            ("UHL reviewing staging data - TBC", Missing::NotAvailable),
            ("-", Missing::NotApplicable),
            ("\u{2013}", Missing::NotApplicable),
            ("N/A", Missing::NotApplicable),
            ("Lower 85% Upper 90%", Missing::Unreadable),
            ("Reduction", Missing::Unreadable),
        ] {
            for kind in [ColumnKind::Number, ColumnKind::Percent, ColumnKind::Duration, ColumnKind::Period] {
                assert_eq!(read_cell(kind, text), Cell::Missing(reason), "{text:?} as {kind:?}");
            }
        }
    }

    #[test]
    fn shares_are_fractions_of_one() {
        for (text, expected) in [
            ("56.3%", 0.563),
            ("56.3 %", 0.563),
            ("0.563", 0.563),
            ("120%", 1.2),
            ("1,200%", 12.0),
            ("0%", 0.0),
            ("1", 1.0),
            ("-5%", -0.05),
            ("(5%)", -0.05),
        ] {
            assert_eq!(read_cell(ColumnKind::Percent, text), number(expected), "{text}");
        }
        for text in ["56.3", "1.01", "-73.5", "%", "5%%", "£5%", "£0.5", "1e1%", "=<92%", "2028 75%"] {
            assert_eq!(read_cell(ColumnKind::Percent, text), UNREADABLE, "{text}");
        }
    }

    #[test]
    fn figures_keep_the_unit_that_they_are_printed_in() {
        for (text, expected) in [
            ("4242", 4242.0),
            ("(51,679)", -51_679.0),
            ("56.3%", 0.563),
            ("400.0%", 4.0),
            ("01:05:37", 3937.0),
            ("0.5", 0.5),
        ] {
            assert_eq!(read_cell(ColumnKind::Figure, text), number(expected), "{text}");
            assert_eq!(read_cell(ColumnKind::Target, text), number(expected), "{text}");
        }
        assert_eq!(read_cell(ColumnKind::Figure, "*"), Cell::Missing(Missing::Suppressed));
        assert_eq!(read_cell(ColumnKind::Figure, "=<92%"), UNREADABLE);
    }

    #[test]
    fn a_bound_is_a_target_and_words_are_none() {
        for (text, expected) in [("=<92%", 0.92), ("≥ 95%", 0.95), ("<00:30:00", 1800.0)] {
            assert_eq!(read_cell(ColumnKind::Target, text), number(expected), "{text}");
        }
        for text in ["Reduction", "Reduction 2023 4", "2028 75%", "Reduce 21/22 *", "=<", "< >5"] {
            assert_eq!(read_cell(ColumnKind::Target, text), Cell::Missing(Missing::Words), "{text}");
        }
        assert_eq!(read_cell(ColumnKind::Target, "Lower 85% Upper 90%"), Cell::Missing(Missing::Range));
        assert_eq!(read_cell(ColumnKind::Target, "TBC"), Cell::Missing(Missing::NotAvailable));
    }

    #[test]
    fn targets_come_in_every_shape() {
        for (text, at_least, at_most) in [
            ("Lower 85% Upper 90%", Some(0.85), Some(0.9)),
            ("Between 10 and 12", Some(10.0), Some(12.0)),
            ("85% to 90%", Some(0.85), Some(0.9)),
            ("85\u{2013}90%", Some(0.85), Some(0.9)),
            ("1,000 - 1,200", Some(1000.0), Some(1200.0)),
            ("<=5%", None, Some(0.05)),
            ("=<92%", None, Some(0.92)),
            ("≤ 00:30:00", None, Some(1800.0)),
            ("18.2 or less", None, Some(18.2)),
            ("no more than 4", None, Some(4.0)),
            ("≥ 95%", Some(0.95), None),
            ("At least 66.1%", Some(0.661), None),
            ("95% or above", Some(0.95), None),
        ] {
            assert_eq!(read_bound(text), Some(Bound { at_least, at_most }), "{text}");
        }
        // The upper end stands first, years and plain figures are no range, and words set no bound.
        for text in ["Lower 90% Upper 85%", "2023-24", "92%", "Reduction on last year", "n/a", "TBC", "between", "< >5"]
        {
            assert_eq!(read_bound(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_seconds() {
        for (text, seconds) in
            [("01:05:37", 3937.0), ("00:30:00", 1800.0), ("100:00:00.5", 360_000.5), ("-00:01:00", -60.0)]
        {
            assert_eq!(read_cell(ColumnKind::Duration, text), number(seconds), "{text}");
        }
        for text in ["05:37", "1:5:37", "00:60:00", "00:00:60", "1:00:00:00", "3937", "::", "0.5", "01:05:3e"] {
            assert_eq!(read_cell(ColumnKind::Duration, text), UNREADABLE, "{text}");
        }
    }

    #[test]
    fn in_a_text_column_only_blank_is_missing() {
        for text in ["*", "-", "TBC", "00123", "N/A"] {
            assert_eq!(read_cell(ColumnKind::Text, text), Cell::Text);
        }
        assert_eq!(read_cell(ColumnKind::Text, " "), Cell::Missing(Missing::Blank));
    }
}

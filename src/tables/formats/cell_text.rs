//! The value of a spreadsheet's cell → the text that a person would write for it, losing nothing.
//!
//! | the cell holds | text |
//! |---|---|
//! | a whole number | `1332`; formatted `00000`: `01332` |
//! | any other number | the shortest decimals that mean it exactly: `0.563` |
//! | a number formatted as a percentage | `56.3%`, all its decimals |
//! | a date | `2025-10-01`; formatted without a day (`mmm-yy`): `2025-10` |
//! | a date with a time of day | `2025-10-01 13:45:00` |
//! | a time or duration | `01:05:37`, hours beyond 24 too |
//! | true or false | `TRUE`, `FALSE` |
//! | an error | `#DIV/0!` |
//!
//! Colours, currency signs, thousands commas and rounding of a format are left out: they say nothing that the value does
//! not. A percentage is marked ([`Mark::Share`]), because its cell holds 0.563 beyond doubt, so that a number column can
//! take it; in a text file `56.3%` may be meant as 56.3 and is refused there. The first of a month is marked too
//! ([`Mark::FirstOfMonth`]): it is how spreadsheets hold months.

use std::fmt::Write;

use calamine::ExcelDateTime;
use jiff::{Span, civil::Date, civil::date};

use super::super::row::{Mark, Row};

/// What a number format makes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Style {
    /// Nothing that its text needs to show.
    #[default]
    Plain,
    /// `0.0%`
    Percent,
    /// `00000`: so many digits at least.
    Padded(usize),
    /// `dd/mm/yyyy`, with or without a time of day.
    Date,
    /// `mmm-yy`: a date whose day is not shown.
    Month,
    /// `hh:mm` or `[h]:mm:ss`: no date.
    Time,
}

impl Style {
    /// The formats that every workbook has without saying what they are (ECMA-376, part 1, 18.8.30), by their numbers.
    pub(super) fn of_builtin(number: u16) -> Self {
        match number {
            9 | 10 => Self::Percent,
            17 => Self::Month,
            18..=21 | 45..=47 => Self::Time,
            // 27 to 36 and 50 to 58 are the dates of East Asian calendars.
            14..=16 | 22 | 27..=36 | 50..=58 => Self::Date,
            _ => Self::Plain,
        }
    }

    /// Reads a number format's first section, which is the one for positive numbers (ECMA-376, part 1, 18.8.31).
    pub(super) fn of_format(code: &str) -> Self {
        let letters = letters(code);
        if letters.contains('%') {
            return Self::Percent;
        }
        if letters.len() > 1 && letters.bytes().all(|byte| byte == b'0') {
            return Self::Padded(letters.len());
        }
        let has = |wanted: &[char]| letters.contains(wanted);
        match (has(&['d']), has(&['y', 'e']), has(&['h', 's'])) {
            (true, ..) | (_, true, true) => Self::Date,
            (_, true, _) => Self::Month,
            (.., true) => Self::Time,
            // `mmm` alone: a month of a year that is not shown, and is there.
            _ if has(&['m']) => Self::Month,
            _ => Self::Plain,
        }
    }
}

/// The letters of a format's first section that are not literal, in lower case; `[h]` counts as `h`, colours do not.
fn letters(code: &str) -> String {
    let mut letters = String::new();
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '\\' | '_' | '*' => drop(chars.next()),
            '"' => chars.by_ref().take_while(|c| *c != '"').for_each(drop),
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let elapsed = inner.to_ascii_lowercase();
                if !elapsed.is_empty() && elapsed.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    letters.push('h');
                }
            }
            c => letters.extend(c.to_lowercase()),
        }
    }
    // Only in `General` and in the signs of morning and afternoon do these letters mean something else.
    letters.replace("general", "").replace("am/pm", "h").replace("a/p", "h")
}

/// Adds a number to a row's open cell.
pub(super) fn push_number(row: &mut Row, number: f64, style: Style) {
    match style {
        Style::Percent => {
            row.mark(Mark::Share);
            row.push_str(&percent(number));
        }
        Style::Padded(digits) if number >= 0.0 && number.fract() == 0.0 => {
            row.push_str(&format!("{number:0>digits$}"));
        }
        _ => row.push_str(&plain(number)),
    }
}

/// Adds a date, a time or a duration, counted in days since the workbook's epoch.
pub(super) fn push_serial(row: &mut Row, serial: f64, epoch_1904: bool, style: Style) {
    let Some((day, milliseconds)) = split(serial) else {
        row.push_str(&plain(serial));
        return;
    };
    if style == Style::Time {
        push_clock(row, serial);
        return;
    }
    // A time of day alone is written as a date of the year 0.
    if day == 0 && !epoch_1904 && milliseconds > 0 {
        push_clock(row, serial);
        return;
    }
    match day_of(day, epoch_1904) {
        Some(date) if milliseconds == 0 => push_date(row, date, style),
        Some(date) => {
            let mut text = date.to_string();
            text.push(' ');
            write_clock(&mut text, milliseconds);
            row.push_str(&text);
        }
        None => row.push_str(&plain(serial)),
    }
}

/// Adds what calamine calls a date, of which it says only whether it is a duration.
pub(super) fn push_excel_date(row: &mut Row, value: &ExcelDateTime, epoch_1904: bool) {
    push_serial(row, value.as_f64(), epoch_1904, if value.is_duration() { Style::Time } else { Style::Date });
}

/// Adds a date in ISO 8601: its time of day only if there is one.
pub(super) fn push_iso(row: &mut Row, text: &str) {
    let (day, clock) = text.split_once('T').unwrap_or((text, ""));
    let clock = clock.trim_end_matches('Z');
    let midnight = clock.chars().all(|c| matches!(c, '0' | ':' | '.'));
    match day.parse::<Date>() {
        Ok(date) if midnight => push_date(row, date, Style::Date),
        Ok(date) => row.push_str(&format!("{date} {clock}")),
        Err(_) => row.push_str(text),
    }
}

/// Adds a duration in ISO 8601, `PT01H05M37S`, as `01:05:37`; as it is if it counts in years, months or days.
pub(super) fn push_iso_duration(row: &mut Row, text: &str) {
    match iso_milliseconds(text) {
        Some(milliseconds) => {
            let mut clock = String::new();
            write_clock(&mut clock, milliseconds);
            row.push_str(&clock);
        }
        None => row.push_str(text),
    }
}

fn push_date(row: &mut Row, date: Date, style: Style) {
    if style == Style::Month {
        row.push_str(&format!("{:04}-{:02}", date.year(), date.month()));
        return;
    }
    if date.day() == 1 {
        row.mark(Mark::FirstOfMonth);
    }
    row.push_str(&date.to_string());
}

/// A time of day or duration of so many days.
fn push_clock(row: &mut Row, days: f64) {
    let mut text = String::new();
    if days < 0.0 {
        text.push('-');
    }
    match split(days.abs()) {
        Some((day, milliseconds)) => write_clock(&mut text, day.unsigned_abs() * DAY + milliseconds),
        None => text = plain(days),
    }
    row.push_str(&text);
}

/// Milliseconds of a day.
const DAY: u64 = 86_400_000;

/// Days and the milliseconds of the day begun; none for what no spreadsheet shows as a date.
#[expect(clippy::cast_possible_truncation, reason = "bounded by the test before it")]
#[expect(clippy::cast_sign_loss, reason = "a fraction above the floor is not negative")]
fn split(serial: f64) -> Option<(i64, u64)> {
    // 31 December 9999 is day 2,958,465; durations stay far below.
    if !serial.is_finite() || serial.abs() >= 2_958_466.0 {
        return None;
    }
    let day = serial.floor();
    // A spreadsheet's seconds are fractions of a day: off by some nanoseconds.
    let milliseconds = ((serial - day) * DAY as f64).round() as u64;
    if milliseconds >= DAY { Some((day as i64 + 1, 0)) } else { Some((day as i64, milliseconds)) }
}

/// The date of a day's number. Excel counts from 1 January 1900 as day 1 and takes 1900 for a leap year, so that only
/// from 1 March 1900 on the count runs from 30 December 1899; or it counts from 1 January 1904 as day 0.
fn day_of(day: i64, epoch_1904: bool) -> Option<Date> {
    let epoch = match day {
        0.. if epoch_1904 => date(1904, 1, 1),
        61.. => date(1899, 12, 30),
        1..60 => date(1899, 12, 31),
        _ => return None,
    };
    epoch.checked_add(Span::new().try_days(day).ok()?).ok()
}

fn write_clock(text: &mut String, milliseconds: u64) {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    // Writing to a text cannot fail.
    let _ = write!(text, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if rest > 0 {
        let _ = write!(text, ".{rest:03}");
    }
}

fn iso_milliseconds(text: &str) -> Option<u64> {
    let mut rest = text.strip_prefix("PT")?;
    let mut total = 0.0;
    for (letter, seconds) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
        if let Some((number, after)) = rest.split_once(letter) {
            let number: f64 = number.replace(',', ".").parse().ok().filter(|number| (0.0..1e9).contains(number))?;
            total += number * seconds;
            rest = after;
        }
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 4e15")]
    rest.is_empty().then_some((total * 1000.0).round() as u64)
}

/// `1332`, `0.563`, never an exponent.
fn plain(number: f64) -> String {
    // Minus nothing is nothing.
    format!("{}", if number == 0.0 { 0.0 } else { number })
}

/// `56.3%`: the decimal point is moved, because a multiplication would make `56.30000000000001%` of some numbers.
fn percent(number: f64) -> String {
    let plain = plain(number);
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{decimals:0<2}");
    let (moved, rest) = padded.split_at_checked(2).unwrap_or((&padded, ""));
    let joined = format!("{whole}{moved}");
    let whole = joined.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if rest.is_empty() { format!("{sign}{whole}%") } else { format!("{sign}{whole}.{rest}%") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::{Cell, ColumnKind},
        tables::read_cell,
    };

    fn written(write: impl FnOnce(&mut Row)) -> String {
        let mut row = Row::default();
        write(&mut row);
        row.end_cell();
        row.get(0).unwrap().to_owned()
    }

    fn serial(serial: f64, epoch_1904: bool, code: &str) -> String {
        written(|row| push_serial(row, serial, epoch_1904, Style::of_format(code)))
    }

    fn number(number: f64, code: &str) -> String {
        written(|row| push_number(row, number, Style::of_format(code)))
    }

    #[test]
    fn formats_are_told_apart() {
        for (code, style) in [
            ("General", Style::Plain),
            ("0", Style::Plain),
            ("#,##0.00", Style::Plain),
            ("[Red]#,##0;[Blue]-#,##0", Style::Plain),
            ("_-\u{a3}* #,##0.00_-;-\u{a3}* #,##0.00_-;_-\u{a3}* \"-\"??_-;_-@_-", Style::Plain),
            ("#,##0\\ [$\u{20ac}-407]", Style::Plain),
            ("0.0\" per day\"", Style::Plain),
            ("\"100%\" 0", Style::Plain),
            ("@", Style::Plain),
            ("0%", Style::Percent),
            ("0.00%;[Red]-0.00%", Style::Percent),
            ("00000", Style::Padded(5)),
            ("dd/mm/yyyy", Style::Date),
            ("m/d/yy h:mm", Style::Date),
            ("[$-809]d mmmm yyyy;@", Style::Date),
            ("d-mmm", Style::Date),
            ("mmm-yy", Style::Month),
            ("[$-809]mmmm\\ yyyy;@", Style::Month),
            ("yyyy\\-mm", Style::Month),
            ("h:mm AM/PM", Style::Time),
            ("[h]:mm:ss", Style::Time),
            ("mm:ss.0", Style::Time),
            ("[mm]:ss", Style::Time),
        ] {
            assert_eq!(Style::of_format(code), style, "{code}");
        }
    }

    #[test]
    fn numbers_lose_nothing_and_gain_nothing() {
        for (value, code, text) in [
            (1332.0, "General", "1332"),
            (1332.0, "#,##0.00", "1332"),
            (-0.0, "General", "0"),
            (0.563, "0.0%", "56.3%"),
            (0.562_999_999_999_99, "0%", "56.299999999999%"),
            (1.2, "0%", "120%"),
            (1.0, "0%", "100%"),
            (0.0, "0%", "0%"),
            (0.05, "0%", "5%"),
            (0.0005, "0%", "0.05%"),
            (-0.07, "0%", "-7%"),
            (12.0, "0%", "1200%"),
            (123.0, "00000", "00123"),
            (123.5, "00000", "123.5"),
            (1e21, "General", "1000000000000000000000"),
            (1e-7, "General", "0.0000001"),
        ] {
            assert_eq!(number(value, code), text, "{value} as {code}");
        }
    }

    #[test]
    fn days_are_counted_as_excel_counts_them() {
        // 45931 is 1 October 2025; 44469 the same in the system of 1904 (1,462 days less).
        for (day, epoch_1904, code, text) in [
            (45_931.0, false, "dd/mm/yyyy", "2025-10-01"),
            (44_469.0, true, "dd/mm/yyyy", "2025-10-01"),
            (45_931.0, false, "mmm-yy", "2025-10"),
            (45_931.572_916_666_664, false, "dd/mm/yyyy hh:mm", "2025-10-01 13:45:00"),
            (45_931.999_999_999_9, false, "dd/mm/yyyy", "2025-10-02"),
            (1.0, false, "dd/mm/yyyy", "1900-01-01"),
            (59.0, false, "dd/mm/yyyy", "1900-02-28"),
            (60.0, false, "dd/mm/yyyy", "60"),
            (61.0, false, "dd/mm/yyyy", "1900-03-01"),
            (0.0, true, "dd/mm/yyyy", "1904-01-01"),
            (2_958_465.0, false, "dd/mm/yyyy", "9999-12-31"),
            (2_958_466.0, false, "dd/mm/yyyy", "2958466"),
            (-1.0, false, "dd/mm/yyyy", "-1"),
            (f64::MAX, false, "[h]:mm", &plain(f64::MAX)),
        ] {
            assert_eq!(serial(day, epoch_1904, code), text, "{day} as {code}");
        }
    }

    #[test]
    fn durations_have_hours_minutes_and_seconds() {
        // 01:05:37 is 3,937 of 86,400 seconds.
        for (days, code, text) in [
            (3937.0 / 86_400.0, "hh:mm:ss", "01:05:37"),
            (3937.0 / 86_400.0, "[h]:mm:ss", "01:05:37"),
            (1.0 + 3937.0 / 86_400.0, "[h]:mm:ss", "25:05:37"),
            (100.0 / 24.0, "[h]:mm", "100:00:00"),
            (0.0, "[h]:mm", "00:00:00"),
            (0.5 / 86_400.0, "mm:ss.0", "00:00:00.500"),
            (-3937.0 / 86_400.0, "[h]:mm:ss", "-01:05:37"),
            (0.5, "dd/mm/yyyy", "12:00:00"),
        ] {
            assert_eq!(serial(days, false, code), text, "{days} as {code}");
        }
        for (iso, text) in
            [("PT01H05M37S", "01:05:37"), ("PT100H00M00.5S", "100:00:00.500"), ("PT90S", "00:01:30"), ("P1D", "P1D")]
        {
            assert_eq!(written(|row| push_iso_duration(row, iso)), text);
        }
        for (iso, text) in [
            ("2025-10-01", "2025-10-01"),
            ("2025-10-01T00:00:00", "2025-10-01"),
            ("2025-10-01T13:45:00", "2025-10-01 13:45:00"),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(written(|row| push_iso(row, iso)), text);
        }
    }

    proptest! {
        #[test]
        fn every_number_reads_back(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
            prop_assert_eq!(plain(number).parse::<f64>().unwrap().to_bits(), (number + 0.0).to_bits());
            if number.abs() < 1e300 {
                prop_assert_eq!(read_cell(ColumnKind::Percent, &percent(number)), Cell::Number(number));
            }
        }

        #[test]
        fn any_serial_and_any_format_give_a_text(days in any::<f64>(), code in "[hmsdyeE0#%;\"\\\\\\[\\]a-z]{0,12}", old in any::<bool>()) {
            let style = Style::of_format(&code);
            written(|row| push_serial(row, days, old, style));
            written(|row| push_number(row, days, style));
        }
    }
}

//! CSV in UTF-8 with a byte-order mark, so that spreadsheets show it as it is.

use super::{Cell, Table};

pub(super) fn write(table: &Table) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    csv.write_record(table.headers.iter().map(|header| neutral(header)))?;
    for row in &table.rows {
        csv.write_record(row.iter().map(|cell| match cell {
            Cell::Text(text) => neutral(text),
            Cell::Count(count) => count.to_string(),
            Cell::Figure(figure, _) => figure.to_string(),
        }))?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// A text that no spreadsheet takes for a formula: an apostrophe goes before what might be one.
#[must_use]
pub fn neutral(text: &str) -> String {
    let suspect = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if suspect && !is_number(text) { format!("'{text}") } else { text.to_owned() }
}

/// A sign and digits, as figures are printed: `-5`, `+1,332.5`, `-3%`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = digits.strip_suffix('%').unwrap_or(digits);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'))
        && digits.matches('.').count() < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_formula_and_numbers_stay_numbers() {
        let neutral_is = |text: &str, expected: &str| assert_eq!(neutral(text), expected, "{text:?}");
        for text in ["-5", "+1,332.5", "-3%", "12", "", "plain", "'=1", "1-2"] {
            neutral_is(text, text);
        }
        for text in [
            "=1+1",
            "+44 7700",
            "-1+cmd|' /C calc'!A0",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "-",
            "-inf",
            "--1",
            "-1.2.3",
            "＝1",
        ] {
            neutral_is(text, &format!("'{text}"));
        }
    }
}

//! Text from data made harmless for a line of a subject, a page or a terminal.

use unicode_width::UnicodeWidthChar;

/// How many combining marks may follow one another; more only serve to smear over the neighbouring lines.
const MARKS: usize = 4;

/// One line of at most `width` columns: white space and line breaks become single spaces, control characters and marks
/// that turn the direction of text are left out, and what is longer ends in `…`.
pub(super) fn line(text: &str, width: usize) -> String {
    cut(&flat(text), width)
}

/// As [`line`], but cut in the middle, for names whose end tells them apart: `les-activ…2025-10.csv`.
pub(super) fn name(text: &str, width: usize) -> String {
    let text = flat(text);
    if columns(&text) <= width {
        return text;
    }
    let head = fitting(text.chars(), width.saturating_sub(1) / 2);
    let tail = fitting(text.chars().rev(), width.saturating_sub(1 + columns(&head)));
    format!("{head}…{}", tail.chars().rev().collect::<String>())
}

/// A file's name, and which of its tables is meant where that is not plain: `les-2025-10.xlsx (Bands)`.
pub(super) fn file(file: &str, table: Option<&str>, width: usize) -> String {
    match table {
        None => name(file, width),
        Some(table) => name(&format!("{file} ({table})"), width),
    }
}

/// How many columns of a terminal the text takes.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

pub(super) fn width(c: char) -> usize {
    c.width().unwrap_or(0)
}

fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let head = fitting(text.chars(), width.saturating_sub(1));
    format!("{}…", head.trim_end())
}

fn fitting(chars: impl Iterator<Item = char>, limit: usize) -> String {
    let mut taken = 0;
    chars
        .take_while(|c| {
            taken += width(*c);
            taken <= limit
        })
        .collect()
}

fn flat(text: &str) -> String {
    let mut flat = String::with_capacity(text.len().min(4096));
    let mut marks = 0;
    for c in text.chars() {
        if c.is_whitespace() {
            marks = 0;
            if !flat.is_empty() && !flat.ends_with(' ') {
                flat.push(' ');
            }
        } else if !is_unprintable(c) {
            marks = if width(c) == 0 { marks + 1 } else { 0 };
            if marks <= MARKS {
                flat.push(c);
            }
        }
    }
    flat.truncate(flat.trim_end().len());
    flat
}

/// Control characters, and format characters that reorder or hide what stands around them.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(line(" a\r\nBcc: x\t\u{7}b\u{2028}c ", 50), "a Bcc: x b c");
        assert_eq!(line("\u{202e}gnp.exe\u{2066}\u{200f}", 50), "gnp.exe");
        assert_eq!(line("", 50), "");
    }

    #[test]
    fn what_is_long_ends_in_an_ellipsis() {
        assert_eq!(line(&"x".repeat(10_000), 6), "xxxxx…");
        assert_eq!(line("exact", 5), "exact");
        assert_eq!(line("one two three", 5), "one…");
        // Wide characters take two columns each.
        assert_eq!(line("漢字漢字", 5), "漢字…");
    }

    #[test]
    fn a_name_keeps_its_end() {
        assert_eq!(name("les-activity-2025-10.csv", 21), "les-activi…025-10.csv");
        assert_eq!(name("a.csv", 21), "a.csv");
        assert_eq!(columns(&name(&"漢".repeat(500), 20)), 19);
    }

    #[test]
    fn smearing_marks_are_limited() {
        let smeared = format!("a{}b", "\u{301}".repeat(1000));
        assert_eq!(line(&smeared, 10), format!("a{}b", "\u{301}".repeat(4)));
    }
}

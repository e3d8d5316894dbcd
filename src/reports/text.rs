//! Plain text in columns.

use super::clean;

/// The width of a plain text message, as mail programs have it without wrapping.
pub(super) const WIDTH: usize = 76;

/// Breaks a text into lines of at most [`WIDTH`] columns. `indent` spaces stand before every line but the first, which
/// already has as much in front of it. A word too long for a line is broken.
pub(super) fn wrap(text: &str, indent: usize) -> String {
    let room = WIDTH.saturating_sub(indent).max(1);
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = clean::columns(word);
        if used > 0 && used + 1 + length > room {
            lines.push(String::new());
            used = 0;
        }
        let Some(line) = lines.last_mut() else { break };
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        if used + length <= room {
            line.push_str(word);
            used += length;
        } else {
            used = break_word(&mut lines, word, room);
        }
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

/// Puts a word that is longer than a line on as many lines as it takes; how much of the last one is used.
fn break_word(lines: &mut Vec<String>, word: &str, room: usize) -> usize {
    let mut used = 0;
    for c in word.chars() {
        if used + clean::width(c) > room {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push(c);
        }
        used += clean::width(c);
    }
    used
}

/// Pads on the right to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(clean::columns(text))))
}

/// Rows with the columns aligned, each at most `widest` wide and cut with `…` beyond it; no space at the end of a line.
pub(super) fn table(rows: &[Vec<String>], widest: usize) -> Vec<String> {
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| clean::line(cell, widest)).collect()).collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &cells {
        for (i, cell) in row.iter().enumerate() {
            let width = clean::columns(cell);
            match widths.get_mut(i) {
                Some(widest) => *widest = (*widest).max(width),
                None => widths.push(width),
            }
        }
    }
    cells
        .iter()
        .map(|row| {
            let padded: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
            padded.join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_than_the_page() {
        let text = format!("start {} end {}", "x".repeat(200), "word ".repeat(40));
        let wrapped = wrap(&text, 4);
        for (i, line) in wrapped.lines().enumerate() {
            let own = if i == 0 { 4 } else { 0 };
            assert!(clean::columns(line) + own <= WIDTH, "{line:?}");
        }
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(letters(&wrapped), letters(&text));
    }

    #[test]
    fn columns_are_aligned_and_cut() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let lines = table(&[row(["Row", "Value"]), row(["12", "漢字"]), row(["1,300", "abcdefghij"])], 8);
        assert_eq!(lines, ["Row    Value", "12     漢字", "1,300  abcdefg…"]);
    }
}

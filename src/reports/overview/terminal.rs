//! The picture for a terminal: a figure and a mark in each cell, with colour on top where it is wanted.

use anstyle::{AnsiColor, Color, Style};

use super::{CellState, Shown};
use crate::reports::{clean, text};

/// The widest label and cell.
const LABEL: usize = 34;
const CELL: usize = 7;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextStyle {
    /// Only ASCII marks.
    pub ascii: bool,
    /// ANSI colours.
    pub colour: bool,
}

impl TextStyle {
    /// The mark of a state: each has its own, so that colour adds nothing but speed.
    fn mark(self, state: Option<CellState>) -> char {
        match (state, self.ascii) {
            (Some(CellState::Firing), false) => '█',
            (Some(CellState::Firing), true) => '#',
            (Some(CellState::Pending), false) => '▒',
            (Some(CellState::Pending), true) => '+',
            (Some(CellState::Clear), false) => '░',
            (Some(CellState::Clear), true) => '-',
            (Some(CellState::Unknown), _) => '?',
            (None, false) => '·',
            (None, true) => '.',
        }
    }

    /// A label as the terminal can show it.
    fn plain(self, text: &str, width: usize) -> String {
        if !self.ascii {
            return clean::line(text, width);
        }
        let ascii: String = text.replace('–', "-").replace('…', "...");
        let ascii: String =
            clean::line(&ascii, usize::MAX).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
        if ascii.len() <= width { ascii } else { format!("{}...", ascii.chars().take(width - 3).collect::<String>()) }
    }

    fn paint(self, text: &str, state: Option<CellState>) -> String {
        if !self.colour {
            return text.to_owned();
        }
        let of = |colour: AnsiColor| Style::new().fg_color(Some(Color::Ansi(colour)));
        let style = match state {
            Some(CellState::Firing) => of(AnsiColor::Red).bold(),
            Some(CellState::Pending) => of(AnsiColor::Yellow),
            Some(CellState::Clear) => of(AnsiColor::Cyan),
            Some(CellState::Unknown) => of(AnsiColor::Magenta),
            None => Style::new().dimmed(),
        };
        format!("{style}{text}{style:#}")
    }
}

pub(super) fn draw(shown: &Shown<'_>, style: TextStyle) -> String {
    let labels: Vec<String> = shown.rows.iter().map(|(label, _)| style.plain(label, LABEL)).collect();
    let widest = labels.iter().map(|label| clean::columns(label)).max().unwrap_or(0);
    let mut lines = vec![style.plain(&shown.title, 80), style.plain(&shown.summary, 200), String::new()];
    lines.push(headers(shown, widest, |(first, _)| first));
    lines.push(headers(shown, widest, |(_, second)| second));
    for (label, (_, cells)) in labels.iter().zip(&shown.rows) {
        let mut line = text::pad(label, widest);
        for cell in cells {
            let figure = cell.map_or_else(String::new, |cell| style.plain(&cell.text, CELL));
            let state = cell.map(|cell| cell.state);
            let padding = " ".repeat(CELL.saturating_sub(clean::columns(&figure)));
            let figure = format!("{padding}{figure} {}", style.mark(state));
            line = format!("{line} {}", style.paint(&figure, state));
        }
        lines.push(line);
    }
    lines.push(String::new());
    lines.push(legend(style));
    lines.extend(shown.notes.iter().cloned());
    lines.join("\n") + "\n"
}

/// One line of the header, each part above the figures of its column.
fn headers(shown: &Shown<'_>, widest: usize, part: impl Fn(&(String, String)) -> &String) -> String {
    let columns: Vec<String> = shown.headers.iter().map(|header| format!("{:>9}", part(header))).collect();
    format!("{}{}", " ".repeat(widest), columns.join(" ")).trim_end().to_owned()
}

fn legend(style: TextStyle) -> String {
    let states = CellState::ALL.map(|state| (Some(state), state.word()));
    let entries: Vec<String> = states
        .into_iter()
        .chain([(None, "no figure")])
        .map(|(state, word)| style.paint(&format!("{} {word}", style.mark(state)), state))
        .collect();
    entries.join("   ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::overview::{OverviewRow, overview_text, tests::two_contracts};

    #[test]
    fn a_grid_for_the_terminal() {
        insta::assert_snapshot!(overview_text(&two_contracts(), TextStyle::default()), @r"
        Local Enhanced Services: share of plan
        2 series over 3 periods. October 2025: 1 firing, 1 clear.

                        Aug       Sep       Oct
                       2025      2025      2025
        Dementia       57% █     61% ░     52% █
        Wound Care         ·     59% █     62% ░

        █ firing   ▒ pending   ░ clear   ? could not be judged   · no figure
        ");
    }

    #[test]
    fn ascii_is_ascii_and_aligned() {
        let mut grid = two_contracts();
        grid.title = "A – B".to_owned();
        grid.rows.push(OverviewRow { label: "漢字".repeat(400), cells: Vec::new() });
        let text = overview_text(&grid, TextStyle { ascii: true, colour: false });
        assert!(text.is_ascii(), "{text}");
        let widths: Vec<usize> = text.lines().skip(5).take(3).map(str::len).collect();
        assert!(widths.iter().all(|width| *width == widths[0]), "{text}");
    }

    #[test]
    fn colours_only_where_they_are_wanted_and_never_from_data() {
        let mut grid = two_contracts();
        grid.rows[0].label = "\u{1b}[31mred\u{7}".to_owned();
        assert!(!overview_text(&grid, TextStyle::default()).contains('\u{1b}'));
        let coloured = overview_text(&grid, TextStyle { ascii: false, colour: true });
        assert!(coloured.contains("\u{1b}[1m\u{1b}[31m    57% █\u{1b}[0m"), "{coloured:?}");
        assert!(!coloured.contains('\u{7}') && !coloured.contains("\u{1b}[31mred"));
    }
}

//! How commands answer: a table for people, JSON for machines.

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::model::Period;

/// So many periods are named one by one.
const NAMED: usize = 6;

/// What a list is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// One JSON document for programs.
    Json,
}

/// Rows that can be printed as a table or as JSON.
pub(super) trait Listing {
    /// One entry as programs read it.
    type Entry: Serialize;

    /// The column headers.
    const HEADERS: &'static [&'static str];

    /// What stands in place of an empty table.
    const EMPTY: &'static str;

    /// The cells of an entry, one for each header.
    fn cells(entry: &Self::Entry) -> Vec<Cell>;
}

/// A cell of a table. Its text may come from a file: control characters do not reach the terminal.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    text: String,
    tone: Tone,
}

/// How a cell looks on a terminal that shows colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it is.
    Plain,
    /// In order.
    Good,
    /// May need attention.
    Doubtful,
    /// Needs attention.
    Bad,
    /// Matters less.
    Faint,
}

impl Cell {
    /// Text with a tone.
    pub(super) fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }

    fn render(&self) -> String {
        let clean = clean(&self.text);
        match self.tone {
            Tone::Plain => clean,
            Tone::Good => good(&clean),
            Tone::Doubtful => doubtful(&clean),
            Tone::Bad => bad(&clean),
            Tone::Faint => faint(&clean),
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

/// Text from a file or its name, without what a terminal would obey.
#[must_use]
pub(super) fn clean(text: &str) -> String {
    // Marks of direction would have what follows them read the other way round.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect()
}

/// A stored time as people read it: the day and the minute, in the zone of this machine.
#[must_use]
pub(super) fn when(timestamp: &str) -> String {
    timestamp.parse::<jiff::Timestamp>().map_or_else(
        |_| timestamp.to_owned(),
        |time| time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

/// Prints entries in the format asked for.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn print<L: Listing>(entries: &[L::Entry], format: Format) -> std::io::Result<()> {
    match format {
        Format::Json => print_json(entries),
        Format::Table if entries.is_empty() => say(L::EMPTY),
        Format::Table => say(table(L::HEADERS, entries.iter().map(L::cells))),
    }
}

/// A table with a heading.
#[must_use]
pub(super) fn table(headers: &[&str], rows: impl IntoIterator<Item = Vec<Cell>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        // A pipe has no width: rows stay on one line, for grep and friends.
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    table.set_header(headers.iter().map(|header| strong(&header.to_uppercase())));
    for row in rows {
        table.add_row(row.iter().map(Cell::render));
    }
    table.trim_fmt()
}

/// Prints lines of CSV under a header.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn print_csv(headers: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headers)?;
    for row in rows {
        writer.write_record(row)?;
    }
    let bytes = writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
    say(String::from_utf8_lossy(&bytes).trim_end())
}

/// Prints one JSON document.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn print_json<T: Serialize + ?Sized>(value: &T) -> std::io::Result<()> {
    say(serde_json::to_string_pretty(value)?)
}

/// Prints a line, with colour only where a terminal shows it.
///
/// # Errors
/// Standard output cannot be written to; a closed pipe (`| head`) is no error.
pub(super) fn say(line: impl AsRef<str>) -> std::io::Result<()> {
    match writeln!(anstream::stdout(), "{}", line.as_ref()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Whether standard output shows colour.
#[must_use]
pub(super) fn colour() -> bool {
    !matches!(anstream::AutoStream::choice(&std::io::stdout()), anstream::ColorChoice::Never)
}

fn paint(style: Style, text: &str) -> String {
    if colour() { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// A heading.
#[must_use]
pub(super) fn strong(text: &str) -> String {
    paint(Style::new().bold(), text)
}

/// What needs attention.
#[must_use]
pub(super) fn bad(text: &str) -> String {
    paint(AnsiColor::Red.on_default().bold(), text)
}

/// What may need attention.
#[must_use]
pub(super) fn doubtful(text: &str) -> String {
    paint(AnsiColor::Yellow.on_default(), text)
}

/// What is in order.
#[must_use]
pub(super) fn good(text: &str) -> String {
    paint(AnsiColor::Green.on_default(), text)
}

/// What matters less.
#[must_use]
pub(super) fn faint(text: &str) -> String {
    paint(Style::new().dimmed(), text)
}

/// Periods as people read them: `2025-08, 2025-10`, and of many `2009-01 to 2024-12, 192 periods`.
pub(super) fn periods(periods: &[Period]) -> String {
    match periods {
        [first, .., last] if periods.len() > NAMED => format!("{first} to {last}, {} periods", periods.len()),
        _ => periods.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// A file's name, and which of its tables is meant where that is not plain: `les-2025-10.xlsx (Bands)`.
pub(super) fn file(name: &str, table: Option<&str>) -> String {
    table.map_or_else(|| name.to_owned(), |table| format!("{name} ({table})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_periods_are_named_and_many_are_counted() {
        let months: Vec<Period> = (1..=7).map(|month| format!("2025-0{month}").parse().expect("a month")).collect();
        assert_eq!(periods(&[]), "");
        assert_eq!(periods(&months[..2]), "2025-01, 2025-02");
        assert_eq!(periods(&months), "2025-01 to 2025-07, 7 periods");
    }
}

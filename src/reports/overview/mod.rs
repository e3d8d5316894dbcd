//! The picture of the whole: a row for each series, a column for each period.

mod svg;
mod terminal;

use crate::model::{Granularity, Period};

use super::{clean, words};

pub use terminal::TextStyle;

/// How many rows a picture shows; those after them are counted below it.
const ROWS: usize = 200;
/// How many periods a picture shows, the newest ones; how many came before is said below it.
const PERIODS: usize = 24;

/// Series over periods, as a person is to see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// What the picture shows: "Local Enhanced Services: share of plan delivered".
    pub title: String,
    /// The columns, oldest first.
    pub periods: Vec<Period>,
    /// The rows, in the order shown.
    pub rows: Vec<OverviewRow>,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewRow {
    /// Its name for people.
    pub label: String,
    /// One cell for each period; none (or too few) where there is no figure.
    pub cells: Vec<Option<OverviewCell>>,
}

/// One figure and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewCell {
    /// The figure, short: "28%".
    pub text: String,
    /// What was said of it.
    pub state: CellState,
}

/// What was said of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CellState {
    /// An alert fires.
    Firing,
    /// In breach, for too few periods to fire.
    Pending,
    /// Not in breach.
    Clear,
    /// It could not be judged.
    Unknown,
}

impl CellState {
    const ALL: [Self; 4] = [Self::Firing, Self::Pending, Self::Clear, Self::Unknown];

    fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Pending => "pending",
            Self::Clear => "clear",
            Self::Unknown => "could not be judged",
        }
    }
}

/// An SVG picture, complete in itself: title, description, legend; readable without colour.
#[must_use]
pub fn overview(overview: &Overview) -> String {
    svg::draw(&Shown::of(overview))
}

/// The same for a terminal.
#[must_use]
pub fn overview_text(overview: &Overview, style: TextStyle) -> String {
    terminal::draw(&Shown::of(overview), style)
}

/// The part of an overview that is drawn.
struct Shown<'a> {
    title: String,
    /// Two short lines for each column: "Oct", "2025".
    headers: Vec<(String, String)>,
    rows: Vec<(&'a str, Vec<Option<&'a OverviewCell>>)>,
    /// What is not shown.
    notes: Vec<String>,
    /// One sentence on the newest period.
    summary: String,
}

impl<'a> Shown<'a> {
    fn of(overview: &'a Overview) -> Self {
        let skipped = overview.periods.len().saturating_sub(PERIODS);
        let periods: Vec<Period> = overview.periods.iter().skip(skipped).copied().collect();
        let rows = overview.rows.iter().take(ROWS);
        let rows: Vec<_> = rows.map(|row| (row.label.as_str(), cells(row, skipped, periods.len()))).collect();
        let mut notes = Vec::new();
        if overview.rows.len() > ROWS {
            notes.push(format!("and {} more series, not shown", words::number((overview.rows.len() - ROWS) as f64)));
        }
        if skipped > 0 {
            notes.push(format!("and {} earlier periods, not shown", words::number(skipped as f64)));
        }
        Self {
            title: clean::line(&overview.title, 80),
            headers: periods.iter().map(|period| header(*period)).collect(),
            rows,
            notes,
            summary: summary(overview),
        }
    }
}

fn cells(row: &OverviewRow, skipped: usize, columns: usize) -> Vec<Option<&OverviewCell>> {
    (skipped..skipped + columns).map(|column| row.cells.get(column).and_then(Option::as_ref)).collect()
}

/// "14 series over 7 periods. October 2025: 4 firing, 10 clear."
fn summary(overview: &Overview) -> String {
    let size = format!(
        "{} series over {}",
        words::number(overview.rows.len() as f64),
        words::count(overview.periods.len(), "period")
    );
    let Some((newest, last)) = overview.periods.last().zip(overview.periods.len().checked_sub(1)) else {
        return format!("{size}.");
    };
    let of = |state: Option<CellState>| {
        overview
            .rows
            .iter()
            .filter(|row| row.cells.get(last).and_then(Option::as_ref).map(|cell| cell.state) == state)
            .count()
    };
    let counts: Vec<String> = CellState::ALL
        .into_iter()
        .map(|state| (of(Some(state)), state.word()))
        .chain([(of(None), "without a figure")])
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", words::number(n as f64)))
        .collect();
    if counts.is_empty() { format!("{size}.") } else { format!("{size}. {}: {}.", newest.label(), counts.join(", ")) }
}

/// A period on two short lines.
fn header(period: Period) -> (String, String) {
    let label = period.label();
    let Some((first, second)) = label.rsplit_once(' ') else { return (label, String::new()) };
    let first = match period.granularity() {
        Granularity::Month => first.chars().take(3).collect(),
        Granularity::Week => first.trim_end_matches(" of").replace("week", "wk"),
        // "6 October" becomes "6 Oct".
        Granularity::Day => first.chars().take(first.find(' ').map_or(6, |space| space + 4)).collect(),
        Granularity::Quarter | Granularity::FinancialYear | Granularity::CalendarYear => first.to_owned(),
    };
    (first, second.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::reports::fixtures::period;

    fn cell(text: &str, state: CellState) -> OverviewCell {
        OverviewCell { text: text.to_owned(), state }
    }

    /// Two contracts of the published figures; the second was not reported in August.
    pub(in crate::reports) fn two_contracts() -> Overview {
        use CellState::{Clear, Firing};
        let row = |label: &str, cells| OverviewRow { label: label.to_owned(), cells };
        Overview {
            title: "Local Enhanced Services: share of plan".to_owned(),
            periods: ["2025-08", "2025-09", "2025-10"].map(period).to_vec(),
            rows: vec![
                row("Dementia", vec![Some(cell("57%", Firing)), Some(cell("61%", Clear)), Some(cell("52%", Firing))]),
                row("Wound Care", vec![None, Some(cell("59%", Firing)), Some(cell("62%", Clear))]),
            ],
        }
    }

    #[test]
    fn the_summary_counts_the_newest_period() {
        assert_eq!(summary(&two_contracts()), "2 series over 3 periods. October 2025: 1 firing, 1 clear.");
    }

    #[test]
    fn headers_are_short_for_every_kind_of_period() {
        for (text, expected) in [
            ("2025-10", ("Oct", "2025")),
            ("2025/26-Q3", ("Q3", "2025/26")),
            ("2025/26", ("2025/26", "")),
            ("2025-W41", ("wk 41", "2025")),
            ("2025-10-06", ("6 Oct", "2025")),
        ] {
            let (first, second) = header(period(text));
            assert_eq!((first.as_str(), second.as_str()), expected);
        }
    }
}

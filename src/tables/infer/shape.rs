//! How a printed table is laid out: what becomes of its rows and columns before they are rows of one figure each.

use std::collections::BTreeSet;

use crate::model::{Granularity, Period};

use super::{
    super::{
        RowPattern,
        cells::{missing, read_number},
        periods,
        row::{Mark, Row, is_blank, trim},
    },
    alternate::{self, Alternate},
    heading::{Heading, is_figure},
    notes,
    questions::Question,
    stacked::{self, Stacked},
    totals::{self, OfRowsAbove},
    withheld::is_withheld,
    years::Years,
};
use crate::model::Missing;

/// Any year: which one `Sept` is of does not matter for telling that it is a month.
const ANY_YEAR: i32 = 2000;
/// A label column of which at least so many of a hundred cells are blank is merged down.
const BLANK_LABELS: usize = 30;
/// So many columns without a header are written out in a question.
const MOST_NAMED: usize = 8;
/// At least so many of a hundred cells below a period are figures, or say why there is none.
const MOSTLY: usize = 90;

/// The layout of a table.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Tables stacked, each with its title.
    pub(super) stacked: Option<Stacked>,
    /// Columns whose header is a period, and the setting that takes them.
    pub(super) across: Option<Across>,
    /// Rows that belong together.
    pub(super) alternate: Option<Alternate>,
    /// Columns whose labels are merged down.
    pub(super) fill_down: Vec<usize>,
    /// Columns of figures of no one period, beside those across.
    pub(super) left_out: BTreeSet<usize>,
    /// Patterns of rows that are totals or percentages of the others.
    pub(super) skip_rows: Vec<String>,
    /// Total rows among these, and what they add up.
    pub(super) of_rows_above: Option<OfRowsAbove>,
    /// What is to be asked of total rows that are kept.
    pub(super) of_totals: Option<Question>,
    /// Whether rows stand twice, alike in every cell, and are read once.
    pub(super) repeated: bool,
    /// Where the columns stand that say the period of a row together: a year, and a month or quarter of it.
    pub(super) period_parts: Option<[usize; 2]>,
    /// Columns that hold nothing.
    pub(super) empty: BTreeSet<usize>,
    /// What only people can answer.
    pub(super) questions: Vec<Question>,
}

/// Figures across the columns.
#[derive(Debug)]
pub(super) struct Across {
    /// `months`, `quarters`, `years` or `periods`.
    pub(super) columns: &'static str,
    pub(super) positions: BTreeSet<usize>,
    /// Whether they say their year.
    pub(super) has_year: bool,
}

impl Shape {
    /// Whether a column of the file is declared by itself.
    pub(super) fn declares(&self, position: usize) -> bool {
        let across = self.across.as_ref().is_some_and(|across| across.positions.contains(&position));
        let alternate = self.alternate.as_ref().is_some_and(|alternate| alternate.takes(position));
        !across && !alternate && !self.left_out.contains(&position) && !self.empty.contains(&position)
    }
}

/// Finds the layout of a table whose header is known. `rows` are those of the file from its top.
pub(super) fn find(rows: &[Row], heading: &Heading, years: &Years, in_sheet: bool) -> Shape {
    let mut shape = Shape::default();
    let below = rows.get(heading.first + heading.rows..).unwrap_or_default();
    shape.stacked = stacked::find(rows, heading);
    let blocks = shape.stacked.as_ref();
    // As the reader has it: of sheets alone.
    let named = heading.columns.iter().position(|above| !above.full.is_empty());
    let first = named.filter(|_| in_sheet).unwrap_or(0);
    let is_data = |row: &&Row| {
        row.first_filled().is_some()
            && !(heading.columns.len() > 1 && row.alone(first).is_some())
            && !blocks.is_some_and(|stacked| stacked.headers.contains(&row.number))
    };
    let mut body: Vec<&Row> = below.iter().filter(is_data).collect();
    let notes = if blocks.is_some() { Vec::new() } else { notes::find(below, first) };
    let is_note = patterns(&notes);
    body.retain(|row| !is_note(row));
    let totals = totals::find(&body);
    body.retain(|row| !totals.leaves_out(row));
    let width = heading.columns.len().max(body.iter().map(|row| row.len()).max().unwrap_or(0));
    let filled = |at: usize| body.iter().any(|row| row.get(at).is_some_and(|text| !is_blank(text)));
    let named = |at: usize| heading.columns.get(at).is_some_and(|above| !above.full.is_empty());
    shape.empty = (0..width).filter(|at| !named(*at) && !filled(*at)).collect();
    ask_of_shifted(&mut shape, heading, &body, width);
    shape.across = across(heading, &body);
    ask_of_days(&mut shape, heading);
    ask_of_groups(&mut shape, heading);
    shape.alternate = alternate::find(&body, heading, shape.across.as_ref());
    shape.fill_down = fill_down(&body, &shape);
    if let Some(across) = &shape.across {
        let figures = |at: &usize| !across.positions.contains(at) && holds_figures(&body, *at);
        shape.left_out = (0..heading.columns.len()).filter(figures).collect();
        if !across.has_year && years.of_file.is_none() && years.of_titles.is_none() {
            shape.questions.push(
                Question::open("Which financial year do the months across belong to? Neither they, the file's name nor a title say it")
                    .or("under `table`", "financial_year: { fixed: 2025/26 }"),
            );
        }
    }
    shape.skip_rows = [totals.left_out, percentages(&body), notes].concat();
    // Of other layouts what is left out is not seen by checks.
    let plain = shape.across.is_none() && shape.alternate.is_none();
    shape.of_rows_above = totals.of_rows_above.filter(|_| plain);
    shape.of_totals = totals.question;
    shape
}

/// Whether a row is one that these patterns leave out.
fn patterns(of: &[String]) -> impl Fn(&Row) -> bool + use<> {
    let patterns: Vec<RowPattern> = of.iter().filter_map(|pattern| RowPattern::new(pattern).ok()).collect();
    move |row| row.first_filled().is_some_and(|(_, text)| patterns.iter().any(|fits| fits.matches(trim(text))))
}

/// Figures with nothing above them at the right end: the header may stand one column too far to the left.
fn ask_of_shifted(shape: &mut Shape, heading: &Heading, body: &[&Row], width: usize) {
    let bare = |at: &usize| {
        *at > 0
            && heading.columns.get(*at).is_none_or(|above| above.full.is_empty())
            && body.iter().any(|row| row.get(*at).is_some_and(|text| !is_blank(text)))
    };
    let last = heading.columns.iter().rposition(|above| !above.full.is_empty()).unwrap_or(0);
    let found: Vec<usize> = (last + 1..width).filter(bare).collect();
    let Some((first, more)) = found.split_first() else { return };
    let named: Vec<String> = found.iter().map(|at| (at + 1).to_string()).collect();
    let what = if more.is_empty() {
        format!("What is column {}? It holds", first + 1)
    } else {
        format!("What are columns {}? They hold", named.join(", "))
    };
    // What stands within the width of the header is read as a column by its place; the others are not.
    let unread: Vec<usize> = found.iter().copied().filter(|at| *at >= heading.columns.len()).collect();
    let figures = |at: &usize| body.iter().filter_map(|row| row.get(*at)).filter(|text| is_figure(text)).count();
    let unsaid = match unread.iter().map(figures).sum::<usize>() {
        0 => String::new(),
        1 => "; a figure there is not read as it stands".to_owned(),
        many => format!("; {many} figures there are not read as it stands"),
    };
    // Texts beside figures are a column of their own: moved by one, the figures would have been to the right of them.
    let beside = !found.iter().any(|at| holds_any_figure(body, *at)) && holds_figures(body, last);
    let mut question = if beside {
        let it = if more.is_empty() { "it a name if it is" } else { "them names if they are" };
        Question::new(&format!("{what} texts and nothing stands above; give {it} wanted"))
    } else {
        Question::open(&format!(
            "{what} texts or figures and nothing stands above, so a header to the left may be one column out of place{unsaid}. \
             Hold the headers against the cells"
        ))
    };
    for at in unread.iter().take(MOST_NAMED) {
        let kind = if holds_figures(body, *at) { "number" } else { "text" };
        let yaml = format!("column_{0}: {{ kind: {kind}, position: {0} }}", at + 1);
        question = question.or("to read it, under `columns`", &yaml);
    }
    shape.questions.push(question);
}

fn holds_any_figure(body: &[&Row], at: usize) -> bool {
    body.iter().filter_map(|row| row.get(at)).any(is_figure)
}

/// Days across, of which a few begin or end a month: those alone would be taken for months.
fn ask_of_days(shape: &mut Shape, heading: &Heading) {
    let is_day = |text: &str| {
        let meanings = periods::meanings(text, None);
        !meanings.is_empty() && meanings.iter().all(|period| period.granularity() == Granularity::Day)
    };
    let days: Vec<&str> = heading.columns.iter().map(|above| above.full.as_str()).filter(|text| is_day(text)).collect();
    let taken = shape.across.as_ref().map_or(0, |across| across.positions.len());
    if let Some(day) = days.first().filter(|_| taken > 0 && days.len() > taken) {
        shape.across = None;
        shape.questions.push(
            Question::open(&format!(
                "Do days or weeks stand across (`{day}`)? Here each column is one of its own; only months, quarters and years \
                 across are proposed"
            ))
            .or("under `table`, with columns for both names", "across: { columns: periods, name: period, value: figure }"),
        );
    }
}

/// Periods above groups of columns: two things stand across, which one header cannot say.
fn ask_of_groups(shape: &mut Shape, heading: &Heading) {
    let group = |at: usize| heading.columns.get(at).and_then(|above| above.group.as_deref());
    let periods: BTreeSet<&str> =
        (0..heading.columns.len()).filter_map(group).filter(|text| length_of(text).is_some()).collect();
    if periods.len() > 1 && shape.across.is_none() {
        let shown: Vec<&str> = periods.iter().copied().take(2).collect();
        shape.questions.push(Question::open(&format!(
            "Do groups of columns each belong to a period ({})? Here each column is one of its own; figures of several \
             periods cannot be followed so",
            shown.join(", ")
        )));
    }
}

/// The length of a period that is written with or without its year.
fn length_of(text: &str) -> Option<(&'static str, bool)> {
    use Granularity::{CalendarYear, FinancialYear, Month, Quarter};
    let of = |lengths: &[Granularity], year| periods::of_length(text, year, lengths).is_some();
    let kinds: [(&'static str, &[Granularity]); 3] =
        [("months", &[Month]), ("quarters", &[Quarter]), ("years", &[FinancialYear, CalendarYear])];
    let with = |year| kinds.iter().find(|(_, lengths)| of(lengths, year)).map(|(name, _)| *name);
    with(None).map(|name| (name, true)).or_else(|| with(Some(ANY_YEAR)).map(|name| (name, false)))
}

fn across(heading: &Heading, body: &[&Row]) -> Option<Across> {
    let period = |(at, above): (usize, &super::heading::Above)| {
        let text = above.header.as_deref()?;
        let (length, year) = length_of(text)?;
        // A column `2024` of anything but figures is no period; a word or two below `Jan-24` may be a note.
        (mostly_figures(body, at) || is_empty(body, at)).then_some((at, length, year))
    };
    let found: Vec<_> = heading.columns.iter().enumerate().filter_map(period).collect();
    let figures = found.iter().any(|(at, ..)| mostly_figures(body, *at));
    let lengths: BTreeSet<&'static str> = found.iter().map(|(_, length, _)| *length).collect();
    let columns = match (lengths.len(), lengths.first()) {
        (1, Some(length)) => *length,
        (0, _) => return None,
        _ => "periods",
    };
    // One year alone is as likely the name of a figure.
    let enough = found.len() > usize::from(columns == "years");
    (figures && enough).then(|| Across {
        columns,
        has_year: found.iter().all(|(.., year)| *year),
        positions: found.into_iter().map(|(at, ..)| at).collect(),
    })
}

fn is_empty(body: &[&Row], at: usize) -> bool {
    body.iter().all(|row| row.get(at).is_none_or(is_blank))
}

/// Whether a column holds figures and nothing else but words for missing ones.
pub(super) fn holds_figures(body: &[&Row], at: usize) -> bool {
    let cells = || body.iter().filter_map(|row| row.get(at)).map(trim).filter(|text| !text.is_empty());
    let reads = |text: &str| is_figure(text) || missing(text) != Missing::Unreadable || is_withheld(text);
    cells().any(is_figure) && cells().all(reads)
}

/// Whether a column of a period holds figures but for a cell here and there.
fn mostly_figures(body: &[&Row], at: usize) -> bool {
    let cells = || body.iter().filter_map(|row| row.get(at)).map(trim).filter(|text| !text.is_empty());
    let figures = cells().filter(|text| is_figure(text) || missing(text) != Missing::Unreadable).count();
    cells().any(is_figure) && figures * 100 >= cells().count() * MOSTLY
}

/// The label columns, from the left, whose text stands in the first row of its group only.
fn fill_down(body: &[&Row], shape: &Shape) -> Vec<usize> {
    let text = |row: &Row, at: usize| row.get(at).map_or(String::new(), |text| trim(text).to_owned());
    let is_merged = |at: &usize| {
        let cells: Vec<String> = body.iter().map(|row| text(row, *at)).collect();
        let blank = cells.iter().filter(|cell| cell.is_empty()).count();
        let label = cells.iter().all(|cell| cell.is_empty() || read_number(cell).is_none());
        let enough = shape.alternate.is_some() && blank > 0 || blank * 100 >= cells.len() * BLANK_LABELS;
        shape.declares(*at) && label && blank > 0 && enough && cells.first().is_some_and(|cell| !cell.is_empty())
    };
    let width = body.iter().map(|row| row.len()).max().unwrap_or(0);
    let merged: Vec<usize> = (0..width).take_while(is_merged).collect();
    // Something must tell the rows of a group apart.
    let rest = merged.len();
    let told = body.iter().all(|row| row.get(rest).is_some_and(|text| !is_blank(text)));
    if told || shape.alternate.is_some() { merged } else { Vec::new() }
}

/// Patterns of the rows that say what share of the others each figure is.
fn percentages(body: &[&Row]) -> Vec<String> {
    let share = |row: &Row, at: usize| {
        row.get(at).is_some_and(|text| trim(text).ends_with('%')) || row.marked(at) == Some(Mark::Share)
    };
    let mut patterns = BTreeSet::new();
    for row in body {
        let Some((first, label)) = row.first_filled().map(|(at, text)| (at, trim(text))) else { continue };
        let words = label.to_lowercase();
        let called =
            ["%", "per cent", "percent", "share of", "proportion of"].iter().any(|word| words.starts_with(word));
        let shares = (first + 1..row.len()).filter(|at| share(row, *at));
        let among_counts = |at: usize| body.iter().filter(|other| !share(other, at)).count() * 2 > body.len();
        let mut shares = shares.peekable();
        if called && shares.peek().is_some() && shares.all(among_counts) {
            let start: Vec<&str> = label.split_whitespace().take(3).collect();
            patterns.insert(format!("{}*", escaped(&start.join(" "))));
        }
    }
    patterns.into_iter().collect()
}

/// A pattern for texts that begin as this one does.
pub(super) fn starts_like(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.get(..2) {
        Some(start) if words.len() > 2 => format!("{} *", escaped(&start.join(" "))),
        _ => escaped(text),
    }
}

/// A text as part of a pattern that means exactly it.
pub(super) fn escaped(text: &str) -> String {
    text.chars().map(|c| if "*?[]{}\\!".contains(c) { format!("\\{c}") } else { c.to_string() }).collect()
}

/// The period that a text names for certain.
pub(super) fn certain_period(text: &str) -> Option<Period> {
    periods::read_period(text, None).ok()
}

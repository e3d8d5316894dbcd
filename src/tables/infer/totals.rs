//! Rows that add up the others: left out where they name nothing of their own, asked about where they may be followed.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        cells::read_number,
        row::{Row, is_blank, trim},
    },
    names::quoted,
    questions::Question,
    shape::{escaped, holds_figures},
};

/// What such rows are called, by themselves or behind what they add up.
const TOTALS: [&str; 4] = ["total", "totals", "subtotal", "sub-total"];

/// So many parts of one total, or so many totals of several parts each, agree by no chance.
const LEAST_PARTS: usize = 5;
const LEAST_TOTALS: usize = 2;

/// The total rows of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    /// Patterns of those that leave blank what tells the other rows apart.
    pub(super) left_out: Vec<String>,
    /// What these say.
    labels: BTreeSet<String>,
    /// What the rows above them come to.
    pub(super) of_rows_above: Option<OfRowsAbove>,
    /// What is to be asked of the others.
    pub(super) question: Option<Question>,
}

/// Total rows that are left out, and that add up the rows since the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OfRowsAbove {
    /// The column that says so, from 0, and the text there.
    pub(super) at: usize,
    pub(super) label: String,
    /// The columns of which it holds.
    pub(super) columns: Vec<usize>,
}

/// Finds the total rows among the rows below the header.
pub(super) fn find(body: &[&Row]) -> Totals {
    let (totals, others): (Vec<&Row>, Vec<&Row>) = body.iter().partition(|row| called(row).is_some());
    let tells: Vec<usize> = (0..width(&others)).filter(|at| tells_apart(&others, *at)).collect();
    let bare = |row: &Row| {
        let first = row.first_filled().map(|(at, _)| at);
        let mut others = tells.iter().filter(|at| Some(**at) != first).peekable();
        others.peek().is_some() && others.all(|at| row.get(*at).is_none_or(is_blank))
    };
    let mut all_bare: BTreeMap<&str, bool> = BTreeMap::new();
    for row in &totals {
        if let Some(label) = called(row) {
            *all_bare.entry(label).or_insert(true) &= bare(row);
        }
    }
    let is_bare = |row: &Row| called(row).is_some_and(|label| all_bare.get(label) == Some(&true));
    let is_whole = |row: &Row| called(row).is_some_and(whole);
    let kept = totals.iter().find(|row| !is_bare(row) && is_whole(row)).and_then(|row| called(row));
    let mut known = BTreeSet::new();
    let bare_labels = totals.iter().filter(|row| is_bare(row)).filter_map(|row| called(row));
    let labels: Vec<&str> = bare_labels.filter(|label| known.insert(*label)).collect();
    let added_up = totals.iter().find(|row| is_bare(row) && is_whole(row));
    Totals {
        of_rows_above: added_up.and_then(|row| of_rows_above(body, &others, row)),
        question: kept.map(ask),
        left_out: labels.iter().map(|label| escaped(label)).collect(),
        labels: labels.into_iter().map(str::to_owned).collect(),
    }
}

impl Totals {
    /// Whether a row is left out.
    pub(super) fn leaves_out(&self, row: &Row) -> bool {
        called(row).is_some_and(|label| self.labels.contains(label))
    }
}

/// The columns in which rows called as this one add up the parts above them.
fn of_rows_above(body: &[&Row], parts: &[&Row], total: &Row) -> Option<OfRowsAbove> {
    let (at, _) = total.first_filled()?;
    let label = called(total)?;
    let number = |row: &Row, at: usize| row.get(at).and_then(|text| read_number(trim(text)));
    let adds_up = |column: &usize| {
        let (mut sum, mut seen, mut most, mut totals) = (0.0, 0, 0, 0);
        for row in body {
            match (called(row), number(row, *column)) {
                (Some(called), Some(printed)) if called == label => {
                    if (printed - sum).abs() > 1e-6 * sum.abs().max(1.0) {
                        return false;
                    }
                    (most, totals) = (most.max(seen), totals + usize::from(seen > 1));
                    (sum, seen) = (0.0, 0);
                }
                (None, Some(part)) => (sum, seen) = (sum + part, seen + 1),
                _ => {}
            }
        }
        most >= LEAST_PARTS || totals >= LEAST_TOTALS
    };
    let columns: Vec<usize> = (0..width(body)).filter(|at| holds_figures(parts, *at)).filter(adds_up).collect();
    (!columns.is_empty()).then(|| OfRowsAbove { at, label: label.to_owned(), columns })
}

fn ask(label: &str) -> Question {
    Question::new(&format!(
        "Is the row `{label}` to be followed like the others? It is, as it stands; to leave such rows out, name them"
    ))
    .or("under `table`", &format!("skip_rows: [{}]", quoted(label)))
}

/// The first text of a row that is called a total.
fn called(row: &Row) -> Option<&str> {
    let (_, text) = row.first_filled()?;
    let label = trim(text);
    let last = label.rsplit(char::is_whitespace).next()?.to_lowercase();
    TOTALS.contains(&last.as_str()).then_some(label)
}

/// Whether nothing else is said than that it is a total: `Emergency total` may be what is followed.
pub(super) fn whole(label: &str) -> bool {
    let words = trim(label).to_lowercase();
    ["total", "grand total", "overall total", "totals"].contains(&words.as_str())
}

fn width(rows: &[&Row]) -> usize {
    rows.iter().map(|row| row.len()).max().unwrap_or(0)
}

/// Whether a column holds texts or periods in most rows, and no figures.
fn tells_apart(rows: &[&Row], at: usize) -> bool {
    let filled = rows.iter().filter(|row| row.get(at).is_some_and(|text| !is_blank(text))).count();
    filled * 2 > rows.len() && !holds_figures(rows, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &[&[&str]]) -> Vec<Row> {
        let row = |cells: &&[&str]| {
            let mut row = Row::default();
            for cell in *cells {
                row.push_str(cell);
                row.end_cell();
            }
            row
        };
        table.iter().map(row).collect()
    }

    fn found(table: &[&[&str]]) -> (Vec<String>, bool) {
        let rows = rows(table);
        let totals = find(&rows.iter().collect::<Vec<_>>());
        (totals.left_out, totals.question.is_some())
    }

    #[test]
    fn a_total_that_names_nothing_else_is_left_out() {
        let wards: &[&[&str]] = &[
            &["Medicine", "Ward 1", "Apr-25", "12"],
            &["", "Ward 2", "Apr-25", "7"],
            &["Medicine Total", "", "", "19"],
            &["Surgery", "Ward 5", "Apr-25", "4"],
            &["Total*", "", "", "23"],
            &["Total", "", "", "23"],
        ];
        // What is marked is not called a total.
        assert_eq!(found(wards), (vec!["Medicine Total".to_owned(), "Total".to_owned()], false));
    }

    #[test]
    fn a_total_of_the_only_label_or_with_labels_of_its_own_is_a_question() {
        assert_eq!(found(&[&["Blackpool", "4"], &["Preston", "3"], &["Total", "7"]]), (vec![], true));
        let by_month: &[&[&str]] =
            &[&["Blackpool", "Apr-25", "4"], &["Preston", "Apr-25", "3"], &["Total", "Apr-25", "7"]];
        assert_eq!(found(by_month), (vec![], true));
        // One of them says more: all are kept.
        let both: &[&[&str]] = &[&["A", "x", "4"], &["B", "x", "3"], &["Total", "x", "7"], &["Total", "", "7"]];
        assert_eq!(found(both), (vec![], true));
    }

    #[test]
    fn a_column_adds_up_where_every_total_is_that_of_the_rows_since_the_one_before() {
        let wards = rows(&[
            &["Medicine", "Ward 1", "12", "5"],
            &["", "Ward 2", "7", "5"],
            &["Total", "", "19", "10"],
            &["Surgery", "Ward 5", "4", "5"],
            &["", "Ward 6", "2", "5"],
            &["Total", "", "6", "20"],
        ]);
        let found = find(&wards.iter().collect::<Vec<_>>()).of_rows_above;
        assert_eq!(found, Some(OfRowsAbove { at: 0, label: "Total".to_owned(), columns: vec![2] }));
        // One total of two parts may agree by chance.
        assert_eq!(find(&wards.iter().take(3).collect::<Vec<_>>()).of_rows_above, None);
    }
}

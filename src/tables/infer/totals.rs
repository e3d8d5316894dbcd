//! Rows that add up the others: left out where they name nothing of their own, asked about where they may be followed.

use super::{
    super::row::{Row, is_blank, trim},
    names::quoted,
    questions::Question,
    shape::{escaped, holds_figures},
};

/// What such rows are called, by themselves or behind what they add up.
const TOTALS: [&str; 4] = ["total", "totals", "subtotal", "sub-total"];

/// How total rows are called here: patterns of those that leave blank what tells the other rows apart, and of the others a
/// question.
pub(super) fn find(body: &[&Row]) -> (Vec<String>, Option<Question>) {
    let (totals, others): (Vec<&Row>, Vec<&Row>) = body.iter().partition(|row| called(row).is_some());
    let tells: Vec<usize> = (0..width(&others)).filter(|at| tells_apart(&others, *at)).collect();
    let bare = |row: &Row| {
        let first = row.first_filled().map(|(at, _)| at);
        let mut others = tells.iter().filter(|at| Some(**at) != first).peekable();
        others.peek().is_some() && others.all(|at| row.get(*at).is_none_or(is_blank))
    };
    let mut left_out: Vec<String> = Vec::new();
    let mut asked = None;
    for row in &totals {
        let Some(label) = called(row) else { continue };
        let pattern = escaped(label);
        if totals.iter().filter(|other| called(other) == Some(label)).all(|other| bare(other)) {
            left_out.extend(Some(pattern).filter(|pattern| !left_out.contains(pattern)));
        } else if whole(label) {
            asked.get_or_insert_with(|| ask(label));
        }
    }
    (left_out, asked)
}

/// Whether a row is one that a pattern of [`find`] leaves out.
pub(super) fn is_left_out(row: &Row, left_out: &[String]) -> bool {
    called(row).is_some_and(|label| left_out.contains(&escaped(label)))
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
fn whole(label: &str) -> bool {
    let words = label.to_lowercase();
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
        let (left_out, question) = find(&rows.iter().collect::<Vec<_>>());
        (left_out, question.is_some())
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
}

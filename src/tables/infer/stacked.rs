//! Tables stacked under each other, each with its title and its own header.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        header_texts::fold,
        row::{Row, is_blank, trim},
    },
    heading::{Heading, is_figure},
};

/// Tables of the same columns under each other.
#[derive(Debug)]
pub(super) struct Stacked {
    /// The rows of their titles and headers, by number.
    pub(super) headers: BTreeSet<u64>,
    /// How many tables there are.
    pub(super) blocks: usize,
    /// What else stands above a column in some of them.
    pub(super) aliases: BTreeMap<usize, Vec<String>>,
    /// Columns that some of them have not.
    pub(super) optional: BTreeSet<usize>,
}

/// Finds the headers that stand again below the first, each below a row with a title alone.
pub(super) fn find(rows: &[Row], heading: &Heading) -> Option<Stacked> {
    let header = rows.get(heading.first).filter(|_| heading.rows == 1)?;
    let first = header.first_filled().map_or(0, |(at, _)| at);
    // Without a title above the first, nothing tells its rows from those of the others.
    rows.get(heading.first.checked_sub(1)?).filter(|title| title.alone(first).is_some())?;
    let mut stacked =
        Stacked { headers: BTreeSet::new(), blocks: 1, aliases: BTreeMap::new(), optional: BTreeSet::new() };
    let below = rows.get(heading.first..).unwrap_or_default();
    for pair in below.windows(2) {
        let [above, row] = pair else { continue };
        if !is_again(header, row) {
            continue;
        }
        stacked.blocks += 1;
        stacked.headers.insert(row.number);
        if above.alone(first).is_some() {
            stacked.headers.insert(above.number);
        }
        for at in 0..header.len() {
            let (first, text) = (trim(header.get(at).unwrap_or("")), trim(row.get(at).unwrap_or("")));
            if text.is_empty() && !first.is_empty() {
                stacked.optional.insert(at);
            } else if fold(text) != fold(first) {
                let known = stacked.aliases.entry(at).or_default();
                if !known.iter().any(|known| fold(known) == fold(text)) {
                    known.push(text.to_owned());
                }
            }
        }
    }
    (stacked.blocks > 1).then_some(stacked)
}

/// Whether a row is the header again, though other words may stand above some of the columns.
fn is_again(header: &Row, row: &Row) -> bool {
    let first = |row: &Row| row.first_filled().map(|(at, text)| (at, fold(trim(text))));
    let filled = row.cells().filter(|text| !is_blank(text)).count();
    first(header) == first(row) && filled > 1 && row.cells().all(|text| !is_figure(text))
}

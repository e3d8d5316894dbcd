//! Where the table stands: the delimiter or sheet, and the row of the header.

use std::sync::Arc;

use std::{collections::BTreeSet, num::NonZeroUsize, path::Path};

use super::{
    super::{
        ReadError, TableSpec,
        cells::read_number,
        error::Limits,
        formats,
        row::{Row, is_blank, trim},
        settings::{Delimiter, SheetChoice},
    },
    InferError,
};

/// So many sheets are looked at.
const MOST_SHEETS: usize = 64;
/// So many rows below a header must look like its table.
const ROWS_BELOW: usize = 5;

/// Where a table stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) delimiter: Option<Delimiter>,
    /// The sheet, where the workbook has several.
    pub(super) sheet: Option<String>,
    /// The row of the header, from 1.
    pub(super) row: u64,
    /// The text above each column; empty where there is none.
    pub(super) headers: Vec<String>,
}

impl Place {
    /// A reader's settings with no columns yet.
    pub(super) fn spec(&self) -> TableSpec {
        let mut spec = TableSpec::default();
        spec.table.delimiter = self.delimiter;
        let named = |name: &String| SheetChoice::Named { text: name.clone(), pattern: None };
        spec.table.sheet = self.sheet.as_ref().map(named);
        spec
    }
}

/// The best place for a table: the most names above rows of their width; of equals the first.
pub(super) fn find(path: &Path, file: &str, limits: &Limits) -> Result<Place, InferError> {
    let mut best: Option<(usize, Place)> = None;
    let mut searched = 0;
    let mut consider = |head: &[Row], delimiter: Option<Delimiter>, sheet: Option<String>| {
        searched = searched.max(head.len());
        let Some((score, row, headers)) = header(head) else { return };
        if best.as_ref().is_none_or(|(before, _)| score > *before) {
            best = Some((score, Place { delimiter, sheet, row, headers }));
        }
    };
    match head(path, &TableSpec::default(), limits) {
        Ok((rows, Some(_))) => consider(&rows, None, None),
        Ok((_, None)) => {
            for delimiter in Delimiter::ALL {
                let mut spec = TableSpec::default();
                spec.table.delimiter = Some(delimiter);
                // A wrong delimiter may make a row of too many cells; the right one is among the others.
                match head(path, &spec, limits) {
                    Ok((rows, _)) => consider(&rows, Some(delimiter), None),
                    Err(ReadError::TooManyColumns { .. } | ReadError::RowTooLong { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Err(ReadError::NoSheetAnswers { .. } | ReadError::WhichSheet { .. }) => {
            for position in (1..=MOST_SHEETS).filter_map(NonZeroUsize::new) {
                let mut spec = TableSpec::default();
                spec.table.sheet = Some(SheetChoice::Position(position));
                match head(path, &spec, limits) {
                    Ok((rows, sheet)) => consider(&rows, None, sheet),
                    Err(ReadError::NoSuchSheet { .. }) => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Err(error) => return Err(error.into()),
    }
    best.map(|(_, place)| place).ok_or_else(|| InferError::NoTable { file: file.to_owned(), searched })
}

fn head(path: &Path, spec: &TableSpec, limits: &Limits) -> Result<(Vec<Row>, Option<String>), ReadError> {
    let mut rows = formats::open(path.into(), spec, *limits, &Arc::default())?;
    let head = formats::head_of(rows.as_mut())?;
    Ok((head, rows.sheet().map(|sheet| sheet.to_string())))
}

/// How many names the best row for a header has, its number, and its texts.
fn header(head: &[Row]) -> Option<(usize, u64, Vec<String>)> {
    let mut best: Option<(usize, &Row)> = None;
    for (at, row) in head.iter().enumerate() {
        let names: BTreeSet<&str> = row.cells().map(trim).filter(|text| is_name(text)).collect();
        let before = best.map_or(0, |(names, _)| names);
        if names.len() > before && stands_above(row, head.get(at + 1..).unwrap_or_default()) {
            best = Some((names.len(), row));
        }
    }
    best.map(|(names, row)| (names, row.number, row.cells().map(|text| trim(text).to_owned()).collect()))
}

fn is_name(text: &str) -> bool {
    text.contains(char::is_alphabetic) && read_number(text.trim_end_matches('%')).is_none()
}

/// Whether most of the next rows are as wide as this one, or end in blank cells.
fn stands_above(row: &Row, below: &[Row]) -> bool {
    let own = width(row);
    let filled = || below.iter().filter(|row| row.first_filled().is_some()).take(ROWS_BELOW);
    let like = filled().filter(|next| {
        let width = width(next);
        (width <= own || next.len() == row.len()) && (own == 1 || width > 1)
    });
    let (like, all) = (like.count(), filled().count());
    all > 0 && like * 2 >= all
}

/// Up to which cell a row holds anything.
fn width(row: &Row) -> usize {
    row.cells().collect::<Vec<_>>().iter().rposition(|text| !is_blank(text)).map_or(0, |last| last + 1)
}

//! Where the tables of a file stand: the delimiter or the sheets, and the header of each.

use std::{path::Path, sync::Arc};

use super::{
    super::{
        ReadError, TableSpec,
        error::Limits,
        formats,
        row::Row,
        settings::{Delimiter, HeaderRows, SheetChoice},
    },
    InferError,
    heading::{self, Heading},
    held::Held,
};

/// A sheet with so many figures among its first rows is no cover sheet.
const MANY_FIGURES: usize = 20;

/// Where a table stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) delimiter: Option<Delimiter>,
    /// The sheet, where the workbook has several.
    pub(super) sheet: Option<String>,
    pub(super) heading: Heading,
    /// Its rows from the top, as they are printed.
    pub(super) held: Held,
}

fn at(delimiter: Option<Delimiter>, sheet: Option<SheetChoice>) -> TableSpec {
    let mut spec = TableSpec::default();
    (spec.table.delimiter, spec.table.sheet) = (delimiter, sheet);
    // The header may have rows in which groups of columns stand: how far they reach is read too.
    spec.table.header_rows = HeaderRows(heading::MOST_ROWS);
    spec
}

/// What is found in a file.
pub(super) struct Found {
    pub(super) places: Vec<Place>,
    /// Sheets that hold figures and no table that could be told.
    pub(super) unread: Vec<String>,
    /// Sheets that are left out, because they hold few figures and look like none.
    pub(super) small: Vec<String>,
}

/// The tables of a file: one, or one of each sheet that is not hidden; only that of `wanted` where a sheet is named.
pub(super) fn find(path: &Path, file: &str, wanted: Option<&str>, limits: &Limits) -> Result<Found, InferError> {
    let named = wanted.map(|text| SheetChoice::Named { text: text.to_owned(), pattern: None });
    let sheets = Held::of_sheets(path, &at(None, named), limits)?;
    let mut searched = sheets.iter().map(|held| held.head().len()).max().unwrap_or(0);
    let found = match (sheets.is_empty(), wanted) {
        (true, Some(_)) => return Err(InferError::NoSheets { file: file.to_owned() }),
        (true, None) => {
            let place = of_text(path, limits, &mut searched)?;
            Found { places: place.into_iter().collect(), unread: Vec::new(), small: Vec::new() }
        }
        (false, _) => of_sheets(sheets, wanted.is_some()),
    };
    if found.places.is_empty() { Err(InferError::NoTable { file: file.to_owned(), searched }) } else { Ok(found) }
}

/// The tables of these sheets.
fn of_sheets(sheets: Vec<Held>, only: bool) -> Found {
    let several = sheets.len() > 1;
    let mut found = Found { places: Vec::new(), unread: Vec::new(), small: Vec::new() };
    let mut counts = Vec::new();
    for held in sheets {
        let figures = held.head().iter().flat_map(Row::cells).filter(|text| heading::is_figure(text)).count();
        let sheet = held.sheet.as_deref().map(str::to_owned);
        match heading::find(held.head()) {
            Some(heading) => {
                counts.push(figures);
                found.places.push(Place { delimiter: None, sheet: sheet.filter(|_| several || only), heading, held });
            }
            None if figures >= MANY_FIGURES => found.unread.extend(sheet),
            None if figures > 0 => found.small.extend(sheet),
            None => {}
        }
    }
    // A sheet of notes is one column of texts; one of weeks across may have one name above its labels.
    if found.places.iter().any(|place| place.heading.names > 1) {
        for (place, figures) in std::mem::take(&mut found.places).into_iter().zip(counts) {
            match place.sheet {
                Some(sheet) if figures < MANY_FIGURES && place.heading.names <= 1 => {
                    found.small.extend((figures > 0).then_some(sheet));
                }
                _ => found.places.push(place),
            }
        }
    }
    found
}

/// The table of a file that is no workbook. Of delimited text, by the delimiter under which its header names the most columns.
fn of_text(path: &Path, limits: &Limits, searched: &mut usize) -> Result<Option<Place>, ReadError> {
    let mut best: Option<(Delimiter, Heading)> = None;
    for delimiter in Delimiter::ALL {
        let head = formats::open(path.into(), &at(Some(delimiter), None), *limits, &Arc::default())
            .and_then(|mut rows| formats::head_of(rows.as_mut()));
        let head = match head {
            Ok(head) => head,
            // A wrong delimiter may make a row of too many cells; the right one is among the others.
            Err(ReadError::TooManyColumns { .. } | ReadError::RowTooLong { .. }) => continue,
            Err(error) => return Err(error),
        };
        *searched = head.len().max(*searched);
        let before = best.as_ref().map_or(0, |(_, heading)| heading.names);
        let found = heading::find(&head).filter(|heading| heading.names > before);
        best = found.map(|heading| (delimiter, heading)).or(best);
    }
    let place = |(delimiter, heading)| {
        let held = Held::of_file(path, &at(Some(delimiter), None), limits)?;
        Ok(Place { delimiter: Some(delimiter), sheet: None, heading, held })
    };
    best.map(place).transpose()
}

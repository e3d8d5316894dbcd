//! Where the tables of a file stand: the delimiter or the sheets, and the header of each.

use std::{num::NonZeroUsize, path::Path, sync::Arc};

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

/// So many sheets are looked at.
const MOST_SHEETS: usize = 64;
/// A sheet with so many figures among its first rows is no cover sheet.
const MANY_FIGURES: usize = 20;

/// Where a table stands.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) delimiter: Option<Delimiter>,
    /// The sheet, where the workbook has several.
    pub(super) sheet: Option<String>,
    pub(super) heading: Heading,
}

impl Place {
    /// A reader's settings with nothing but the place.
    fn spec(&self) -> TableSpec {
        at(self.delimiter, self.sheet.clone().map(|text| SheetChoice::Named { text, pattern: None }))
    }

    /// The rows from the top, as they are printed.
    pub(super) fn held(&self, path: &Path, limits: &Limits) -> Result<Held, ReadError> {
        Held::read(path, &self.spec(), limits)
    }
}

fn at(delimiter: Option<Delimiter>, sheet: Option<SheetChoice>) -> TableSpec {
    let mut spec = TableSpec::default();
    (spec.table.delimiter, spec.table.sheet) = (delimiter, sheet);
    // The header may have rows in which groups of columns stand: how far they reach is read too.
    spec.table.header_rows = HeaderRows(heading::MOST_ROWS);
    spec
}

/// What is found in one sheet or file.
struct Looked {
    heading: Option<Heading>,
    sheet: Option<String>,
    has_figures: bool,
}

/// What is found in a file.
pub(super) struct Found {
    pub(super) places: Vec<Place>,
    /// Sheets that hold figures and no table that could be told.
    pub(super) unread: Vec<String>,
}

/// The tables of a file: one, or one of each sheet that is not hidden; only that of `wanted` where a sheet is named.
pub(super) fn find(path: &Path, file: &str, wanted: Option<&str>, limits: &Limits) -> Result<Found, InferError> {
    let (mut searched, mut unread) = (0, Vec::new());
    let mut look = |spec: &TableSpec| -> Result<Looked, ReadError> {
        let mut rows = formats::open(path.into(), spec, *limits, &Arc::default())?;
        let head = formats::head_of(rows.as_mut())?;
        searched = searched.max(head.len());
        let (heading, sheet) = (heading::find(&head), rows.sheet().map(|sheet| sheet.to_string()));
        let figures = head.iter().flat_map(Row::cells).filter(|text| heading::is_figure(text)).count();
        let has_figures = figures >= MANY_FIGURES;
        unread.extend(sheet.clone().filter(|_| heading.is_none() && has_figures));
        Ok(Looked { heading, sheet, has_figures })
    };
    let named = wanted.map(|text| SheetChoice::Named { text: text.to_owned(), pattern: None });
    let only = named.is_some();
    let mut places = Vec::new();
    match look(&at(None, named)) {
        Ok(Looked { heading, sheet: Some(chosen), has_figures }) => {
            let sheet = only.then(|| chosen.clone());
            places.extend(heading.map(|heading| Place { delimiter: None, sheet, heading }));
            // Sheets that the reader passes over may hold figures too, and the one that it takes none.
            let mut others = Vec::new();
            for position in (1..=MOST_SHEETS).filter(|_| !only).filter_map(NonZeroUsize::new) {
                match look(&at(None, Some(SheetChoice::Position(position)))) {
                    Ok(Looked { heading: Some(heading), sheet, has_figures: true })
                        if sheet.as_ref() != Some(&chosen) =>
                    {
                        others.push(Place { delimiter: None, sheet, heading });
                    }
                    Err(ReadError::NoSuchSheet { .. }) => break,
                    looked => _ = looked?,
                }
            }
            if !others.is_empty() {
                places.retain(|_| has_figures);
                for place in &mut places {
                    place.sheet = Some(chosen.clone());
                }
                places.extend(others);
            }
        }
        Ok(Looked { sheet: None, .. }) if only => return Err(InferError::NoSheets { file: file.to_owned() }),
        Ok(Looked { sheet: None, .. }) => {
            let mut best: Option<Place> = None;
            for delimiter in Delimiter::ALL {
                // A wrong delimiter may make a row of too many cells; the right one is among the others.
                let heading = match look(&at(Some(delimiter), None)) {
                    Ok(looked) => looked.heading,
                    Err(ReadError::TooManyColumns { .. } | ReadError::RowTooLong { .. }) => None,
                    Err(error) => return Err(error.into()),
                };
                let before = best.as_ref().map_or(0, |best| best.heading.names);
                if let Some(heading) = heading.filter(|heading| heading.names > before) {
                    best = Some(Place { delimiter: Some(delimiter), sheet: None, heading });
                }
            }
            places.extend(best);
        }
        Err(ReadError::NoSheetAnswers { .. } | ReadError::WhichSheet { .. }) => {
            let mut with_figures = Vec::new();
            for position in (1..=MOST_SHEETS).filter_map(NonZeroUsize::new) {
                match look(&at(None, Some(SheetChoice::Position(position)))) {
                    Ok(Looked { heading, sheet, has_figures }) => {
                        with_figures.extend(sheet.clone().filter(|_| has_figures));
                        places.extend(heading.map(|heading| Place { delimiter: None, sheet, heading }));
                    }
                    Err(ReadError::NoSuchSheet { .. }) => break,
                    Err(error) => return Err(error.into()),
                }
            }
            // A sheet of notes is one column of texts; one of weeks across may have one name above its labels.
            if places.iter().any(|place| place.heading.names > 1) {
                let figures = |place: &Place| place.sheet.as_ref().is_some_and(|sheet| with_figures.contains(sheet));
                places.retain(|place| place.heading.names > 1 || figures(place));
            }
        }
        Err(error) => return Err(error.into()),
    }
    unread.dedup();
    if places.is_empty() {
        Err(InferError::NoTable { file: file.to_owned(), searched })
    } else {
        Ok(Found { places, unread })
    }
}

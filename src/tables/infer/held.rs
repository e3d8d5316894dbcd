//! The first rows of a sample, read once and looked at as often as is wanted.

use std::{path::Path, sync::Arc};

use crate::model::Finding;

use super::{
    super::{
        ReadError, TableSpec,
        error::Limits,
        formats,
        header::{SEARCHED_BYTES, SEARCHED_ROWS},
        row::{Row, Rows},
    },
    sample::SAMPLED_ROWS,
};

/// So many rows of a table are held: what is sampled, and what may stand above it; of so many sheets.
const MOST_ROWS: usize = SAMPLED_ROWS + SEARCHED_ROWS;
const MOST_SHEETS: usize = 64;
/// So many bytes of text are held of all of them together.
const MOST_BYTES: usize = 128 << 20;

/// The first rows of a table, as they are printed.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) rows: Arc<Vec<Row>>,
    pub(super) sheet: Option<Arc<str>>,
    /// Whether the file has no more.
    pub(super) whole: bool,
}

impl Held {
    /// Reads those of a file that is no workbook from the top.
    pub(super) fn of_file(path: &Path, spec: &TableSpec, limits: &Limits) -> Result<Self, ReadError> {
        let mut reader = formats::open(path.into(), spec, *limits, &Arc::default())?;
        let mut left = MOST_BYTES;
        Self::sheet(reader.as_mut(), &mut left)
    }

    /// Reads those of every sheet of a workbook that is shown, or of the one that is named. None if it is no workbook.
    pub(super) fn of_sheets(path: &Path, spec: &TableSpec, limits: &Limits) -> Result<Vec<Self>, ReadError> {
        let mut reader = match spec.table.sheet {
            None => formats::open_each(path.into(), spec, *limits, MOST_ROWS + 1)?,
            Some(_) => formats::open(path.into(), spec, *limits, &Arc::default())?,
        };
        let (mut held, mut left) = (Vec::new(), MOST_BYTES);
        if reader.sheet().is_none() {
            return Ok(held);
        }
        loop {
            held.push(Self::sheet(reader.as_mut(), &mut left)?);
            if held.len() >= MOST_SHEETS || !reader.next_sheet()? {
                return Ok(held);
            }
        }
    }

    /// Reads the rows of a sheet.
    fn sheet(reader: &mut dyn Rows, left: &mut usize) -> Result<Self, ReadError> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        // A header is looked for in every one.
        let most = SEARCHED_BYTES.max(*left);
        let whole = loop {
            let mut row = Row::default();
            if !reader.read(&mut row)? {
                break true;
            }
            bytes += row.bytes();
            rows.push(row);
            if rows.len() > MOST_ROWS || bytes >= most {
                break false;
            }
        };
        *left = left.saturating_sub(bytes);
        Ok(Self { rows: Arc::new(rows), sheet: reader.sheet(), whole })
    }

    /// The rows in which a header is searched.
    pub(super) fn head(&self) -> &[Row] {
        let mut bytes = 0;
        let within = |row: &&Row| {
            bytes += row.bytes();
            bytes < SEARCHED_BYTES
        };
        let rows = self.rows.iter().take(SEARCHED_ROWS).take_while(within).count();
        self.rows.get(..rows.max(1)).unwrap_or_default()
    }

    /// The same rows, to be read from the top.
    pub(super) fn again(&self) -> Box<dyn Rows> {
        Box::new(Again { held: self.clone(), next: 0 })
    }
}

struct Again {
    held: Held,
    next: usize,
}

impl Rows for Again {
    fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        let Some(held) = self.held.rows.get(self.next) else { return Ok(false) };
        row.clone_from(held);
        self.next += 1;
        Ok(true)
    }

    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }

    fn sheet(&self) -> Option<Arc<str>> {
        self.held.sheet.clone()
    }
}

//! The first rows of a sample, read once and looked at as often as is wanted.

use std::{path::Path, sync::Arc};

use crate::model::Finding;

use super::{
    super::{
        ReadError, TableSpec,
        error::Limits,
        formats,
        header::SEARCHED_ROWS,
        row::{Row, Rows},
    },
    sample::SAMPLED_ROWS,
};

/// So many rows are held, or so many bytes of text: what is sampled, and what may stand above it.
const MOST_ROWS: usize = SAMPLED_ROWS + SEARCHED_ROWS;
const MOST_BYTES: usize = 64 << 20;

/// The first rows of a table, as they are printed.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) rows: Arc<Vec<Row>>,
    sheet: Option<Arc<str>>,
    /// Whether the file has no more.
    pub(super) whole: bool,
}

impl Held {
    /// Reads them from the top.
    pub(super) fn read(path: &Path, spec: &TableSpec, limits: &Limits) -> Result<Self, ReadError> {
        let mut reader = formats::open(path.into(), spec, *limits, &Arc::default())?;
        let (mut rows, mut bytes) = (Vec::new(), 0);
        let whole = loop {
            if rows.len() >= MOST_ROWS || bytes >= MOST_BYTES {
                break false;
            }
            let mut row = Row::default();
            if !reader.read(&mut row)? {
                break true;
            }
            bytes += row.bytes();
            rows.push(row);
        };
        Ok(Self { rows: Arc::new(rows), sheet: reader.sheet(), whole })
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

//! A file as a stream of typed column batches.

use std::{collections::VecDeque, path::Path};

use crate::{
    model::{Batch, Cell, Column, ColumnKind, Finding, Header, Missing, Severity},
    yaml::Located,
};

use super::{
    ReadError, TableSpec,
    cells::read_cell,
    decode::is_damaged,
    error::{Limits, file_name},
    formats,
    header::{self, Found},
    period_column::PeriodColumn,
    places::Places,
    row::{Row, Rows, is_blank, trim},
    settings::RowPattern,
    tail::Tail,
};

/// How many rows a batch has, unless their text is long.
const BATCH_ROWS: usize = 8192;
/// A batch ends early when its text is longer than this.
const BATCH_BYTES: usize = 16 << 20;

/// How the header of a file answers to a dataset's columns, for choosing the dataset of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderMatch {
    /// How many declared columns the file has.
    pub found: usize,
    /// How many there are.
    pub declared: usize,
    /// The names of the required columns that it does not have.
    pub missing: Vec<String>,
}

/// Looks at the header of a file only.
///
/// # Errors
/// The file cannot be read as a table. A file without a header that answers is no error: everything is missing.
pub fn probe(path: &Path, spec: &TableSpec, limits: &Limits) -> Result<HeaderMatch, ReadError> {
    let mut rows = formats::open(path, spec, *limits)?;
    let head = read_head(rows.as_mut())?;
    let positions = header::find(&head, spec).map(|found| found.positions).unwrap_or_default();
    let has = |at: usize| positions.get(at).copied().flatten().is_some();
    let missing = spec.columns.iter().enumerate().filter(|(at, (_, column))| column.required && !has(*at));
    Ok(HeaderMatch {
        found: positions.iter().flatten().count(),
        declared: spec.columns.0.len(),
        missing: missing.map(|(_, (name, _))| name.value.clone()).collect(),
    })
}

/// An open file, read from its header on.
pub struct Table {
    rows: Box<dyn Rows>,
    /// Rows that were read ahead in search of the header and lie below it.
    ahead: VecDeque<Row>,
    found: Found,
    columns: Vec<Source>,
    skip: Vec<RowPattern>,
    tail: Tail,
    seen: Seen,
    done: bool,
}

/// Where a declared column comes from.
struct Source {
    position: Option<usize>,
    header: String,
    kind: ColumnKind,
    required: bool,
    period: PeriodColumn,
}

/// What is amiss in rows.
#[derive(Default)]
struct Seen {
    too_many: Places,
    too_few: Places,
    damaged: Places,
    damaged_elsewhere: Places,
    skipped: Places,
}

impl Table {
    /// Opens a file: finds what it is, how it is written, and its header.
    ///
    /// # Errors
    /// The file cannot be read as a table, or has no header that answers to any required column.
    pub fn open(path: &Path, spec: &TableSpec, limits: &Limits) -> Result<Self, ReadError> {
        let mut rows = formats::open(path, spec, *limits)?;
        let head = read_head(rows.as_mut())?;
        let found = header::find(&head, spec).ok_or_else(|| ReadError::NoHeader {
            file: file_name(path),
            searched: head.len(),
            wanted: header::wanted_texts(spec),
        })?;
        let source = |(at, (name, settings)): (usize, (&Located<String>, &super::ColumnSettings))| Source {
            position: found.positions.get(at).copied().flatten(),
            header: found.header.found.get(at).cloned().flatten().unwrap_or_else(|| name.value.clone()),
            kind: settings.kind,
            required: settings.required,
            period: PeriodColumn::default(),
        };
        let columns = spec.columns.iter().enumerate().map(source).collect();
        let ahead = head.into_iter().skip(found.rows).collect();
        let skip = spec.table.skip_rows.clone();
        Ok(Self { rows, ahead, found, columns, skip, tail: Tail::default(), seen: Seen::default(), done: false })
    }

    /// How the header answers to the declared columns.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.found.header
    }

    /// The next rows of data, about 8,192; none at the end. Memory is bounded by the batch, not by the file.
    ///
    /// # Errors
    /// The file cannot be read further; after that there is nothing more.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, ReadError> {
        let mut batch = Batch { rows: Vec::new(), columns: vec![Column::default(); self.columns.len()] };
        let (mut row, mut bytes) = (Row::default(), 0);
        while !self.done && batch.rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            match self.next_row(&mut row) {
                Ok(true) => bytes += self.take(&row, &mut batch),
                Ok(false) => self.done = true,
                Err(error) => {
                    self.done = true;
                    return Err(error);
                }
            }
        }
        Ok((!batch.rows.is_empty()).then_some(batch))
    }

    /// What the reader itself found amiss; complete once [`Table::next_batch`] has answered with none.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.found.findings.clone();
        findings.extend(self.rows.findings());
        findings.extend(self.seen.findings(self.found.cells));
        findings.extend(self.columns.iter().flat_map(|column| column.period.findings(&column.header)));
        findings.extend(self.tail.findings());
        findings
    }

    fn next_row(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        match self.ahead.pop_front() {
            Some(ahead) => {
                *row = ahead;
                Ok(true)
            }
            None => self.rows.read(row),
        }
    }

    /// Adds a row to the batch, or finds that it is none; answers with the bytes added.
    fn take(&mut self, row: &Row, batch: &mut Batch) -> usize {
        let Some((_, first)) = row.first_filled() else {
            self.tail.blank(row.number);
            return 0;
        };
        let first = trim(first);
        if self.skip.iter().any(|pattern| pattern.matches(first)) {
            self.seen.skipped.add(row.number, None, Some(first));
            return 0;
        }
        let like_a_footnote = self.is_like_a_footnote(row);
        if like_a_footnote && self.tail.wait(row) {
            return 0;
        }
        let mut bytes = 0;
        for waited in self.tail.release() {
            bytes += self.push(&waited, batch);
        }
        self.tail.learn(row, like_a_footnote);
        bytes + self.push(row, batch)
    }

    /// Whether nothing but the first cell holds anything, that is not enough for a row of data, and the cell is not
    /// itself a figure or period.
    fn is_like_a_footnote(&self, row: &Row) -> bool {
        if !row.only_first_filled() {
            return false;
        }
        let mut present = self.columns.iter().filter(|column| column.position.is_some());
        let wants_more = present.clone().any(|column| column.required && column.position != Some(0));
        let first = present.find(|column| column.position == Some(0));
        let is_figure = first.is_some_and(|column| {
            let cell = read_cell(column.kind, row.get(0).unwrap_or(""));
            matches!(cell, Cell::Number(_) | Cell::Period(_))
        });
        wants_more && !is_figure
    }

    fn push(&mut self, row: &Row, batch: &mut Batch) -> usize {
        self.inspect(row);
        batch.rows.push(row.number);
        let mut bytes = 0;
        for (source, column) in self.columns.iter_mut().zip(&mut batch.columns) {
            let Some(text) = source.position.and_then(|position| row.get(position)) else {
                column.push("", Cell::Missing(Missing::Absent));
                continue;
            };
            let text = trim(text);
            let cell = match source.kind {
                ColumnKind::Period => source.period.read(row.number, text),
                kind => read_cell(kind, text),
            };
            bytes += text.len();
            column.push(text, cell);
        }
        bytes
    }

    /// Notes a row whose cells are too many or too few, or whose text is damaged.
    fn inspect(&mut self, row: &Row) {
        if row.len() < self.found.named {
            self.seen.too_few.add(row.number, None, None);
        }
        let beyond = (self.found.cells..row.len()).filter_map(|cell| row.get(cell)).find(|cell| !is_blank(cell));
        if let Some(cell) = beyond {
            self.seen.too_many.add(row.number, None, Some(cell));
        }
        if !row.text().is_ascii() {
            for (at, cell) in row.cells().enumerate().filter(|(_, cell)| cell.contains(is_damaged)) {
                match self.columns.iter().find(|column| column.position == Some(at)) {
                    Some(column) => self.seen.damaged.add(row.number, Some(&column.header), Some(cell)),
                    None => self.seen.damaged_elsewhere.add(row.number, None, Some(cell)),
                }
            }
        }
    }
}

impl Seen {
    fn findings(&self, cells: usize) -> Vec<Finding> {
        let too_many = format!(
            "rows have more cells than the header's {cells}: a delimiter within a cell that is not quoted moves all cells after it"
        );
        let too_few = "rows have fewer cells than the header names columns: the file may be cut off";
        let damaged = "cells hold bytes that the file's encoding does not have; save the file as UTF-8";
        let elsewhere = "cells of columns that are not used hold bytes that the file's encoding does not have";
        let skipped = "rows that the dataset's `skip_rows` names were left out";
        [
            self.too_many.finding("ragged_row", Severity::Error, too_many),
            self.too_few.finding("ragged_row", Severity::Error, too_few),
            self.damaged.finding("encoding", Severity::Error, damaged),
            self.damaged_elsewhere.finding("encoding", Severity::Warning, elsewhere),
            self.skipped.finding("skipped_rows", Severity::Note, skipped),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Reads the rows in which the header is searched.
fn read_head(rows: &mut dyn Rows) -> Result<Vec<Row>, ReadError> {
    let (mut head, mut bytes) = (Vec::new(), 0);
    while head.len() < header::SEARCHED_ROWS && bytes < header::SEARCHED_BYTES {
        let mut row = Row::default();
        if !rows.read(&mut row)? {
            break;
        }
        bytes += row.bytes();
        head.push(row);
    }
    Ok(head)
}

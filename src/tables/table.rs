//! A file as a stream of typed column batches.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::model::{Batch, Finding, Header};

use super::{
    ReadError, TableSource, TableSpec,
    error::Limits,
    formats,
    given::Surroundings,
    header::{self, Found},
    layout::Layout,
    layout_settings::TitleIn,
    places::in_sheet,
    row::{Row, Rows, trim},
    taker::Taker,
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
    /// The sheet of a workbook that was looked at.
    pub sheet: Option<Arc<str>>,
}

/// Looks at the header of a file only.
///
/// # Errors
/// The file cannot be read as a table. A file without a header that answers is no error: everything is missing.
pub fn probe<'a>(
    source: impl Into<TableSource<'a>>,
    spec: &TableSpec,
    limits: &Limits,
) -> Result<HeaderMatch, ReadError> {
    let mut rows = formats::open(source.into(), spec, *limits, &Arc::default())?;
    let head = formats::head_of(rows.as_mut())?;
    let found = header::find(&head, spec);
    let printed = found.as_ref().map_or(&[][..], |found| &found.header.found);
    let has = |at: usize| printed.get(at).is_some_and(Option::is_some);
    let missing = spec.columns.iter().enumerate().filter(|(at, (_, column))| column.required && !has(*at));
    Ok(HeaderMatch {
        found: printed.iter().flatten().count(),
        declared: spec.columns.0.len(),
        missing: missing.map(|(_, (name, _))| name.value.clone()).collect(),
        sheet: rows.sheet(),
    })
}

/// An open file, read from its header on.
pub struct Table {
    pub(super) rows: Box<dyn Rows>,
    /// Bytes of the file that have been read.
    read: Arc<AtomicU64>,
    /// Rows that were read ahead in search of a header and lie below it.
    ahead: VecDeque<Row>,
    pub(super) taker: Taker,
    done: bool,
}

impl Table {
    /// Opens a file: finds what it is, how it is written, and its header.
    ///
    /// # Errors
    /// The file cannot be read as a table, has no header that answers to any required column, or lacks what the dataset
    /// takes from its titles or name.
    pub fn open<'a>(source: impl Into<TableSource<'a>>, spec: &TableSpec, limits: &Limits) -> Result<Self, ReadError> {
        let source = source.into();
        let read = Arc::default();
        let rows = formats::open(source, spec, *limits, &read)?;
        Self::of_rows(rows, &source.name(), spec, read)
    }

    /// The table that stands in these rows of a file.
    pub(super) fn of_rows(
        mut rows: Box<dyn Rows>,
        file: &str,
        spec: &TableSpec,
        read: Arc<AtomicU64>,
    ) -> Result<Self, ReadError> {
        let head = formats::head_of(rows.as_mut())?;
        let mut found = header::find(&head, spec).ok_or_else(|| ReadError::NoHeader {
            file: file.to_owned(),
            searched: head.len(),
            wanted: header::wanted_texts(spec),
        })?;
        found.header.sheet = rows.sheet();
        let (titles, data) = head.split_at(found.rows.min(head.len()));
        let around = Surroundings { file, titles };
        let year = around.year(spec)?;
        let mut layout = Layout::new(spec, around.texts(spec)?);
        layout.go_by(&found, spec, year, file)?;
        let begins = found.header.row;
        let above = found.rows.saturating_sub(spec.table.header_rows.0);
        let (ahead, above) =
            (data.iter().cloned().collect(), (titles.get(..above).unwrap_or_default().last(), titles.get(above)));
        let mut taker = Taker::new(file.to_owned(), spec.clone(), year, found, layout);
        if rows.sheet().is_some() {
            taker.begins_in_its_first_column();
        }
        if let Some(settings) = &spec.table.blocks {
            let title = title(settings.title_in, above.0, above.1);
            taker.layout.set_title(title.as_deref().unwrap_or(""));
            taker.blocks.begin(title.as_deref(), begins);
        }
        Ok(Self { rows, read, ahead, taker, done: false })
    }

    /// Lets each of its findings keep so many rows, for whoever wants them all; otherwise they keep the first twenty. Takes
    /// some 100 bytes a row.
    pub fn keep_rows(&mut self, most: usize) {
        self.rows.keep(most);
        self.taker.keep(most);
    }

    /// How the header answers to the declared columns.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.taker.found.header
    }

    /// The bytes of the file that have been read, packed ones where it is packed; none for formats that jump about in it
    /// (workbooks, Parquet, ZIP).
    #[must_use]
    pub fn bytes_read(&self) -> Option<u64> {
        Some(self.read.load(Ordering::Relaxed)).filter(|read| *read > 0)
    }

    /// The next rows of data, about 8,192; none at the end. Memory is bounded by the batch, not by the file.
    ///
    /// # Errors
    /// The file cannot be read further; after that there is nothing more.
    pub fn next_batch(&mut self) -> Result<Option<Batch>, ReadError> {
        let mut batch = self.taker.batch(self.rows.sheet());
        let (mut row, mut bytes) = (Row::default(), 0);
        while !self.done && batch.rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            match self.advance(&mut row, &mut batch) {
                Ok(Some(taken)) => bytes += taken,
                Ok(None) => {
                    self.done = true;
                    self.taker.flush(&mut batch);
                    self.taker.blocks.end();
                }
                Err(error) => {
                    self.done = true;
                    return Err(error);
                }
            }
        }
        Ok((!batch.rows.is_empty()).then_some(batch))
    }

    /// The rows that `skip_rows` leaves out of a table each of whose rows is one row of figures: the first thousand of them,
    /// with whatever figures stand in them; complete once [`Table::next_batch`] has answered with none.
    #[must_use]
    pub fn skipped(&self) -> Batch {
        Batch { sheet: self.rows.sheet(), ..self.taker.skipped.batch() }
    }

    /// What the reader itself found amiss; complete once [`Table::next_batch`] has answered with none.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.findings_with(&[])
    }

    /// As [`Table::findings`], with what was found amiss in the text by another way of reading it.
    pub(super) fn findings_with(&self, text: &[Finding]) -> Vec<Finding> {
        let mut findings = self.taker.found.findings.clone();
        findings.extend(self.rows.findings());
        findings.extend_from_slice(text);
        findings.extend(self.taker.findings(self.rows.sheet().is_some()));
        in_sheet(&mut findings, self.rows.sheet().as_deref());
        findings
    }

    /// The sheet of a workbook that is read.
    #[must_use]
    pub fn sheet(&self) -> Option<Arc<str>> {
        self.rows.sheet()
    }

    /// Reads a row and does with it what it asks for; answers with the bytes added, or none at the end of the file.
    fn advance(&mut self, row: &mut Row, batch: &mut Batch) -> Result<Option<usize>, ReadError> {
        if !self.next_row(row)? {
            return Ok(None);
        }
        match self.begins_block(row)? {
            Some(block) => self.taker.begin_block(block, batch).map(Some),
            None => Ok(Some(self.taker.take(row, batch))),
        }
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

    /// The header that stands here, if another block begins with it, and the block's title.
    fn begins_block(&mut self, row: &Row) -> Result<Option<(Found, Option<String>)>, ReadError> {
        let Some(title_in) = self.taker.spec.table.blocks.as_ref().map(|blocks| blocks.title_in) else {
            return Ok(None);
        };
        let more = self.taker.spec.table.header_rows.0 - 1;
        while self.ahead.len() < more {
            let mut next = Row::default();
            if !self.rows.read(&mut next)? {
                return Ok(None);
            }
            self.ahead.push_back(next);
        }
        let window: Vec<Row> = std::iter::once(row).chain(self.ahead.iter().take(more)).cloned().collect();
        let Some(found) = header::again(&window, &self.taker.spec) else { return Ok(None) };
        self.ahead.drain(..more);
        let above = self.taker.tail.end_block();
        Ok(Some((found, title(title_in, above.as_ref(), Some(row)))))
    }
}

/// The title of a block, if it has one.
fn title(stands: TitleIn, above: Option<&Row>, header: Option<&Row>) -> Option<String> {
    let row = match stands {
        TitleIn::Above => above,
        TitleIn::Header => header,
    };
    row.and_then(Row::first_filled).map(|(_, text)| trim(text).to_owned())
}

//! A file as a stream of typed column batches.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    model::{Batch, Cell, CellPlace, Column, ColumnKind, Finding, Header, Missing, Severity, finding::cell_name},
    yaml::Located,
};

use super::{
    ReadError, TableSource, TableSpec,
    blocks::{Blocks, Repeats},
    cells::read_cell,
    column::ColumnReader,
    error::Limits,
    formats,
    given::Surroundings,
    header::{self, Found},
    layout::{Group, Layout},
    layout_check::Origin,
    layout_settings::TitleIn,
    places::in_sheet,
    row::{Row, Rows, trim},
    seen::Seen,
    settings::RepeatedRows,
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
    rows: Box<dyn Rows>,
    /// Bytes of the file that have been read.
    read: Arc<AtomicU64>,
    file: String,
    spec: TableSpec,
    /// The financial year of periods that name none.
    year: Option<i32>,
    /// Rows that were read ahead in search of a header and lie below it.
    ahead: VecDeque<Row>,
    found: Found,
    columns: Vec<Source>,
    layout: Layout,
    blocks: Blocks,
    repeats: Repeats,
    tail: Tail,
    seen: Seen,
    /// The rows below one that was left out belong to its label, until another stands.
    skips_below: bool,
    done: bool,
}

/// A declared column.
struct Source {
    header: String,
    required: bool,
    reader: ColumnReader,
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
        let mut rows = formats::open(source, spec, *limits, &read)?;
        let head = formats::head_of(rows.as_mut())?;
        let file = source.name();
        let found = header::find(&head, spec).ok_or_else(|| ReadError::NoHeader {
            file: file.clone(),
            searched: head.len(),
            wanted: header::wanted_texts(spec),
        })?;
        let (titles, data) = head.split_at(found.rows.min(head.len()));
        let around = Surroundings { file: &file, titles };
        let year = around.year(spec)?;
        let mut layout = Layout::new(spec, around.texts(spec)?);
        layout.go_by(&found, spec, year, &file)?;
        let mut blocks = Blocks::default();
        if let Some(settings) = &spec.table.blocks {
            let above = found.rows.saturating_sub(spec.table.header_rows.0);
            let title = title(settings.title_in, titles.get(..above).unwrap_or_default().last(), titles.get(above));
            layout.set_title(title.as_deref().unwrap_or(""));
            blocks.begin(title.as_deref(), found.header.row);
        }
        let columns = columns(spec, &found, year);
        let (ahead, spec) = (data.iter().cloned().collect(), spec.clone());
        let (repeats, tail, seen) = (Repeats::default(), Tail::default(), Seen::default());
        Ok(Self {
            rows,
            read,
            file,
            spec,
            year,
            ahead,
            found,
            columns,
            layout,
            blocks,
            repeats,
            tail,
            seen,
            skips_below: false,
            done: false,
        })
    }

    /// How the header answers to the declared columns.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.found.header
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
        let mut batch =
            Batch { sheet: self.rows.sheet(), rows: Vec::new(), columns: vec![Column::default(); self.columns.len()] };
        let (mut row, mut bytes) = (Row::default(), 0);
        while !self.done && batch.rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            match self.advance(&mut row, &mut batch) {
                Ok(Some(taken)) => bytes += taken,
                Ok(None) => {
                    self.done = true;
                    self.flush(&mut batch);
                    self.blocks.end();
                }
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
        findings.extend(self.seen.findings(self.found.cells, self.rows.sheet().is_some()));
        findings.extend(self.columns.iter().enumerate().flat_map(|(at, column)| self.of_column(at, column)));
        findings.extend(self.layout.findings());
        findings.extend(self.blocks.findings());
        findings.extend(self.repeats.finding());
        findings.extend(self.tail.findings());
        in_sheet(&mut findings, self.rows.sheet().as_deref());
        findings
    }

    /// What a column shows as a whole, with its header and its cells where it has one place.
    fn of_column(&self, at: usize, column: &Source) -> Vec<Finding> {
        let mut findings = column.reader.findings(&column.header);
        let position = self.layout.position(at).filter(|_| self.spec.table.blocks.is_none());
        for row in findings.iter_mut().flat_map(|finding| &mut finding.rows) {
            row.column.get_or_insert_with(|| column.header.clone());
            row.cell = position.map(|position| cell_name(position, row.row));
        }
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
            Some(block) => self.begin_block(block, batch).map(Some),
            None => Ok(Some(self.take(row, batch))),
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
        let Some(title_in) = self.spec.table.blocks.as_ref().map(|blocks| blocks.title_in) else { return Ok(None) };
        let more = self.spec.table.header_rows.0 - 1;
        while self.ahead.len() < more {
            let mut next = Row::default();
            if !self.rows.read(&mut next)? {
                return Ok(None);
            }
            self.ahead.push_back(next);
        }
        let window: Vec<Row> = std::iter::once(row).chain(self.ahead.iter().take(more)).cloned().collect();
        let Some(found) = header::again(&window, &self.spec) else { return Ok(None) };
        self.ahead.drain(..more);
        let above = self.tail.end_block();
        Ok(Some((found, title(title_in, above.as_ref(), Some(row)))))
    }

    /// Ends the block before, and goes by another header; answers with the bytes added to the batch.
    fn begin_block(&mut self, block: (Found, Option<String>), batch: &mut Batch) -> Result<usize, ReadError> {
        let (mut found, title) = block;
        let bytes = self.flush(batch);
        self.blocks.begin(title.as_deref(), found.header.row);
        self.repeats.begin();
        if let Some(title) = title {
            self.layout.set_title(&title);
        }
        self.layout.go_by(&found, &self.spec, self.year, &self.file)?;
        // What is told of the header is told of the first; doubts of later ones are added.
        found.header.clone_from(&self.found.header);
        let known = std::mem::take(&mut self.found.findings);
        let doubts = std::mem::take(&mut found.findings).into_iter();
        let doubts: Vec<_> = doubts.filter(|doubt| doubt.severity > Severity::Note && !known.contains(doubt)).collect();
        found.findings = [known, doubts].concat();
        self.found = found;
        Ok(bytes)
    }

    /// Adds a row to the batch, or finds that it is none; answers with the bytes added.
    fn take(&mut self, row: &Row, batch: &mut Batch) -> usize {
        let Some((at, first)) = row.first_filled() else {
            self.tail.blank(row.number);
            return 0;
        };
        let first = trim(first);
        if self.spec.table.skip_rows.iter().any(|pattern| pattern.matches(first)) {
            self.skips_below = self.layout.has_label(row);
            self.seen.skipped.add_cell(row.number, Some(at), None, Some(first));
            return 0;
        }
        // The label of a row that was left out is merged down over these.
        self.skips_below &= !self.layout.has_label(row);
        if self.skips_below {
            self.seen.skipped.add_cell(row.number, Some(at), None, Some(first));
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
        let mut present =
            (0..self.columns.len()).filter_map(|at| Some((self.layout.position(at)?, self.columns.get(at)?)));
        let wants_more =
            self.layout.wants_more() || present.clone().any(|(position, column)| column.required && position != 0);
        let first = present.find(|(position, _)| *position == 0);
        let is_figure = first.is_some_and(|(_, column)| {
            let cell = read_cell(column.reader.kind, row.get(0).unwrap_or(""));
            matches!(cell, Cell::Number(_) | Cell::Period(_))
        });
        wants_more && !is_figure
    }

    fn push(&mut self, row: &Row, batch: &mut Batch) -> usize {
        let header = |at: usize| {
            let at = (0..self.columns.len()).find(|column| self.layout.position(*column) == Some(at))?;
            self.columns.get(at).map(|column| column.header.as_str())
        };
        self.seen.inspect(row, &self.found, header);
        if self.spec.table.blocks.is_some() && !self.blocks.is_new(row) {
            return 0;
        }
        if self.spec.table.repeated_rows == RepeatedRows::Drop && !self.repeats.is_new(&self.layout.fill_down(row)) {
            return 0;
        }
        if self.layout.is_plain() {
            return self.push_plain(row, batch);
        }
        match self.layout.take(row) {
            Some(group) => self.push_group(&group, batch),
            None => 0,
        }
    }

    /// Adds what still waits for more rows.
    fn flush(&mut self, batch: &mut Batch) -> usize {
        match self.layout.end_group() {
            Some(group) => self.push_group(&group, batch),
            None => 0,
        }
    }

    /// A row of a plain table is a row of the batch.
    fn push_plain(&mut self, row: &Row, batch: &mut Batch) -> usize {
        batch.rows.push(row.number);
        let mut bytes = 0;
        for (at, (source, column)) in self.columns.iter_mut().zip(&mut batch.columns).enumerate() {
            let position = self.layout.position(at);
            let Some(text) = position.and_then(|position| row.get(position)) else {
                column.push("", Cell::Missing(Missing::Absent));
                continue;
            };
            let mark = position.and_then(|position| row.marked(position));
            let (text, cell) = source.reader.read(row.number, text, mark);
            bytes += text.len();
            match position.filter(|_| self.found.header.positions.get(at) != Some(&position)) {
                // What the header of the first block says of a column need not hold in a later one.
                Some(elsewhere) => {
                    column.push_at(text, cell, CellPlace { row: row.number, header: None, column: Some(elsewhere) });
                }
                None => column.push(text, cell),
            }
        }
        bytes
    }

    /// Each column across makes a row of a group.
    fn push_group(&mut self, group: &Group, batch: &mut Batch) -> usize {
        let mut bytes = 0;
        for across in 0..self.layout.width() {
            if self.layout.leaves_out(group, across) {
                continue;
            }
            batch.rows.push(group.number());
            for (at, (source, column)) in self.columns.iter_mut().zip(&mut batch.columns).enumerate() {
                let Some(taken) = self.layout.cell(at, group, across) else {
                    column.push("", Cell::Missing(Missing::Absent));
                    continue;
                };
                let row = taken.place.as_ref().map_or(group.number(), |place| place.row);
                let (text, cell) = match taken.period {
                    Some(period) if source.reader.kind == ColumnKind::Period => (taken.text, Cell::Period(period)),
                    _ => source.reader.read(row, taken.text, taken.mark),
                };
                bytes += text.len();
                match taken.place {
                    Some(place) => column.push_at(text, cell, place),
                    None => column.push(text, cell),
                }
            }
        }
        bytes
    }
}

fn columns(spec: &TableSpec, found: &Found, year: Option<i32>) -> Vec<Source> {
    let source = |(at, (name, settings)): (usize, (&Located<String>, &super::ColumnSettings))| {
        let figures = || found.across.first().map(|column| column.position).or(found.figures);
        let position = match spec.origin(name) {
            Origin::AcrossValue | Origin::Alternate(_) => figures(),
            _ => found.positions.get(at).copied().flatten(),
        };
        let above = position.and_then(|position| found.texts.get(position)).map_or("", String::as_str);
        Source {
            header: found.header.found.get(at).cloned().flatten().unwrap_or_else(|| name.value.clone()),
            required: settings.required,
            reader: ColumnReader::new(settings, above, year),
        }
    };
    spec.columns.iter().enumerate().map(source).collect()
}

/// The title of a block, if it has one.
fn title(stands: TitleIn, above: Option<&Row>, header: Option<&Row>) -> Option<String> {
    let row = match stands {
        TitleIn::Above => above,
        TitleIn::Header => header,
    };
    row.and_then(Row::first_filled).map(|(_, text)| trim(text).to_owned())
}

//! Rows of a file → rows of a batch: what is data, what is left out, what is amiss, whatever the rows come from.

use std::sync::Arc;

use crate::{
    model::{Batch, Cell, CellPlace, Column, ColumnKind, Finding, Missing, Severity, finding::cell_name},
    yaml::Located,
};

use super::{
    ReadError, TableSpec,
    blocks::{Blocks, Repeats},
    cells::read_cell,
    column::ColumnReader,
    header::Found,
    layout::{Group, Layout},
    layout_check::Origin,
    row::{Row, join, trim},
    seen::Seen,
    settings::RepeatedRows,
    skipped::Skipped,
    tail::{Tail, is_a_code},
};

/// Takes the rows below a header one by one.
pub(super) struct Taker {
    file: String,
    pub(super) spec: TableSpec,
    /// The financial year of periods that name none.
    year: Option<i32>,
    pub(super) found: Found,
    pub(super) columns: Vec<Source>,
    pub(super) layout: Layout,
    pub(super) blocks: Blocks,
    repeats: Repeats,
    pub(super) tail: Tail,
    seen: Seen,
    pub(super) skipped: Skipped,
    /// Where the block at hand has a declared column elsewhere than the header says.
    moved: Vec<Option<usize>>,
    /// The rows below one that was left out belong to its label, until another stands.
    skips_below: bool,
    /// Where the first column of the table stands: a row of nothing else may be a footnote.
    first: usize,
}

/// A declared column.
pub(super) struct Source {
    pub(super) header: String,
    required: bool,
    pub(super) reader: ColumnReader,
}

impl Taker {
    /// `layout` goes by the header already.
    pub(super) fn new(file: String, spec: TableSpec, year: Option<i32>, found: Found, layout: Layout) -> Self {
        Self {
            file,
            columns: columns(&spec, &found, year),
            spec,
            year,
            found,
            layout,
            blocks: Blocks::default(),
            repeats: Repeats::default(),
            tail: Tail::default(),
            seen: Seen::default(),
            skipped: Skipped::default(),
            moved: Vec::new(),
            skips_below: false,
            first: 0,
        }
    }

    /// Sheets often begin beside a blank column or two, and so do the notes under their tables.
    pub(super) fn begins_in_its_first_column(&mut self) {
        let named = self.found.texts.iter().position(|text| !text.is_empty());
        let declared = (0..self.columns.len()).filter_map(|at| self.layout.position(at)).min();
        self.first = named.into_iter().chain(declared).min().unwrap_or(0);
    }

    /// Another taker for rows under the same header, which has found nothing yet. For plain tables.
    pub(super) fn part(&self) -> Result<Self, ReadError> {
        let mut layout = Layout::new(&self.spec, vec![None; self.columns.len()]);
        layout.go_by(&self.found, &self.spec, self.year, &self.file)?;
        Ok(Self::new(self.file.clone(), self.spec.clone(), self.year, self.found.clone(), layout))
    }

    /// Takes in what a part has found in its rows.
    pub(super) fn merge(&mut self, part: Self) {
        self.seen.merge(part.seen);
        self.skipped.merge(&part.skipped);
        self.tail.merge(part.tail);
        for (column, other) in self.columns.iter_mut().zip(part.columns) {
            column.reader.merge(other.reader);
        }
    }

    /// Keeps so many places of each kind of what is amiss.
    pub(super) fn keep(&mut self, most: usize) {
        self.seen.keep(most);
        self.layout.keep(most);
        self.blocks.keep(most);
        self.repeats.keep(most);
        self.tail.keep(most);
        self.columns.iter_mut().for_each(|column| column.reader.keep(most));
    }

    /// An empty batch for its rows.
    pub(super) fn batch(&self, sheet: Option<Arc<str>>) -> Batch {
        Batch { sheet, rows: Vec::new(), columns: vec![Column::default(); self.columns.len()] }
    }

    /// What was found amiss in the rows below the header; `in_sheet` says that each cell knows its column.
    pub(super) fn findings(&self, in_sheet: bool) -> Vec<Finding> {
        let mut findings = self.seen.findings(self.found.cells, in_sheet);
        findings.extend(self.columns.iter().enumerate().flat_map(|(at, column)| self.of_column(at, column)));
        findings.extend(self.layout.findings());
        findings.extend(self.blocks.findings());
        findings.extend(self.repeats.finding());
        findings.extend(self.tail.findings());
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

    /// Ends the block before, and goes by another header; answers with the bytes added to the batch.
    pub(super) fn begin_block(
        &mut self,
        block: (Found, Option<String>),
        batch: &mut Batch,
    ) -> Result<usize, ReadError> {
        let (mut found, title) = block;
        let bytes = self.flush(batch);
        self.blocks.begin(title.as_deref(), found.header.row);
        self.repeats.begin();
        if let Some(title) = title {
            self.layout.set_title(&title);
        }
        self.layout.go_by(&found, &self.spec, self.year, &self.file)?;
        let first = &self.found.header.positions;
        let moved = |(here, first): (&Option<usize>, &Option<usize>)| here.filter(|_| here != first);
        self.moved = found.header.positions.iter().zip(first).map(moved).collect();
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
    pub(super) fn take(&mut self, row: &Row, batch: &mut Batch) -> usize {
        let Some((at, first)) = row.first_filled() else {
            self.tail.blank(row.number);
            return 0;
        };
        let first = trim(first);
        if self.spec.table.skip_rows.iter().any(|pattern| pattern.matches(first)) {
            self.skips_below = self.layout.has_label(row);
            self.seen.skipped.add_cell(row.number, Some(at), None, Some(first));
            if self.layout.is_row_for_row() {
                let cell = |at: usize| self.layout.position(at).and_then(|position| row.get(position));
                let cells = self.columns.iter().enumerate().map(|(at, column)| (column.reader.kind, cell(at)));
                self.skipped.add(row.number, cells);
            }
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
        let bytes = self.release(batch);
        self.tail.learn(row, like_a_footnote, self.first);
        bytes + self.push(row, batch)
    }

    /// Adds the rows that waited, because a row of data follows.
    pub(super) fn release(&mut self, batch: &mut Batch) -> usize {
        self.tail.release().map(|waited| self.push(&waited, batch)).sum()
    }

    /// Whether nothing but the cell of the first column holds anything, that is not enough for a row of data, and the cell is not
    /// itself a figure or period, nor a code.
    fn is_like_a_footnote(&self, row: &Row) -> bool {
        let Some((at, text)) = row.alone(self.first) else { return false };
        let plain = self.spec.table.blocks.is_none() && self.layout.is_plain();
        if plain && is_a_code(text) {
            return false;
        }
        let mut present =
            (0..self.columns.len()).filter_map(|at| Some((self.layout.position(at)?, self.columns.get(at)?)));
        let wants_more =
            self.layout.wants_more() || present.clone().any(|(position, column)| column.required && position != at);
        let first = present.find(|(position, _)| *position == at);
        let is_figure = first.is_some_and(|(_, column)| {
            let cell = read_cell(column.reader.kind, text);
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
    pub(super) fn flush(&mut self, batch: &mut Batch) -> usize {
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
            if let Some(parts) = self.layout.parts(at) {
                let joined = join(parts.filter_map(|position| row.get(position)));
                let (text, cell) = source.reader.read(row.number, &joined, None);
                bytes += text.len();
                column.push(text, cell);
                continue;
            }
            let position = self.layout.position(at);
            let Some(text) = position.and_then(|position| row.get(position)) else {
                column.push("", Cell::Missing(Missing::Absent));
                continue;
            };
            let mark = position.and_then(|position| row.marked(position));
            let (text, cell) = source.reader.read(row.number, text, mark);
            bytes += text.len();
            match self.moved.get(at).copied().flatten() {
                None => column.push(text, cell),
                elsewhere => {
                    column.push_at(text, cell, CellPlace { row: row.number, header: None, column: elsewhere });
                }
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
                let moved = self.moved.get(at).copied().flatten();
                let moved = moved.map(|moved| CellPlace { row, header: None, column: Some(moved) });
                match taken.place.or(moved) {
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

//! From the rows of a printed table to rows of one figure each.
//!
//! A row goes through three steps: labels merged down are filled in, rows that alternate are put together, and each of
//! the columns that stand across becomes a row. What a plain table has none of costs nothing.

use std::sync::Arc;

use crate::model::{CellPlace, Finding, Period, Severity};

use super::{
    ReadError, TableSpec,
    header::Found,
    header_texts::fold,
    layout_check::Origin,
    layout_settings::{AcrossColumns, AcrossSettings, BlankCells, Level},
    periods,
    places::Places,
    row::{Mark, Row, is_blank, join, trim},
};

/// Where the text of a declared column is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Cell(Option<usize>),
    Given(String),
    /// The texts of these declared columns.
    Joined(Vec<usize>),
    Title,
    AcrossName(usize),
    AcrossValue,
    Alternate(usize),
}

/// A column that becomes rows.
#[derive(Debug)]
pub(super) struct Across {
    position: usize,
    header: Arc<str>,
    /// What it is called at each level of the header, the lowest first.
    names: Vec<(Arc<str>, Option<Period>)>,
}

/// Rows that make one row together: one, or those of each kind that alternate.
#[derive(Debug)]
pub(super) struct Group {
    rows: Vec<Option<Row>>,
    /// For each declared column, what is joined from others; empty where none is.
    joined: Vec<String>,
}

/// A text, and where it stands.
pub(super) struct Taken<'a> {
    pub(super) text: &'a str,
    pub(super) period: Option<Period>,
    pub(super) place: Option<CellPlace>,
    /// What the format knows of the cell beyond its text.
    pub(super) mark: Option<Mark>,
}

/// How the rows of one file become rows of figures.
pub(super) struct Layout {
    sources: Vec<Source>,
    plain: bool,
    /// The title of the block.
    title: String,
    /// Declared columns whose labels are merged down, each with its last text.
    fill: Vec<(usize, String)>,
    across: Vec<Across>,
    skips_blank: bool,
    /// Where the kind of a row stands, the kinds as [`fold`]ed, and where the figures stand.
    kind_at: Option<usize>,
    kinds: Vec<String>,
    figures_at: Option<usize>,
    waiting: Option<Group>,
    blank: Places,
    strange: Places,
    alone: Places,
}

impl Layout {
    /// `given` are the texts of columns that stand in no cell, in the order of the columns.
    pub(super) fn new(spec: &TableSpec, given: Vec<Option<String>>) -> Self {
        let source = |((name, _), given): (_, Option<String>)| {
            let name: &crate::yaml::Located<String> = name;
            match spec.origin(name) {
                Origin::File => Source::Cell(None),
                Origin::Given => Source::Given(given.unwrap_or_default()),
                Origin::Joined => Source::Joined(spec.joined(name)),
                Origin::Title => Source::Title,
                Origin::AcrossName(level) => Source::AcrossName(level),
                Origin::AcrossValue => Source::AcrossValue,
                Origin::Alternate(kind) => Source::Alternate(kind),
            }
        };
        let alternate = spec.table.alternate.as_ref();
        let declared = |name: &str| spec.columns.keys().position(|known| known.value == name);
        let sources: Vec<Source> = spec.columns.iter().zip(given).map(source).collect();
        Self {
            plain: spec.table.fill_down.is_empty()
                && sources.iter().all(|source| matches!(source, Source::Cell(_) | Source::Joined(_))),
            sources,
            title: String::new(),
            fill: spec.table.fill_down.iter().filter_map(|name| Some((declared(name)?, String::new()))).collect(),
            across: Vec::new(),
            skips_blank: spec.table.across.as_ref().is_some_and(|across| across.blank == BlankCells::Skip),
            kind_at: None,
            kinds: alternate.iter().flat_map(|alternate| alternate.rows.iter()).map(|(_, text)| fold(text)).collect(),
            figures_at: None,
            waiting: None,
            blank: Places::default(),
            strange: Places::default(),
            alone: Places::default(),
        }
    }

    /// Goes by a header from here on.
    ///
    /// # Errors
    /// Columns of months do not say their year.
    pub(super) fn go_by(
        &mut self,
        found: &Found,
        spec: &TableSpec,
        year: Option<i32>,
        file: &str,
    ) -> Result<(), ReadError> {
        for (source, position) in self.sources.iter_mut().zip(&found.positions) {
            if let Source::Cell(at) = source {
                *at = *position;
            }
        }
        self.fill.iter_mut().for_each(|(_, last)| last.clear());
        (self.kind_at, self.figures_at) = (found.alternate, found.figures);
        self.across.clear();
        let levels = || spec.table.across.iter().flat_map(AcrossSettings::levels);
        for column in &found.across {
            let name = |(text, level): (&String, Level<'_>)| {
                let period = match level.columns {
                    AcrossColumns::Headers(_) => None,
                    AcrossColumns::Periods(lengths) => {
                        let period = periods::of_length(text, year, lengths);
                        let no_year = || ReadError::NoYear { file: file.to_owned(), header: text.clone() };
                        Some(period.ok_or_else(no_year)?)
                    }
                };
                Ok((Arc::from(text.as_str()), period))
            };
            let names = column.texts.iter().zip(levels()).map(name).collect::<Result<_, ReadError>>()?;
            self.across.push(Across { position: column.position, header: column.header().into(), names });
        }
        Ok(())
    }

    /// The title of the rows that follow.
    pub(super) fn set_title(&mut self, title: &str) {
        trim(title).clone_into(&mut self.title);
    }

    /// Where a declared column stands in the file.
    pub(super) fn position(&self, column: usize) -> Option<usize> {
        match self.sources.get(column) {
            Some(Source::Cell(position)) => *position,
            _ => None,
        }
    }

    /// Where the columns stand that a declared column is joined from; none for one that is not joined.
    pub(super) fn parts(&self, column: usize) -> Option<impl Iterator<Item = usize>> {
        match self.sources.get(column) {
            Some(Source::Joined(columns)) => Some(columns.iter().filter_map(|column| self.position(*column))),
            _ => None,
        }
    }

    /// Whether each row of the file is one row of figures, whatever else it takes its labels from.
    pub(super) fn is_row_for_row(&self) -> bool {
        let own = |source: &Source| matches!(source, Source::Cell(_) | Source::Given(_) | Source::Title);
        self.sources.iter().all(own)
    }

    /// Whether a row of the file is a row of figures, cell for cell, or with cells of it joined.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// Whether a label stands in any of the columns whose labels are merged down.
    pub(super) fn has_label(&self, row: &Row) -> bool {
        let filled =
            |column: usize| self.position(column).and_then(|at| row.get(at)).is_some_and(|text| !is_blank(text));
        self.fill.iter().any(|(column, _)| filled(*column))
    }

    /// Whether figures stand beyond the declared columns.
    pub(super) fn wants_more(&self) -> bool {
        !self.across.is_empty() || self.kind_at.is_some()
    }

    /// Takes in a row; answers with a group that is complete by it.
    pub(super) fn take(&mut self, row: &Row) -> Option<Group> {
        let group = self.gather(row)?;
        Some(self.join(group))
    }

    fn gather(&mut self, row: &Row) -> Option<Group> {
        let row = self.fill_down(row);
        if self.kinds.is_empty() {
            return Some(Group { rows: vec![Some(row)], joined: Vec::new() });
        }
        let kind_text = self.kind_at.and_then(|at| row.get(at)).unwrap_or("");
        let folded = fold(trim(kind_text));
        let Some(kind) = self.kinds.iter().position(|kind| *kind == folded) else {
            self.strange.add_cell(row.number, self.kind_at, None, Some(kind_text));
            return None;
        };
        let joins = self.waiting.as_ref().is_some_and(|group| self.belongs(group, &row, kind));
        let before = if joins { None } else { self.leave_group() };
        let new = || Group { rows: vec![None; self.kinds.len()], joined: Vec::new() };
        let mut group = self.waiting.take().unwrap_or_else(new);
        if let Some(place) = group.rows.get_mut(kind) {
            *place = Some(row);
        }
        if group.rows.iter().all(Option::is_some) {
            return Some(group);
        }
        self.waiting = Some(group);
        before
    }

    /// The group that waits for rows of other kinds, because none will come.
    pub(super) fn end_group(&mut self) -> Option<Group> {
        let group = self.leave_group()?;
        Some(self.join(group))
    }

    /// The group with the texts that are joined from its columns.
    fn join(&self, mut group: Group) -> Group {
        if self.sources.iter().any(|source| matches!(source, Source::Joined(_))) {
            let text = |at: usize| Some(group.text(at)?.0);
            let join =
                |column: usize| self.parts(column).map_or_else(String::new, |parts| join(parts.filter_map(text)));
            group.joined = (0..self.sources.len()).map(join).collect();
        }
        group
    }

    fn leave_group(&mut self) -> Option<Group> {
        let group = self.waiting.take()?;
        self.alone.add(group.number(), None, None);
        Some(group)
    }

    /// A row goes with others when its kind is wanting and its labels are theirs, or blank.
    fn belongs(&self, group: &Group, row: &Row, kind: usize) -> bool {
        let wanting = group.rows.get(kind).is_some_and(Option::is_none);
        let labels = self.sources.iter().filter_map(|source| match source {
            Source::Cell(position) => *position,
            _ => None,
        });
        let text = |at: usize| trim(row.get(at).unwrap_or(""));
        wanting
            && labels
                .into_iter()
                .all(|at| text(at).is_empty() || text(at) == group.text(at).map_or("", |(text, _)| text))
    }

    /// The row with the labels that are merged down over it; the same again for a row that has them.
    pub(super) fn fill_down(&mut self, row: &Row) -> Row {
        let mut filled = row.clone();
        for (column, last) in &mut self.fill {
            let Some(Source::Cell(Some(position))) = self.sources.get(*column) else { continue };
            match filled.get(*position).map(trim).filter(|text| !text.is_empty()) {
                Some(text) => text.clone_into(last),
                None => filled.set(*position, last),
            }
        }
        filled
    }

    /// How many rows a group may make.
    pub(super) fn width(&self) -> usize {
        self.across.len().max(1)
    }

    /// Whether the column that becomes a row is blank in all rows of the group, and such are left out.
    pub(super) fn leaves_out(&mut self, group: &Group, across: usize) -> bool {
        let Some(column) = self.across.get(across).filter(|_| self.skips_blank) else { return false };
        let mut cells = group.rows.iter().flatten().map(|row| row.get(column.position).unwrap_or(""));
        let blank = cells.all(is_blank);
        if blank {
            self.blank.add_cell(group.number(), Some(column.position), Some(&column.header), None);
        }
        blank
    }

    /// The text of a declared column in one of the rows that a group makes; none where the file has no such cell.
    pub(super) fn cell<'a>(&'a self, column: usize, group: &'a Group, across: usize) -> Option<Taken<'a>> {
        let across = self.across.get(across);
        let plain = |text| Taken { text, period: None, place: None, mark: None };
        let figure = |kind: usize| {
            let row = group.rows.get(kind)?.as_ref()?;
            let position = across.map(|across| across.position).or(self.figures_at)?;
            let text = row.get(position)?;
            let header = across.map(|across| Arc::clone(&across.header));
            let place = Some(CellPlace { row: row.number, header, column: Some(position) });
            Some(Taken { text, period: None, place, mark: row.marked(position) })
        };
        match self.sources.get(column)? {
            Source::Cell(position) => {
                let position = (*position)?;
                let (text, row) = group.text(position)?;
                let place = (row.number != group.number()).then_some(CellPlace {
                    row: row.number,
                    header: None,
                    column: Some(position),
                });
                Some(Taken { text, period: None, place, mark: row.marked(position) })
            }
            Source::Given(text) => Some(plain(text)),
            Source::Joined(_) => Some(plain(group.joined.get(column)?)),
            Source::Title => Some(plain(&self.title)),
            Source::AcrossName(level) => {
                let (text, period) = across?.names.get(*level)?;
                Some(Taken { period: *period, ..plain(text) })
            }
            Source::AcrossValue => figure(0),
            Source::Alternate(kind) => figure(*kind),
        }
    }

    /// Keeps so many places of each kind.
    pub(super) fn keep(&mut self, most: usize) {
        Places::keep_all([&mut self.blank, &mut self.strange, &mut self.alone], most);
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        let strange = format!(
            "rows were left out because they are of none of the kinds that alternate ({}): \
             add the kind to `alternate`, or its label to `skip_rows`",
            self.kinds.join(", ")
        );
        let alone = "rows have no partner of the other kind: their other figures are missing";
        let blank = "cells left blank among the columns across made no row";
        let findings = [
            self.strange.finding("alternate_rows", Severity::Error, strange),
            self.alone.finding("alternate_rows", Severity::Warning, alone),
            self.blank.finding("blank_across", Severity::Note, blank),
        ];
        findings.into_iter().flatten().collect()
    }
}

impl Group {
    /// The first row of the file that belongs to it.
    pub(super) fn number(&self) -> u64 {
        self.rows.iter().flatten().map(|row| row.number).min().unwrap_or(0)
    }

    /// The text of a cell that is not one of the figures, and its row: the first that is not blank.
    fn text(&self, position: usize) -> Option<(&str, &Row)> {
        let mut texts = self.rows.iter().flatten().filter_map(|row| Some((trim(row.get(position)?), row)));
        let first = texts.next()?;
        if first.0.is_empty() { texts.find(|(text, _)| !text.is_empty()).or(Some(first)) } else { Some(first) }
    }
}

//! The rows of a sample, read as a dataset would read them.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use crate::{
    model::{Cell, ColumnKind, Missing, Severity},
    yaml::{Located, Place as Written, SourceFile},
};

use super::{
    super::{
        ColumnSettings, ReadError, Table, TableSpec, error::Limits, header_texts::fold, layout_settings::Position,
    },
    names::{snake, unique},
    place::Place,
};

/// So many rows are looked at; the others are counted.
pub(super) const SAMPLED_ROWS: usize = 10_000;

/// A column of the sample as printed.
#[derive(Debug, Clone)]
pub(super) struct Printed {
    pub(super) name: String,
    pub(super) header: String,
    /// From 0.
    pub(super) position: usize,
    /// Whether the text above it does not tell it from the others.
    pub(super) by_position: bool,
    /// The cells, one for each row that is looked at.
    pub(super) texts: Vec<String>,
}

/// All that the sample says as text.
#[derive(Debug)]
pub(super) struct Sample {
    /// All rows of data, those beyond the ones that are looked at included.
    pub(super) rows: u64,
    pub(super) columns: Vec<Printed>,
}

/// What the cells of one column were, read as one kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) values: usize,
    pub(super) unreadable: usize,
    /// `*`, `-`, `TBC`.
    pub(super) placeholders: usize,
    pub(super) least: Option<f64>,
    pub(super) periods: Vec<String>,
}

impl Reading {
    /// Whether this is what the column holds.
    pub(super) fn fits(&self) -> bool {
        self.values > 0 && self.unreadable == 0
    }
}

/// Reads every column as text; columns without a name and without text are left out.
pub(super) fn read(path: &Path, place: &Place, limits: &Limits) -> Result<Sample, ReadError> {
    let mut columns = named(&place.headers);
    let mut table = Table::open(path, &spec(place, &columns, |_| ColumnKind::Text), limits)?;
    let mut rows = 0;
    while let Some(batch) = table.next_batch()? {
        rows += batch.rows.len() as u64;
        for (column, read) in columns.iter_mut().zip(&batch.columns) {
            let wanted = SAMPLED_ROWS.saturating_sub(column.texts.len());
            column.texts.extend(read.iter().take(wanted).map(|(text, _)| text.to_owned()));
        }
    }
    columns.retain(|column| !column.header.is_empty() || column.texts.iter().any(|text| !text.is_empty()));
    Ok(Sample { rows, columns })
}

/// Reads the columns as these kinds.
pub(super) fn read_as(
    path: &Path,
    place: &Place,
    columns: &[Printed],
    kind: impl Fn(usize) -> ColumnKind,
    limits: &Limits,
) -> Result<(Vec<Reading>, bool), ReadError> {
    let mut table = Table::open(path, &spec(place, columns, kind), limits)?;
    let mut readings = vec![Reading::default(); columns.len()];
    let mut rows = 0;
    while rows < SAMPLED_ROWS
        && let Some(batch) = table.next_batch()?
    {
        for (reading, column) in readings.iter_mut().zip(&batch.columns) {
            for (_, cell) in column.iter().take(SAMPLED_ROWS - rows) {
                reading.add(cell);
            }
        }
        rows += batch.rows.len();
    }
    let doubtful = |check: &str| ["ambiguous_period", "ambiguous_percent"].contains(&check);
    let doubts = table.findings().iter().any(|finding| finding.severity == Severity::Error && doubtful(&finding.check));
    Ok((readings, doubts))
}

impl Reading {
    fn add(&mut self, cell: Cell) {
        match cell {
            Cell::Missing(Missing::Blank | Missing::Absent) => {}
            Cell::Missing(Missing::Unreadable) => self.unreadable += 1,
            Cell::Missing(_) => self.placeholders += 1,
            Cell::Number(number) => {
                self.values += 1;
                self.least = Some(self.least.map_or(number, |least| least.min(number)));
            }
            Cell::Period(period) => {
                self.values += 1;
                self.periods.push(period.to_string());
            }
            Cell::Text => self.values += 1,
        }
    }
}

fn named(headers: &[String]) -> Vec<Printed> {
    let folded: Vec<String> = headers.iter().map(|header| fold(header)).collect();
    let mut taken = BTreeSet::new();
    let column = |(position, header): (usize, &String)| {
        let twins = folded.iter().filter(|other| folded.get(position) == Some(*other)).count();
        Printed {
            name: unique(snake(header), &format!("column_{}", position + 1), &mut taken),
            header: header.clone(),
            position,
            by_position: header.is_empty() || twins > 1,
            texts: Vec::new(),
        }
    };
    headers.iter().enumerate().map(column).collect()
}

fn spec(place: &Place, columns: &[Printed], kind: impl Fn(usize) -> ColumnKind) -> TableSpec {
    let nowhere = Written::start_of(&Arc::new(SourceFile { path: "proposal".into(), text: String::new() }));
    let mut spec = place.spec();
    for (at, column) in columns.iter().enumerate() {
        let name = Located { value: column.name.clone(), place: nowhere.clone() };
        let settings = ColumnSettings {
            header: Some(column.header.clone()),
            position: column.by_position.then_some(Position(column.position)),
            kind: kind(at),
            required: true,
            ..ColumnSettings::default()
        };
        spec.columns.0.push((name, settings));
    }
    spec
}

//! The rows of a sample, read as a dataset would read them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use crate::model::{Cell, ColumnKind, Missing, Severity};

use super::{
    super::{
        Table, TableSpec,
        error::{self, Limits},
    },
    InferError, beyond,
    names::{scalar, snake, unique},
    place::Place,
    shape::Shape,
    spec,
    years::Years,
};

/// So many rows are looked at; the others are counted.
pub(super) const SAMPLED_ROWS: usize = 10_000;
/// So many texts that are nothing of a kind are remembered.
const STRANGE: usize = 40;

/// Where a column's text is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// Below this text.
    Header(String),
    /// At this place, from 0.
    Position(usize),
    /// The title of its block.
    Title,
    /// What stands above the columns across.
    Period,
    /// The figures across.
    Value,
    /// The figures of one kind of alternate rows.
    Kind,
    /// What this expression finds in the rows above the table.
    InTitle(String),
    /// The texts of these columns.
    Joined(Vec<String>),
}

/// A column of the sample as printed.
#[derive(Debug, Clone)]
pub(super) struct Printed {
    pub(super) name: String,
    pub(super) source: Source,
    /// From 0, where it is one of the file's.
    pub(super) position: Option<usize>,
    /// All that stands above it.
    pub(super) above: String,
    pub(super) aliases: Vec<String>,
    /// Whether other tables of the sample lack it.
    pub(super) optional: bool,
    /// The cells, one for each row that is looked at.
    pub(super) texts: Vec<String>,
    /// Further texts in the rows that are only counted; not all, where there are many.
    pub(super) beyond: BTreeSet<String>,
}

impl Printed {
    /// A column that is none of the file's own, of which nothing was read yet.
    pub(super) fn made(name: String, source: Source) -> Self {
        Self {
            name,
            source,
            position: None,
            above: String::new(),
            aliases: Vec::new(),
            optional: false,
            texts: Vec::new(),
            beyond: BTreeSet::new(),
        }
    }
}

/// A sample, and how it is read.
#[derive(Debug)]
pub(super) struct Sample<'a> {
    pub(super) path: &'a Path,
    pub(super) limits: &'a Limits,
    pub(super) place: &'a Place,
    pub(super) shape: Shape,
    pub(super) years: Years,
    /// Whether periods need the financial year that stands outside the table.
    pub(super) needs_year: bool,
}

/// What the cells of one column were, read as one kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) values: usize,
    pub(super) unreadable: usize,
    /// Texts that are nothing of this kind, with the first row of each.
    pub(super) strange: BTreeMap<String, u64>,
    /// `*`, `-`, `TBC`.
    pub(super) placeholders: usize,
    pub(super) least: Option<f64>,
    pub(super) most: Option<f64>,
    pub(super) periods: Vec<String>,
}

impl Reading {
    /// Whether this is what the column holds.
    pub(super) fn fits(&self) -> bool {
        self.values > 0 && self.unreadable == 0
    }

    /// Whether it is but for some cells: at least so many of a hundred.
    pub(super) fn nearly(&self, percent: usize) -> bool {
        self.unreadable > 0 && self.values * 100 >= (self.values + self.unreadable) * percent
    }
}

impl Sample<'_> {
    /// The settings under `table`.
    pub(super) fn table(&self, columns: &[Printed]) -> Vec<spec::Setting> {
        spec::table(self.place, &self.shape, columns, self.needs_year.then_some(&self.years))
    }

    /// Reads every column as text. Answers with the number of all rows too, those beyond the sample included.
    pub(super) fn read(&self) -> Result<(u64, Vec<Printed>), InferError> {
        let mut columns = declared(self.place, &self.shape);
        let mut table = self.open(&columns, |_| ColumnKind::Text)?;
        if find_by_place(&mut columns, &table) {
            table = self.open(&columns, |_| ColumnKind::Text)?;
        }
        let mut rows = 0;
        while let Some(batch) = table.next_batch()? {
            rows += batch.rows.len() as u64;
            for (column, read) in columns.iter_mut().zip(&batch.columns) {
                let wanted = SAMPLED_ROWS.saturating_sub(column.texts.len());
                let mut texts = read.iter().map(|(text, _)| text);
                column.texts.extend(texts.by_ref().take(wanted).map(str::to_owned));
                column.beyond.extend(texts.filter(|text| !text.is_empty()).map(str::to_owned));
            }
        }
        if !self.place.held.whole {
            let spec = self.spec(&columns, |_| ColumnKind::Text)?;
            rows = beyond::read(self.path, &spec, &mut columns, self.limits)?;
        }
        Ok((rows, columns))
    }

    /// Reads the columns as these kinds; says too whether the reader has doubts of a whole column.
    pub(super) fn read_as(
        &self,
        columns: &[Printed],
        kind: impl Fn(usize) -> ColumnKind,
    ) -> Result<(Vec<Reading>, bool), InferError> {
        let mut table = self.open(columns, kind)?;
        let mut readings = vec![Reading::default(); columns.len()];
        let mut rows = 0;
        while rows < SAMPLED_ROWS
            && let Some(batch) = table.next_batch()?
        {
            for (reading, column) in readings.iter_mut().zip(&batch.columns) {
                for ((text, cell), row) in column.iter().zip(&batch.rows).take(SAMPLED_ROWS - rows) {
                    reading.add(text, cell, *row);
                }
            }
            rows += batch.rows.len();
        }
        let doubtful = |check: &str| ["ambiguous_period", "ambiguous_percent"].contains(&check);
        let doubts =
            table.findings().iter().any(|finding| finding.severity == Severity::Error && doubtful(&finding.check));
        Ok((readings, doubts))
    }

    /// Reads the rows that are held.
    fn open(&self, columns: &[Printed], kind: impl Fn(usize) -> ColumnKind) -> Result<Table, InferError> {
        let spec = self.spec(columns, kind)?;
        Ok(Table::of_rows(self.place.held.again(), &error::file_name(self.path), &spec, Arc::default())?)
    }

    fn spec(&self, columns: &[Printed], kind: impl Fn(usize) -> ColumnKind) -> Result<TableSpec, InferError> {
        let mut settings = self.table(columns);
        let unknown = self.shape.across.as_ref().is_some_and(|across| !across.has_year);
        if unknown && !settings.iter().any(|setting| setting.yaml.starts_with("financial_year")) {
            // Which year it is makes no difference to anything that is proposed.
            settings.push(spec::Setting { why: "", yaml: "financial_year: { fixed: 2000/01 }".to_owned() });
        }
        let column = |(at, column): (usize, &Printed)| {
            format!("{}: {{ kind: {}{} }}", scalar(&column.name), kind(at).name(), spec::column(column))
        };
        let columns: Vec<String> = columns.iter().enumerate().map(column).collect();
        spec::read(self.place, &settings, &columns).ok_or_else(|| InferError::Contradiction {
            settings: settings.iter().map(|setting| setting.yaml.as_str()).collect::<Vec<_>>().join("; "),
        })
    }
}

impl Reading {
    fn add(&mut self, text: &str, cell: Cell, row: u64) {
        match cell {
            Cell::Missing(Missing::Blank | Missing::Absent) => {}
            Cell::Text | Cell::Missing(Missing::Range) => self.values += 1,
            Cell::Missing(Missing::Unreadable | Missing::Words) => {
                self.unreadable += 1;
                if self.strange.len() < STRANGE {
                    self.strange.entry(text.to_owned()).or_insert(row);
                }
            }
            Cell::Missing(_) => self.placeholders += 1,
            Cell::Number(number) => {
                self.values += 1;
                self.least = Some(self.least.map_or(number, |least| least.min(number)));
                self.most = Some(self.most.map_or(number, |most| most.max(number)));
            }
            Cell::Period(period) => {
                self.values += 1;
                self.periods.push(period.to_string());
            }
        }
    }
}

/// Lets columns be found by their place that the reader finds elsewhere, or not at all, by what stands above them.
fn find_by_place(columns: &mut [Printed], table: &Table) -> bool {
    let mut changed = false;
    for (column, found) in columns.iter_mut().zip(&table.header().positions) {
        if let (Source::Header(_), Some(at)) = (&column.source, column.position)
            && *found != Some(at)
        {
            column.source = Source::Position(at);
            changed = true;
        }
    }
    changed
}

/// The columns that are declared, those that the layout makes among them.
fn declared(place: &Place, shape: &Shape) -> Vec<Printed> {
    let mut taken = BTreeSet::new();
    // The names that the layout gives stand in its settings already.
    taken.extend(shape.alternate.iter().flat_map(|alternate| alternate.kinds.iter().map(|(name, _)| name.clone())));
    let mut columns = Vec::new();
    let mut make = |source: Source, name: String, taken: &mut BTreeSet<String>| {
        columns.push(Printed::made(unique(name, "column", taken), source));
    };
    if shape.stacked.is_some() {
        make(Source::Title, "measure".to_owned(), &mut taken);
    }
    if shape.across.is_some() {
        make(Source::Period, "period".to_owned(), &mut taken);
    }
    for (at, above) in place.heading.columns.iter().enumerate().filter(|(at, _)| shape.declares(*at)) {
        let stacked = shape.stacked.as_ref();
        let printed = above.header.as_deref().unwrap_or(&above.full);
        columns.push(Printed {
            position: Some(at),
            above: above.full.clone(),
            aliases: stacked.and_then(|stacked| stacked.aliases.get(&at)).cloned().unwrap_or_default(),
            optional: stacked.is_some_and(|stacked| stacked.optional.contains(&at)),
            ..Printed::made(
                unique(snake(printed), &format!("column_{}", at + 1), &mut taken),
                above.header.clone().map_or(Source::Position(at), Source::Header),
            )
        });
    }
    if let Some(parts) = &shape.period_parts {
        let part =
            |at: &usize| columns.iter().find(|column| column.position == Some(*at)).map(|column| column.name.clone());
        let parts: Vec<String> = parts.iter().filter_map(part).collect();
        let name = unique("period".to_owned(), "reporting_period", &mut taken);
        columns.push(Printed::made(name, Source::Joined(parts)));
    }
    match &shape.alternate {
        Some(alternate) => {
            columns.extend(alternate.kinds.iter().map(|(name, _)| Printed::made(name.clone(), Source::Kind)));
        }
        None if shape.across.is_some() => {
            columns.push(Printed::made(unique("value".to_owned(), "value", &mut taken), Source::Value));
        }
        None => {}
    }
    columns
}

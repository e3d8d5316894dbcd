//! Datasets written as YAML and tables written as CSV, for the tests of this room. The README of
//! `tests/cases/checks/` says how the tables are read.

use std::{collections::HashMap, fs, path::Path, sync::Arc};

use serde::Deserialize;

use super::{About, CheckSettings, Checks, References, build};
use crate::{
    model::{
        Batch, Cell, Column, ColumnDef, ColumnKind, Finding, Header, Missing, Period, Schema,
        table::{Cells, Coded},
    },
    yaml::{Problems, SourceFile, decode, parse},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenColumn {
    #[serde(default)]
    header: Option<String>,
    #[serde(default)]
    kind: ColumnKind,
    #[serde(default = "yes")]
    required: bool,
}

/// The files that the checks name, from the folder of the cases.
fn references(checks: &[CheckSettings]) -> References {
    let mut references = References::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/checks");
    for file in checks.iter().flat_map(CheckSettings::files) {
        references
            .insert(file.as_str(), fs::read(folder.join(file.as_str())).map_err(|_| "it is not there".to_owned()));
    }
    references
}

fn yes() -> bool {
    true
}

/// A dataset's columns and compiled checks.
pub(super) struct Dataset {
    schema: Schema,
    pub(super) checks: Checks,
    /// What stands above each column.
    headers: Vec<String>,
}

impl Dataset {
    /// Reads `columns` and `checks`; what else a dataset has is left alone.
    pub(super) fn read(yaml: &str) -> Result<Self, Problems> {
        let file = Arc::new(SourceFile { path: "case.yaml".into(), text: yaml.to_owned() });
        let mut node = parse(&file)?;
        let (mut schema, mut headers) = (Schema::default(), Vec::new());
        for (name, column) in node.get("columns").expect("columns").entries() {
            let name = name.text().expect("a name").to_owned();
            let column: WrittenColumn = decode(column)?;
            headers.push(column.header.unwrap_or_else(|| name.clone()));
            schema.columns.push(ColumnDef { name, kind: column.kind, required: column.required });
        }
        let checks: Vec<CheckSettings> = node.take("checks").map_or(Ok(Vec::new()), |checks| decode(&checks))?;
        Ok(Self { checks: build(&checks, &schema, &references(&checks))?, schema, headers })
    }

    /// What the checks find, fed with so many rows at a time.
    pub(super) fn findings(&self, csv: &str, rows: usize) -> Vec<Finding> {
        self.shared_findings(csv, rows, 1, false)
    }

    /// As [`Dataset::findings`], by so many runs that take batches in turn; columns may be coded.
    pub(super) fn shared_findings(&self, csv: &str, rows: usize, runs: usize, coded: bool) -> Vec<Finding> {
        let (header, batch) = self.table(csv);
        let batches = split(&batch, rows);
        let mut runs: Vec<_> = (0..runs)
            .map(|_| {
                let mut run = self.checks.start(About { name: "table-2025-10.csv".to_owned() });
                run.header(&header);
                (run, Dictionaries::default())
            })
            .collect();
        let shared = runs.len();
        for (at, batch) in batches.iter().enumerate() {
            let (run, dictionaries) = &mut runs[at % shared];
            if coded {
                dictionaries.lend(batch, |batch| run.observe(batch));
            } else {
                run.observe(batch);
            }
        }
        let mut runs = runs.into_iter().map(|(run, _)| run);
        let mut all = runs.next().expect("a run");
        runs.for_each(|run| all.merge(run));
        if !all.settle().is_empty() {
            for batch in &batches {
                all.see_again(batch);
            }
        }
        all.finish()
    }

    fn table(&self, csv: &str) -> (Header, Batch) {
        let Self { schema, headers, .. } = self;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(csv.as_bytes());
        let mut records = reader.records().map(|record| record.expect("CSV"));
        let first = records.next().expect("a header");
        let at = |header: &String| first.iter().position(|printed| printed == header);
        let positions: Vec<_> = headers.iter().map(at).collect();
        let found = positions.iter().map(|at| Some(first.get((*at)?)?.to_owned())).collect();
        let unexpected = first.iter().filter(|printed| !headers.iter().any(|header| header == printed));
        let header = Header {
            row: 1,
            found,
            unexpected: unexpected.filter(|text| !text.is_empty()).map(str::to_owned).collect(),
            printed: first.iter().map(str::to_owned).collect(),
            positions: positions.clone(),
            ..Header::default()
        };
        let mut rows = Batch { sheet: None, rows: Vec::new(), columns: vec![Column::default(); schema.columns.len()] };
        for record in records {
            rows.rows.push(record.position().expect("a position").line());
            for ((column, declared), at) in rows.columns.iter_mut().zip(&schema.columns).zip(&positions) {
                match at.and_then(|at| record.get(at)) {
                    Some(text) => column.push(text, cell(text, declared.kind)),
                    None => column.push("", Cell::Missing(Missing::Absent)),
                }
            }
        }
        // What no check names a reader does not read, and whoever looks at it fails.
        let looked_at = self.checks.columns();
        for (_, column) in rows.columns.iter_mut().enumerate().filter(|(at, _)| !looked_at.contains(at)) {
            *column = Cells::NotRead(column.len()).into();
        }
        (header, rows)
    }
}

fn cell(text: &str, kind: ColumnKind) -> Cell {
    let number = |text: &str| text.replace(',', "").parse::<f64>().ok().filter(|number| number.is_finite());
    let read = match (text, kind) {
        ("", _) => return Cell::Missing(Missing::Blank),
        (_, ColumnKind::Text) => return Cell::Text,
        ("*", _) => return Cell::Missing(Missing::Suppressed),
        ("TBC", _) => return Cell::Missing(Missing::NotAvailable),
        ("-" | "N/A", _) => return Cell::Missing(Missing::NotApplicable),
        (_, ColumnKind::Number | ColumnKind::Figure | ColumnKind::Target) => number(text).map(Cell::Number),
        (_, ColumnKind::Percent) => match text.strip_suffix('%') {
            Some(share) => number(share).map(|share| Cell::Number(share / 100.0)),
            None => number(text).map(Cell::Number),
        },
        (_, ColumnKind::Duration) => {
            let parts: Option<Vec<f64>> = text.split(':').map(number).collect();
            parts.filter(|p| p.len() == 3).map(|p| Cell::Number(p[0] * 3600.0 + p[1] * 60.0 + p[2]))
        }
        (_, ColumnKind::Period) => text.parse::<Period>().ok().or_else(|| month_name(text)).map(Cell::Period),
    };
    read.unwrap_or(Cell::Missing(Missing::Unreadable))
}

/// `Oct-25`, so that a case can have two spellings of one period.
fn month_name(text: &str) -> Option<Period> {
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (name, year) = text.split_once('-')?;
    let month = names.iter().position(|known| *known == name)? + 1;
    format!("20{year}-{month:02}").parse().ok()
}

/// The columns of one reader that codes what it reads.
#[derive(Default)]
struct Dictionaries(Vec<(Column, HashMap<String, u32>)>);

impl Dictionaries {
    /// The batch with its columns coded.
    fn lend(&mut self, batch: &Batch, to: impl FnOnce(&Batch)) {
        self.0.resize_with(batch.columns.len(), || (Cells::Coded(Coded::default()).into(), HashMap::new()));
        for ((column, codes), plain) in self.0.iter_mut().zip(&batch.columns) {
            if let Cells::NotRead(_) = plain.cells() {
                *column = plain.clone();
                continue;
            }
            let Cells::Coded(coded) = column.cells_mut() else { panic!("a coded column") };
            coded.codes.clear();
            for (text, cell) in plain.iter() {
                let code = codes.entry(text.to_owned()).or_insert_with(|| coded.dictionary.push(text, cell));
                coded.codes.push(*code);
            }
        }
        let columns = self.0.iter_mut().map(|(column, _)| std::mem::take(column)).collect();
        let lent = Batch { sheet: None, rows: batch.rows.clone(), columns };
        to(&lent);
        self.0.iter_mut().zip(lent.columns).for_each(|((column, _), lent)| *column = lent);
    }
}

/// The rows of a batch as batches of so many rows each.
fn split(rows: &Batch, size: usize) -> Vec<Batch> {
    let mut batches = Vec::new();
    for start in (0..rows.rows.len()).step_by(size) {
        let range = start..rows.rows.len().min(start + size);
        let part = |column: &Column| {
            if let Cells::NotRead(_) = column.cells() {
                return Cells::NotRead(range.len()).into();
            }
            let mut part = Column::default();
            range.clone().for_each(|row| part.push(column.text(row), column.cell(row)));
            part
        };
        batches.push(Batch {
            sheet: None,
            rows: rows.rows[range.clone()].to_vec(),
            columns: rows.columns.iter().map(part).collect(),
        });
    }
    batches
}

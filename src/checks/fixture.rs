//! Datasets written as YAML and tables written as CSV, for the tests of this room. The README of
//! `tests/cases/checks/` says how the tables are read.

mod batches;
mod cells;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
};

use serde::Deserialize;

use super::{About, CheckSettings, Checks, Delivered, Followed, Known, References, build};
use crate::{
    model::{
        Batch, Better, Cell, Column, ColumnDef, ColumnKind, Figure, Finding, Header, History, Labels, Missing, Schema,
        SeriesKey, Value, table::Cells,
    },
    yaml::{Node, Problems, SourceFile, decode, literate, parse},
};
use batches::{Dictionaries, split};
use cells::{cell, unit_of, value_of};

#[derive(Deserialize, schemars::JsonSchema)]
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
    let folder = literate::folder("checks");
    for file in checks.iter().flat_map(CheckSettings::files) {
        references
            .insert(file.as_str(), fs::read(folder.join(file.as_str())).map_err(|_| "it is not there".to_owned()));
    }
    references
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, schemars::JsonSchema)]
struct WrittenMeasure {
    value: String,
    #[serde(default)]
    plan: Option<String>,
    #[serde(default)]
    labels: Vec<String>,
}

/// The id of a case's own dataset.
pub(super) const OWN: &str = "here";

/// A dataset's columns and compiled checks.
pub(super) struct Dataset {
    schema: Schema,
    measures: Vec<(String, WrittenMeasure)>,
    pub(super) checks: Checks,
    /// What stands above each column.
    headers: Vec<String>,
}

impl Dataset {
    /// Reads `columns`, `measures` and `checks`; what else a dataset has is left alone.
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
        let mut measures: Vec<(String, WrittenMeasure)> = Vec::new();
        for (name, measure) in node.get("measures").into_iter().flat_map(Node::entries) {
            measures.push((name.text().expect("a name").to_owned(), decode(measure)?));
        }
        let followed = |(name, measure): &(String, WrittenMeasure)| Followed {
            name: name.clone(),
            labels: measure.labels.clone(),
            column: measure.value.clone(),
        };
        let followed: Vec<_> = measures.iter().map(followed).collect();
        Ok(Self { checks: build(&checks, &schema, &followed, &references(&checks))?, schema, measures, headers })
    }

    /// What the checks of figures find. The period stands in the column `period`.
    pub(super) fn findings_of_figures(&self, csv: &str, known: &Known) -> Vec<Finding> {
        if self.measures.is_empty() {
            return Vec::new();
        }
        let (_, batch) = self.table(csv);
        let column = |name: &str| &batch.columns[self.schema.position(name).expect("a column")];
        let (mut figures, mut periods) = (BTreeMap::new(), BTreeSet::new());
        for (at, row) in batch.rows.iter().enumerate() {
            let Cell::Period(period) = column("period").cell(at) else { continue };
            periods.insert(period);
            for (name, measure) in &self.measures {
                let labels = measure.labels.iter().map(|label| (label, column(label).text(at))).collect();
                let key = SeriesKey { measure: name.clone(), labels };
                let value = column(&measure.value);
                let plan = measure.plan.as_ref().map(|plan| value_of(column(plan).cell(at)));
                let figure = Figure {
                    value: value_of(value.cell(at)),
                    plan: plan.unwrap_or(Value::ABSENT),
                    unit: Some(unit_of(value.text(at))),
                };
                figures.insert((key, period), (figure, *row));
            }
        }
        let rows: Vec<u64> = figures.values().map(|(_, row)| *row).collect();
        let figures = figures.into_iter().map(|(key, (figure, _))| (key, figure)).collect();
        let delivered = Delivered { dataset: OWN, figures: &figures, periods: &periods, rows: &rows, arriving: None };
        self.checks.of_figures(delivered, known)
    }

    /// What the checks find, fed with so many rows at a time.
    pub(super) fn findings(&self, csv: &str, rows: usize) -> Vec<Finding> {
        self.shared_findings(csv, rows, 1, false)
    }

    /// As [`Dataset::findings`], by so many runs that take batches in turn; columns may be coded.
    pub(super) fn shared_findings(&self, csv: &str, rows: usize, runs: usize, coded: bool) -> Vec<Finding> {
        let (header, mut batch) = self.table(csv);
        // What no check names a reader does not read, and whoever looks at it fails.
        let looked_at = self.checks.columns();
        for (_, column) in batch.columns.iter_mut().enumerate().filter(|(at, _)| !looked_at.contains(at)) {
            *column = Cells::NotRead(column.len()).into();
        }
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
        (header, rows)
    }
}

/// A history as a page writes it: `period`, `measure`, `value` and perhaps `plan`; the other columns are labels.
pub(super) fn history(csv: &str) -> History {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().expect("a header").clone();
    let mut history = History::default();
    for record in reader.records() {
        let record = record.expect("CSV");
        let text = |name: &str| headers.iter().position(|header| header == name).and_then(|at| record.get(at));
        let figure = |name: &str| value_of(cell(text(name).unwrap_or_default(), ColumnKind::Figure));
        let is_label = |name: &&str| !["period", "measure", "value", "plan"].contains(name);
        let labels: Labels = headers.iter().filter(is_label).map(|name| (name, text(name).unwrap_or(""))).collect();
        let key = SeriesKey { measure: text("measure").expect("a measure").to_owned(), labels };
        let unit = Some(unit_of(text("value").unwrap_or_default()));
        let period = text("period").expect("a period").parse().expect("a period");
        let plan = if text("plan").is_some() { figure("plan") } else { Value::ABSENT };
        history.insert(key, Better::Neither, period, Figure { value: figure("value"), plan, unit });
    }
    history
}

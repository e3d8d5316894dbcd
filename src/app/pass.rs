//! One pass over a table: every check is fed, and the measures are gathered.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    checks::{About, Run},
    config::Dataset,
    model::{Batch, ColumnRead, Examination, Finding, Header, Schema, TableRead},
    tables::{self, Extractor, Figures, Limits, Observer, TableSource},
};

use super::progress::Progress;

/// What one pass over a table comes to.
#[derive(Debug)]
pub struct Checked {
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// What it holds.
    pub figures: Figures,
    /// What was read of it, and which checks were made.
    pub examination: Examination,
}

/// One pass over the rows feeds every check and gathers the measures. `name` is what says the period, where a name does.
///
/// # Errors
/// Why the table cannot be read, for people.
pub fn check(
    dataset: &Dataset,
    source: TableSource<'_>,
    name: &str,
    watch: &mut dyn FnMut(Progress),
) -> Result<Checked, String> {
    let period = dataset.period.of_file(name).map_err(|error| error.to_string())?;
    let measures =
        Extractor::new(&dataset.measures, &dataset.table.schema(), &period).map_err(|error| error.to_string())?;
    let size = source.path.metadata().map_or(0, |metadata| metadata.len());
    let start = |header: &Header| {
        let mut run = dataset.checks.start(About { name: name.to_owned() });
        run.header(header);
        let (columns, header) = (dataset.checks.columns(), header.clone());
        Gate { columns, run, measures: measures.another(), header, sheet: None, rows: 0 }
    };
    let mut watch = |read: tables::Read| watch(Progress { rows: read.rows, read: read.bytes, size });
    let (gate, mut findings) = tables::read(source, &dataset.table, &Limits::default(), start, &mut watch)
        .map_err(|error| error.to_string())?;
    let examination = Examination {
        tables: vec![gate.table_read(&dataset.table.schema())],
        checks: dataset.checks.names().map(str::to_owned).collect(),
        left_out: gate.run.left_out(),
    };
    let mut figures = gate.measures.finish();
    name_sheet(&mut figures.findings, gate.sheet.as_deref());
    findings.extend(gate.run.finish());
    findings.append(&mut figures.findings);
    findings.extend(dataset.period.contradiction(name, &figures.periods));
    Ok(Checked { findings, figures, examination })
}

/// All that looks at the rows of a file.
struct Gate {
    columns: BTreeSet<usize>,
    run: Run,
    measures: Extractor,
    header: Header,
    sheet: Option<Arc<str>>,
    rows: u64,
}

impl Gate {
    /// What was read: how the header answers to the declared columns, and how many rows there are.
    fn table_read(&self, schema: &Schema) -> TableRead {
        let header = &self.header;
        let column = |(at, name): (usize, &str)| ColumnRead {
            name: name.to_owned(),
            header: header.found.get(at).cloned().flatten(),
            by_tolerance: header.tolerated.get(at).is_some_and(|tolerated| *tolerated),
        };
        TableRead {
            member: None,
            sheet: self.sheet.as_deref().map(str::to_owned),
            header_row: header.row,
            rows: self.rows,
            columns: schema.names().enumerate().map(column).collect(),
            unexpected: header.unexpected.clone(),
        }
    }
}

impl Observer for Gate {
    fn columns(&self) -> BTreeSet<usize> {
        self.columns.union(&self.measures.columns()).copied().collect()
    }

    fn observe(&mut self, batch: &Batch) {
        self.rows += batch.rows.len() as u64;
        self.sheet = self.sheet.take().or_else(|| batch.sheet.clone());
        self.run.observe(batch);
        self.measures.observe(batch);
    }

    fn observe_skipped(&mut self, batch: &Batch) {
        self.run.observe_skipped(batch);
    }

    fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.sheet = self.sheet.take().or(other.sheet);
        self.run.merge(other.run);
        self.measures.merge(other.measures);
    }

    fn settle(&mut self) -> BTreeSet<u64> {
        self.run.settle()
    }

    fn see_again(&mut self, batch: &Batch) {
        self.run.see_again(batch);
    }
}

/// Says which sheet of a workbook the rows of findings are in.
pub(super) fn name_sheet(findings: &mut [Finding], sheet: Option<&str>) {
    for row in findings.iter_mut().flat_map(|finding| &mut finding.rows) {
        row.sheet = row.sheet.take().or_else(|| sheet.map(str::to_owned));
    }
}

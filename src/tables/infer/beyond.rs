//! The rows beyond those that are looked at: how many there are, and which texts stand in them.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
};

use crate::model::{
    Batch, Column,
    table::{Cells, Memo},
};

use super::{
    super::{Observer, ReadError, TableSpec, error::Limits, scan},
    sample::{Printed, SAMPLED_ROWS},
};

/// So many different texts of a column in the other rows are remembered.
const MOST: usize = 10_000;

/// Reads a whole file by all cores: answers with the number of its rows, and lets the columns know the texts in them.
pub(super) fn read(path: &Path, spec: &TableSpec, columns: &mut [Printed], limits: &Limits) -> Result<u64, ReadError> {
    let start = |_: &_| Beyond { rows: 0, texts: columns.iter().map(|_| Texts::default()).collect() };
    let (beyond, _) = scan::read(path.into(), spec, limits, start, &mut |_| {})?;
    for (column, texts) in columns.iter_mut().zip(beyond.texts) {
        let sampled: HashSet<&str> = column.texts.iter().map(String::as_str).collect();
        let unknown = texts.known.into_iter().filter(|text| !sampled.contains(text.as_str()));
        column.beyond = unknown.take(MOST).collect();
    }
    Ok(beyond.rows)
}

/// What is seen of a whole file.
struct Beyond {
    rows: u64,
    texts: Vec<Texts>,
}

/// The texts of one column.
#[derive(Default)]
struct Texts {
    known: BTreeSet<String>,
    /// Which entries of the column's dictionary are among them.
    entries: Memo<()>,
}

impl Texts {
    fn know(&mut self, column: &Column) {
        let Self { known, entries } = self;
        let mut know = |text: &str| {
            // Those that are looked at may be among them.
            if known.len() < MOST + SAMPLED_ROWS && !text.is_empty() && !known.contains(text) {
                known.insert(text.to_owned());
            }
        };
        match column.cells() {
            Cells::Coded(coded) => drop(entries.ask(&coded.dictionary, |text, _| know(text))),
            _ => column.iter().for_each(|(text, _)| know(text)),
        }
    }
}

impl Observer for Beyond {
    fn columns(&self) -> BTreeSet<usize> {
        (0..self.texts.len()).collect()
    }

    fn observe(&mut self, batch: &Batch) {
        self.rows += batch.rows.len() as u64;
        for (texts, column) in self.texts.iter_mut().zip(&batch.columns) {
            texts.know(column);
        }
    }

    fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        for (texts, others) in self.texts.iter_mut().zip(other.texts) {
            texts.known.extend(others.known);
        }
    }

    fn settle(&mut self) -> BTreeSet<u64> {
        BTreeSet::new()
    }

    fn see_again(&mut self, _: &Batch) {}
}

//! The history of a dataset, a part at a time.

use std::{
    collections::BTreeSet,
    fs::File,
    ops::Range,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    decode::{self, Gathering},
    files,
};
use crate::{
    model::{History, Period},
    store::error::Result,
};

/// Which figures of a history are read: those of some measures, and those of some periods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Measures of which every period is read.
    pub measures: BTreeSet<String>,
    /// Periods of which every measure is read.
    pub periods: BTreeSet<Period>,
}

impl Part {
    /// All that is known of one measure.
    #[must_use]
    pub fn of_measure(measure: &str) -> Self {
        Self { measures: BTreeSet::from([measure.to_owned()]), periods: BTreeSet::new() }
    }

    /// Whether the figures of a measure in a period are of it.
    #[must_use]
    pub fn takes(&self, measure: &str, period: Period) -> bool {
        self.measures.contains(measure) || self.periods.contains(&period)
    }
}

/// The files that are in force of a dataset, as they were when it was asked for. None of them is read until a part is.
#[derive(Debug, Default)]
pub struct Archive {
    pub(super) entries: Vec<Entry>,
    /// Counts every figure that is read.
    pub(super) figures_read: Arc<AtomicU64>,
}

/// An accepted period.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) period: Period,
    /// Its figures, if it has some.
    pub(super) file: Option<Kept>,
}

/// A file of figures.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) path: PathBuf,
    pub(super) hash: String,
    /// How many rows of which measure follow each other. Known once the file was found to be what its name promises.
    pub(super) runs: OnceLock<Vec<(String, usize)>>,
}

impl Archive {
    /// Every period that a delivery was accepted for.
    pub fn periods(&self) -> impl Iterator<Item = Period> {
        self.entries.iter().map(|entry| entry.period)
    }

    /// The figures of a part, and every period that is known. It waits for the disk.
    ///
    /// # Errors
    /// [`StoreError::DamagedMeasures`](crate::store::StoreError::DamagedMeasures) when a file is not what was written,
    /// [`StoreError::File`](crate::store::StoreError::File) when it is gone.
    pub fn read(&self, part: &Part) -> Result<History> {
        self.gather(|period, measure| part.takes(measure, period))
    }

    /// Every figure.
    ///
    /// # Errors
    /// As [`Archive::read`].
    pub fn read_all(&self) -> Result<History> {
        self.gather(|_, _| true)
    }

    fn gather(&self, takes: impl Fn(Period, &str) -> bool) -> Result<History> {
        let mut gathering = Gathering::of(self.periods().collect());
        for entry in &self.entries {
            let Some(kept) = &entry.file else { continue };
            let (file, runs) = kept.open()?;
            let rows = rows(runs, |measure| takes(entry.period, measure));
            let count: usize = rows.iter().map(Range::len).sum();
            if count > 0 {
                decode::add(&mut gathering, entry.period, file, &kept.path, rows)?;
                self.figures_read.fetch_add(count as u64, Ordering::Relaxed);
            }
        }
        Ok(gathering.finish())
    }
}

impl Kept {
    /// The file, and where the rows of each measure stand. It is held against its hash once.
    fn open(&self) -> Result<(File, &[(String, usize)])> {
        if let Some(runs) = self.runs.get() {
            return Ok((files::open(&self.path)?, runs));
        }
        let runs = decode::runs(files::open_verified(&self.path, &self.hash)?, &self.path)?;
        Ok((files::open(&self.path)?, self.runs.get_or_init(|| runs)))
    }
}

/// The rows of the measures that are taken.
fn rows(runs: &[(String, usize)], takes: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (measure, count) in runs {
        let run = start..start + count;
        start = run.end;
        if !takes(measure) {
            continue;
        }
        match rows.last_mut() {
            Some(last) if last.end == run.start => last.end = run.end,
            _ => rows.push(run),
        }
    }
    rows
}

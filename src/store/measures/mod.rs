//! The history of measures: immutable Parquet files, named by their content, and the manifest that says which count.
//!
//! ```text
//! <measures>/<dataset>/<period>/<BLAKE3 of the file>.parquet
//! ```
//!
//! In the names of folders every byte outside `A–Z a–z 0–9 - _ .` stands as `%XX`, a leading dot too: `2025/26` is
//! `2025%2F26`. A restatement adds a file and takes none away, so any past view can be had again; what is in force is
//! the file of the highest revision of each period, as the table `measure_files` says. Each file names its dataset and
//! period in its metadata and has these columns, one row a series, in the order of measure and labels:
//!
//! | column | type | holds |
//! |---|---|---|
//! | `measure` | text | the measure's name |
//! | `labels` | text | the labels as a JSON object, in the order of their names |
//! | `better` | text | `higher`, `lower` or `neither` |
//! | `value` | double, may be null | the figure |
//! | `value_missing` | text, may be null | where there is no figure, why: `suppressed`, `blank`, … |
//! | `plan` | double, may be null | its plan or target |
//! | `plan_missing` | text, may be null | where there is none, why |
//! | `unit` | text, may be null | the unit of both where they show it: `number`, `percent` (0.567 is 56.7%), `duration` (seconds), `GBP`, …, or `category: Low \| High` (the place in the list, from 1) |
//!
//! Where a plan is a bound or a range, two columns more hold its ends, `plan_at_least` and `plan_at_most` (double, may be
//! null); `plan` is the end of a bound, and `plan_missing` says `words` of a range.
//!
//! Files of earlier versions have no column `unit`: their figures are read as of no known unit.

mod archive;
mod decode;
mod encode;
mod files;
pub(super) mod manifest;

use std::sync::{Arc, OnceLock, atomic::Ordering};

pub use archive::{Archive, Part};

use archive::{Entry, Kept};

use super::{
    database::Store,
    error::{Result, StoreError},
};
use crate::model::{Better, DeliveryId, Figure, History, Period, SeriesKey};

/// A file of measures that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureFile {
    /// The dataset.
    pub dataset: String,
    /// The period of all its figures.
    pub period: Period,
    /// Where it is, below the folder of the measures; `/` between folders.
    pub path: String,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub hash: String,
    /// How many figures it holds.
    pub figures: u64,
}

impl Store {
    /// Writes the figures of one period to a file that survives a loss of power before it counts: it counts when a
    /// [`Commit`](super::Commit) names it. The same figures, in any order, make the same file.
    ///
    /// # Errors
    /// [`StoreError::TwoFigures`] when a series stands twice, and whatever the disk answers.
    pub async fn write_measures(
        &self,
        dataset: &str,
        period: Period,
        figures: Vec<(SeriesKey, Better, Figure)>,
    ) -> Result<MeasureFile> {
        let (measures, dataset) = (self.measures.clone(), dataset.to_owned());
        blocking("write measures", move || {
            let count = figures.len() as u64;
            let bytes = encode::parquet(&dataset, period, figures)?;
            let hash = blake3::hash(&bytes).to_hex().to_string();
            let path = files::path(&dataset, period, &hash);
            files::write(&measures, &path, &bytes)?;
            Ok(MeasureFile { dataset, period, path, hash, figures: count })
        })
        .await
    }

    /// The files in force of every period of a dataset that a delivery was accepted for, to be read a part at a time; as if
    /// the delivery `without` had never been accepted.
    ///
    /// # Errors
    /// The database fails.
    pub async fn archive(&self, dataset: &str, without: Option<DeliveryId>) -> Result<Arc<Archive>> {
        let entries = manifest::in_force(self, dataset, without).await?.into_iter();
        let kept = |(path, hash)| Kept { path: self.measures.join(path), hash, runs: OnceLock::new() };
        let entries = entries.map(|(period, file)| Entry { period, file: file.map(kept) }).collect();
        Ok(Arc::new(Archive { entries, figures_read: Arc::clone(&self.figures_read) }))
    }

    /// All that is known of a dataset: the figures in force of every period that a delivery was accepted for. Of large
    /// datasets that is much: see [`Store::archive`].
    ///
    /// # Errors
    /// [`StoreError::DamagedMeasures`] when a file is not what was written, [`StoreError::File`] when it is gone.
    pub async fn history(&self, dataset: &str) -> Result<History> {
        let archive = self.archive(dataset, None).await?;
        blocking("read measures", move || archive.read_all()).await
    }

    /// How many figures of histories were read since the store was opened, by it and its clones.
    #[must_use]
    pub fn figures_read(&self) -> u64 {
        self.figures_read.load(Ordering::Relaxed)
    }
}

/// Runs work that waits for the disk beside the async threads.
async fn blocking<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Stopping { doing }),
        },
    }
}

//! What a rule may name.

use std::collections::BTreeMap;

use crate::{
    model::{Better, Unit},
    yaml::{Located, Problem},
};

/// What a rule needs to know of a measure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeasureEntry {
    /// The labels of its series, in the order in which the dataset has them.
    pub labels: Vec<String>,
    /// Whether it has a plan or target.
    pub has_plan: bool,
    /// The direction that is good.
    pub better: Better,
    /// The unit of its figures, where its column says it.
    pub unit: Unit,
    /// What is counted, for people: "appointments".
    pub counted: Option<String>,
}

/// The datasets with their measures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    datasets: BTreeMap<String, BTreeMap<String, MeasureEntry>>,
}

impl Catalog {
    /// Adds a dataset, with no measures as yet.
    pub fn add_dataset(&mut self, dataset: impl Into<String>) {
        self.datasets.entry(dataset.into()).or_default();
    }

    /// Adds a measure, and its dataset if it is not there.
    pub fn add_measure(&mut self, dataset: impl Into<String>, measure: impl Into<String>, entry: MeasureEntry) {
        self.datasets.entry(dataset.into()).or_default().insert(measure.into(), entry);
    }

    /// A measure of a dataset.
    ///
    /// # Errors
    /// The name that is not there, with the nearest one that is.
    pub fn measure(&self, dataset: &Located<String>, measure: &Located<String>) -> Result<&MeasureEntry, Problem> {
        let Some(measures) = self.datasets.get(&dataset.value) else {
            let known = self.datasets.keys().map(String::as_str);
            return Err(Problem::unknown(dataset.place.clone(), "dataset", dataset, known));
        };
        measures.get(&measure.value).ok_or_else(|| {
            let what = format!("measure of `{}` named", dataset.value);
            Problem::unknown(measure.place.clone(), &what, measure, measures.keys().map(String::as_str))
        })
    }
}

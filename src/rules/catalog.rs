//! What a rule may name.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    model::{Better, Unit},
    spc::Charting,
    yaml::{Located, Problem},
};

/// What a rule needs to know of a measure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeasureEntry {
    /// The labels of its series, in the order in which the dataset has them.
    pub labels: Vec<String>,
    /// What stands beside its figures as their plan or target.
    pub plans: Plans,
    /// The direction that is good; where they vary, that of the series that are not named apart.
    pub better: Better,
    /// Whether the series have different directions: a rule then asks for that of each by `better`.
    pub directions_vary: bool,
    /// The unit of its figures, where its column says it.
    pub unit: Unit,
    /// Whether each figure is in the unit that it is printed in, so that a number may stand beside a percentage.
    pub each_own_unit: bool,
    /// What is counted, for people: "appointments".
    pub counted: Option<String>,
    /// Counts below this are withheld from 1 on; none where a suppressed figure may be anything.
    pub suppressed_below: Option<u32>,
    /// How its control charts are read.
    pub charting: Arc<Charting>,
}

/// What a measure has as plans or targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Plans {
    /// None.
    #[default]
    None,
    /// Figures.
    Figures,
    /// Targets of every shape: figures, bounds (`≥ 95%`) and ranges.
    Targets,
}

impl MeasureEntry {
    /// Whether it has a plan or target.
    #[must_use]
    pub fn has_plan(&self) -> bool {
        self.plans != Plans::None
    }
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

    /// The measures that a rule on a dataset can name besides its own: `cost` of the same one, `les-prices/price` of others.
    #[must_use]
    pub fn measures_beside(&self, dataset: &str) -> BTreeSet<String> {
        let all = self.datasets.iter().flat_map(|(of, measures)| measures.keys().map(move |measure| (of, measure)));
        let name =
            |(of, measure): (&String, &String)| if of == dataset { measure.clone() } else { format!("{of}/{measure}") };
        all.map(name).collect()
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

//! What is known, read a part at a time.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    config::{Dataset, Needs},
    model::{History, Labels, Period, SeriesKey},
    rules::with_derived,
    store::{Archive, Part, StoreError},
    tables::Figures,
};

use super::against::better;

/// The files that hold what is known of datasets, none of which was read yet, and the figures that were learned since. It
/// waits for the disk, away from the runtime's own threads.
#[derive(Debug, Clone, Default)]
pub struct Recall {
    pub(super) archives: BTreeMap<String, Arc<Archive>>,
    learned: Vec<Learned>,
}

/// An accepted delivery that is not kept yet.
#[derive(Debug, Clone)]
struct Learned {
    dataset: Arc<Dataset>,
    figures: Arc<Figures>,
}

impl Recall {
    pub(super) fn learn(&mut self, dataset: &Arc<Dataset>, figures: &Arc<Figures>) {
        self.learned.push(Learned { dataset: Arc::clone(dataset), figures: Arc::clone(figures) });
    }

    pub(super) fn learned_anything(&self) -> bool {
        !self.learned.is_empty()
    }

    /// Every period that is known of a dataset.
    #[must_use]
    pub fn periods(&self, dataset: &str) -> BTreeSet<Period> {
        let kept = self.archives.get(dataset).into_iter().flat_map(|archive| archive.periods());
        kept.chain(self.learned_of(dataset).flat_map(|learned| learned.figures.periods.iter().copied())).collect()
    }

    /// A part of what is known of a dataset.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn history(&self, dataset: &str, part: &Part) -> Result<History, StoreError> {
        let mut history = self.archives.get(dataset).map_or_else(|| Ok(History::default()), |kept| kept.read(part))?;
        for Learned { dataset, figures } in self.learned_of(dataset) {
            join(&mut history, dataset, figures, part);
        }
        Ok(history)
    }

    /// The histories that rules need, with the measures of one's own among them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn around(&self, needs: &Needs) -> Result<BTreeMap<String, Arc<History>>, StoreError> {
        Ok(with_derived(&needs.derived, self.histories(needs)?))
    }

    /// The same without the measures of one's own.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn histories(&self, needs: &Needs) -> Result<BTreeMap<String, Arc<History>>, StoreError> {
        let mut histories = BTreeMap::new();
        for (dataset, measures) in &needs.measures {
            let part = Part { measures: measures.clone(), periods: BTreeSet::new() };
            histories.insert(dataset.clone(), Arc::new(self.history(dataset, &part)?));
        }
        Ok(histories)
    }

    fn learned_of(&self, dataset: &str) -> impl Iterator<Item = &Learned> {
        self.learned.iter().filter(move |learned| learned.dataset.id == dataset)
    }
}

/// A delivery replaces all that is known of its periods.
pub(super) fn join(history: &mut History, dataset: &Dataset, figures: &Figures, part: &Part) {
    for period in &figures.periods {
        history.clear(*period);
        history.periods.insert(*period);
    }
    let mut add = |key: &SeriesKey, period: Period, figure| {
        history.insert(key.clone(), better(dataset, key), period, figure);
    };
    if !part.periods.is_disjoint(&figures.periods) {
        for ((key, period), figure) in
            figures.figures.iter().filter(|((key, period), _)| part.takes(&key.measure, *period))
        {
            add(key, *period, *figure);
        }
        return;
    }
    let Some(earliest) = figures.periods.first() else { return };
    for measure in &part.measures {
        let first = (SeriesKey { measure: measure.clone(), labels: Labels::new() }, *earliest);
        for ((key, period), figure) in
            figures.figures.range(first..).take_while(|((key, _), _)| key.measure == *measure)
        {
            add(key, *period, *figure);
        }
    }
}

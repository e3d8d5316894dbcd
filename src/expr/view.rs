//! What an expression over a series looks at.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use super::{
    funnels::{Asked, Funnels},
    standings::{Standings, standings},
};
use crate::model::{History, Labels, Period, Series, SeriesKey};

/// One series at a period, with what surrounds it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The series.
    pub series: &'a Series,
    /// The period.
    pub period: Period,
    /// Its peers, the other measures of its dataset, and other datasets.
    pub around: &'a Arc<Around>,
}

impl<'a> View<'a> {
    /// A series without anything around it: what asks for peers or other measures cannot be told.
    #[must_use]
    pub fn alone(series: &'a Series, period: Period) -> Self {
        Self { series, period, around: Around::nothing() }
    }
}

/// What surrounds the series that one rule looks at.
#[derive(Debug, Default)]
pub struct Around {
    own: Arc<History>,
    elsewhere: BTreeMap<String, Arc<History>>,
    peers: Vec<SeriesKey>,
    /// Worked out when first asked for: by the label whose values are compared apart.
    standings: Mutex<BTreeMap<Option<String>, Arc<Standings>>>,
    /// Likewise: by what stands beside the figures.
    funnels: Mutex<BTreeMap<Asked, Arc<Funnels>>>,
}

static NOTHING: LazyLock<Arc<Around>> = LazyLock::new(Arc::default);

impl Around {
    /// What is known of a dataset and of others that are asked for by name; `peers` are the series that are compared with
    /// each other.
    #[must_use]
    pub fn new<'a>(
        own: &Arc<History>,
        elsewhere: &BTreeMap<String, Arc<History>>,
        peers: impl IntoIterator<Item = &'a Series>,
    ) -> Arc<Self> {
        let peers = peers.into_iter().map(|series| series.key.clone()).collect();
        Arc::new(Self { own: Arc::clone(own), elsewhere: elsewhere.clone(), peers, ..Self::default() })
    }

    /// Nothing at all.
    pub(super) fn nothing() -> &'static Arc<Self> {
        &NOTHING
    }

    /// How many periods before one, of its kind, anything was reported for.
    pub(super) fn periods_before(&self, period: Period) -> usize {
        let kind = period.granularity();
        self.own.periods.range(..period).filter(|before| before.granularity() == kind).count()
    }

    /// Another measure's series of the same dataset, with the same labels.
    pub(super) fn beside(&self, labels: &Labels, measure: &str) -> Option<&Series> {
        self.own.get(&SeriesKey { measure: measure.to_owned(), labels: labels.clone() })
    }

    /// The series of a measure of another dataset whose labels agree with these wherever both have one of the name.
    pub(super) fn elsewhere<'a>(
        &'a self,
        dataset: &str,
        measure: &'a str,
        labels: &'a Labels,
    ) -> impl Iterator<Item = &'a Series> {
        let history = self.elsewhere.get(dataset);
        // The series of a measure have labels of the same names: where these all are known here, there is one at most.
        let alike = history.and_then(|history| {
            let first = history.of_measure(measure).next()?;
            let known = first.key.labels.iter().map(|(name, _)| Some((name, labels.get(name)?)));
            let labels: Labels = known.collect::<Option<Vec<_>>>()?.into_iter().collect();
            Some(SeriesKey { measure: measure.to_owned(), labels })
        });
        let one = alike.as_ref().and_then(|key| history?.get(key));
        let all = history.filter(|_| alike.is_none()).into_iter().flat_map(|history| history.of_measure(measure));
        let agree = |series: &&Series| {
            series.key.labels.iter().all(|(name, value)| labels.get(name).is_none_or(|own| own == value))
        };
        one.into_iter().chain(all.filter(agree))
    }

    /// How the peers stand at each period: all of them, or those apart that have different values of a label.
    pub(super) fn standings(&self, label: Option<&str>) -> Arc<Standings> {
        let mut known = self.standings.lock().unwrap_or_else(PoisonError::into_inner);
        let key = label.map(str::to_owned);
        let made = || Arc::new(standings(self.peers(), label));
        Arc::clone(known.entry(key).or_insert_with(made))
    }

    /// What the peers have in common beside another measure.
    pub(super) fn funnels(&self, asked: &Asked) -> Arc<Funnels> {
        let mut known = self.funnels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = known.get(asked) {
            return Arc::clone(made);
        }
        let made = Arc::new(asked.funnels(self, self.peers()));
        Arc::clone(known.entry(asked.clone()).or_insert(made))
    }

    fn peers(&self) -> impl Iterator<Item = &Series> {
        self.peers.iter().filter_map(|key| self.own.get(key))
    }
}

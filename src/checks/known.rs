//! What checks of figures are given: a delivery's figures, and what is known of its dataset and of others.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    model::{Figure, History, Missing, Period, SeriesKey, Value},
    yaml::Located,
};

/// The figures of one delivery.
#[derive(Debug, Clone, Copy)]
pub struct Delivered<'a> {
    /// The dataset's id.
    pub dataset: &'a str,
    /// Every figure of the periods that it reports.
    pub figures: &'a BTreeMap<(SeriesKey, Period), Figure>,
    /// The periods that it reports.
    pub periods: &'a BTreeSet<Period>,
    /// The row of each figure in the file, in the order of `figures`; empty where the file is not at hand.
    pub rows: &'a [u64],
    /// Where these figures were published before: the figures of another dataset that arrive now, and that they are held
    /// against.
    pub arriving: Option<Arriving<'a>>,
}

/// Figures that arrive, and where they stand in their file.
#[derive(Debug, Clone, Copy)]
pub struct Arriving<'a> {
    /// Every figure.
    pub figures: &'a BTreeMap<(SeriesKey, Period), Figure>,
    /// The row of each, in their order.
    pub rows: &'a [u64],
    /// The declared column of each measure.
    pub columns: &'a BTreeMap<String, String>,
}

impl<'a> Arriving<'a> {
    /// The row and column in which each figure stands.
    pub(super) fn places(self) -> BTreeMap<(&'a SeriesKey, Period), (u64, &'a str)> {
        let column = |key: &SeriesKey| self.columns.get(&key.measure).map(String::as_str);
        let figures = self.figures.keys().zip(self.rows);
        figures.filter_map(|((key, period), row)| Some(((key, *period), (*row, column(key)?)))).collect()
    }
}

impl<'a> Delivered<'a> {
    /// Each figure with its row, in the order of series and periods.
    pub(super) fn each(self) -> impl Iterator<Item = Delivery<'a>> {
        let rows = self.rows.iter().map(Some).chain(std::iter::repeat(None));
        self.figures.iter().zip(rows).map(|(((key, period), figure), row)| Delivery {
            key,
            period: *period,
            figure: *figure,
            row: row.copied(),
        })
    }
}

/// One figure that is delivered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Delivery<'a> {
    pub(super) key: &'a SeriesKey,
    pub(super) period: Period,
    pub(super) figure: Figure,
    pub(super) row: Option<u64>,
}

/// The histories in force when a delivery arrives, by dataset: of its own dataset without the delivery itself, and of
/// those that its checks name. A dataset that is not here has no history yet.
#[derive(Debug, Clone, Default)]
pub struct Known {
    histories: BTreeMap<String, Arc<History>>,
}

impl Known {
    /// What is known of a dataset, if anything is.
    #[must_use]
    pub fn of(&self, dataset: &str) -> Option<&History> {
        self.histories.get(dataset).map(Arc::as_ref)
    }

    /// The same, to be kept.
    #[must_use]
    pub fn shared(&self, dataset: &str) -> Option<Arc<History>> {
        self.histories.get(dataset).cloned()
    }

    /// Says what is known of a dataset from now on.
    pub fn set(&mut self, dataset: impl Into<String>, history: Arc<History>) {
        self.histories.insert(dataset.into(), history);
    }

    /// Takes out what is known of a dataset.
    pub fn take(&mut self, dataset: &str) -> Option<Arc<History>> {
        self.histories.remove(dataset)
    }

    /// Whether it was asked what is known of a dataset, be it nothing.
    #[must_use]
    pub fn has(&self, dataset: &str) -> bool {
        self.histories.contains_key(dataset)
    }

    pub(super) fn histories(&self) -> &BTreeMap<String, Arc<History>> {
        &self.histories
    }
}

/// The periods of its own dataset whose figures checks of a delivery look at: those that it reports, the two of their kind
/// before each, and the same a year before. Of older ones checks know only that they are there; what they name by measure, they know as a whole.
#[must_use]
pub fn looks_back(reported: &BTreeSet<Period>, known: &BTreeSet<Period>) -> BTreeSet<Period> {
    let all: BTreeSet<Period> = known.union(reported).copied().collect();
    let mut periods = reported.clone();
    for period in reported {
        // Those of one kind are neighbours in their order.
        let before = all.range(..*period).rev().take_while(|before| before.granularity() == period.granularity());
        periods.extend(before.take(2));
        periods.extend(Some(period.same_period_last_year()).filter(|year_before| all.contains(year_before)));
    }
    periods
}

/// Figures that a check asks for, so that the names can be held against the datasets that there are.
#[derive(Debug, Clone)]
pub struct Need {
    /// The dataset.
    pub dataset: Located<String>,
    /// Its measure.
    pub measure: Located<String>,
    /// Labels of the measure.
    pub labels: Vec<Located<String>>,
}

/// Whether something stands where a figure belongs: a number, or words that say why there is none.
pub(super) fn is_reported(value: Value) -> bool {
    !matches!(value, Value::Missing { missing: Missing::Blank | Missing::Absent })
}

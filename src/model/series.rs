//! Figures over time.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{Labels, Missing, Period, Unit, Value};

/// Which direction of a measure is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither.
    #[default]
    Neither,
}

/// One measure for one combination of labels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SeriesKey {
    /// The measure's name in its dataset.
    pub measure: String,
    /// What tells this series from the measure's others.
    pub labels: Labels,
}

/// What was reported for one series and one period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The figure itself.
    pub value: Value,
    /// Its plan or target; absent when the measure has none.
    pub plan: Value,
    /// The unit of both, where they show it: a nought is a nought in any, and a figure that is not there has none.
    pub unit: Option<Unit>,
}

impl Figure {
    /// Nothing was reported.
    pub const ABSENT: Self = Self { value: Value::ABSENT, plan: Value::ABSENT, unit: None };
}

/// A measure's figures for one combination of labels, by period.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Which series.
    pub key: SeriesKey,
    /// The direction that is good.
    pub better: Better,
    /// In the order of time.
    points: Vec<(Period, Figure)>,
    /// What is known of figures that are [`super::Missing::Unsure`].
    unsure: BTreeMap<Period, Unsure>,
}

/// What is known of a figure that is worked out of others, some of which are missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unsure {
    /// Why it is not known: "known for 12 of 14".
    pub why: String,
    /// Every value that it may have; none where it may have any.
    pub possible: Vec<f64>,
}

impl Series {
    /// A series without figures.
    #[must_use]
    pub fn new(key: SeriesKey, better: Better) -> Self {
        Self { key, better, points: Vec::new(), unsure: BTreeMap::new() }
    }

    /// Sets the figure of a period.
    pub fn insert(&mut self, period: Period, figure: Figure) {
        // Figures come in the order of time, nearly always.
        if self.points.last().is_none_or(|(last, _)| *last < period) {
            // A file has one period of many series: no room for three more. Later by halves, as a history grows.
            if self.points.len() == self.points.capacity() {
                self.points.reserve_exact(1 + self.points.len() / 2);
            }
            return self.points.push((period, figure));
        }
        match self.points.binary_search_by_key(&period, |(known, _)| *known) {
            Ok(at) => self.points[at].1 = figure,
            Err(at) => self.points.insert(at, (period, figure)),
        }
    }

    /// Takes the figures and the direction of another series, in the place of its own.
    pub fn clone_figures_from(&mut self, other: &Self) {
        self.better = other.better;
        self.points.clone_from(&other.points);
        self.unsure.clone_from(&other.unsure);
    }

    /// Sets what is known of a period whose figure is not.
    pub fn insert_unsure(&mut self, period: Period, plan: Value, unit: Option<Unit>, unsure: Unsure) {
        self.insert(period, Figure { value: Value::missing(Missing::Unsure), plan, unit });
        self.unsure.insert(period, unsure);
    }

    /// What is known of a period whose figure is not.
    #[must_use]
    pub fn unsure(&self, period: Period) -> Option<&Unsure> {
        self.unsure.get(&period)
    }

    /// Whether there is such a period.
    #[must_use]
    pub fn is_unsure(&self) -> bool {
        !self.unsure.is_empty()
    }

    /// The figure of a period, if the series had one.
    #[must_use]
    pub fn at(&self, period: Period) -> Option<Figure> {
        // Without a gap, it stands as far from the first figure as its period from the first one.
        let (first, _) = self.points.first()?;
        let steps = period.since(*first).and_then(|steps| usize::try_from(steps).ok());
        if let Some((_, figure)) = steps.and_then(|at| self.points.get(at)).filter(|(found, _)| *found == period) {
            return Some(*figure);
        }
        let at = self.points.binary_search_by_key(&period, |(known, _)| *known).ok()?;
        self.points.get(at).map(|(_, figure)| *figure)
    }

    /// The newest figure of a period that has begun when one begins, of whatever kind of period: the price of a year holds
    /// for its months, and until there is another.
    #[must_use]
    pub fn in_force(&self, period: Period) -> Option<(Period, Figure)> {
        let begun = self.points.iter().filter(|(known, _)| known.start() <= period.start());
        begun.max_by_key(|(known, _)| (known.start(), Reverse(known.end()))).copied()
    }

    /// The newest period that it has a figure for.
    #[must_use]
    pub fn newest(&self) -> Option<Period> {
        let (first, last) = (self.points.first()?.0, self.points.last()?.0);
        // Periods of one kind stand together, in the order of time.
        if first.granularity() == last.granularity() {
            return Some(last);
        }
        Period::newest(self.points.iter().map(|(period, _)| *period))
    }

    /// The unit of its figures. The gate sees to it that they have one; where old figures do not, it is that of the newest.
    #[must_use]
    pub fn unit(&self) -> Unit {
        let known = self.points.iter().rev().filter_map(|(_, figure)| figure.unit);
        known.reduce(|newer, older| newer.with(older).unwrap_or(newer)).unwrap_or_default()
    }

    /// The figures in the order of time.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Period, Figure)> {
        self.points.iter().copied()
    }
}

/// All that is known of one dataset: every period that a delivery was accepted for, and every series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// The periods that an accepted delivery reported, whichever series it held. A period becomes known with its first
    /// figure, or with the words that it is suppressed or not yet available; plans for periods to come do not make it so.
    pub periods: BTreeSet<Period>,
    series: BTreeMap<SeriesKey, Series>,
    /// What this stands on, unchanged.
    base: Option<Arc<History>>,
}

impl History {
    /// A history to which something is added that is not kept, such as measures that are worked out of it: without a copy.
    #[must_use]
    pub fn upon(base: Arc<Self>) -> Self {
        Self { periods: base.periods.clone(), series: BTreeMap::new(), base: Some(base) }
    }

    /// Adds a whole series.
    pub fn add(&mut self, series: Series) {
        self.series.insert(series.key.clone(), series);
    }

    /// Adds or replaces one figure.
    pub fn insert(&mut self, key: SeriesKey, better: Better, period: Period, figure: Figure) {
        self.periods.insert(period);
        self.series.entry(key).or_insert_with_key(|key| Series::new(key.clone(), better)).insert(period, figure);
    }

    /// Forgets what is known of a period, because a new revision replaces it.
    pub fn clear(&mut self, period: Period) {
        self.periods.remove(&period);
        for series in self.series.values_mut() {
            series.points.retain(|(known, _)| *known != period);
        }
        self.series.retain(|_, series| !series.points.is_empty());
    }

    /// Every series, in the order of their keys; those that were added last.
    pub fn series(&self) -> impl Iterator<Item = &Series> {
        let base: Box<dyn Iterator<Item = &Series>> = match &self.base {
            Some(base) => Box::new(base.series()),
            None => Box::new(std::iter::empty()),
        };
        base.chain(self.series.values())
    }

    /// The series of one measure, in the order of their labels.
    pub fn of_measure<'a>(&'a self, measure: &'a str) -> impl Iterator<Item = &'a Series> {
        let base: Box<dyn Iterator<Item = &'a Series>> = match &self.base {
            Some(base) => Box::new(base.of_measure(measure)),
            None => Box::new(std::iter::empty()),
        };
        let first = SeriesKey { measure: measure.to_owned(), labels: Labels::new() };
        let from_there = self.series.range(first..).map(|(_, series)| series);
        base.chain(from_there.take_while(move |series| series.key.measure == measure))
    }

    /// One series.
    #[must_use]
    pub fn get(&self, key: &SeriesKey) -> Option<&Series> {
        self.series.get(key).or_else(|| self.base.as_ref()?.get(key))
    }
}

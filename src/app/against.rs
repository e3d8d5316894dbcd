//! What is found when the figures of a delivery are held against what is known.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    checks::{Arriving, Delivered, Known},
    config::{Config, Dataset},
    model::{Better, Figure, Finding, History, Period, SeriesKey, Severity},
    tables::{Figures, MeasureSettings},
    yaml::Located,
};

/// What the figures of a delivery come to beside `known`, which holds the history of its dataset, of those that its checks
/// name, of those whose checks name it, and of those that these name.
#[must_use]
pub fn against(config: &Config, known: &Known, dataset: &Dataset, figures: &Figures) -> Vec<Finding> {
    let delivered = Delivered {
        dataset: &dataset.id,
        figures: &figures.figures,
        periods: &figures.periods,
        rows: figures.rows(),
        arriving: None,
    };
    let units = known.of(&dataset.id).and_then(|history| figures.against(history));
    let own = dataset.checks.of_figures(delivered, known);
    units.into_iter().chain(own).chain(what_others_find(config, known, dataset, figures)).collect()
}

/// Two tables are held against each other when the later of them arrives: where a check of another dataset names this
/// one, it is made again over the figures of that dataset from the first period that is delivered now.
fn what_others_find(config: &Config, known: &Known, dataset: &Dataset, figures: &Figures) -> Vec<Finding> {
    let Some(earliest) = figures.periods.iter().map(|period| period.start()).min() else { return Vec::new() };
    let (mut findings, mut with_these) = (Vec::new(), None);
    let column =
        |(name, measure): (&Located<String>, &MeasureSettings)| (name.value.clone(), measure.value.value.clone());
    let columns = dataset.measures.iter().map(column).collect();
    let arriving = Arriving { figures: &figures.figures, rows: figures.rows(), columns: &columns };
    for other in config.naming(&dataset.id) {
        let Some(history) = known.of(&other.id) else { continue };
        let periods = history.periods.iter().copied().filter(|period| period.end() >= earliest).collect();
        let published = figures_of(history, &periods);
        if published.is_empty() {
            continue;
        }
        let known = with_these.get_or_insert_with(|| with(known, dataset, figures));
        let delivered = Delivered {
            dataset: &other.id,
            figures: &published,
            periods: &periods,
            rows: &[],
            arriving: Some(arriving),
        };
        let found = other.checks.of_figures_naming(&dataset.id, delivered, known).into_iter();
        let found = found.filter(|finding| finding.severity > Severity::Note);
        findings.extend(found.map(|finding| Finding {
            message: format!("{} ({}), published before: {}", other.title, other.id, finding.message),
            owner: finding.owner.or_else(|| Some(other.steward.value.clone())),
            ..finding
        }));
    }
    findings
}

/// What would be known if these figures counted.
fn with(known: &Known, dataset: &Dataset, figures: &Figures) -> Known {
    let (mut known, mut history) = (known.clone(), known.of(&dataset.id).cloned().unwrap_or_default());
    join(&mut history, dataset, figures);
    known.set(&dataset.id, Arc::new(history));
    known
}

/// The figures of some periods as a delivery would bring them.
fn figures_of(history: &History, periods: &BTreeSet<Period>) -> BTreeMap<(SeriesKey, Period), Figure> {
    let mut figures = BTreeMap::new();
    for series in history.series() {
        for (period, figure) in series.iter().filter(|(period, _)| periods.contains(period)) {
            figures.insert((series.key.clone(), period), figure);
        }
    }
    figures
}

/// A delivery replaces all that is known of its periods.
pub(super) fn join(history: &mut History, dataset: &Dataset, figures: &Figures) {
    for period in &figures.periods {
        history.clear(*period);
        history.periods.insert(*period);
    }
    for ((key, period), figure) in &figures.figures {
        history.insert(key.clone(), better(dataset, key), *period, *figure);
    }
}

/// The direction of a series that is good.
pub(super) fn better(dataset: &Dataset, key: &SeriesKey) -> Better {
    dataset.measures.get(&key.measure).map_or_else(Better::default, |measure| measure.better.of(&key.labels))
}

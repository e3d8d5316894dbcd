//! What is found when the figures of a delivery are held against what is known.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    checks::{Arriving, Checks, Delivered, Known, looks_back},
    config::{Config, Dataset},
    model::{Better, Figure, Finding, History, Period, SeriesKey, Severity, Unit},
    store::{Part, StoreError},
    tables::{Figures, MeasureSettings},
    yaml::Located,
};

use super::recall::{Recall, join};

/// What the figures of a delivery come to beside what is known of its dataset, of those that its checks name, of those whose
/// checks name it, and of those that these name. Only what one of them asks for is read.
///
/// # Errors
/// A file of the history cannot be read.
pub fn against(
    config: &Config,
    recall: &Recall,
    dataset: &Dataset,
    figures: &Figures,
) -> Result<Vec<Finding>, StoreError> {
    let delivered = Delivered {
        dataset: &dataset.id,
        figures: &figures.figures,
        periods: &figures.periods,
        rows: figures.rows(),
        arriving: None,
    };
    let mut wanted = Wanted::default();
    wanted.part(&dataset.id).periods = looks_back(&figures.periods, &recall.periods(&dataset.id));
    wanted.needs_of(&dataset.checks);
    let known = wanted.known(recall)?;
    let units = Units::before(recall, dataset, figures, &known)?;
    let mut findings: Vec<Finding> = figures.against(|key| units.of(key)).into_iter().collect();
    findings.extend(dataset.checks.of_figures(delivered, &known));
    findings.extend(what_others_find(config, recall, dataset, figures)?);
    Ok(findings)
}

/// What is read of datasets.
#[derive(Debug, Default)]
struct Wanted(BTreeMap<String, Part>);

impl Wanted {
    fn part(&mut self, dataset: &str) -> &mut Part {
        self.0.entry(dataset.to_owned()).or_default()
    }

    /// The measures that checks name.
    fn needs_of(&mut self, checks: &Checks) {
        for need in checks.needs() {
            self.part(&need.dataset).measures.insert(need.measure.value);
        }
    }

    fn known(&self, recall: &Recall) -> Result<Known, StoreError> {
        let mut known = Known::default();
        for (dataset, part) in &self.0 {
            known.set(dataset, Arc::new(recall.history(dataset, part)?));
        }
        Ok(known)
    }
}

/// The units that the series of a delivery had before it.
#[derive(Debug, Default)]
struct Units<'a>(HashMap<&'a SeriesKey, Unit>);

impl<'a> Units<'a> {
    /// Where the last periods, which are read for the checks anyway, do not settle it for each series of a measure, all of
    /// its periods are read.
    fn before(recall: &Recall, dataset: &Dataset, figures: &'a Figures, known: &Known) -> Result<Self, StoreError> {
        let mut units = Self::default();
        let lately = known.of(&dataset.id);
        let of_measures: Vec<_> = figures.figures.iter().collect();
        for of_measure in of_measures.chunk_by(|((a, _), _), ((b, _), _)| a.measure == b.measure) {
            let Some(((first, _), _)) = of_measure.first() else { continue };
            let last = |key| lately.and_then(|lately| figures.unit_before(lately, key));
            // Another unit, older still, could only add to these that a plain number was money.
            let settled =
                of_measure.iter().all(|((key, _), figure)| figure.unit.is_none_or(|unit| last(key) == Some(unit)));
            if settled {
                continue;
            }
            let history = recall.history(&dataset.id, &Part::of_measure(&first.measure))?;
            for ((key, _), _) in of_measure {
                units.0.extend(figures.unit_before(&history, key).map(|unit| (key, unit)));
            }
        }
        Ok(units)
    }

    fn of(&self, key: &SeriesKey) -> Option<Unit> {
        self.0.get(key).copied()
    }
}

/// Two tables are held against each other when the later of them arrives: where a check of another dataset names this
/// one, it is made again over the figures of that dataset from the first period that is delivered now.
fn what_others_find(
    config: &Config,
    recall: &Recall,
    dataset: &Dataset,
    figures: &Figures,
) -> Result<Vec<Finding>, StoreError> {
    let Some(earliest) = figures.periods.iter().map(|period| period.start()).min() else { return Ok(Vec::new()) };
    let mut findings = Vec::new();
    let column =
        |(name, measure): (&Located<String>, &MeasureSettings)| (name.value.clone(), measure.value.value.clone());
    let columns = dataset.measures.iter().map(column).collect();
    let arriving = Arriving { figures: &figures.figures, rows: figures.rows(), columns: &columns };
    for other in config.naming(&dataset.id) {
        let periods: BTreeSet<Period> =
            recall.periods(&other.id).into_iter().filter(|period| period.end() >= earliest).collect();
        if periods.is_empty() {
            continue;
        }
        let mut wanted = Wanted::default();
        wanted.part(&other.id).periods.clone_from(&periods);
        wanted.needs_of(&other.checks);
        let mut known = wanted.known(recall)?;
        let published = known.of(&other.id).map(|history| figures_of(history, &periods)).unwrap_or_default();
        if published.is_empty() {
            continue;
        }
        // What would be known if these figures counted.
        let mut history = known.take(&dataset.id).map_or_else(History::default, Arc::unwrap_or_clone);
        join(&mut history, dataset, figures, wanted.part(&dataset.id));
        known.set(&dataset.id, Arc::new(history));
        let delivered = Delivered {
            dataset: &other.id,
            figures: &published,
            periods: &periods,
            rows: &[],
            arriving: Some(arriving),
        };
        let found = other.checks.of_figures_naming(&dataset.id, delivered, &known).into_iter();
        let found = found.filter(|finding| finding.severity > Severity::Note);
        findings.extend(found.map(|finding| Finding {
            message: format!("{} ({}), published before: {}", other.title, other.id, finding.message),
            owner: finding.owner.or_else(|| Some(other.steward.value.clone())),
            ..finding
        }));
    }
    Ok(findings)
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

/// The direction of a series that is good.
pub(super) fn better(dataset: &Dataset, key: &SeriesKey) -> Better {
    dataset.measures.get(&key.measure).map_or_else(Better::default, |measure| measure.better.of(&key.labels))
}

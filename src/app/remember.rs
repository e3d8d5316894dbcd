//! What a delivery adds to the history of its dataset.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    config::Dataset,
    model::{Better, Cause, Figure, Period, SeriesKey},
    store::Commit,
    tables::Figures,
};

use super::{App, against::better, error::CycleError, examine::Examined, memory::Memory};

/// Writes the measures of a delivery, adds them to what is known of the dataset, and answers with what kind of news they
/// are. The files count from the commit on.
///
/// # Errors
/// The store fails.
pub async fn remember(
    app: &App,
    memory: &mut Memory,
    dataset: &Arc<Dataset>,
    examined: &Examined,
    commit: &mut Commit,
) -> Result<Cause, CycleError> {
    let known = memory.recall([&dataset.id]).await?.periods(&dataset.id);
    let cause = cause(&known, &examined.periods());
    for (period, figures) in by_period(dataset, &examined.figures, examined.periods()) {
        let file = app.store.write_measures(&dataset.id, period, figures).await?;
        commit.measure_files.push(file);
    }
    memory.learn(dataset, &examined.figures);
    Ok(cause)
}

/// The figures of each period, one without figures included.
fn by_period(
    dataset: &Dataset,
    figures: &Figures,
    periods: Vec<Period>,
) -> BTreeMap<Period, Vec<(SeriesKey, Better, Figure)>> {
    let mut by_period: BTreeMap<Period, Vec<_>> = periods.into_iter().map(|period| (period, Vec::new())).collect();
    for ((key, period), figure) in &figures.figures {
        if let Some(of_period) = by_period.get_mut(period) {
            of_period.push((key.clone(), better(dataset, key), *figure));
        }
    }
    by_period
}

/// A newer period is news, also in a file that holds all months of a year again.
fn cause(known: &BTreeSet<Period>, periods: &[Period]) -> Cause {
    let unknown: Vec<Period> = periods.iter().copied().filter(|period| !known.contains(period)).collect();
    match Period::newest(unknown.iter().copied()) {
        Some(newest) if !has_newer(known, newest) => Cause::New,
        Some(_) if unknown.len() == periods.len() => Cause::Late,
        _ => Cause::Restated,
    }
}

/// Whether something newer of the same kind of period is known already.
fn has_newer(known: &BTreeSet<Period>, period: Period) -> bool {
    known.iter().any(|known| known.granularity() == period.granularity() && *known > period)
}

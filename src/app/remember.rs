//! What a delivery adds to the history of its dataset.

use crate::{
    config::Dataset,
    model::{Better, Cause, Figure, Finding, History, Period, SeriesKey},
    store::Commit,
    tables::Figures,
};

use super::{App, error::CycleError, examine::Examined};

/// Writes the measures of a delivery, and answers with all that is known of the dataset with them, and what kind of news
/// they are. The files count from the commit on.
///
/// # Errors
/// The store fails.
pub async fn remember(
    app: &App,
    dataset: &Dataset,
    examined: &Examined,
    commit: &mut Commit,
) -> Result<(History, Cause), CycleError> {
    let mut history = app.store.history(&dataset.id).await?;
    let cause = cause(&history, &examined.periods());
    for period in examined.periods() {
        let figures = figures_of(dataset, &examined.figures, period);
        history.clear(period);
        history.periods.insert(period);
        for (key, better, figure) in &figures {
            history.insert(key.clone(), *better, period, *figure);
        }
        let file = app.store.write_measures(&dataset.id, period, figures).await?;
        commit.measure_files.push(file);
    }
    Ok((history, cause))
}

fn figures_of(dataset: &Dataset, figures: &Figures, period: Period) -> Vec<(SeriesKey, Better, Figure)> {
    let of_period = figures.figures.iter().filter(|((_, of), _)| *of == period);
    of_period
        .map(|((key, _), figure)| {
            let better = dataset.measures.get(&key.measure).map_or_else(Better::default, |measure| measure.better);
            (key.clone(), better, *figure)
        })
        .collect()
}

/// The finding that a file gives series in another unit than is known of them.
///
/// # Errors
/// The store fails.
pub async fn unit_changes(app: &App, examined: &Examined) -> Result<Option<Finding>, CycleError> {
    match &examined.dataset {
        Some(dataset) if examined.verdict.is_published() => {
            Ok(examined.figures.against(&app.store.history(&dataset.id).await?))
        }
        _ => Ok(None),
    }
}

/// A newer period is news, also in a file that holds all months of a year again.
fn cause(history: &History, periods: &[Period]) -> Cause {
    let unknown: Vec<Period> = periods.iter().copied().filter(|period| !history.periods.contains(period)).collect();
    match Period::newest(unknown.iter().copied()) {
        Some(newest) if !has_newer(history, newest) => Cause::New,
        Some(_) if unknown.len() == periods.len() => Cause::Late,
        _ => Cause::Restated,
    }
}

/// Whether something newer of the same kind of period is known already.
fn has_newer(history: &History, period: Period) -> bool {
    history.periods.iter().any(|known| known.granularity() == period.granularity() && *known > period)
}

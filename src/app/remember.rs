//! What a delivery adds to the history of its dataset.

use crate::{
    config::Dataset,
    model::{Better, Cause, Figure, History, Period, SeriesKey},
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
    dataset: &Dataset,
    examined: &Examined,
    commit: &mut Commit,
) -> Result<Cause, CycleError> {
    let cause = cause(memory.recall(&dataset.id).await?, &examined.periods());
    for period in examined.periods() {
        let figures = figures_of(dataset, &examined.figures, period);
        let file = app.store.write_measures(&dataset.id, period, figures).await?;
        commit.measure_files.push(file);
    }
    memory.learn(dataset, &examined.figures).await?;
    Ok(cause)
}

fn figures_of(dataset: &Dataset, figures: &Figures, period: Period) -> Vec<(SeriesKey, Better, Figure)> {
    let of_period = figures.figures.iter().filter(|((_, of), _)| *of == period);
    of_period.map(|((key, _), figure)| (key.clone(), better(dataset, key), *figure)).collect()
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

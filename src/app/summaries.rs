//! The summary of a month to groups that ask for it: what the groups below them are alerted to, advised of and assured
//! about, once for each month.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use crate::{
    config::{Config, Hears},
    model::{Content, Period},
    store::{Commit, StoreError},
};

use super::{
    App,
    disclosure::{disclosed_report, of_group},
    error::CycleError,
    reporting,
};

/// Says the summaries that are due: when every dataset that delivered the month before has delivered the month, or when
/// the group waits no longer after the first has. Answers with the next moment at which one is.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn tell(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (config, now) = (app.config(), app.now());
    let mut next = None;
    for (group, settings) in config.groups.iter().filter(|(_, group)| group.hears(Hears::ThreeAs)) {
        let Some(month) = month(app, &config, group).await? else { continue };
        let calendar = config.calendar_of(group);
        let at = if month.complete { month.first } else { settings.three_as_after().after(month.first, calendar) };
        let at = calendar.at_work(at.max(now));
        if at > now {
            next = [next, Some(at)].into_iter().flatten().min();
        } else {
            say(app, &config, group, month.period).await?;
        }
    }
    Ok(next)
}

/// A month of which no summary was said.
struct Month {
    period: Period,
    /// When its first delivery came.
    first: Timestamp,
    /// Whether all that delivered the month before have delivered it.
    complete: bool,
}

/// The oldest month that is newer than the last summary of a group; before the first summary, the newest of all.
async fn month(app: &App, config: &Config, group: &str) -> Result<Option<Month>, StoreError> {
    let of_datasets = reporting::months(config, &app.store, group).await?;
    let known: BTreeSet<Period> = of_datasets.iter().flatten().map(|(period, _)| *period).collect();
    let said = app.store.summaries(group).await?.into_iter().max();
    let period = match said {
        Some(said) => known.into_iter().find(|period| *period > said),
        None => known.into_iter().next_back(),
    };
    let Some(period) = period else { return Ok(None) };
    let of = |dataset: &[(Period, Timestamp)], period| dataset.iter().filter(|(of, _)| *of == period).count() > 0;
    let arrived = of_datasets.iter().flatten().filter(|(of, _)| *of == period);
    let Some(first) = arrived.map(|(_, at)| *at).min() else { return Ok(None) };
    let before = period.previous();
    let complete = of_datasets.iter().all(|dataset| !of(dataset, before) || of(dataset, period));
    Ok(Some(Month { period, first, complete }))
}

async fn say(app: &App, config: &Arc<Config>, group: &str, period: Period) -> Result<(), CycleError> {
    let Some(report) = reporting::report(app, config, group, Some(period)).await? else { return Ok(()) };
    // Every channel carries the same words: figures in them are told from others only while the report is whole.
    let report = disclosed_report(config, report, of_group(config, group));
    let note = |commit: &mut Commit, notice| commit.summaries.push((group.to_owned(), period, notice));
    reporting::say(app, config, group, Content::ThreeAs(report.summary()), note).await?;
    tracing::info!(group, %period, "the summary of a month was said");
    Ok(())
}

//! The summary of a month to groups that ask for it: what the groups below them are alerted to, advised of and assured
//! about, once for each month.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use crate::{
    config::{Config, Hears},
    model::{Arrival, Content, Granularity, Period, calendar::day_in_london},
    routing::Length,
    store::{Commit, StoreError},
};

use super::{
    App,
    announce::Announcement,
    committee::{Asked, CommitteeError, committee, covered},
    error::CycleError,
};

/// How long after the first delivery of a month its summary waits for the others.
const WAITS: Length = Length::WorkingDays(10);

/// Says the summaries that are due: when every dataset that delivered the month before has delivered the month, or ten
/// working days after the first has. Answers with the next moment at which one is.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn tell(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (config, now) = (app.config(), app.now());
    let mut next = None;
    let asking = config.groups.iter().filter(|(_, group)| group.hears(Hears::ThreeAs)).map(|(id, _)| id.clone());
    for group in asking.collect::<Vec<_>>() {
        let Some(month) = month(app, &config, &group).await? else { continue };
        let calendar = config.calendar_of(&group);
        let at = if month.complete { month.first } else { WAITS.after(month.first, calendar) };
        let at = calendar.at_work(at.max(now));
        if at > now {
            next = [next, Some(at)].into_iter().flatten().min();
        } else {
            say(app, &config, &group, month.period).await?;
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
    let mut of_datasets: Vec<Vec<(Period, Timestamp)>> = Vec::new();
    for dataset in datasets(config, group) {
        let published = app.store.arrivals(&dataset).await?.into_iter().filter(|arrival| arrival.held_back.is_none());
        let month = |arrival: Arrival| Some((arrival.period?, arrival.received));
        of_datasets.push(
            published.filter_map(month).filter(|(period, _)| period.granularity() == Granularity::Month).collect(),
        );
    }
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

/// The datasets whose rules a group, or one below it, hears of.
fn datasets(config: &Config, group: &str) -> BTreeSet<String> {
    let groups = covered(config, group);
    let hears = |group: &String, rule: &crate::rules::Rule| {
        config.policy.route.may_reach(group, rule.id(), rule.dataset(), rule.severity())
    };
    let rules = config.rules.values().filter(|rule| groups.iter().any(|group| hears(group, rule)));
    rules.map(|rule| rule.dataset().to_owned()).collect()
}

async fn say(app: &App, config: &Arc<Config>, group: &str, period: Period) -> Result<(), CycleError> {
    let now = app.now();
    let asked = Asked { group, period: Some(period), date: day_in_london(now) };
    let report = match committee(config, &app.store, &asked).await {
        Ok(report) => report,
        Err(CommitteeError::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(group, %period, %error, "no summary could be made");
            return Ok(());
        }
    };
    let (mut announcement, mut commit) = (Announcement::of(app), Commit::at(now));
    announcement.tell(config, group, Content::ThreeAs(report.summary()), now)?;
    let notice = announcement.notices.first().map(|(notice, _)| notice.id);
    commit.summaries.extend(notice.map(|notice| (group.to_owned(), period, notice)));
    announcement.into_commit(&mut commit)?;
    app.store.commit(&commit).await?;
    app.wake_outbox();
    tracing::info!(group, %period, "the summary of a month was said");
    Ok(())
}

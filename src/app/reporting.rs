//! What reports at a moment have in common: which months their group has figures of, the report itself, and saying it once.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use crate::{
    config::Config,
    model::{Arrival, CommitteeReport, Content, Granularity, NoticeId, Period, calendar::day_in_london},
    store::{Commit, Store, StoreError},
};

use super::{
    App,
    announce::Announcement,
    committee::{Asked, CommitteeError, committee, covered},
    error::CycleError,
};

/// The months that a dataset has figures of, each with when they first came.
pub(super) type Months = Vec<(Period, Timestamp)>;

/// The months of each dataset whose rules a group, or one below it, hears of.
///
/// # Errors
/// The store fails.
pub(super) async fn months(config: &Config, store: &Store, group: &str) -> Result<Vec<Months>, StoreError> {
    let mut of_datasets = Vec::new();
    for dataset in datasets(config, group) {
        let published = store.arrivals(&dataset).await?.into_iter().filter(|arrival| arrival.held_back.is_none());
        let month = |arrival: Arrival| Some((arrival.period?, arrival.received));
        let months = published.filter_map(month).filter(|(period, _)| period.granularity() == Granularity::Month);
        of_datasets.push(months.collect());
    }
    Ok(of_datasets)
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

/// The report of a group for a period, of today. None where there is nothing to make it of, or it cannot be made, which is
/// logged.
///
/// # Errors
/// The store fails.
pub(super) async fn report(
    app: &App,
    config: &Arc<Config>,
    group: &str,
    period: Option<Period>,
) -> Result<Option<CommitteeReport>, CycleError> {
    let asked = Asked { group, period, date: day_in_london(app.now()) };
    match committee(config, &app.store, &asked).await {
        Ok(report) => Ok(Some(report)),
        Err(CommitteeError::Store(error)) => Err(error.into()),
        Err(CommitteeError::NoPeriod(_)) => {
            tracing::debug!(group, "there are no figures to report yet");
            Ok(None)
        }
        Err(error) => {
            tracing::error!(group, %error, "no report could be made");
            Ok(None)
        }
    }
}

/// Says it to a group, in one commit with the note that it was said.
///
/// # Errors
/// The store fails, or the notice cannot be rendered.
pub(super) async fn say(
    app: &App,
    config: &Arc<Config>,
    group: &str,
    content: Content,
    note: impl FnOnce(&mut Commit, NoticeId),
) -> Result<(), CycleError> {
    let (mut announcement, mut commit) = (Announcement::of(app, config), Commit::at(app.now()));
    note(&mut commit, announcement.tell(group, None, content));
    announcement.keep(&mut commit).await
}

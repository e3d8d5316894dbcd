//! What did not arrive: looked for whenever a due day passes or something comes, and said as an alert.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use crate::{
    alerts::{self, Subject},
    config::{Config, Dataset},
    model::{
        Alert, Better, Cause, DeliveryId, Exceptions, Expected, Granularity, LATE_DELIVERY, Labels, Period, Reading,
        Value, calendar::day_in_london,
    },
    routing::{Delivered, Told},
    store::{Commit, Store, StoreError},
};

use super::{App, announce::Announcement, error::CycleError, handling, tell::tell};

/// What a notice is about that speaks of several datasets.
const SEVERAL: (&str, &str) = ("expected-deliveries", "Expected deliveries");

/// What the rule of its alerts says.
pub(super) const SUMMARY: &str = "A delivery is late";

/// How the periods of a dataset stand.
#[derive(Debug)]
pub struct Standing {
    /// The dataset.
    pub dataset: Arc<Dataset>,
    /// Its periods that are or were expected, oldest first.
    pub expected: Vec<Expected>,
}

/// How each dataset with a due day stands at a moment.
///
/// # Errors
/// The store fails.
pub async fn standings(store: &Store, config: &Config, now: Timestamp) -> Result<Vec<Standing>, StoreError> {
    standings_without(store, config, now, None).await
}

/// The same, as if one delivery had not been decided.
///
/// # Errors
/// The store fails.
pub async fn standings_without(
    store: &Store,
    config: &Config,
    now: Timestamp,
    delivery: Option<DeliveryId>,
) -> Result<Vec<Standing>, StoreError> {
    let mut standings = Vec::new();
    for dataset in config.datasets.values() {
        let Some(due) = &dataset.due else { continue };
        let arrivals = store.arrivals_without(&dataset.id, delivery).await?;
        let expected = alerts::expected(due, &config.calendar, &arrivals, now);
        standings.push(Standing { dataset: Arc::clone(dataset), expected });
    }
    Ok(standings)
}

/// Looks for what is late or missing, and for what is not any more, and says what changed since it was last looked at: one
/// notice to each group concerned. Answers with the next moment at which something becomes late.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn evaluate(app: &App) -> Result<Option<Timestamp>, CycleError> {
    let (config, now) = (app.config(), app.now());
    if Period::containing(Granularity::Day, day_in_london(now)).is_none() {
        tracing::error!(%now, "the clock cannot be right: nothing is said of late deliveries");
        return Ok(None);
    }
    let alerts = app.store.alerts(None).await?.into_iter().filter(|alert| alert.rule == LATE_DELIVERY);
    let mut known: BTreeMap<String, Alert> = alerts.map(|alert| (alert.dataset.clone(), alert)).collect();
    let (mut told, mut next, mut judged) = (Vec::new(), None, 0);
    for dataset in config.datasets.values() {
        let Some(due) = &dataset.due else { continue };
        let arrivals = app.store.arrivals(&dataset.id).await?;
        let before = known.remove(&dataset.id);
        let mut expected = alerts::expected(due, &config.calendar, &arrivals, now);
        let moment = alerts::moment(before.as_ref(), &expected, now);
        if moment != now {
            expected = alerts::expected(due, &config.calendar, &arrivals, moment);
        }
        let soonest = alerts::next_moment(due, &config.calendar, &expected, moment);
        next = [next, soonest].into_iter().flatten().min();
        judged += usize::from(!expected.is_empty());
        told.extend(follow(dataset, &expected, before.as_ref(), moment));
    }
    // Nobody waits for these any more.
    told.extend(known.values().filter_map(|before| advance(&before.dataset, &before.dataset, &[], Some(before), now)));
    say(app, &config, told, judged).await?;
    Ok(next)
}

fn follow(dataset: &Dataset, expected: &[Expected], before: Option<&Alert>, now: Timestamp) -> Option<Told> {
    let told = advance(&dataset.id, &dataset.title, expected, before, now)?;
    Some(Told { owner: Some(dataset.owner.value.clone()), ..told })
}

/// The alert as it stands now; none when nothing of it changed.
fn advance(id: &str, title: &str, expected: &[Expected], before: Option<&Alert>, now: Timestamp) -> Option<Told> {
    let alerts::Lateness { life, severity } = alerts::late(title, expected, before, now);
    let labels: Labels = [("dataset", id)].into_iter().collect();
    let subject = Subject { rule: LATE_DELIVERY, dataset: id, severity, labels: &labels, better: Better::Lower };
    let mut advance = alerts::advance(subject, before, life, Cause::Due, None)?;
    let describe = |reading: &mut Reading| {
        if reading.message.is_empty() {
            reading.message = alerts::ended(title, expected, reading.period);
        }
    };
    describe(&mut advance.alert.reading);
    advance.alert.episodes.iter_mut().filter_map(|episode| episode.resolved.as_mut()).for_each(describe);
    advance.transitions.iter_mut().for_each(|step| describe(&mut step.reading));
    if advance.transitions.is_empty() && before == Some(&advance.alert) {
        return None;
    }
    let mut told = tell((SUMMARY, None), None, before, advance);
    // How many periods are outstanding is in the words, and no figure of the dataset.
    for line in told.taken_back.iter_mut().chain([&mut told.line]) {
        line.value = Value::ABSENT;
    }
    Some(told)
}

async fn say(app: &App, config: &Arc<Config>, mut told: Vec<Told>, judged: usize) -> Result<(), CycleError> {
    let Some(period) = Period::newest(told.iter().map(|told| told.line.period)) else { return Ok(()) };
    let mut commit = Commit::at(app.now());
    handling::settle(app, config, &mut told, &mut commit).await?;
    for told in &told {
        commit.alerts.push(told.alert.clone());
        commit.transitions.extend(told.transitions.iter().cloned());
        tracing::info!(dataset = told.alert.dataset, state = %told.alert.state, "{}", told.line.message);
    }
    let (dataset, title) = match told.as_slice() {
        [only] => {
            let id = only.alert.dataset.clone();
            let title = config.datasets.get(&id).map_or_else(|| id.clone(), |dataset| dataset.title.clone());
            (id, title)
        }
        _ => (SEVERAL.0.to_owned(), SEVERAL.1.to_owned()),
    };
    let mut announcement = Announcement::of(app, config);
    let delivered = Delivered {
        head: Exceptions { series_judged: judged, ..Exceptions::empty(dataset, title, period, Cause::Due) },
        alerts: told,
        unjudged: Vec::new(),
        outstanding: Vec::new(),
    };
    announcement.exceptions(&delivered).await?;
    announcement.keep(&mut commit).await
}

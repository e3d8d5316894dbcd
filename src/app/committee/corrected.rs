//! What had been said, and was taken back or changed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    config::Config,
    model::{Alert, AlertId, Correction, History, Period, TransitionKind, Value},
    routing::Traits,
    store::{KeptTransition, Store, StoreError},
};

use super::{Covered, is_of, newest_within};

/// The withdrawals and amendments that belong to a report: those of figures of its period, and those that were found while
/// its period was the newest. Of several amendments of one alert the last counts.
pub(super) async fn of(
    store: &Store,
    (dataset, title): (&str, &str),
    covered: &Covered,
    config: &Config,
    history: &History,
    period: Period,
) -> Result<Vec<Correction>, StoreError> {
    let steps = store.corrections(dataset).await?;
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let alerts: BTreeMap<AlertId, Alert> =
        store.alerts(Some(dataset)).await?.into_iter().map(|alert| (alert.id.clone(), alert)).collect();
    let (from, until) = newest_between(store, dataset, history, period).await?;
    let mut found: BTreeMap<(AlertId, Period, TransitionKind), Correction> = BTreeMap::new();
    for KeptTransition { transition, recorded } in steps {
        let was_newest = from.is_some_and(|from| recorded >= from) && until.is_none_or(|until| recorded < until);
        let Some(alert) = alerts.get(&transition.alert) else { continue };
        let receivers = config.policy.route.receivers(&Traits::of(alert));
        let is_heard = covered.groups.iter().any(|group| receivers.iter().any(|(known, _)| known == group));
        if !is_heard || !(was_newest || is_of(transition.reading.period, period)) {
            continue;
        }
        let correction = Correction {
            alert: alert.id.clone(),
            rule: alert.rule.clone(),
            labels: alert.labels.clone(),
            dataset_title: title.to_owned(),
            kind: transition.kind,
            cause: transition.cause,
            since: transition.since,
            now: figure(config, alert, history, transition.reading.period),
            reading: transition.reading,
            found: recorded,
        };
        found.insert((correction.alert.clone(), correction.since, correction.kind), correction);
    }
    let mut found: Vec<Correction> = found.into_values().collect();
    found.sort_by(|a, b| (&a.rule, &a.labels, a.since).cmp(&(&b.rule, &b.labels, b.since)));
    Ok(found)
}

/// When the newest period of a report came, and when one after it did.
async fn newest_between(
    store: &Store,
    dataset: &str,
    history: &History,
    period: Period,
) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
    let Some(newest) = newest_within(history, period).filter(|newest| is_of(*newest, period)) else {
        return Ok((None, None));
    };
    let arrivals = store.arrivals(dataset).await?;
    let published = || arrivals.iter().filter(|arrival| arrival.held_back.is_none());
    let of = |which: &dyn Fn(Period) -> bool| {
        published().filter(|arrival| arrival.period.is_some_and(which)).map(|arrival| arrival.received).min()
    };
    Ok((of(&|known| known == newest), of(&|known| known.end() > period.end())))
}

/// The figure of an alert's series as it is known now.
fn figure(config: &Config, alert: &Alert, history: &History, period: Period) -> Value {
    let Some(rule) = config.rules.get(&alert.rule) else { return Value::ABSENT };
    let mut series = history.of_measure(rule.measure()).filter(|series| rule.applies_to(series));
    let series = series.find(|series| rule.alert_labels(series) == alert.labels);
    series.and_then(|series| series.at(period)).map_or(Value::ABSENT, |figure| figure.value)
}

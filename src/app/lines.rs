//! Alerts that are kept, as people read them: with the figures that are known now.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    alerts::Advance,
    config::Config,
    expr::{Around, View},
    model::{Alert, AlertState, History, LATE_DELIVERY, Series, Value},
    routing::Told,
    rules::Rule,
    store::{Store, StoreError},
};

use super::{arrivals::SUMMARY, explain, tell::tell};

/// Alerts as they stand, without a step: each is there, if only with what was kept of it.
///
/// # Errors
/// The store fails.
pub async fn as_they_stand(config: &Config, store: &Store, alerts: Vec<Alert>) -> Result<Vec<Told>, StoreError> {
    let mut of_rules: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
    for alert in alerts {
        of_rules.entry(alert.rule.clone()).or_default().push(alert);
    }
    let mut told = Vec::new();
    for (id, alerts) in of_rules {
        let rule = config.rules.get(&id);
        let (history, around) = match rule {
            Some(rule) => explain::known(config, store, rule).await?,
            None => Default::default(),
        };
        for alert in alerts {
            // What is late is told to the dataset's owner, whatever the route says.
            let dataset = config.datasets.get(&alert.dataset).filter(|_| alert.rule == LATE_DELIVERY);
            let owner = dataset.map(|dataset| dataset.owner.value.clone());
            told.push(Told { owner, ..one(rule.map(AsRef::as_ref), &history, &around, alert) });
        }
    }
    Ok(told)
}

fn one(rule: Option<&Rule>, history: &History, around: &Arc<Around>, alert: Alert) -> Told {
    let is_its = |rule: &Rule, series: &Series| {
        rule.dataset() == alert.dataset && rule.applies_to(series) && rule.alert_labels(series) == alert.labels
    };
    let series = rule.and_then(|rule| history.series().find(|series| is_its(rule, series)));
    let chart = rule.zip(series).filter(|_| alert.state == AlertState::Firing).and_then(|(rule, series)| {
        let period = alert.reading.period;
        rule.chart(View { series, period, around })
    });
    let summary = match rule {
        Some(rule) => rule.summary(),
        None if alert.rule == LATE_DELIVERY => SUMMARY,
        None => &alert.rule,
    };
    let words = (summary.to_owned(), rule.and_then(Rule::counted));
    let before = alert.clone();
    let advance = Advance { alert, transitions: Vec::new(), worsened: false };
    let mut told = tell((&words.0, words.1), series, Some(&before), advance);
    told.line.chart = chart;
    if told.line.rule == LATE_DELIVERY {
        // How many periods are outstanding is in the words, and no figure of the dataset.
        told.line.value = Value::ABSENT;
    }
    told
}

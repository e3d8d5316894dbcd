//! Alerts that are kept, as people read them: with the figures that are known now.

use std::collections::BTreeMap;

use crate::{
    alerts::Advance,
    config::Config,
    expr::View,
    model::{Alert, AlertState, LATE_DELIVERY, Value},
    routing::Told,
    rules::Rule,
    store::{Store, StoreError},
};

use super::{arrivals::SUMMARY, explain::Known, tell::tell};

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
        let known = match rule {
            Some(rule) => Known::of(config, store, rule).await?,
            None => Known::default(),
        };
        let series = rule.map(|rule| rule.series(&known.history)).unwrap_or_default();
        for alert in alerts {
            // What is late is told to the dataset's owner, whatever the route says.
            let dataset = config.datasets.get(&alert.dataset).filter(|_| alert.rule == LATE_DELIVERY);
            let owner = dataset.map(|dataset| dataset.owner.value.clone());
            let of_rule = rule.filter(|rule| rule.dataset() == alert.dataset);
            let series = of_rule.and_then(|_| series.get(&alert.labels).copied());
            let view = series.map(|series| View { series, period: alert.reading.period, around: &known.around });
            told.push(Told { owner, ..one(rule.map(AsRef::as_ref), view, alert) });
        }
    }
    Ok(told)
}

/// An alert with its rule, and its series at the period that decided it, as far as these are there.
fn one(rule: Option<&Rule>, view: Option<View<'_>>, alert: Alert) -> Told {
    let seen = rule.zip(view).filter(|_| alert.state == AlertState::Firing);
    let chart = seen.and_then(|(rule, view)| rule.chart(view));
    let summary = match rule {
        Some(rule) => rule.summary(),
        None if alert.rule == LATE_DELIVERY => SUMMARY,
        None => &alert.rule,
    };
    let words = (summary.to_owned(), rule.and_then(Rule::counted));
    let before = alert.clone();
    let advance = Advance { alert, transitions: Vec::new(), worsened: false };
    let mut told = tell((&words.0, words.1), view.map(|view| view.series), Some(&before), advance);
    told.line.chart = chart;
    if told.line.rule == LATE_DELIVERY {
        // How many periods are outstanding is in the words, and no figure of the dataset.
        told.line.value = Value::ABSENT;
    }
    told
}

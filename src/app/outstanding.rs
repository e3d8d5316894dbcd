//! What a report could not assure, because it did not arrive or was held back.

use jiff::Timestamp;

use crate::{
    config::{Config, Dataset},
    model::{AlertSeverity, Delivery, DeliveryId, DueState, Expected, NotAssured, Period},
    routing::Outstanding,
    store::{Store, StoreError},
};

use super::arrivals::{Standing, standings_without};

/// What has not arrived of the period of a report or of earlier ones, with the rules that would have judged it. `arriving`
/// are deliveries that are not in the store yet as they are now; `overruled` is one whose decision there does not hold any
/// more.
///
/// # Errors
/// The store fails.
pub async fn outstanding(
    (store, config): (&Store, &Config),
    now: Timestamp,
    period: Period,
    arriving: &[&Delivery],
    overruled: Option<DeliveryId>,
) -> Result<Vec<Outstanding>, StoreError> {
    let mut found = Vec::new();
    for Standing { dataset, expected } in standings_without(store, config, now, overruled).await? {
        let rules: Vec<(String, AlertSeverity, String)> = config
            .rules_on(&dataset.id)
            .map(|rule| (rule.id().to_owned(), rule.severity(), rule.measure().to_owned()))
            .collect();
        let arrives = |one: &Expected| arriving.iter().any(|delivery| brings(delivery, &dataset.id, one.period));
        let lines = expected.iter().filter(|one| one.period.end() <= period.end() && !arrives(one));
        for one in lines.filter(|one| one.is_outstanding(now) || one.state == DueState::HeldBack) {
            found.push(Outstanding { line: not_assured(&dataset, one), rules: rules.clone() });
        }
    }
    Ok(found)
}

fn brings(delivery: &Delivery, dataset: &str, period: Period) -> bool {
    let completes = |of: &Period| of.end() == period.end() && of.start() >= period.start();
    delivery.verdict.is_published()
        && delivery.dataset.as_deref() == Some(dataset)
        && delivery.periods.iter().any(completes)
}

fn not_assured(dataset: &Dataset, one: &Expected) -> NotAssured {
    NotAssured {
        dataset: dataset.id.clone(),
        dataset_title: dataset.title.clone(),
        measures: Vec::new(),
        period: one.period,
        due: one.due,
        state: one.state,
        reason: one.in_words(),
    }
}

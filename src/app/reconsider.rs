//! What is looked at again without a new file: a history that was loaded and not announced, and changed rules.

use std::collections::BTreeMap;

use crate::{
    config::Dataset,
    model::{Alert, Cause, Delivery, Exceptions, LATE_DELIVERY, Period},
    routing::Delivered,
    store::{Commit, DeliveryFilter},
};

use super::{
    App,
    announce::Announcement,
    error::CycleError,
    handling,
    judge::{self, News},
    memory::Memory,
    removed::{self, Lost},
};

/// Speaks for a history whose last file turned out not to speak: the same bytes again, or held back.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn introduce(app: &App, dataset: &Dataset) -> Result<(), CycleError> {
    if app.store.dataset(&dataset.id).await?.introduced {
        return Ok(());
    }
    let Some(last) = last_published(app, dataset).await? else { return Ok(()) };
    again(app, dataset, Cause::New, Some(&last), true).await
}

/// Evaluates a dataset whose rules have changed over all its history, and says what is otherwise now: an alert that the
/// new rules see, or no longer see, must not wait for next month's figures.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn reevaluate(app: &App, dataset: &Dataset) -> Result<(), CycleError> {
    let config = app.config();
    let fingerprint = config.rules_fingerprint(&dataset.id);
    let known = app.store.dataset(&dataset.id).await?;
    if known.rules_fingerprint.is_none_or(|known| known == fingerprint) {
        return Ok(());
    }
    tracing::info!(dataset = dataset.id, "the rules changed: evaluating the history again");
    let last = last_published(app, dataset).await?;
    again(app, dataset, Cause::RuleChanged, last.as_ref(), false).await
}

/// Judges all that is known of a dataset, tells, and keeps it.
async fn again(
    app: &App,
    dataset: &Dataset,
    cause: Cause,
    delivery: Option<&Delivery>,
    speaks: bool,
) -> Result<(), CycleError> {
    let _alone = app.decide_alone().await;
    let (mut commit, mut announcement) = (Commit::at(app.now()), Announcement::of(app, &app.config()));
    let news = News { dataset, cause, delivery, speaks, decision: None };
    let mut memory = Memory::of(Some(app.store.clone()));
    judge::pronounce(&mut announcement, &mut commit, &mut memory, news).await?;
    announcement.keep(&mut commit).await
}

/// Closes what is still open of alerts on datasets that are no longer there: their rules are gone with them.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn abandon(app: &App) -> Result<(), CycleError> {
    let (_alone, config) = (app.decide_alone().await, app.config());
    let mut orphans: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
    for alert in app.store.alerts(None).await? {
        if alert.rule != LATE_DELIVERY && !config.datasets.contains_key(&alert.dataset) {
            orphans.entry(alert.dataset.clone()).or_default().push(alert);
        }
    }
    for (dataset, orphans) in orphans {
        let mut told = removed::close(&orphans, Lost::Dataset, Cause::RuleChanged, None);
        let Some(period) = Period::newest(told.iter().map(|told| told.line.period)) else { continue };
        tracing::info!(dataset, alerts = told.len(), "the dataset is no longer there: closing its alerts");
        let mut commit = Commit::at(app.now());
        handling::settle(app, &config, &mut told, &mut commit).await?;
        for told in &told {
            commit.alerts.push(told.alert.clone());
            commit.transitions.extend(told.transitions.iter().cloned());
        }
        let head = Exceptions::empty(dataset.clone(), dataset, period, Cause::RuleChanged);
        let delivered = Delivered { head, alerts: told, unjudged: Vec::new(), outstanding: Vec::new() };
        let mut announcement = Announcement::of(app, &config);
        announcement.exceptions(&delivered).await?;
        announcement.keep(&mut commit).await?;
    }
    Ok(())
}

async fn last_published(app: &App, dataset: &Dataset) -> Result<Option<Delivery>, CycleError> {
    let filter = DeliveryFilter { dataset: Some(dataset.id.clone()), limit: None };
    let kept = app.store.deliveries(&filter).await?;
    Ok(kept.into_iter().map(|kept| kept.delivery).find(|delivery| delivery.verdict.is_published()))
}

//! What is looked at again without a new file: a history that was loaded and not announced, and changed rules.

use std::sync::Arc;

use crate::{
    config::Dataset,
    model::{Cause, Delivery},
    store::{Commit, DeliveryFilter},
};

use super::{App, announce::Announcement, error::CycleError, judge, outstanding};

/// Speaks for a history whose last file turned out not to speak: the same bytes again, or held back.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn introduce(app: &App, dataset: &Dataset) -> Result<(), CycleError> {
    if app.store.dataset(&dataset.id).await?.introduced {
        return Ok(());
    }
    let Some(last) = last_published(app, dataset).await? else { return Ok(()) };
    let config = app.config();
    let history = app.store.history(&dataset.id).await?;
    let evaluation = judge::judge(app, &config, dataset, Arc::new(history), Cause::New, Some(last.id)).await?;
    let mut announcement = Announcement::default();
    let overrides = app.store.overridden(&dataset.id).await?;
    if let Some(mut delivered) = judge::delivered(dataset, &last, Cause::New, true, &evaluation, overrides) {
        delivered.outstanding = outstanding::outstanding(app, &config, delivered.head.period, &[]).await?;
        announcement.exceptions(&config, &delivered, app.now())?;
    }
    let mut commit = Commit::at(app.now());
    judge::keep(&mut commit, dataset, &config, evaluation, true);
    announcement.into_commit(&mut commit)?;
    app.store.commit(&commit).await?;
    app.wake_outbox();
    Ok(())
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
    let history = app.store.history(&dataset.id).await?;
    let evaluation = judge::judge(app, &config, dataset, Arc::new(history), Cause::RuleChanged, None).await?;
    let overrides = app.store.overridden(&dataset.id).await?;
    let mut announcement = Announcement::default();
    if known.introduced
        && evaluation.alerts.iter().any(|told| told.before != Some(told.alert.state))
        && let Some(last) = last_published(app, dataset).await?
        && let Some(mut delivered) = judge::delivered(dataset, &last, Cause::RuleChanged, false, &evaluation, overrides)
    {
        delivered.outstanding = outstanding::outstanding(app, &config, delivered.head.period, &[]).await?;
        announcement.exceptions(&config, &delivered, app.now())?;
    }
    let mut commit = Commit::at(app.now());
    judge::keep(&mut commit, dataset, &config, evaluation, known.introduced);
    announcement.into_commit(&mut commit)?;
    app.store.commit(&commit).await?;
    app.wake_outbox();
    Ok(())
}

async fn last_published(app: &App, dataset: &Dataset) -> Result<Option<Delivery>, CycleError> {
    let filter = DeliveryFilter { dataset: Some(dataset.id.clone()), limit: None };
    let kept = app.store.deliveries(&filter).await?;
    Ok(kept.into_iter().map(|kept| kept.delivery).find(|delivery| delivery.verdict.is_published()))
}

//! What is looked at again without a new file: a history that was loaded and not announced, and changed rules.

use std::sync::Arc;

use crate::{
    config::Dataset,
    model::{Cause, Delivery},
    store::{Commit, DeliveryFilter},
};

use super::{
    App,
    announce::Announcement,
    error::CycleError,
    judge::{self, News},
    memory::Memory,
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
    let history = Arc::new(app.store.history(&dataset.id).await?);
    let (mut commit, mut announcement) = (Commit::at(app.now()), Announcement::default());
    let news = News { dataset, history, cause, delivery, speaks, decision: None };
    let mut memory = Memory::of(Some(app.store.clone()));
    judge::pronounce(app, &app.config(), news, &mut memory, &mut commit, &mut announcement).await?;
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

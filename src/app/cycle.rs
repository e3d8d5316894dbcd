//! The spine: what happens to a file, from the drop folder to the outbox.

use crate::{
    config::Config,
    intake::Claimed,
    model::{Delivery, Severity},
    store::{Commit, Placement},
};

use super::{
    App,
    announce::Announcement,
    duplicate::{self, Known},
    error::CycleError,
    examine::{Examined, look},
    judge, plan, remember,
};

/// Takes one claimed file through every stage. `speaks` is false while more files of a history that is being loaded for
/// the first time are waiting: the last of them speaks for all.
///
/// # Errors
/// The disk or the store fails; the file can be handed in again, whatever had been done.
pub async fn cycle(app: &App, claimed: &Claimed, speaks: bool) -> Result<Delivery, CycleError> {
    let config = app.config();

    // What was decided before, and could not be moved then, is only moved.
    if let Some(decided) = app.finish(claimed.id).await? {
        return Ok(decided);
    }

    // intake: the content is the delivery's name. The same bytes again change nothing.
    let hash = duplicate::fingerprint(&claimed.path).await?;
    let known = duplicate::known(app, &config, claimed, &hash).await?;
    if let Known::Decided(earlier) = known {
        let (delivery, placement) = duplicate::of(app, claimed, *earlier).await?;
        return conclude(app, &config, delivery, placement, Commit::at(app.now()), Announcement::default()).await;
    }

    // tables, checks, gate: one pass over the file, and the verdict.
    let mut examined = look(&config, claimed).await;
    if let Known::Stale(finding) = known {
        examined = examined.with(finding);
    }
    let delivery = decide(app, claimed, hash, &examined).await?;
    let mut commit = Commit::at(app.now());
    let mut announcement = Announcement::default();

    // measures, rules, alerts: only what is fit to publish becomes history.
    if let Some(dataset) = examined.dataset.as_deref().filter(|_| delivery.verdict.is_published()) {
        let (history, cause) = remember::remember(app, dataset, &examined, &mut commit).await?;
        let evaluation = judge::judge(app, &config, dataset, history, cause, Some(delivery.id)).await?;

        // routing, reports: one notice for each group concerned.
        let introduced = app.store.dataset(&dataset.id).await?.introduced;
        if introduced || speaks {
            if let Some(delivered) = judge::delivered(dataset, &delivery, cause, !introduced, &evaluation) {
                announcement.exceptions(&config, &delivered, app.now())?;
            }
            commit.introduced = Some(dataset.id.clone());
        }
        judge::keep(&mut commit, dataset, &config, evaluation);
    }

    let placement = plan::plan(app, claimed, &delivery).await?;
    conclude(app, &config, delivery, placement, commit, announcement).await
}

/// The end of every delivery, a duplicate's too.
async fn conclude(
    app: &App,
    config: &Config,
    delivery: Delivery,
    placement: Placement,
    mut commit: Commit,
    mut announcement: Announcement,
) -> Result<Delivery, CycleError> {
    // The steward hears of every finding that is more than a note.
    if delivery.findings.iter().any(|finding| finding.severity > Severity::Note) {
        announcement.gate(config, plan::gate_report(config, &delivery, &placement), &delivery, app.now())?;
    }

    // commit: all that the delivery changed, in one transaction.
    announcement.into_commit(&mut commit)?;
    commit.delivery = Some((delivery.clone(), config.datasets_fingerprint.clone()));
    commit.placement = Some(placement.clone());
    app.store.commit(&commit).await?;
    tracing::info!(
        file = delivery.file,
        delivery = %delivery.id,
        dataset = delivery.dataset,
        revision = delivery.revision,
        findings = delivery.findings.len(),
        messages = commit.messages.len(),
        "{}",
        delivery.verdict.code().replace('_', " ")
    );

    // later: the outbox sends, and the file goes where people find it. Both are done again if they are cut short.
    app.wake_outbox();
    app.place(placement).await?;
    Ok(delivery)
}

/// The delivery with its verdict, before anything is kept.
async fn decide(app: &App, claimed: &Claimed, hash: String, examined: &Examined) -> Result<Delivery, CycleError> {
    let periods = examined.periods();
    let dataset = examined.dataset.as_ref().map(|dataset| dataset.id.clone());
    let revision = match &dataset {
        Some(dataset) if examined.verdict.is_published() => app.store.next_revision(dataset, &periods).await?,
        _ => 0,
    };
    Ok(Delivery {
        id: claimed.id,
        dataset,
        file: claimed.file_name.clone(),
        hash,
        revision,
        periods,
        verdict: examined.verdict,
        findings: examined.findings.clone(),
        received: claimed.received,
        duplicate_of: None,
        size: claimed.size,
    })
}

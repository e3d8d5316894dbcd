//! The spine: what happens to a file, from the drop folder to the outbox.

use crate::{
    intake::Claimed,
    model::{Delivery, DeliveryId, Severity},
    store::Commit,
};

use super::{
    App,
    announce::Announcement,
    duplicate::{self, Known},
    error::CycleError,
    examine::{Examined, look},
    family,
    judge::{self, News},
    memory::Memory,
    plan, remember,
};

/// Takes one claimed file through every stage; a file with tables of several datasets makes a delivery for each. `speaks`
/// is false while more files of a history that is being loaded for the first time are waiting: the last of them speaks
/// for all.
///
/// # Errors
/// The disk or the store fails; the file can be handed in again, whatever had been done.
pub async fn cycle(app: &App, claimed: &Claimed, speaks: bool) -> Result<Vec<Delivery>, CycleError> {
    let config = app.config();

    // What was decided before, and could not be moved then, is only moved.
    if let Some(decided) = app.finish(claimed.id).await? {
        return Ok(decided);
    }

    // intake: the content is the delivery's name. The same bytes again change nothing.
    let hash = duplicate::fingerprint(&claimed.path).await?;
    let known = duplicate::known(app, &config, claimed, &hash).await?;
    let (mut commit, mut announcement) = (Commit::at(app.now()), Announcement::of(app, &config));
    if let Known::Decided(earlier) = known {
        let (delivery, placement) = duplicate::of(app, claimed, *earlier).await?;
        commit.decided(delivery, placement, &config.datasets_fingerprint);
        return conclude(commit, announcement).await;
    }

    // tables, checks, gate: one pass over each table of the file, what is known held against it, and the verdict.
    let looked_at = look(&config, claimed).await;
    let _alone = app.decide_alone().await;
    let mut memory = Memory::of(Some(app.store.clone()));
    for (id, mut examined) in (0..=u8::MAX).map(|nth| claimed.id.of_file(nth)).zip(looked_at) {
        if let Known::Stale(finding) = &known {
            examined = examined.with(finding.clone());
        }
        let examined = memory.hold_if_fit(&config, examined).await?;
        let delivery = decide(app, claimed, id, &hash, &examined).await?;

        // measures, rules, alerts: only what is fit to publish becomes history.
        if let Some(dataset) = examined.dataset.as_ref().filter(|_| delivery.verdict.is_published()) {
            let cause = remember::remember(app, &mut memory, dataset, &examined, &mut commit).await?;

            // routing, reports: one notice for each group concerned.
            let news = News { dataset, cause, delivery: Some(&delivery), speaks, decision: None };
            judge::pronounce(&mut announcement, &mut commit, &mut memory, news).await?;
        }
        let placement = plan::plan(app, claimed, &delivery).await?;
        commit.decided(delivery, placement, &config.datasets_fingerprint);
    }
    conclude(commit, announcement).await
}

/// The end of every file, a duplicate's too.
async fn conclude(mut commit: Commit, mut announcement: Announcement<'_>) -> Result<Vec<Delivery>, CycleError> {
    // The steward hears of every finding that is more than a note.
    for ((delivery, _), placement) in commit.deliveries.iter().zip(&commit.placements) {
        if delivery.findings.iter().any(|finding| finding.severity > Severity::Note) {
            let file = commit.deliveries.iter().map(|(delivery, _)| delivery).zip(commit.placements.iter().map(Some));
            let withheld = family::withheld(delivery, file);
            let report = plan::gate_report(&announcement.config, delivery, placement, withheld.as_deref());
            announcement.gate(&report, delivery);
        }
    }

    // commit: all that the file changed, in one transaction. The outbox sends it later.
    let app = announcement.app;
    announcement.keep(&mut commit).await?;
    for (delivery, _) in &commit.deliveries {
        tracing::info!(
            file = delivery.file,
            table = delivery.table,
            delivery = %delivery.id,
            dataset = delivery.dataset,
            revision = delivery.revision,
            findings = delivery.findings.len(),
            messages = commit.messages.len(),
            "{}",
            delivery.verdict.words()
        );
    }

    // later: the file goes where people find it. It is done again if it is cut short, as sending is.
    app.place(commit.placements).await?;
    Ok(commit.deliveries.into_iter().map(|(delivery, _)| delivery).collect())
}

/// The delivery with its verdict, before anything is kept.
async fn decide(
    app: &App,
    claimed: &Claimed,
    id: DeliveryId,
    hash: &str,
    examined: &Examined,
) -> Result<Delivery, CycleError> {
    let periods = examined.periods();
    let dataset = examined.dataset.as_ref().map(|dataset| dataset.id.clone());
    let revision = match &dataset {
        Some(dataset) if examined.verdict.is_published() => app.store.next_revision(dataset, &periods).await?,
        _ => 0,
    };
    Ok(Delivery {
        id,
        dataset,
        file: claimed.file_name.clone(),
        table: examined.table.clone(),
        hash: hash.to_owned(),
        revision,
        periods,
        verdict: examined.verdict,
        findings: examined.findings.clone(),
        examination: examined.examination.clone(),
        received: claimed.received,
        duplicate_of: None,
        size: claimed.size,
    })
}

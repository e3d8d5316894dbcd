//! The spine: what happens to a file, from the drop folder to the outbox.

use std::{io, sync::Arc};

use crate::{
    config::{Config, Dataset},
    intake::{self, Claimed},
    model::{
        Alert, Better, Cause, Delivery, Exceptions, Figure, GateReport, History, Period, SeriesKey, Severity, Verdict,
    },
    reports::{self, RenderError},
    routing::Delivered,
    rules::Rule,
    store::{Commit, DeliveryFilter, Placement, StoreError, UnknownKind, UnknownRecord},
    tables::Figures,
};

use super::{
    App,
    announce::Announcement,
    evaluate::{Evaluation, evaluate},
    examine::{Examined, examine},
    place,
};

/// Why a delivery could not be worked on. Its file stays claimed and is tried again: nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum CycleError {
    /// A file could not be read, written or moved.
    #[error("{what}: {source}")]
    File {
        /// What could not be done.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The claimed file could not be read.
    #[error(transparent)]
    Intake(#[from] intake::IntakeError),
    /// The store refused.
    #[error(transparent)]
    Store(Box<StoreError>),
    /// A notice could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A part of the work ended without an answer.
    #[error("{0} ended unexpectedly; this is a fault of the program")]
    Ended(&'static str),
}

/// Takes one claimed file through every stage. `speaks` is false while more files of a history that is being loaded for
/// the first time are waiting: the last of them speaks for all.
///
/// # Errors
/// The disk or the store fails; the file can be handed in again.
pub async fn cycle(app: &App, claimed: &Claimed, speaks: bool) -> Result<Delivery, CycleError> {
    let config = app.config();

    // intake: the content is the delivery's name. The same bytes again change nothing.
    let hash = fingerprint(claimed).await?;
    if let Some(earlier) = decided_before(app, &config, &hash).await? {
        return duplicate(app, &config, claimed, earlier).await;
    }

    // tables, checks, gate: one pass over the file, and the verdict.
    let examined = look(&config, claimed).await;
    let delivery = decide(app, claimed, hash, &examined).await?;
    let mut commit = Commit::at(app.now());
    let mut announcement = Announcement::default();

    // measures, rules, alerts: only what is fit to publish becomes history.
    if let Some(dataset) = examined.dataset.as_deref().filter(|_| delivery.verdict.is_published()) {
        let (history, cause) = remember(app, dataset, &examined, &mut commit).await?;
        let evaluation = judge(app, &config, dataset, history, cause, &delivery).await?;

        // routing, reports: one notice for each group concerned.
        let introduced = app.store.dataset(&dataset.id).await?.introduced;
        if introduced || speaks {
            if let Some(delivered) = delivered(dataset, &delivery, cause, !introduced, &evaluation) {
                announcement.exceptions(&config, &delivered, app.now())?;
            }
            commit.introduced = Some(dataset.id.clone());
        }
        keep(&mut commit, dataset, &config, evaluation);
    }

    // commit: all that the delivery changed, in one transaction.
    let placement = plan(app, claimed, &delivery).await?;
    if delivery.findings.iter().any(|finding| finding.severity > Severity::Note) {
        let steward = examined.dataset.as_ref().map(|dataset| dataset.steward.value.as_str());
        announcement.gate(&config, steward, gate_report(&config, &delivery, &placement), app.now())?;
    }
    announcement.into_commit(&mut commit)?;
    commit.delivery = Some((delivery.clone(), config.datasets_fingerprint.clone()));
    commit.placement = Some(placement.clone());
    app.store.commit(&commit).await?;

    // later: the outbox sends, and the file goes where people find it. Both are done again if they are cut short.
    app.wake_outbox();
    app.place(placement).await?;
    Ok(delivery)
}

/// Speaks for a history whose last file turned out not to speak: the same bytes again, or held back.
///
/// # Errors
/// The store fails, or a notice cannot be rendered.
pub async fn introduce(app: &App, dataset: &Dataset) -> Result<(), CycleError> {
    let filter = DeliveryFilter { dataset: Some(dataset.id.clone()), limit: None };
    let kept = app.store.deliveries(&filter).await?;
    let Some(last) = kept.into_iter().map(|kept| kept.delivery).find(|delivery| delivery.verdict.is_published()) else {
        return Ok(());
    };
    let config = app.config();
    let history = app.store.history(&dataset.id).await?;
    let evaluation = judge(app, &config, dataset, history, Cause::New, &last).await?;
    let mut announcement = Announcement::default();
    if let Some(delivered) = delivered(dataset, &last, Cause::New, true, &evaluation) {
        announcement.exceptions(&config, &delivered, app.now())?;
    }
    let mut commit = Commit::at(app.now());
    commit.introduced = Some(dataset.id.clone());
    keep(&mut commit, dataset, &config, evaluation);
    announcement.into_commit(&mut commit)?;
    app.store.commit(&commit).await?;
    app.wake_outbox();
    Ok(())
}

/// Evaluates a dataset whose rules have changed over all its history. What was said is not said again: alerts stand as the
/// new rules have them, and the next delivery reports them.
///
/// # Errors
/// The store fails.
pub async fn reevaluate(app: &App, dataset: &Dataset) -> Result<(), CycleError> {
    let config = app.config();
    let fingerprint = config.rules_fingerprint(&dataset.id);
    let known = app.store.dataset(&dataset.id).await?;
    if known.rules_fingerprint.is_none_or(|known| known == fingerprint) {
        return Ok(());
    }
    tracing::info!(dataset = dataset.id, "the rules changed: evaluating the history again");
    let history = app.store.history(&dataset.id).await?;
    let alerts = app.store.alerts(Some(&dataset.id)).await?;
    let evaluation = in_background(&config, dataset, history, alerts, Cause::RuleChanged, None).await?;
    let mut commit = Commit::at(app.now());
    keep(&mut commit, dataset, &config, evaluation);
    app.store.commit(&commit).await?;
    Ok(())
}

async fn fingerprint(claimed: &Claimed) -> Result<String, CycleError> {
    let path = claimed.path.clone();
    let hash = tokio::task::spawn_blocking(move || intake::fingerprint(&path)).await;
    Ok(hash.map_err(|_| CycleError::Ended("reading the file"))??.to_hex().to_string())
}

/// The delivery that decided these bytes: one that was published, or one that was held back under the same datasets (a
/// definition that was mended since may judge otherwise).
async fn decided_before(app: &App, config: &Config, hash: &str) -> Result<Option<Delivery>, CycleError> {
    let same = app.store.same_bytes(hash).await?;
    let stands = same
        .into_iter()
        .find(|kept| kept.delivery.verdict.is_published() || kept.settings == config.datasets_fingerprint);
    Ok(stands.map(|kept| kept.delivery))
}

async fn duplicate(app: &App, config: &Config, claimed: &Claimed, earlier: Delivery) -> Result<Delivery, CycleError> {
    let (verdict, what) = (Verdict::Duplicate, if earlier.verdict.is_published() { "published" } else { "held back" });
    let message = format!("the same bytes were {what} before, as delivery {}: nothing changes", earlier.id);
    tracing::info!(file = claimed.file_name, delivery = %claimed.id, earlier = %earlier.id, "{message}");
    let delivery = Delivery {
        id: claimed.id,
        file: claimed.file_name.clone(),
        verdict,
        findings: vec![crate::model::Finding::of_file("duplicate", Severity::Note, message)],
        received: claimed.received,
        duplicate_of: Some(earlier.id),
        ..earlier
    };
    let placement = Placement {
        delivery: delivery.id,
        source: app.home.relative(&claimed.path).into(),
        targets: Vec::new(),
        superseded: Vec::new(),
    };
    let mut commit = Commit::at(app.now());
    commit.delivery = Some((delivery.clone(), config.datasets_fingerprint.clone()));
    commit.placement = Some(placement.clone());
    app.store.commit(&commit).await?;
    app.place(placement).await?;
    Ok(delivery)
}

/// Reads and checks the file away from the runtime's own threads. A fault of the program in reading one file holds that
/// file back; the next one is served.
async fn look(config: &Arc<Config>, claimed: &Claimed) -> Examined {
    let (config, path, name) = (Arc::clone(config), claimed.path.clone(), claimed.file_name.clone());
    let examined = tokio::task::spawn_blocking(move || examine(&config, &path, &name)).await;
    examined.unwrap_or_else(|panic| {
        tracing::error!(file = claimed.file_name, %panic, "reading the file failed");
        Examined::refused(None, "fault", "reading this file ended in a fault of the program; please report it")
    })
}

async fn decide(app: &App, claimed: &Claimed, hash: String, examined: &Examined) -> Result<Delivery, CycleError> {
    let periods = examined.periods();
    let dataset = examined.dataset.as_ref().map(|dataset| dataset.id.clone());
    let revision = match &dataset {
        Some(dataset) if examined.verdict.is_published() => app.store.next_revision(dataset, &periods).await?,
        _ => 0,
    };
    tracing::info!(
        file = claimed.file_name,
        delivery = %claimed.id,
        dataset,
        verdict = examined.verdict.code(),
        revision,
        findings = examined.findings.len(),
        "decided"
    );
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

/// Writes the measures of a delivery, and answers with all that is known of the dataset with them, and what kind of news
/// they are. The files count from the commit on.
async fn remember(
    app: &App,
    dataset: &Dataset,
    examined: &Examined,
    commit: &mut Commit,
) -> Result<(History, Cause), CycleError> {
    let mut history = app.store.history(&dataset.id).await?;
    let cause = cause(&history, &examined.periods());
    for period in examined.periods() {
        let figures = figures_of(dataset, &examined.figures, period);
        history.clear(period);
        history.periods.insert(period);
        for (key, better, figure) in &figures {
            history.insert(key.clone(), *better, period, *figure);
        }
        let file = app.store.write_measures(&dataset.id, period, figures).await?;
        commit.measure_files.push(file);
    }
    Ok((history, cause))
}

fn figures_of(dataset: &Dataset, figures: &Figures, period: Period) -> Vec<(SeriesKey, Better, Figure)> {
    let of_period = figures.figures.iter().filter(|((_, of), _)| *of == period);
    of_period
        .map(|((key, _), figure)| {
            let better = dataset.measures.get(&key.measure).map_or_else(Better::default, |measure| measure.better);
            (key.clone(), better, *figure)
        })
        .collect()
}

fn cause(history: &History, periods: &[Period]) -> Cause {
    if periods.iter().any(|period| history.periods.contains(period)) {
        Cause::Restated
    } else if periods.last() < history.periods.last() {
        Cause::Late
    } else {
        Cause::New
    }
}

async fn judge(
    app: &App,
    config: &Arc<Config>,
    dataset: &Dataset,
    history: History,
    cause: Cause,
    delivery: &Delivery,
) -> Result<Evaluation, CycleError> {
    let known = app.store.alerts(Some(&dataset.id)).await?;
    in_background(config, dataset, history, known, cause, Some(delivery.id)).await
}

async fn in_background(
    config: &Arc<Config>,
    dataset: &Dataset,
    history: History,
    known: Vec<Alert>,
    cause: Cause,
    delivery: Option<crate::model::DeliveryId>,
) -> Result<Evaluation, CycleError> {
    let rules: Vec<Arc<Rule>> = config.rules_on(&dataset.id).cloned().collect();
    let dataset = dataset.id.clone();
    tokio::task::spawn_blocking(move || evaluate(&dataset, &rules, &history, known, cause, delivery))
        .await
        .map_err(|_| CycleError::Ended("evaluating the rules"))
}

fn delivered(
    dataset: &Dataset,
    delivery: &Delivery,
    cause: Cause,
    first_load: bool,
    evaluation: &Evaluation,
) -> Option<Delivered> {
    // The summary of a history speaks of its newest period, and so does what arrives late; a restatement of its own.
    let of_delivery = delivery.periods.last().copied();
    let period = if first_load || cause == Cause::Late { evaluation.newest } else { of_delivery }?;
    let head = Exceptions {
        dataset: dataset.id.clone(),
        dataset_title: dataset.title.clone(),
        period,
        delivery: delivery.id,
        file: delivery.file.clone(),
        revision: delivery.revision,
        verdict: delivery.verdict,
        cause,
        first_load,
        series_judged: evaluation.judged,
        findings: delivery.findings.clone(),
        new: Vec::new(),
        worsened: Vec::new(),
        continuing: Vec::new(),
        resolved: Vec::new(),
        withdrawn: Vec::new(),
        amended: Vec::new(),
        cannot_tell: Vec::new(),
        failed: Vec::new(),
    };
    Some(Delivered { head, alerts: evaluation.alerts.clone(), unjudged: evaluation.unjudged.clone() })
}

/// Puts what an evaluation came to into the commit.
fn keep(commit: &mut Commit, dataset: &Dataset, config: &Config, evaluation: Evaluation) {
    let records = evaluation.unjudged.into_iter().map(|unjudged| UnknownRecord {
        rule: unjudged.line.rule,
        labels: unjudged.line.labels,
        dataset: dataset.id.clone(),
        period: unjudged.line.period,
        kind: if unjudged.failed { UnknownKind::Failed } else { UnknownKind::CannotTell },
        reason: unjudged.line.reason,
        firing_since: unjudged.line.firing_since,
    });
    commit.unjudged = Some((dataset.id.clone(), records.collect()));
    commit.rules_fingerprint = Some((dataset.id.clone(), config.rules_fingerprint(&dataset.id)));
    for told in evaluation.alerts {
        commit.alerts.push(told.alert);
        commit.transitions.extend(told.transitions);
    }
}

/// Where the file goes.
async fn plan(app: &App, claimed: &Claimed, delivery: &Delivery) -> Result<Placement, CycleError> {
    // The stored name is safe for a file system; the name for display need not be.
    let name = claimed.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (target, superseded) = match &delivery.dataset {
        Some(dataset) if delivery.verdict.is_published() => {
            let folder = place::published_folder(dataset, &delivery.periods);
            let filter = DeliveryFilter { dataset: Some(dataset.clone()), limit: None };
            let earlier = app.store.deliveries(&filter).await?;
            let earlier = earlier.iter().map(|kept| &kept.delivery).filter(|kept| kept.periods == delivery.periods);
            (folder.join(name), earlier.flat_map(|kept| place::supersede(&app.home, kept)).collect())
        }
        dataset => (place::quarantine_target(&app.home, dataset.as_deref(), &name), Vec::new()),
    };
    let source = app.home.relative(&claimed.path).into();
    Ok(Placement { delivery: delivery.id, source, targets: vec![target], superseded })
}

/// The gate's decision as people read it.
fn gate_report(config: &Config, delivery: &Delivery, placement: &Placement) -> GateReport {
    let dataset = delivery.dataset.as_ref().and_then(|id| config.datasets.get(id));
    let placed = placement
        .targets
        .first()
        .map_or_else(|| "removed: the same bytes are kept already".to_owned(), |target| target.display().to_string());
    GateReport {
        delivery: delivery.id,
        dataset_title: dataset.map(|dataset| dataset.title.clone()),
        file: delivery.file.clone(),
        periods: delivery.periods.clone(),
        verdict: delivery.verdict,
        placed,
        findings: delivery.findings.clone(),
    }
}

/// The two reports that lie beside a delivery's file: for programs and for people.
pub(super) fn reports_beside(
    config: &Config,
    delivery: &Delivery,
    placement: &Placement,
) -> Result<[String; 2], RenderError> {
    let files = reports::gate_report(&gate_report(config, delivery, placement))?;
    Ok([files.json, files.text])
}

//! What people decide over the gate: releasing what was held back, withdrawing what was published.
//!
//! Both are kept for ever with who did it and why, and are named in every exception report that rests on them.

use std::{path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    config::{Config, Dataset},
    intake::Claimed,
    model::{Action, Cause, Delivery, DeliveryId, Finding, Overridden, Override, Severity, Verdict},
    reports::RenderError,
    store::{Commit, Move, Overruled, Placement, StoreError},
};

use super::{
    App,
    announce::Announcement,
    duplicate,
    error::CycleError,
    examine::{Examined, look},
    family,
    judge::{self, News},
    memory::Memory,
    plan::{self, published_folder},
    publication, remember,
};

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// What is to be done.
    pub action: Action,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub by: String,
}

/// Why a request is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OverruleError {
    /// There is no such delivery.
    #[error("there is no delivery {0}; `bellwether deliveries` lists those that there are")]
    Unknown(DeliveryId),
    /// Who and why must be said.
    #[error("say who decides this and why: neither may be blank")]
    Blank,
    /// It was not held back.
    #[error("{file} is {verdict}: only what was held back can be released")]
    NotHeldBack {
        /// The file's name.
        file: String,
        /// What became of it.
        verdict: String,
    },
    /// It was withdrawn.
    #[error(
        "{0} was withdrawn, and its bytes do not come back: a file that differs is taken as the next revision when it is dropped"
    )]
    Withdrawn(String),
    /// It is not published.
    #[error("{file} is {verdict}: only what is published can be withdrawn")]
    NotPublished {
        /// The file's name.
        file: String,
        /// What became of it.
        verdict: String,
    },
    /// No dataset takes it.
    #[error(
        "no dataset takes {0}, so it has no figures to release; add its name to a dataset's `files` and drop it again"
    )]
    NoDataset(String),
    /// The file is not what was held back.
    #[error("{0} is not there any more as it was held back; drop the file again")]
    Gone(String),
    /// It has no figures.
    #[error("{file} cannot be released: it gives no figures of any period ({why})")]
    NoFigures {
        /// The file's name.
        file: String,
        /// The first of its findings.
        why: String,
    },
    /// The disk or the store fails.
    #[error(transparent)]
    Cycle(#[from] CycleError),
}

impl From<StoreError> for OverruleError {
    fn from(error: StoreError) -> Self {
        Self::Cycle(error.into())
    }
}

impl From<RenderError> for OverruleError {
    fn from(error: RenderError) -> Self {
        Self::Cycle(error.into())
    }
}

/// Carries out what somebody asks for, and answers with the delivery as it is then.
///
/// # Errors
/// The request cannot be carried out; nothing has changed then.
pub async fn overrule(app: &App, request: &Request) -> Result<Delivery, OverruleError> {
    if request.by.trim().is_empty() || request.reason.trim().is_empty() {
        return Err(OverruleError::Blank);
    }
    let kept = app.store.delivery(request.delivery).await?;
    let delivery = kept.ok_or(OverruleError::Unknown(request.delivery))?.delivery;
    let _alone = app.decide_alone().await;
    match request.action {
        Action::Release => release(app, request, delivery).await,
        Action::Withdraw => withdraw(app, request, delivery).await,
    }
}

async fn release(app: &App, request: &Request, held_back: Delivery) -> Result<Delivery, OverruleError> {
    let config = app.config();
    if held_back.verdict == Verdict::Withdrawn {
        return Err(OverruleError::Withdrawn(held_back.file));
    }
    if held_back.verdict != Verdict::Quarantined {
        return Err(OverruleError::NotHeldBack { file: held_back.file, verdict: held_back.verdict.words() });
    }
    let place = app.store.placement(held_back.id).await?;
    let place = place.and_then(|placement| placement.targets.into_iter().next());
    let place = place.ok_or_else(|| OverruleError::Gone(held_back.file.clone()))?;
    let claimed = held_file(app, &held_back, &place).await?;
    let (dataset, examined) = examined_again(&config, &claimed, &held_back).await?;
    // Also what the gate had no reason to look at any more, once the rows had held the file back.
    let mut memory = Memory::of(Some(app.store.clone()));
    let examined = memory.hold(&config, examined).await?;
    let periods = examined.periods();
    if periods.is_empty() {
        let why = examined.findings.first().map_or_else(String::new, |finding| finding.message.clone());
        return Err(OverruleError::NoFigures { file: held_back.file, why });
    }
    let revision = app.store.next_revision(&dataset.id, &periods).await?;
    let released = Delivery {
        verdict: Verdict::Released,
        dataset: Some(dataset.id.clone()),
        revision,
        periods,
        findings: examined.findings.clone(),
        examination: examined.examination.clone(),
        ..held_back
    };
    let decision = decision(app, request);

    let mut commit = Commit::at(app.now());
    let mut announcement = Announcement::of(app, &config);
    let cause = remember::remember(app, &mut memory, &dataset, &examined, &mut commit).await?;
    let overridden = Some(Overridden::of(&released, decision.clone()));
    let news = News { dataset: &dataset, cause, delivery: Some(&released), speaks: true, decision: overridden };
    judge::pronounce(&mut announcement, &mut commit, &mut memory, news).await?;
    let placement = plan::plan(app, &claimed, &released).await?;
    conclude(Overruled { delivery: released, decision, placement }, commit, announcement).await
}

async fn withdraw(app: &App, request: &Request, published: Delivery) -> Result<Delivery, OverruleError> {
    let config = app.config();
    let Some(id) = published.dataset.clone().filter(|_| published.verdict.is_published()) else {
        return Err(OverruleError::NotPublished { file: published.file, verdict: published.verdict.words() });
    };
    let withdrawn = Delivery { verdict: Verdict::Withdrawn, ..published };
    let decision = decision(app, request);
    let mut commit = Commit::at(app.now());
    let mut announcement = Announcement::of(app, &config);
    // A dataset that is not configured any more has no rules either.
    if let Some(dataset) = config.datasets.get(&id) {
        let mut memory = Memory::of(Some(app.store.clone()));
        memory.forget(&id, withdrawn.id).await?;
        let news = News {
            dataset,
            cause: Cause::TakenBack,
            delivery: Some(&withdrawn),
            speaks: false,
            decision: Some(Overridden::of(&withdrawn, decision.clone())),
        };
        judge::pronounce(&mut announcement, &mut commit, &mut memory, news).await?;
    }
    let placement = taken_back(app, &id, &withdrawn).await?;
    conclude(Overruled { delivery: withdrawn, decision, placement }, commit, announcement).await
}

/// Keeps all of it in one transaction, tells, and moves the file.
async fn conclude(
    overruled: Overruled,
    mut commit: Commit,
    mut announcement: Announcement<'_>,
) -> Result<Delivery, OverruleError> {
    let app = announcement.app;
    let (delivery, placement) = (overruled.delivery.clone(), overruled.placement.clone());
    let withheld = family::withheld_now(&app.store, &delivery).await?;
    let mut report = plan::gate_report(&announcement.config, &delivery, &placement, withheld.as_deref());
    report.findings.insert(0, finding(&overruled.decision));
    announcement.gate(&report, &delivery);
    tracing::info!(
        file = delivery.file,
        delivery = %delivery.id,
        by = overruled.decision.by,
        reason = overruled.decision.reason,
        "{}",
        delivery.verdict.code()
    );
    commit.overruled = Some(overruled);
    announcement.keep(&mut commit).await?;
    app.place(vec![placement]).await?;
    Ok(delivery)
}

/// The decision as a reader of the gate's report sees it.
fn finding(decision: &Override) -> Finding {
    let what = match decision.action {
        Action::Release => "released",
        Action::Withdraw => "withdrawn",
    };
    Finding::of_file(what, Severity::Note, format!("{what} by {}: {}", decision.by, decision.reason))
}

fn decision(app: &App, request: &Request) -> Override {
    let (reason, by) = (request.reason.trim().to_owned(), request.by.trim().to_owned());
    Override { action: request.action, reason, by, at: app.now() }
}

/// The file where it is held back, if it is still the same.
async fn held_file(app: &App, delivery: &Delivery, place: &std::path::Path) -> Result<Claimed, OverruleError> {
    let path = app.home.root().join(place);
    let is_same = path.is_file() && duplicate::fingerprint(&path).await? == delivery.hash;
    if !is_same {
        return Err(OverruleError::Gone(place.display().to_string()));
    }
    Ok(Claimed {
        id: delivery.id,
        original: path.clone(),
        path,
        file_name: delivery.file.clone(),
        size: delivery.size,
        received: delivery.received,
    })
}

/// The table of the file that the delivery is, read again.
async fn examined_again(
    config: &Arc<Config>,
    claimed: &Claimed,
    delivery: &Delivery,
) -> Result<(Arc<Dataset>, Examined), OverruleError> {
    for examined in look(config, claimed).await {
        if let Some(dataset) = examined.dataset.clone()
            && delivery.dataset.as_ref().is_none_or(|known| *known == dataset.id)
            && delivery.table == examined.table
        {
            return Ok((dataset, examined));
        }
    }
    Err(OverruleError::NoDataset(delivery.file.clone()))
}

/// Out of the published folder, and the revision before into it.
async fn taken_back(app: &App, dataset: &str, delivery: &Delivery) -> Result<Placement, OverruleError> {
    let folder = published_folder(dataset, &delivery.periods);
    let root = app.home.root();
    let is_current = publication::is_of(&root.join(&folder), delivery);
    let place = if is_current { Some(folder.clone()) } else { publication::aside(&folder, delivery.revision) };
    let earlier = app.store.revisions(dataset, &delivery.periods).await?;
    let earlier = earlier.iter().rev().find(|earlier| earlier.revision < delivery.revision).filter(|_| is_current);
    let earlier = earlier.and_then(|earlier| publication::aside(&folder, earlier.revision));
    let period = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let to = PathBuf::from("quarantine")
        .join(dataset)
        .join("withdrawn")
        .join(format!("{period}-revision-{}", delivery.revision));
    Ok(Placement {
        delivery: delivery.id,
        source: place.unwrap_or_else(|| folder.clone()),
        targets: vec![to],
        superseded: earlier.into_iter().map(|from| Move { from, to: folder.clone() }).collect(),
    })
}

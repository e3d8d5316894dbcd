//! One transaction for all that one delivery changed.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use sqlx::{Any, Transaction};
use uuid::Uuid;

use super::{
    acts,
    alerts::{self, UnknownRecord},
    database::Store,
    datasets, deliveries,
    digests::{self, DeadlineStep},
    error::{Result, StoreError},
    escalations,
    held::{self, HeldNotice},
    measures::{MeasureFile, manifest},
    notices,
    outbox::{self, NewMessage},
    overrides::{self, Overruled},
    placements::{self, Placement},
    receivers::{self, Receiver, ReceiverTold},
    silences, summaries,
};
use crate::model::{
    Act, Alert, AlertId, Delivery, Notice, NoticeId, Period, Silence, SilenceId, StepTaken, Transition, Untold,
};

/// What one delivery (or a change of the rules) changed. Everything of it is kept, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// When: the time that goes with transitions and messages.
    pub recorded: Timestamp,
    /// The deliveries of one file, each with the fingerprint of the settings that it was decided under. The first one's
    /// id makes the commit recognisable: the same again changes nothing.
    pub deliveries: Vec<(Delivery, String)>,
    /// A delivery that was decided before and whose verdict is overruled.
    pub overruled: Option<Overruled>,
    /// Their measures, one file a dataset and period, as [`Store::write_measures`] has written them.
    pub measure_files: Vec<MeasureFile>,
    /// Alerts as they are now.
    pub alerts: Vec<Alert>,
    /// What happened to them. Their alerts are in `alerts` or kept already.
    pub transitions: Vec<Transition>,
    /// What was done about alerts, which are in `alerts` or kept already.
    pub acts: Vec<Act>,
    /// Steps of escalation policies that were taken: what notices of this commit say.
    pub escalations: Vec<StepTaken>,
    /// Alerts that fire and that groups were not told of because they are muted.
    pub unsaid: Vec<(AlertId, String)>,
    /// Those of which that holds no more.
    pub unsaid_over: Vec<(AlertId, String)>,
    /// The summaries of periods that groups are given by notices of this commit.
    pub summaries: Vec<(String, Period, NoticeId)>,
    /// What becomes of the deadlines of papers: by group and day.
    pub deadlines: Vec<(String, Date, DeadlineStep)>,
    /// What was learnt of each dataset that was evaluated.
    pub judged: Vec<Judged>,
    /// Notices and their subject lines.
    pub notices: Vec<(Notice, String)>,
    /// What groups are not told, and why: for who witnesses the commit. It is not kept.
    pub untold: Vec<Untold>,
    /// Messages for these notices, or for notices that are kept already.
    pub messages: Vec<NewMessage>,
    /// Where the deliveries' file is to go, one each.
    pub placements: Vec<Placement>,
    /// What is composed and waits to be said.
    pub held: Vec<HeldNotice>,
    /// What waited and is said herewith.
    pub released: Vec<Uuid>,
    /// Silences as they are now.
    pub silences: Vec<Silence>,
    /// Silences whose end these notices tell.
    pub silences_over: Vec<SilenceId>,
    /// Dead letters that these notices report.
    pub dead_reported: Vec<Uuid>,
    /// Receivers that these notices tell of, and what they tell; none where they take messages again.
    pub receivers_told: Vec<(Receiver, Option<ReceiverTold>)>,
}

/// What an evaluation has learnt of a dataset besides its alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The dataset.
    pub dataset: String,
    /// All that could not be judged in it, which replaces what was known before.
    pub unjudged: Vec<UnknownRecord>,
    /// The fingerprint of the rules.
    pub rules_fingerprint: String,
    /// When the rules fire, in words, by their ids.
    pub rules: BTreeMap<String, String>,
    /// Whether its first load is announced herewith, or was before.
    pub introduced: bool,
}

impl Commit {
    /// A commit that changes nothing yet.
    #[must_use]
    pub fn at(recorded: Timestamp) -> Self {
        Self {
            recorded,
            deliveries: Vec::new(),
            overruled: None,
            measure_files: Vec::new(),
            alerts: Vec::new(),
            transitions: Vec::new(),
            acts: Vec::new(),
            escalations: Vec::new(),
            unsaid: Vec::new(),
            summaries: Vec::new(),
            deadlines: Vec::new(),
            unsaid_over: Vec::new(),
            judged: Vec::new(),
            notices: Vec::new(),
            untold: Vec::new(),
            messages: Vec::new(),
            placements: Vec::new(),
            held: Vec::new(),
            released: Vec::new(),
            silences: Vec::new(),
            silences_over: Vec::new(),
            dead_reported: Vec::new(),
            receivers_told: Vec::new(),
        }
    }

    /// Adds a delivery, where its file is to go, and the fingerprint of the settings that it was decided under.
    pub fn decided(&mut self, delivery: Delivery, placement: Placement, settings: &str) {
        self.deliveries.push((delivery, settings.to_owned()));
        self.placements.push(placement);
    }

    fn published(&self) -> impl Iterator<Item = &Delivery> {
        let overruled = self.overruled.iter().map(|overruled| &overruled.delivery);
        let decided = self.deliveries.iter().map(|(delivery, _)| delivery).chain(overruled);
        decided.filter(|delivery| delivery.verdict.is_published())
    }

    /// Measures without a published delivery for their period would be figures that nobody answers for.
    fn measures_have_their_delivery(&self) -> Result<()> {
        let has_delivery = |file: &&MeasureFile| {
            self.published().any(|delivery| {
                delivery.dataset.as_deref() == Some(&file.dataset) && delivery.periods.contains(&file.period)
            })
        };
        match self.measure_files.iter().find(|file| !has_delivery(file)) {
            None => Ok(()),
            Some(file) => {
                Err(StoreError::MeasuresWithoutDelivery { dataset: file.dataset.clone(), period: file.period })
            }
        }
    }
}

/// What a commit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// It is kept, and survives a loss of power from now on.
    Now,
    /// Its first delivery was committed before: nothing was changed.
    Already,
}

impl Store {
    /// Keeps all that a commit holds, or (on any error) nothing of it.
    pub async fn commit(&self, commit: &Commit) -> Result<Committed> {
        commit.measures_have_their_delivery()?;
        let doing = "commit what a delivery changed";
        let mut tx = self.begin(doing).await?;
        for (delivery, settings) in &commit.deliveries {
            if !deliveries::insert(&mut tx, delivery, settings, commit.recorded).await? {
                return Ok(Committed::Already);
            }
        }
        keep(&mut tx, commit).await?;
        tx.commit().await.map_err(|error| StoreError::of_sql(doing, error))?;
        self.witness.tell(commit);
        Ok(Committed::Now)
    }
}

async fn keep(tx: &mut Transaction<'static, Any>, commit: &Commit) -> Result<()> {
    if let Some(overruled) = &commit.overruled {
        overrides::keep(tx, overruled).await?;
    }
    for delivery in commit.published() {
        manifest::insert(tx, delivery, &commit.measure_files).await?;
    }
    for alert in &commit.alerts {
        alerts::upsert(tx, alert).await?;
    }
    for transition in &commit.transitions {
        alerts::append(tx, transition, commit.recorded).await?;
    }
    for act in &commit.acts {
        acts::append(tx, act).await?;
    }
    summaries::insert(tx, &commit.summaries, commit.recorded).await?;
    digests::note(tx, &commit.deadlines, commit.recorded).await?;
    escalations::leave_unsaid(tx, &commit.unsaid, commit.recorded).await?;
    escalations::no_longer_unsaid(tx, &commit.unsaid_over).await?;
    for step in &commit.escalations {
        escalations::append(tx, step).await?;
    }
    for judged in &commit.judged {
        alerts::replace_unjudged(tx, &judged.dataset, &judged.unjudged).await?;
        datasets::set_rules(tx, &judged.dataset, &judged.rules_fingerprint, &judged.rules).await?;
        if judged.introduced {
            datasets::introduce(tx, &judged.dataset).await?;
        }
    }
    for (notice, subject) in &commit.notices {
        notices::insert(tx, notice, subject).await?;
        escalations::tell(tx, notice).await?;
    }
    for message in &commit.messages {
        outbox::insert(tx, message, commit.recorded).await?;
    }
    for placement in &commit.placements {
        placements::insert(tx, placement).await?;
    }
    for notice in &commit.held {
        held::insert(tx, notice).await?;
    }
    held::remove(tx, &commit.released).await?;
    for silence in &commit.silences {
        silences::upsert(tx, silence).await?;
    }
    silences::set_told(tx, &commit.silences_over).await?;
    for (receiver, told) in &commit.receivers_told {
        receivers::set_told(tx, receiver, *told).await?;
    }
    outbox::set_reported(tx, &commit.dead_reported).await
}

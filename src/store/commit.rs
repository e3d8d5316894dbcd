//! One transaction for all that one delivery changed.

use jiff::Timestamp;
use sqlx::{Any, Transaction};
use uuid::Uuid;

use super::{
    alerts::{self, UnknownRecord},
    database::Store,
    datasets, deliveries,
    error::{Result, StoreError},
    measures::{MeasureFile, manifest},
    notices,
    outbox::{self, NewMessage},
    placements::{self, Placement},
};
use crate::model::{Alert, Delivery, Notice, Transition};

/// What one delivery (or a change of the rules) changed. Everything of it is kept, or nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// When: the time that goes with transitions and messages.
    pub recorded: Timestamp,
    /// The delivery and the fingerprint of the settings that it was decided under. Its id makes the commit
    /// recognisable: the same again changes nothing.
    pub delivery: Option<(Delivery, String)>,
    /// Its measures, one file a period, as [`Store::write_measures`] has written them.
    pub measure_files: Vec<MeasureFile>,
    /// Alerts as they are now.
    pub alerts: Vec<Alert>,
    /// What happened to them. Their alerts are in `alerts` or kept already.
    pub transitions: Vec<Transition>,
    /// The dataset that was evaluated and all that could not be judged in it, which replaces what was known before.
    pub unjudged: Option<(String, Vec<UnknownRecord>)>,
    /// The dataset whose first load is announced herewith.
    pub introduced: Option<String>,
    /// The dataset that was evaluated and the fingerprint of the rules.
    pub rules_fingerprint: Option<(String, String)>,
    /// Notices and their subject lines.
    pub notices: Vec<(Notice, String)>,
    /// Messages for these notices, or for notices that are kept already.
    pub messages: Vec<NewMessage>,
    /// Where the delivery's file is to go.
    pub placement: Option<Placement>,
    /// Dead letters that these notices report.
    pub dead_reported: Vec<Uuid>,
}

impl Commit {
    /// A commit that changes nothing yet.
    #[must_use]
    pub fn at(recorded: Timestamp) -> Self {
        Self {
            recorded,
            delivery: None,
            measure_files: Vec::new(),
            alerts: Vec::new(),
            transitions: Vec::new(),
            unjudged: None,
            introduced: None,
            rules_fingerprint: None,
            notices: Vec::new(),
            messages: Vec::new(),
            placement: None,
            dead_reported: Vec::new(),
        }
    }

    fn published(&self) -> Option<&Delivery> {
        self.delivery.as_ref().map(|(delivery, _)| delivery).filter(|delivery| delivery.verdict.is_published())
    }

    /// Measures without a published delivery for their period would be figures that nobody answers for.
    fn measures_have_their_delivery(&self) -> Result<()> {
        let has_delivery = |file: &&MeasureFile| {
            self.published().is_some_and(|delivery| {
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
    /// Its delivery was committed before: nothing was changed.
    Already,
}

impl Store {
    /// Keeps all that a commit holds, or (on any error) nothing of it.
    pub async fn commit(&self, commit: &Commit) -> Result<Committed> {
        commit.measures_have_their_delivery()?;
        let doing = "commit what a delivery changed";
        let mut tx = self.begin(doing).await?;
        if let Some((delivery, settings)) = &commit.delivery
            && !deliveries::insert(&mut tx, delivery, settings, commit.recorded).await?
        {
            return Ok(Committed::Already);
        }
        keep(&mut tx, commit).await?;
        tx.commit().await.map_err(|error| StoreError::of_sql(doing, error))?;
        Ok(Committed::Now)
    }
}

async fn keep(tx: &mut Transaction<'static, Any>, commit: &Commit) -> Result<()> {
    if let Some(delivery) = commit.published() {
        manifest::insert(tx, delivery, &commit.measure_files).await?;
    }
    for alert in &commit.alerts {
        alerts::upsert(tx, alert).await?;
    }
    for transition in &commit.transitions {
        alerts::append(tx, transition, commit.recorded).await?;
    }
    if let Some((dataset, records)) = &commit.unjudged {
        alerts::replace_unjudged(tx, dataset, records).await?;
    }
    if let Some(dataset) = &commit.introduced {
        datasets::introduce(tx, dataset).await?;
    }
    if let Some((dataset, fingerprint)) = &commit.rules_fingerprint {
        datasets::set_rules(tx, dataset, fingerprint).await?;
    }
    for (notice, subject) in &commit.notices {
        notices::insert(tx, notice, subject).await?;
    }
    for message in &commit.messages {
        outbox::insert(tx, message, commit.recorded).await?;
    }
    if let Some(placement) = &commit.placement {
        placements::insert(tx, placement).await?;
    }
    outbox::set_reported(tx, &commit.dead_reported).await
}

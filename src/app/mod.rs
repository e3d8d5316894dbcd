//! Wiring: what a daemon, a one-shot run and the commands are made of. No arithmetic on data here.
//!
//! | file | what it is |
//! |---|---|
//! | `app/cycle.rs` | the spine: what happens to a file |
//! | `app/duplicate.rs` | the same bytes again |
//! | `app/recognise.rs` | which datasets the tables of a file are for |
//! | `app/examine.rs`, `app/pass.rs`, `app/progress.rs` | tables and checks: one file read and judged, for `validate` too; one pass over a table; how far it is |
//! | `app/memory.rs`, `app/recall.rs`, `app/against.rs` | what is known, read a part at a time: held against what arrives, for `validate` too |
//! | `app/overrule.rs`, `app/requests.rs` | what people decide over the gate, and how they ask a daemon for it |
//! | `app/trial.rs` | what would become of files that are only tried, as a page |
//! | `app/remember.rs` | its measures join the history |
//! | `app/evaluate.rs`, `app/tell.rs`, `app/judge.rs` | rules and alerts over the history; what is told of each alert; called, said and kept |
//! | `app/announce.rs`, `app/render.rs` | routing and reports: notices and their messages; what each channel carries of a notice |
//! | `app/plan.rs`, `app/place.rs`, `app/publication.rs` | where the file goes, its move there, and what is published with it |
//! | `app/family.rs` | the deliveries of one file, and where the file is when not all of them are accepted |
//! | `app/failing_rows.rs` | every failing row of a delivery, as CSV beside its file |
//! | `app/reconsider.rs`, `app/removed.rs` | a history loaded for the first time, changed rules, removed rules |
//! | `app/arrivals.rs`, `app/outstanding.rs` | what did not arrive, as an alert and in the reports of others |
//! | `app/waiting.rs`, `app/silences.rs`, `app/unmuted.rs` | what waits to be said; what is muted, and telling that it is, or is no more |
//! | `app/acts.rs`, `app/handling.rs`, `app/reviews.rs` | what people do about alerts, how long it holds, and review dates that pass |
//! | `app/links/` | signed links in messages, and the page on which people act |
//! | `app/lines.rs` | alerts that are kept, with the figures that are known now |
//! | `app/unattended.rs`, `app/escalations.rs` | what nobody looks after, and taking it further |
//! | `app/summaries.rs`, `app/digests.rs`, `app/reporting.rs` | reports at a moment: the summary of a month, the exception report before papers are due; what both have in common |
//! | `app/schedule.rs`, `app/clock.rs` | when to look for it, and what time it is |
//! | `app/daemon.rs`, `app/once.rs`, `app/steps.rs` | the loop of `run`, and `run --once`; what any loop does |
//! | `app/reload.rs`, `app/send.rs` | a new configuration; the outbox over the store, dead letters |
//! | `app/disclosure.rs` | numbers that are too small to leave |
//! | `app/specimen.rs` | messages to be looked at, and test messages |
//! | `app/receivers.rs` | receivers that take nothing, and how they are called again |
//! | `app/home.rs`, `app/lock.rs` | the folders of a home, and one daemon for each |
//! | `app/health.rs`, `app/http.rs`, `app/manager.rs` | what a monitor and the service manager are told |
//! | `app/routes.rs`, `app/preview.rs` | who would be told of something; what a silence would mute |
//! | `app/replay.rs`, `app/backtest.rs`, `app/record.rs` | periods arriving one after another: for tests, what would have fired, and a case made of it |
//! | `app/advice.rs` | what rules ask for that the known figures have never held |
//! | `app/simulate/` | a scenario played in virtual time through all of the above, and its ledger |
//! | `app/committee/` | the exception report of a group for a period |
//! | `app/explain/` | what a rule means and what an alert rests on |
//! | `app/rule_tests.rs`, `app/overview.rs`, `app/demo.rs` | the tests inside rules, the picture, the demonstration |

pub mod acts;
pub mod advice;
pub mod against;
pub mod announce;
pub mod arrivals;
pub mod backtest;
pub mod clock;
pub mod committee;
pub mod cycle;
pub mod daemon;
pub mod demo;
pub mod digests;
pub mod disclosure;
pub mod duplicate;
pub mod error;
pub mod escalations;
pub mod evaluate;
pub mod examine;
pub mod explain;
pub mod failing_rows;
pub mod family;
pub mod files;
pub mod handling;
pub mod health;
pub mod home;
pub mod http;
pub mod infer;
pub mod judge;
pub mod lines;
pub mod links;
pub mod lock;
pub mod manager;
pub mod memory;
pub mod once;
pub mod outstanding;
pub mod overrule;
pub mod overview;
pub mod pass;
pub mod place;
pub mod plan;
pub mod preview;
pub mod progress;
pub mod publication;
pub mod recall;
pub mod receivers;
pub mod recognise;
pub mod reconsider;
pub mod record;
pub mod refusals;
mod reload;
pub mod remember;
pub mod removed;
pub mod render;
pub mod replay;
mod reporting;
pub mod requests;
pub mod reviews;
mod roll_up;
pub mod routes;
pub mod rule_tests;
pub mod schedule;
pub mod send;
pub mod silences;
pub mod simulate;
pub mod specimen;
pub mod steps;
pub mod summaries;
mod tell;
#[cfg(test)]
mod tests;
pub mod trial;
pub mod unattended;
pub mod unmuted;
pub mod waiting;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::{
    config::Config,
    model::{Delivery, DeliveryId, Verdict},
    store::{Commit, Placement, Store},
};

use announce::Announcement;
use clock::Clock;
use error::CycleError;
use health::Health;
use home::Home;
use place::{Other, Placing};

/// A home at work: its configuration, its store, and what its parts tell each other.
#[derive(Debug)]
pub struct App {
    /// Where everything lies.
    pub home: Home,
    /// What is kept.
    pub store: Store,
    /// Whether all is well.
    pub health: Arc<Health>,
    config: RwLock<Arc<Config>>,
    outbox: Arc<Notify>,
    clock: Clock,
    /// Held while it is decided what becomes of alerts, from what is known to its commit: people act at any time.
    deciding: tokio::sync::Mutex<()>,
}

impl App {
    /// Opens the store of a home.
    ///
    /// # Errors
    /// The folders or the store cannot be used.
    pub async fn open(home: Home, config: Config) -> Result<Self, CycleError> {
        Self::open_at(home, config, Clock::system()).await
    }

    /// The same, by a clock of its own.
    ///
    /// # Errors
    /// The folders or the store cannot be used.
    pub async fn open_at(home: Home, config: Config, clock: Clock) -> Result<Self, CycleError> {
        home.prepare().map_err(|source| CycleError::File { what: "the home's folders cannot be made", source })?;
        let store = Store::open(&home.database(), &home.measures()).await?;
        Ok(Self::over(home, store, config, clock))
    }

    /// The same, over a store that is open; the home's folders are there.
    #[must_use]
    pub fn over(home: Home, store: Store, config: Config, clock: Clock) -> Self {
        let config = RwLock::new(Arc::new(config));
        Self {
            home,
            store,
            health: Arc::new(Health::starting()),
            config,
            outbox: Arc::default(),
            clock,
            deciding: tokio::sync::Mutex::default(),
        }
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another configuration in force; what is being worked on goes on with the one it began with.
    pub fn set_config(&self, config: Arc<Config>) {
        *self.config.write().unwrap_or_else(PoisonError::into_inner) = config;
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Where its time comes from.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// What the sender waits for.
    #[must_use]
    pub fn outbox_bell(&self) -> Arc<Notify> {
        Arc::clone(&self.outbox)
    }

    /// Keeps others from deciding about alerts until the answer is let go of.
    async fn decide_alone(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.deciding.lock().await
    }

    /// Tells the sender that there is something to send.
    pub fn wake_outbox(&self) {
        self.outbox.notify_one();
    }

    /// Moves a decided file to the places of its deliveries and notes that it is there.
    ///
    /// # Errors
    /// The disk or the store fails; it is done again at the next start.
    pub async fn place(&self, placements: Vec<Placement>) -> Result<(), CycleError> {
        let Some(source) = placements.first().map(|placement| placement.source.clone()) else { return Ok(()) };
        let (config, mut placings) = (self.config(), Vec::with_capacity(placements.len()));
        for placement in placements {
            placings.push(self.placing(&config, placement).await?);
        }
        let (home, from) = (self.home.clone(), source.clone());
        let moved = tokio::task::spawn_blocking(move || place::place(&home, &config, &from, &placings));
        let moved = moved.await.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
        moved.map_err(|source| CycleError::File { what: "the file cannot be moved to its place", source })?;
        Ok(self.store.placed(&source).await?)
    }

    async fn placing(&self, config: &Config, placement: Placement) -> Result<Placing, CycleError> {
        let decided = self.store.delivery(placement.delivery).await?.map(|kept| kept.delivery);
        let publishes = decided.clone().filter(|delivery| delivery.verdict.is_published());
        let withdraws = decided.clone().filter(|delivery| delivery.verdict == Verdict::Withdrawn);
        let others = match &withdraws {
            Some(delivery) => self.others(config, delivery).await?,
            None => Vec::new(),
        };
        let overrides = self.store.overrides(placement.delivery).await?;
        // What takes the place of a missing file has that file's reports.
        let reported = match decided.as_ref().and_then(|delivery| delivery.duplicate_of) {
            Some(earlier) => self.store.delivery(earlier).await?.map(|kept| kept.delivery),
            None => decided,
        };
        let withheld = match &publishes {
            Some(delivery) => family::withheld_now(&self.store, delivery).await?,
            None => None,
        };
        let reports = match &reported {
            Some(delivery) => plan::reports_beside(config, delivery, &placement, withheld.as_deref())?,
            None => Default::default(),
        };
        Ok(Placing { placement, reports, reported, publishes, withheld, withdraws, others, overrides })
    }

    /// The published tables of the file that a withdrawn one is of.
    async fn others(&self, config: &Config, withdrawn: &Delivery) -> Result<Vec<Other>, CycleError> {
        let mut others = Vec::new();
        for (delivery, placement) in family::of(&self.store, withdrawn.id).await? {
            let withheld = family::withheld_now(&self.store, &delivery).await?;
            if let (Some(withheld), Some(placement)) = (withheld, placement)
                && let Some(target) = placement.targets.first().cloned()
            {
                let reports = plan::reports_beside(config, &delivery, &placement, Some(&withheld))?;
                others.push(Other { delivery, target, withheld, reports });
            }
        }
        Ok(others)
    }

    /// The deliveries of a claimed file, if it was decided before; the file is moved to its places, if that was not done
    /// then.
    ///
    /// # Errors
    /// The disk or the store fails; it can be tried again.
    pub async fn finish(&self, claimed: DeliveryId) -> Result<Option<Vec<Delivery>>, CycleError> {
        let Some(first) = self.store.delivery(claimed).await? else { return Ok(None) };
        let Some(placement) = self.store.placement(claimed).await? else { return Ok(Some(vec![first.delivery])) };
        let mut decided = Vec::new();
        let placements = self.store.placements_from(&placement.source).await?;
        for placement in &placements {
            decided.extend(self.store.delivery(placement.delivery).await?.map(|kept| kept.delivery));
        }
        tracing::info!(file = first.delivery.file, delivery = %claimed, "finishing a move that was cut short");
        self.place(placements).await?;
        Ok(Some(decided))
    }

    /// Finishes the moves that a crash cut short. One that cannot be done does not hold up the others: its file is still
    /// claimed, and is tried again with the other claims.
    ///
    /// # Errors
    /// The store fails.
    pub async fn finish_placements(&self) -> Result<(), CycleError> {
        let mut files: BTreeMap<PathBuf, Vec<Placement>> = BTreeMap::new();
        for placement in self.store.pending_placements().await? {
            files.entry(placement.source.clone()).or_default().push(placement);
        }
        for (file, placements) in files {
            tracing::info!(file = %file.display(), "finishing a move that was cut short");
            if let Err(error) = self.place(placements).await {
                tracing::error!(file = %file.display(), %error, "a file is decided but not in its place yet");
            }
        }
        Ok(())
    }

    /// Tells the operator's group.
    ///
    /// # Errors
    /// The notice cannot be rendered or kept.
    pub async fn tell_operator(&self, title: String, paragraphs: Vec<String>) -> Result<(), CycleError> {
        let config = self.config();
        let mut announcement = Announcement::of(self);
        announcement.operator(&config, title, paragraphs, None, self.now())?;
        let mut commit = Commit::at(self.now());
        announcement.into_commit(&mut commit)?;
        self.store.commit(&commit).await?;
        self.wake_outbox();
        Ok(())
    }
}

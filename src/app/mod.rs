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
//! | `app/away.rs` | work away from the runtime's own threads |
//! | `app/plan.rs`, `app/place.rs`, `app/placements.rs`, `app/publication.rs` | where the file goes, its move there, doing that again after a crash, and what is published with it |
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
pub mod away;
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
mod placements;
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

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::{
    config::Config,
    store::{Commit, Store},
};

use announce::Announcement;
use clock::Clock;
use error::CycleError;
use health::Health;
use home::Home;

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

    /// Tells the operator's group.
    ///
    /// # Errors
    /// The notice cannot be rendered or kept.
    pub async fn tell_operator(&self, title: String, paragraphs: Vec<String>) -> Result<(), CycleError> {
        let mut announcement = Announcement::of(self, &self.config());
        announcement.operator(title, paragraphs, None);
        announcement.keep(&mut Commit::at(self.now())).await
    }
}

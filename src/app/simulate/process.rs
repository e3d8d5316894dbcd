//! The process of a simulation: it begins, does the daemon's own steps at a moment, and ends.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    app::{
        App,
        clock::Clock,
        cycle, refusals, requests,
        send::{self, StoreQueue},
        steps, waiting,
    },
    config::Config,
    intake::{Claimed, claim_at_once},
    model::DeliveryId,
    outbox::{ChannelKind, Queue, Sender},
    store::{Commit, Store},
};

use super::{
    SimulateError,
    player::{DROP, Player},
    receivers::Receivers,
};

/// The part of a retry's longest delay that passes: the middle, so that every run is the same.
const CHANCE: f64 = 0.5;

/// A process that runs.
pub(super) struct Running {
    pub(super) app: App,
    pub(super) sender: Sender<StoreQueue>,
    pub(super) queue: Arc<StoreQueue>,
    waiting: VecDeque<Claimed>,
    /// When it wants to look again.
    next: Option<Timestamp>,
}

impl Player {
    pub(super) async fn open(&self) -> Result<App, SimulateError> {
        let config = Config::load(self.home.root()).map_err(SimulateError::Configuration)?;
        self.home.prepare()?;
        let commits = Arc::clone(&self.commits);
        let keep = move |commit: &Commit| commits.lock().unwrap_or_else(PoisonError::into_inner).push(commit.clone());
        let store = Store::open(&self.home.database(), &self.home.measures()).await?.witnessed(keep);
        let now = Arc::clone(&self.now);
        let clock = Clock::of(move || *now.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(App::over(self.home.clone(), store, config, clock))
    }

    pub(super) async fn start(&mut self) -> Result<(), SimulateError> {
        let app = self.open().await?;
        let waiting = steps::begin(&app).await?.into();
        let (sender, queue) = sender(&app, &self.receivers, &self.now);
        let next = Some(self.now());
        let running = self.process.insert(Running { app, sender, queue, waiting, next });
        steps::reevaluate(&running.app).await;
        send::report_dead_letters(&running.app).await?;
        requests::carry_out(&running.app).await;
        self.record();
        Ok(())
    }

    pub(super) async fn stop(&mut self) {
        if let Some(running) = self.process.take() {
            running.app.store.close().await;
        }
    }

    /// Writes what was committed and sent into the ledger.
    pub(super) fn record(&mut self) {
        let commits = std::mem::take(&mut *self.commits.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(running) = &self.process {
            let config = running.app.config();
            for commit in &commits {
                self.recorder.commit(&config, commit);
            }
        } else if let Ok(config) = Config::load(self.home.root()) {
            for commit in &commits {
                self.recorder.commit(&config, commit);
            }
        }
        for heard in self.receivers.heard() {
            self.recorder.heard(heard);
        }
    }

    /// The end of a step: its lines are written, and the process may be killed.
    async fn stepped(&mut self) -> Result<(), SimulateError> {
        self.record();
        if self.killed && self.process.take().is_some() {
            self.start().await?;
        }
        Ok(())
    }

    /// All that the process does at a moment, until nothing is left to do.
    pub(super) async fn work(&mut self) -> Result<(), SimulateError> {
        loop {
            self.claim().await?;
            while let Some(running) = &mut self.process
                && let Some(claimed) = running.waiting.pop_front()
            {
                let config = running.app.config();
                let behind = running.waiting.iter().map(|claimed| claimed.file_name.as_str());
                let speaks = steps::speaks(&config, &claimed.file_name, behind);
                cycle::cycle(&running.app, &claimed, speaks).await?;
                self.stepped().await?;
            }
            let Some(running) = &mut self.process else { return Ok(()) };
            steps::introduce_rest(&running.app).await?;
            self.stepped().await?;
            let Some(running) = &mut self.process else { return Ok(()) };
            let next = waiting::look(&running.app).await?;
            self.stepped().await?;
            let Some(running) = &mut self.process else { return Ok(()) };
            running.next = next;
            let sent = running.sender.drain(&CancellationToken::new()).await;
            self.stepped().await?;
            let Some(running) = &mut self.process else { return Ok(()) };
            let reported = send::report_dead_letters(&running.app).await?;
            running.next = next;
            self.record();
            if sent.sent + sent.again + sent.dead == 0 && reported == 0 {
                return Ok(());
            }
        }
    }

    async fn claim(&mut self) -> Result<(), SimulateError> {
        let now = self.now();
        let Some(running) = &mut self.process else { return Ok(()) };
        let max_bytes = running.app.config().daemon.max_bytes;
        let claims = &mut self.claims;
        let next_id = || {
            *claims += 1;
            DeliveryId::at(now, *claims)
        };
        let batch = claim_at_once(&self.home.root().join(DROP), &self.home.claimed(), max_bytes, next_id)?;
        let news = !batch.claimed.is_empty() || !batch.refused.is_empty();
        refusals::tell(&running.app, &batch.refused).await;
        running.waiting.extend(batch.claimed);
        if news { self.stepped().await } else { Ok(()) }
    }

    /// When the process wants to be woken: never while it does not run.
    pub(super) async fn next(&self) -> Result<Option<Timestamp>, SimulateError> {
        let Some(running) = &self.process else { return Ok(None) };
        let mut next = running.next;
        for channel in ChannelKind::ALL {
            next = [next, running.queue.next_due(*channel).await?].into_iter().flatten().min();
        }
        Ok(next)
    }
}

pub(super) fn sender(
    app: &App,
    receivers: &Receivers,
    now: &Arc<Mutex<Timestamp>>,
) -> (Sender<StoreQueue>, Arc<StoreQueue>) {
    let queue = Arc::new(StoreQueue::new(app.store.clone(), Arc::new(Notify::new())));
    let now = Arc::clone(now);
    let clock = move || *now.lock().unwrap_or_else(PoisonError::into_inner);
    let retry = app.config().daemon.retry.clone();
    (Sender::with(Arc::clone(&queue), Arc::new(receivers.channels()), retry, clock, || CHANCE), queue)
}

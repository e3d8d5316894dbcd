//! The daemon: watch, work, send, answer, until told to stop.

use std::{collections::VecDeque, io, sync::Arc, time::Duration};

use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::Notify,
    task::JoinHandle,
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, Listen},
    intake::{Batch, Claimed, Intake, IntakeError, IntakeSettings},
    model::Delivery,
    outbox::{Counts, Sender},
    yaml::Problems,
};

use super::{
    App, cycle,
    error::CycleError,
    health::Part,
    home::Home,
    http,
    lock::{HomeLock, LockError},
    manager, receivers, refusals, requests,
    schedule::Schedule,
    send, steps, waiting,
};

/// The buckets of what is measured in seconds.
const SECONDS: &[f64] = &[0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];
/// How long a file that could not be worked on waits before it is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// How long a file that is being worked on may take to its end when the daemon is told to stop.
const GRACE: Duration = Duration::from_secs(3);
/// How long a reader of the status pages that does not finish holds it up.
const PAGES_GRACE: Duration = Duration::from_secs(1);

/// Why the daemon cannot start, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// The configuration is wrong.
    #[error("{0}")]
    Configuration(Problems),
    /// Another process works on the home.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A stage of the cycle failed where nothing can be tried again.
    #[error(transparent)]
    Cycle(#[from] CycleError),
    /// The drop folders cannot be watched.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The operating system refused something else.
    #[error("{0}")]
    System(#[from] io::Error),
}

impl From<crate::store::StoreError> for DaemonError {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Cycle(error.into())
    }
}

/// A home at work: everything that `run` and `run --once` share.
pub struct Daemon {
    /// Configuration, store and health.
    pub app: Arc<App>,
    pub(super) intake: Intake,
    /// Claimed files that are to be worked on, in order.
    pub(super) waiting: VecDeque<Claimed>,
    /// Claimed files that could not be worked on, and when to try again.
    again: Vec<Claimed>,
    again_at: Option<Instant>,
    /// Names of files in the drop folders that are still being written.
    pub(super) moving: Vec<String>,
    pub(super) sender: Arc<Sender<send::StoreQueue>>,
    pub(super) dead: Arc<Notify>,
    /// When to look for what did not arrive.
    pub(super) schedule: Schedule,
    /// SIGHUP, which would end a process that does not listen.
    hangup: Signal,
    /// SIGUSR1: somebody asks for something.
    asked: Signal,
    _lock: HomeLock,
}

impl Daemon {
    /// Makes a home ready: takes its lock, opens its store, finishes what a crash cut short.
    ///
    /// # Errors
    /// The configuration is wrong, the home is taken, or the disk fails.
    pub async fn start(home: Home) -> Result<Self, DaemonError> {
        let (hangup, asked) = (signal(SignalKind::hangup())?, signal(SignalKind::user_defined1())?);
        let config = Config::load(home.root()).map_err(DaemonError::Configuration)?;
        home.prepare()?;
        let lock = HomeLock::take(&home)?;
        let app = Arc::new(App::open(home, config).await?);
        let dead = Arc::new(Notify::new());
        let sender = Arc::new(sender(&app.config(), &app, &dead).map_err(DaemonError::Configuration)?);
        let waiting = steps::begin(&app).await?;
        receivers::reconcile(&app, sender.channels()).await?;
        let intake = Intake::new(intake_settings(&app.config(), &app.home))?;
        let schedule = Schedule::starting(app.clock(), app.config().daemon.settle);
        let daemon = Self {
            app,
            intake,
            waiting: waiting.into(),
            again: Vec::new(),
            again_at: None,
            moving: Vec::new(),
            sender,
            dead,
            schedule,
            hangup,
            asked,
            _lock: lock,
        };
        steps::reevaluate(&daemon.app).await;
        daemon.app.health.well(Part::Start);
        Ok(daemon)
    }

    /// Works until told to stop.
    ///
    /// # Errors
    /// The drop folders cannot be read again after a failure.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), DaemonError> {
        let pages = self.serve(&stop).await;
        let mut sending = self.send(&stop);
        let watchdog = tokio::spawn(manager::watchdog(stop.clone()));
        manager::tell(&[sd_notify::NotifyState::Ready]);
        tracing::info!(home = %self.app.home.root().display(), "at work");
        self.report_dead().await;
        requests::carry_out(&self.app).await;
        while !stop.is_cancelled() {
            self.work_off(&stop).await;
            tokio::select! {
                () = stop.cancelled() => break,
                batch = self.intake.next() => self.take_in(batch).await,
                _ = self.hangup.recv() => self.reload(&stop, &mut sending).await,
                _ = self.asked.recv() => {
                    requests::carry_out(&self.app).await;
                    self.schedule.hurry();
                }
                () = self.dead.notified() => {
                    self.report_dead().await;
                    self.schedule.hurry();
                }
                () = self.schedule.wait() => {}
                () = until(self.again_at) => {
                    self.again_at = None;
                    self.waiting.extend(std::mem::take(&mut self.again));
                }
            }
        }
        manager::tell(&[sd_notify::NotifyState::Stopping]);
        tracing::info!("stopping");
        stop.cancel();
        // What is claimed and not worked on is found again at the next start.
        self.intake.stop().await;
        let pages = tokio::time::timeout(PAGES_GRACE, join(pages));
        let _ = tokio::join!(sending.task, watchdog, pages);
        self.app.store.close().await;
        Ok(())
    }

    async fn take_in(&mut self, batch: Batch) {
        refusals::tell(&self.app, &batch.refused).await;
        self.moving =
            batch.waiting.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into())).collect();
        self.waiting.extend(batch.claimed);
    }

    /// Works on what is waiting, file after file. One that fails does not hold up the others.
    async fn work_off(&mut self, stop: &CancellationToken) {
        while let Some(claimed) = self.next_waiting(stop) {
            if let Err(error) = self.work(&claimed, stop).await {
                self.app.health.trouble(Part::Deliveries, format!("{}: {error}", claimed.file_name));
                tracing::error!(file = claimed.file_name, delivery = %claimed.id, %error, "not done; trying again");
                metrics::counter!("bellwether_delivery_failures_total").increment(1);
                self.again.push(claimed);
                self.again_at = Some(Instant::now() + AGAIN);
            } else if self.again.is_empty() {
                self.app.health.well(Part::Deliveries);
            }
            self.schedule.hurry();
        }
        if self.moving.is_empty()
            && let Err(error) = steps::introduce_rest(&self.app).await
        {
            tracing::error!(%error, "the first load of a dataset could not be announced; trying again with the next file");
        }
        if self.schedule.is_due(!self.moving.is_empty()) {
            self.look_for_late().await;
        }
    }

    /// Says what did not arrive, or has arrived since, and what waited for its time.
    async fn look_for_late(&mut self) {
        match waiting::look(&self.app).await {
            Ok(next) => self.schedule.set(next),
            Err(error) => {
                tracing::error!(%error, "what did not arrive, or waits to be said, could not be looked at; trying again");
                self.schedule.try_again();
            }
        }
    }

    /// The next file to work on; none when told to stop: what is claimed is found again at the next start.
    pub(super) fn next_waiting(&mut self, stop: &CancellationToken) -> Option<Claimed> {
        if stop.is_cancelled() { None } else { self.waiting.pop_front() }
    }

    /// One file through the cycle; `None` when told to stop, and it took too long. Breaking off is safe at every step:
    /// what is committed is finished, and what is not is done again, at the next start.
    pub(super) async fn work(
        &self,
        claimed: &Claimed,
        stop: &CancellationToken,
    ) -> Result<Option<Vec<Delivery>>, CycleError> {
        let begun = Instant::now();
        let behind = self.waiting.iter().map(|claimed| claimed.file_name.as_str());
        let behind = behind.chain(self.moving.iter().map(String::as_str));
        let speaks = steps::speaks(&self.app.config(), &claimed.file_name, behind);
        let patience = async {
            stop.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        let deliveries = tokio::select! {
            biased;
            deliveries = cycle::cycle(&self.app, claimed, speaks) => deliveries?,
            () = patience => {
                tracing::info!(file = claimed.file_name, "broken off to stop; it is worked on at the next start");
                return Ok(None);
            }
        };
        metrics::histogram!("bellwether_delivery_seconds").record(begun.elapsed().as_secs_f64());
        Ok(Some(deliveries))
    }

    async fn report_dead(&self) {
        if let Err(error) = send::report_dead_letters(&self.app).await {
            tracing::error!(%error, "dead letters could not be reported");
        }
    }

    /// Serves the status pages. A port that is taken is said loudly and holds up nothing else: the figures matter more.
    async fn serve(&self, stop: &CancellationToken) -> Option<JoinHandle<()>> {
        let builder = PrometheusBuilder::new().set_buckets(SECONDS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let metrics = recorder.handle();
        // A second daemon in one process (the tests) goes on with the first one's recorder.
        let _ = metrics::set_global_recorder(recorder);
        let Listen::On(address) = self.app.config().daemon.listen else { return None };
        let listener = match http::bind(address).await {
            Ok(listener) => listener,
            Err(error) => {
                tracing::error!(%address, %error, "no status pages: see `listen` in config/bellwether.yaml");
                return None;
            }
        };
        // The port that the system chose, when the configuration says 0.
        tracing::info!(address = %listener.local_addr().unwrap_or(address), "status pages");
        let pages = http::Pages { app: Arc::clone(&self.app), metrics };
        let stop = stop.clone();
        Some(tokio::spawn(async move {
            http::serve(listener, pages, stop).await;
        }))
    }

    pub(super) fn send(&self, stop: &CancellationToken) -> Sending {
        let stop = stop.child_token();
        let (sender, bell, until) = (Arc::clone(&self.sender), self.app.outbox_bell(), stop.clone());
        Sending { stop, task: tokio::spawn(async move { sender.run(&bell, &until).await }) }
    }
}

/// The sender's loop, which is replaced when the configuration changes.
pub(super) struct Sending {
    pub(super) stop: CancellationToken,
    pub(super) task: JoinHandle<Counts>,
}

pub(super) fn intake_settings(config: &Config, home: &Home) -> IntakeSettings {
    IntakeSettings {
        folders: config.daemon.drop.iter().map(|folder| home.root().join(folder)).collect(),
        settle: config.daemon.settle,
        rescan: config.daemon.rescan,
        max_bytes: config.daemon.max_bytes,
        claimed: home.claimed(),
    }
}

pub(super) fn sender(config: &Config, app: &App, dead: &Arc<Notify>) -> Result<Sender<send::StoreQueue>, Problems> {
    let channels = send::open_channels(config, &app.home)?;
    let queue = send::StoreQueue::new(app.store.clone(), Arc::clone(dead));
    Ok(Sender::new(Arc::new(queue), Arc::new(channels), config.daemon.retry.clone()))
}

/// Sleeps until then; for ever without a moment.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

async fn join(task: Option<JoinHandle<()>>) {
    if let Some(task) = task {
        let _ = task.await;
    }
}

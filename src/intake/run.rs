//! The loop: what to do next, and what its result means.

use std::future::pending;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::claim::Terms;
use super::job::{Done, Job, Workshop};
use super::ledger::Ledger;
use super::watch::Hints;
use super::{Batch, IntakeError, IntakeSettings, Look, names};

/// Hints are gathered for this part of the settle time, and at most [`LONGEST_GATHER`], so that a file that is being
/// written is not looked at for each of its writes.
const GATHER_PART: u32 = 20;
const LONGEST_GATHER: Duration = Duration::from_millis(50);

/// However often a listing seems to be needed, the folders are not listed more often than this.
const SCAN_PAUSE: Duration = Duration::from_millis(100);

/// Stands for a rescan that is so far away that the clock cannot say when.
const FAR: Duration = Duration::from_hours(24 * 365);

/// Watches drop folders and claims what has settled in them.
///
/// It needs a Tokio runtime; whatever touches the file system runs on the runtime's blocking threads, one job at a time.
/// Run [`recover()`](super::recover()) on the same folder for claimed files first.
pub struct Intake {
    settle: Duration,
    rescan: Duration,
    ledger: Ledger,
    hints: Arc<Hints>,
    workshop: Workshop,
    /// The job under way; it outlives a call that is given up, and the next call takes its result.
    job: Option<JoinHandle<Done>>,
    next_scan: Instant,
    last_scan: Option<Look>,
    undo_copies: bool,
    ready: Batch,
    said_waiting: bool,
}

/// What the loop does next.
enum Step {
    Work(Job),
    /// Nothing before `until`, unless a first hint comes; `gathering` says that it has come.
    Wait {
        until: Instant,
        gathering: bool,
    },
}

impl Intake {
    /// Makes ready to watch; nothing is looked at before the first call of [`Intake::next`] or [`Intake::sweep`].
    /// Creates the folder for claimed files, but no drop folder.
    pub fn new(settings: IntakeSettings) -> Result<Self, IntakeError> {
        let IntakeSettings { folders, settle, rescan, max_bytes, claimed } = settings;
        let claimed = absolute(&claimed)?;
        let mut folders = folders.iter().map(|folder| absolute(folder)).collect::<Result<Vec<_>, _>>()?;
        folders.sort();
        folders.dedup();
        if folders.contains(&claimed) {
            return Err(IntakeError::SameFolder { path: claimed });
        }
        std::fs::create_dir_all(&claimed).map_err(|source| IntakeError::Claimed { path: claimed.clone(), source })?;
        let hints = Arc::new(Hints::default());
        Ok(Self {
            settle,
            rescan: rescan.max(SCAN_PAUSE),
            ledger: Ledger::new(settle),
            workshop: Workshop::new(folders, Terms { claimed, max_bytes }, Arc::clone(&hints)),
            hints,
            job: None,
            next_scan: Instant::now(),
            last_scan: None,
            undo_copies: false,
            ready: Batch::default(),
            said_waiting: false,
        })
    }

    /// Waits for the next files to be claimed or refused.
    ///
    /// A batch with neither comes only to say that the files named as waiting in the last one are not coming after all.
    /// Safe to cancel: nothing is lost when the future is dropped, for instance by `tokio::select!`.
    pub async fn next(&mut self) -> Batch {
        loop {
            let is_news = !self.ready.claimed.is_empty() || !self.ready.refused.is_empty();
            if is_news || (self.said_waiting && self.is_quiet()) {
                return self.hand_out();
            }
            self.step().await;
        }
    }

    /// Lists the folders, waits until all that is there has settled, and returns it claimed or refused, sorted by name:
    /// for a run that ends. A file that never stops changing makes it wait for ever. Safe to cancel like [`Intake::next`].
    pub async fn sweep(&mut self) -> Batch {
        let began = Instant::now();
        self.next_scan = began;
        let scanned = |last: Option<Look>| last.is_some_and(|scan| scan.began >= began);
        while !scanned(self.last_scan) || !self.is_quiet() {
            self.step().await;
        }
        self.hand_out()
    }

    /// Stops, and returns what was claimed in the meantime. A copy under way is given up: its file stays where it was
    /// dropped. Dropping the intake stops it too; what it had claimed and not handed out is then found by
    /// [`recover()`](super::recover()).
    pub async fn stop(mut self) -> Batch {
        self.workshop.stop();
        if self.job.is_some() {
            self.finish_job().await;
        }
        self.hand_out()
    }

    fn is_quiet(&self) -> bool {
        self.job.is_none() && self.ledger.is_settled()
    }

    fn hand_out(&mut self) -> Batch {
        let mut batch = std::mem::take(&mut self.ready);
        names::sort_paths(&mut batch.claimed, |claimed| &claimed.original);
        names::sort_paths(&mut batch.refused, |refused| &refused.path);
        batch.waiting = self.ledger.waiting();
        self.said_waiting = !batch.waiting.is_empty();
        batch
    }

    /// Finishes one job, or waits until there is one.
    async fn step(&mut self) {
        if self.job.is_none() {
            match self.plan(Instant::now()) {
                Step::Work(job) => self.job = Some(self.workshop.begin(job)),
                Step::Wait { until, gathering } => return self.wait(until, gathering).await,
            }
        }
        self.finish_job().await;
    }

    async fn wait(&self, until: Instant, gathering: bool) {
        // While hints gather there is nothing more to hear: the wait ends when they are due.
        let hint = async { if gathering { pending().await } else { self.hints.news().await } };
        tokio::select! {
            () = hint => {}
            () = tokio::time::sleep_until(until.into()) => {}
        }
    }

    fn plan(&mut self, now: Instant) -> Step {
        self.hear(now);
        let settled = self.ledger.take_settled();
        if !settled.is_empty() {
            return Step::Work(Job::Claim(settled));
        }
        if std::mem::take(&mut self.undo_copies) {
            return Step::Work(Job::UndoCopies);
        }
        if now >= self.next_scan {
            return Step::Work(Job::Scan);
        }
        let due = self.ledger.take_due(now);
        if !due.is_empty() {
            return Step::Work(Job::Look(due));
        }
        let gathered = self.hints.since().map(|since| since + self.gather());
        let soonest = [self.ledger.next_look(), gathered].into_iter().flatten().fold(self.next_scan, Instant::min);
        Step::Wait { until: soonest, gathering: gathered.is_some() }
    }

    /// Acts on the hints that have been gathered long enough.
    fn hear(&mut self, now: Instant) {
        if self.hints.since().is_none_or(|since| now < since + self.gather()) {
            return;
        }
        let heard = self.hints.take();
        if heard.rescan {
            let soonest = self.last_scan.map_or(now, |scan| scan.ended + SCAN_PAUSE);
            self.next_scan = self.next_scan.min(soonest);
        }
        self.ledger.look_at(heard.paths);
    }

    fn gather(&self) -> Duration {
        (self.settle / GATHER_PART).min(LONGEST_GATHER)
    }

    async fn finish_job(&mut self) {
        let Some(job) = &mut self.job else { return };
        let done = job.await;
        self.job = None;
        match done {
            Ok(done) => self.absorb(done),
            Err(error) => {
                tracing::error!(%error, "a look at the drop folders broke off; they are listed again");
                self.workshop.renew_watch();
                self.next_scan = Instant::now() + SCAN_PAUSE;
            }
        }
    }

    fn absorb(&mut self, done: Done) {
        match done {
            Done::Scanned(listings, look) => {
                for listing in listings {
                    self.undo_copies |= self.ledger.list(listing, look);
                }
                self.last_scan = Some(look);
                self.next_scan = look.ended.checked_add(self.rescan).unwrap_or(look.ended + FAR);
            }
            Done::Looked(sights, look) => {
                for (path, sight) in sights {
                    self.ledger.see(path, &sight, look);
                }
            }
            Done::Claimed(outcomes) => {
                for (file, outcome) in outcomes {
                    match outcome {
                        Ok(claimed) => self.ready.claimed.push(claimed),
                        Err(setback) => self.ready.refused.extend(self.ledger.set_back(file, setback)),
                    }
                }
            }
            // A share tells of no event: what has its name back is found by a listing.
            Done::CopiesUndone => self.next_scan = Instant::now(),
        }
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.workshop.stop();
    }
}

fn absolute(path: &Path) -> Result<PathBuf, IntakeError> {
    std::path::absolute(path).map_err(|source| IntakeError::NoPath { path: path.to_path_buf(), source })
}

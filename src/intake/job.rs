//! Work on the file system, done away from the async runtime's own threads.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::task::{JoinHandle, spawn_blocking};

use super::claim::{Setback, Terms, claim_all};
use super::scan::{self, Listing, Sight};
use super::watch::{Hints, Watch};
use super::{Claimed, Look, Settled, recover};

/// Something to do.
#[derive(Debug)]
pub(super) enum Job {
    /// List all folders.
    Scan,
    /// Look at these paths.
    Look(Vec<PathBuf>),
    /// Claim these files.
    Claim(Vec<Settled>),
    /// Give sources that were set aside their names back: a drop folder has returned.
    UndoCopies,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Done {
    Scanned(Vec<Listing>, Look),
    Looked(Vec<(PathBuf, Sight)>, Look),
    Claimed(Vec<(Settled, Result<Claimed, Setback>)>),
    CopiesUndone,
}

/// What jobs work on.
pub(super) struct Workshop {
    folders: Arc<[PathBuf]>,
    terms: Arc<Terms>,
    hints: Arc<Hints>,
    watch: Arc<Mutex<Watch>>,
    stop: Arc<AtomicBool>,
}

impl Workshop {
    pub(super) fn new(folders: Vec<PathBuf>, terms: Terms, hints: Arc<Hints>) -> Self {
        let folders: Arc<[PathBuf]> = folders.into();
        let watch = Arc::new(Mutex::new(Watch::new(Arc::clone(&folders), Arc::clone(&hints))));
        Self { folders, terms: Arc::new(terms), hints, watch, stop: Arc::default() }
    }

    /// Begins a job. It runs to its end even if nobody waits for it.
    pub(super) fn begin(&self, job: Job) -> JoinHandle<Done> {
        let (folders, watch) = (Arc::clone(&self.folders), Arc::clone(&self.watch));
        let (terms, stop) = (Arc::clone(&self.terms), Arc::clone(&self.stop));
        spawn_blocking(move || {
            let began = Instant::now();
            let look = || Look { began, ended: Instant::now() };
            match job {
                Job::Scan => {
                    let listings = scan_all(&folders, &watch);
                    Done::Scanned(listings, look())
                }
                Job::Look(paths) => {
                    let sights = scan::look(paths);
                    Done::Looked(sights, look())
                }
                Job::Claim(files) => Done::Claimed(claim_all(files, &terms, &stop)),
                Job::UndoCopies => {
                    recover::undo_copies(&terms.claimed);
                    Done::CopiesUndone
                }
            }
        })
    }

    /// Begins a new watch after a job that held the old one has broken off.
    pub(super) fn renew_watch(&mut self) {
        let fresh = Mutex::new(Watch::new(Arc::clone(&self.folders), Arc::clone(&self.hints)));
        let broken = std::mem::replace(&mut self.watch, Arc::new(fresh));
        // A watcher whose thread has died panics when it is dropped: that must not happen in the caller's task.
        spawn_blocking(move || drop(broken));
    }

    /// No claim begins from now on, and a copy under way is given up.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Watches and lists the folders; watched first, so that nothing falls between the two.
fn scan_all(folders: &[PathBuf], watch: &Mutex<Watch>) -> Vec<Listing> {
    let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
    let scan = |folder: &PathBuf| {
        if folder.is_dir() {
            watch.renew(folder);
        } else {
            watch.lose(folder);
        }
        scan::list(folder)
    };
    folders.iter().map(scan).collect()
}

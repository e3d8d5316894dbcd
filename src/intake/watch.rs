//! Hints of the operating system that something happened in a drop folder.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

use super::names;

/// With more paths than this to look at, listing the folders costs less.
const MANY: usize = 4096;

/// Hints that nobody has acted on yet. The watcher's own thread adds to them, the intake takes them.
#[derive(Debug, Default)]
pub(super) struct Hints {
    heard: Mutex<Heard>,
    news: Notify,
}

#[derive(Debug, Default)]
pub(super) struct Heard {
    /// When the first of these hints came; none when there are none.
    pub(super) since: Option<Instant>,
    /// Files to look at.
    pub(super) paths: HashSet<PathBuf>,
    /// Something happened that only a listing can tell: a folder came or went, or events were lost.
    pub(super) rescan: bool,
}

impl Hints {
    /// When the first hint came that nobody has acted on.
    pub(super) fn since(&self) -> Option<Instant> {
        self.lock().since
    }

    /// Takes all hints.
    pub(super) fn take(&self) -> Heard {
        std::mem::take(&mut *self.lock())
    }

    /// Waits for the first hint after the last were taken. Nothing is lost when the wait is given up.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    /// Takes note of an event in these folders.
    pub(super) fn hear(&self, folders: &[PathBuf], event: notify::Result<Event>) {
        let (paths, rescan) = match event {
            // Reading a file, which this program does too, is no change.
            Ok(event) if event.kind.is_access() => return,
            Ok(event) => {
                let rescan = event.need_rescan() || event.paths.iter().any(|path| folders.contains(path));
                (event.paths, rescan)
            }
            Err(error) => {
                tracing::debug!(%error, "the watch of the drop folders reports an error; they are listed again");
                (Vec::new(), true)
            }
        };
        self.add(paths.into_iter().filter(|path| may_be_delivery(folders, path)), rescan);
    }

    fn add(&self, paths: impl Iterator<Item = PathBuf>, rescan: bool) {
        let mut heard = self.lock();
        heard.paths.extend(paths);
        heard.rescan |= rescan;
        if heard.paths.len() > MANY {
            heard.paths.clear();
            heard.rescan = true;
        }
        if heard.since.is_none() && (heard.rescan || !heard.paths.is_empty()) {
            heard.since = Some(Instant::now());
            self.news.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn may_be_delivery(folders: &[PathBuf], path: &Path) -> bool {
    path.parent().is_some_and(|parent| folders.iter().any(|folder| folder == parent))
        && path.file_name().is_some_and(|name| !names::is_ignored(name))
}

/// The watch of the drop folders. Where there is none, for want of a folder or of the system's support, only the rescan
/// finds files.
pub(super) struct Watch {
    folders: Arc<[PathBuf]>,
    hints: Arc<Hints>,
    watcher: Option<RecommendedWatcher>,
    /// What was warned of and has not been well since; an empty path stands for the watcher itself.
    ailing: HashSet<PathBuf>,
}

impl Watch {
    /// Nothing is watched yet.
    pub(super) fn new(folders: Arc<[PathBuf]>, hints: Arc<Hints>) -> Self {
        Self { folders, hints, watcher: None, ailing: HashSet::new() }
    }

    /// Watches a folder that exists. Done again at every rescan, because the system drops the watch of a folder that goes
    /// and says nothing when another comes in its place; for a folder that is watched already it changes nothing. Blocks.
    pub(super) fn renew(&mut self, folder: &Path) {
        if self.watcher.is_none() {
            let made = self.make_watcher();
            self.watcher = self.note(Path::new(""), made);
        }
        if let Some(watcher) = &mut self.watcher {
            let watched = watcher.watch(folder, RecursiveMode::NonRecursive);
            self.note(folder, watched);
        }
    }

    /// Forgets a folder that is not there.
    pub(super) fn lose(&mut self, folder: &Path) {
        if let Some(watcher) = &mut self.watcher {
            // It fails when the system has dropped the watch by itself, which is as good.
            let _ = watcher.unwatch(folder);
        }
    }

    fn make_watcher(&self) -> notify::Result<RecommendedWatcher> {
        let (folders, hints) = (Arc::clone(&self.folders), Arc::clone(&self.hints));
        notify::recommended_watcher(move |event| hints.hear(&folders, event))
    }

    /// Warns once of what fails, until it has been well again.
    fn note<T>(&mut self, folder: &Path, result: notify::Result<T>) -> Option<T> {
        match result {
            Ok(value) => {
                self.ailing.remove(folder);
                Some(value)
            }
            Err(error) => {
                if self.ailing.insert(folder.to_path_buf()) {
                    tracing::warn!(folder = %folder.display(), %error, "no watch on drop folders: new files are noticed at the next rescan only");
                }
                None
            }
        }
    }
}

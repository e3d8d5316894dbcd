//! What is known of every file in the drop folders: moving, refused, or not a file at all.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::claim::Setback;
use super::scan::{Listing, Sight};
use super::{Look, Refused, Settled, Settler, Stamp, names};

/// The files and folders, as far as anybody has looked. It touches no file system.
#[derive(Debug)]
pub(super) struct Ledger {
    settler: Settler,
    /// Files that were reported as refused, with the stamp that they had.
    refused: HashMap<PathBuf, Refusal>,
    /// Refused files to be tried once more, as they may be accepted now.
    again: Vec<Settled>,
    /// Files to look at next.
    wanted: HashSet<PathBuf>,
    /// Links, pipes, subfolders, … that were logged.
    remarked: HashSet<PathBuf>,
    folders: HashMap<PathBuf, Folder>,
}

#[derive(Debug, Clone, Copy)]
struct Refusal {
    stamp: Stamp,
    may_pass: bool,
}

#[derive(Debug, Default, Clone, Copy)]
struct Folder {
    away: bool,
    /// The last listing was empty although files were known.
    suspect: bool,
}

impl Ledger {
    pub(super) fn new(settle: Duration) -> Self {
        Self {
            settler: Settler::new(settle),
            refused: HashMap::new(),
            again: Vec::new(),
            wanted: HashSet::new(),
            remarked: HashSet::new(),
            folders: HashMap::new(),
        }
    }

    /// Whether no file is moving and none is to be looked at or tried.
    pub(super) fn is_settled(&self) -> bool {
        self.settler.waiting().len() == 0 && self.again.is_empty() && self.wanted.is_empty()
    }

    /// The files that are moving, by natural order.
    pub(super) fn waiting(&self) -> Vec<PathBuf> {
        let mut waiting: Vec<PathBuf> = self.settler.waiting().map(Path::to_path_buf).collect();
        names::sort_paths(&mut waiting, |path| path);
        waiting
    }

    /// The files to claim now.
    pub(super) fn take_settled(&mut self) -> Vec<Settled> {
        let mut settled = self.settler.take_settled();
        settled.append(&mut self.again);
        settled
    }

    /// The files to look at now: those that something was heard of, and those that can have settled.
    pub(super) fn take_due(&mut self, now: Instant) -> Vec<PathBuf> {
        if self.settler.next_look().is_some_and(|next| next <= now) {
            self.wanted.extend(self.settler.due(now));
        }
        self.wanted.drain().collect()
    }

    /// When a file can have settled.
    pub(super) fn next_look(&self) -> Option<Instant> {
        self.settler.next_look()
    }

    /// Something was heard of these files.
    pub(super) fn look_at(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.wanted.extend(paths);
    }

    /// A look at one file.
    pub(super) fn see(&mut self, path: PathBuf, sight: &Sight, look: Look) {
        if let Sight::File(stamp) = *sight {
            self.remarked.remove(&path);
            if self.refused.get(&path).is_none_or(|refusal| refusal.stamp != stamp) {
                self.refused.remove(&path);
                self.settler.see(path, stamp, look);
            }
        } else {
            self.settler.forget(&path);
            self.remark(path, sight);
        }
    }

    /// A listing of a folder. Returns whether the folder has come back after it was away.
    pub(super) fn list(&mut self, listing: Listing, look: Look) -> bool {
        match listing.content {
            Ok(sights) => {
                self.forget_unlisted(&listing.folder, &sights);
                for (path, sight) in sights {
                    self.try_again(&path, &sight);
                    self.see(path, &sight, look);
                }
                self.folder_is_there(&listing.folder)
            }
            Err(error) => {
                self.folder_is_away(&listing.folder, &error);
                false
            }
        }
    }

    /// A settled file could not be claimed. Returns what there is to report.
    pub(super) fn set_back(&mut self, file: Settled, setback: Setback) -> Option<Refused> {
        match setback {
            Setback::Gone | Setback::Stopped => None,
            Setback::Changed => {
                self.wanted.insert(file.path);
                None
            }
            Setback::Refused(reason) => {
                let refusal = Refusal { stamp: file.stamp, may_pass: reason.may_pass() };
                let known = self.refused.insert(file.path.clone(), refusal);
                known.is_none().then_some(Refused { path: file.path, reason })
            }
        }
    }

    fn try_again(&mut self, path: &Path, sight: &Sight) {
        let Some(refusal) = self.refused.get(path) else { return };
        if let Sight::File(stamp) = *sight
            && refusal.may_pass
            && refusal.stamp == stamp
        {
            self.again.push(Settled { path: path.to_path_buf(), stamp });
        }
    }

    /// Files that are not listed any more are forgotten. An empty listing of a folder that had files is believed only the
    /// second time: a share that has just gone away looks like that too.
    fn forget_unlisted(&mut self, folder: &Path, sights: &[(PathBuf, Sight)]) {
        let is_known =
            self.settler.waiting().chain(self.refused.keys().map(PathBuf::as_path)).any(|path| is_in(path, folder));
        let state = self.folders.entry(folder.to_path_buf()).or_default();
        state.suspect = sights.is_empty() && is_known && !state.suspect;
        if state.suspect {
            return;
        }
        let listed: HashSet<&Path> = sights.iter().map(|(path, _)| path.as_path()).collect();
        let keep = |path: &Path| !is_in(path, folder) || listed.contains(path);
        self.settler.retain(keep);
        self.refused.retain(|path, _| keep(path));
        self.remarked.retain(|path| keep(path));
    }

    /// Says once of each name why it is not taken.
    fn remark(&mut self, path: PathBuf, sight: &Sight) {
        if matches!(sight, Sight::Gone) {
            self.remarked.remove(&path);
            self.refused.remove(&path);
            return;
        }
        if self.remarked.contains(&path) {
            return;
        }
        match sight {
            Sight::Other(kind) => tracing::warn!(path = %path.display(), "{kind} in a drop folder is not taken"),
            Sight::Unknown(error) => tracing::warn!(path = %path.display(), %error, "a file cannot be looked at"),
            Sight::Folder => tracing::debug!(path = %path.display(), "a folder inside a drop folder is not read"),
            Sight::File(_) | Sight::Gone => {}
        }
        self.remarked.insert(path);
    }

    fn folder_is_there(&mut self, folder: &Path) -> bool {
        let state = self.folders.entry(folder.to_path_buf()).or_default();
        let is_back = std::mem::take(&mut state.away);
        if is_back {
            tracing::info!(folder = %folder.display(), "a drop folder is there again");
        }
        is_back
    }

    fn folder_is_away(&mut self, folder: &Path, error: &io::Error) {
        let state = self.folders.entry(folder.to_path_buf()).or_default();
        if !std::mem::replace(&mut state.away, true) {
            tracing::warn!(folder = %folder.display(), %error, "a drop folder cannot be listed; it is tried again at every rescan");
        }
    }
}

fn is_in(path: &Path, folder: &Path) -> bool {
    path.parent() == Some(folder)
}

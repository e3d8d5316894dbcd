//! Which files have stopped changing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Stamp;

/// Files that are due within this part of the settle time, and at most [`LONGEST_TOGETHER`], are looked at together.
const TOGETHER_PART: u32 = 10;
const LONGEST_TOGETHER: Duration = Duration::from_millis(100);

/// When a look at one or more files happened. What it showed was true at some moment between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Before the file system was asked.
    pub began: Instant,
    /// After it had answered.
    pub ended: Instant,
}

/// A file that stayed the same for the settle time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Where it is.
    pub path: PathBuf,
    /// What it looked like all that time.
    pub stamp: Stamp,
}

#[derive(Debug, Clone, Copy)]
struct Moving {
    stamp: Stamp,
    /// The end of the look that showed this stamp first.
    since: Instant,
    /// The beginning of the look that showed it last.
    confirmed: Instant,
}

/// Decides which files have settled, from what was seen of them and when.
///
/// A file has settled when a look that began at least the settle time after the end of another showed the same stamp, and
/// no look in between showed another one. Nothing else counts: neither the clock of the file server nor events.
#[derive(Debug)]
pub struct Settler {
    settle: Duration,
    moving: HashMap<PathBuf, Moving>,
}

impl Settler {
    /// Nothing has been seen; a file settles after `settle` without a change.
    #[must_use]
    pub fn new(settle: Duration) -> Self {
        Self { settle, moving: HashMap::new() }
    }

    /// A look at a file showed this stamp.
    pub fn see(&mut self, path: PathBuf, stamp: Stamp, look: Look) {
        let fresh = Moving { stamp, since: look.ended, confirmed: look.began };
        let moving = self.moving.entry(path).or_insert(fresh);
        if moving.stamp == stamp {
            moving.confirmed = moving.confirmed.max(look.began);
        } else {
            *moving = fresh;
        }
    }

    /// The file is not there, or is none that would be taken; seen again it starts anew.
    pub fn forget(&mut self, path: &Path) {
        self.moving.remove(path);
    }

    /// Forgets every file that `keep` does not want kept.
    pub fn retain(&mut self, keep: impl Fn(&Path) -> bool) {
        self.moving.retain(|path, _| keep(path));
    }

    /// The files that have settled, in no order; they are forgotten here.
    pub fn take_settled(&mut self) -> Vec<Settled> {
        let settle = self.settle;
        self.moving
            .extract_if(|_, moving| moving.confirmed.saturating_duration_since(moving.since) >= settle)
            .map(|(path, moving)| Settled { path, stamp: moving.stamp })
            .collect()
    }

    /// When to look again, so that as many files as are due at nearly the same time can settle together; none when nothing
    /// is moving.
    #[must_use]
    pub fn next_look(&self) -> Option<Instant> {
        let together = (self.settle / TOGETHER_PART).min(LONGEST_TOGETHER);
        let latest = self.due_times().min()?.checked_add(together)?;
        self.due_times().filter(|due| *due <= latest).max()
    }

    /// The files that would settle if a look beginning now showed them unchanged.
    #[must_use]
    pub fn due(&self, now: Instant) -> Vec<PathBuf> {
        let is_due = |moving: &Moving| now.saturating_duration_since(moving.since) >= self.settle;
        self.moving.iter().filter(|(_, moving)| is_due(moving)).map(|(path, _)| path.clone()).collect()
    }

    /// The files that are still moving, in no order.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.moving.keys().map(PathBuf::as_path)
    }

    fn due_times(&self) -> impl Iterator<Item = Instant> {
        self.moving.values().filter_map(|moving| moving.since.checked_add(self.settle))
    }
}

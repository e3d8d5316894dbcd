//! Drop folders: notice a file, wait until it has settled, claim it.
//!
//! ```text
//! drop folder → scan / hints → Settler → claim → <claimed>/<delivery id>/<file name>
//! ```
//!
//! - [`Intake`] is the loop: it lists the folders every so often, listens to the operating system in between, and hands
//!   out batches of claimed files.
//! - [`Settler`] decides when a file has stopped changing. It is told what was seen and when, and touches nothing itself.
//! - A claim moves a file out of its drop folder, so that exactly one process has it. [`recover`] finds every claim again
//!   after a crash and puts right what was half done.
//!
//! Events of the operating system are hints: they come early, late, twice or never (network shares send none, and a full
//! queue drops them). Only what a look at the folder shows is believed, and only when it has shown the same for the settle
//! time. This room knows neither what is in a file nor who is told of it.

mod claim;
mod copy;
mod durable;
mod fingerprint;
mod folder;
mod job;
mod ledger;
mod names;
mod recover;
mod run;
mod scan;
mod settle;
mod stamp;
#[cfg(test)]
mod tests;
mod watch;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::model::DeliveryId;

pub use claim::claim_at_once;
pub use fingerprint::fingerprint;
pub use names::{is_ignored, natural_order};
pub use recover::recover;
pub use run::Intake;
pub use settle::{Look, Settled, Settler};
pub use stamp::Stamp;

/// Where files are dropped, when one counts as settled, and where claimed files go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeSettings {
    /// The drop folders. One that does not exist yet is looked for at every rescan. Subfolders are not read.
    pub folders: Vec<PathBuf>,
    /// For how long a file must have stayed the same before it is claimed.
    pub settle: Duration,
    /// How often the folders are listed whether or not the operating system said that something changed.
    pub rescan: Duration,
    /// A file with more bytes than this is refused and stays where it is.
    pub max_bytes: u64,
    /// The folder for claimed files, created when it does not exist. Best on the same file system as the drop folders:
    /// then a claim is one rename, otherwise it is a copy.
    pub claimed: PathBuf,
}

/// What [`Intake`] hands out at once.
#[derive(Debug, Default)]
pub struct Batch {
    /// The files that settled together, by natural order of their names; their ids are in the same order.
    pub claimed: Vec<Claimed>,
    /// Files that are not taken, each reported once until it changes.
    pub refused: Vec<Refused>,
    /// Files in the drop folders that are still moving, by natural order: more is coming.
    pub waiting: Vec<PathBuf>,
}

/// A file that has been moved out of its drop folder and belongs to this process alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The id of the delivery that begins with this claim.
    pub id: DeliveryId,
    /// Where the file is now: `<claimed>/<id>/<name that is safe to store>`.
    pub path: PathBuf,
    /// The name as it was dropped, fit for display: bytes that are not UTF-8 and control characters are shown as `U+FFFD`.
    pub file_name: String,
    /// Where it was dropped.
    pub original: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// When it was claimed, to the millisecond: the time inside `id`.
    pub received: Timestamp,
}

/// Removes a claim's own folder once its file has been moved on from it; `path` is [`Claimed::path`]. Doing it twice does
/// no harm.
///
/// # Errors
/// Fails when the file, or anything else that somebody put there, is still in the folder: nothing is deleted then.
pub fn close(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), folder::remove_emptied)
}

/// A settled file that stays in its drop folder.
#[derive(Debug)]
pub struct Refused {
    /// Where it is.
    pub path: PathBuf,
    /// Why it is not taken.
    pub reason: Reason,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// It is over the limit. It is looked at again only when it changes.
    #[error("it has {size} bytes and the limit is {limit}; split it, or raise the limit")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// It cannot be opened. It is tried again at every rescan.
    #[error("it cannot be read ({0}); give the account that bellwether runs as the right to read it")]
    Unreadable(#[source] io::Error),
    /// It cannot be taken out of the drop folder. It is tried again at every rescan.
    #[error(
        "it cannot be moved out of its folder ({0}); give the account that bellwether runs as the right to write there"
    )]
    Immovable(#[source] io::Error),
    /// The folder for claimed files does not accept it. It is tried again at every rescan.
    #[error("{} does not accept it ({source}); make room or give the right to write there", folder.display())]
    NoPlace {
        /// The folder for claimed files.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

impl Reason {
    /// Whether it may go away without any change to the file.
    fn may_pass(&self) -> bool {
        !matches!(self, Self::TooLarge { .. })
    }
}

/// Why the intake cannot work at all.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The folder for claimed files cannot be created or listed.
    #[error("the folder for claimed files {} cannot be used: {source}", path.display())]
    Claimed {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A drop folder is also the folder for claimed files.
    #[error("{} is both a drop folder and the folder for claimed files: they must differ", path.display())]
    SameFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A folder's path cannot be made absolute, because it is empty or the current folder is gone.
    #[error("the folder `{}` has no absolute path: {source}", path.display())]
    NoPath {
        /// The folder as it was given.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file cannot be read to its end.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

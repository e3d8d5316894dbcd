//! A claim's folder: what stands in it, and the moves that never overwrite.
//!
//! ```text
//! <claimed>/<id>/.origin        a symbolic link that names where the file was dropped; never followed, made first
//! <claimed>/<id>/.copy          a copy under way, only when the drop folder is on another file system
//! <claimed>/<id>/<file name>    the file: the claim is complete from the moment that it is there
//! <drop folder>/.bellwether-<id>  the source while its copy is under way
//! ```
//!
//! The origin is a link because a link is made whole or not at all: it needs neither a second step nor a flush of its own.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::{CWD, Mode, OFlags, RenameFlags, renameat_with};
use rustix::io::Errno;
use uuid::Uuid;

use super::{Claimed, names};
use crate::model::DeliveryId;

const ORIGIN: &str = ".origin";
const COPY: &str = ".copy";

/// One claim on disk.
#[derive(Debug, Clone)]
pub(super) struct ClaimFolder {
    pub(super) id: DeliveryId,
    pub(super) dir: PathBuf,
    received: Timestamp,
}

impl ClaimFolder {
    /// The folder of a claim; none when the id does not say when it was made.
    pub(super) fn new(claimed: &Path, id: DeliveryId) -> Option<Self> {
        let (seconds, nanoseconds) = id.0.get_timestamp()?.to_unix();
        let received = Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanoseconds).ok()?).ok()?;
        Some(Self { id, dir: claimed.join(id.to_string()), received })
    }

    /// The folder that has this name; none when it is not a claim's.
    pub(super) fn named(claimed: &Path, name: &str) -> Option<Self> {
        let folder = Self::new(claimed, DeliveryId(Uuid::try_parse(name).ok()?))?;
        (folder.id.to_string() == name).then_some(folder)
    }

    /// Makes the folder and notes where its file is dropped.
    pub(super) fn create(&self, original: &Path) -> io::Result<()> {
        fs::create_dir_all(&self.dir)?;
        symlink(original, self.dir.join(ORIGIN))
    }

    /// Where its file was dropped; none when that was never noted.
    pub(super) fn origin(&self) -> io::Result<Option<PathBuf>> {
        absent(fs::read_link(self.dir.join(ORIGIN)))
    }

    /// Where a copy is written before it is complete.
    pub(super) fn copy(&self) -> PathBuf {
        self.dir.join(COPY)
    }

    /// Where a source waits in its drop folder while it is copied.
    pub(super) fn parked(&self, original: &Path) -> PathBuf {
        original.with_file_name(format!(".bellwether-{}", self.id))
    }

    /// Where a file that was dropped as `original` stands once it is claimed.
    pub(super) fn place_of(&self, original: &Path) -> PathBuf {
        self.dir.join(names::stored_name(original.file_name().unwrap_or_default()))
    }

    /// Puts a file that turned out not to be the claim's back where it was dropped, or under a new name in the same folder
    /// when another has taken its place: nothing is overwritten.
    pub(super) fn put_back(&self, from: &Path, original: &Path) -> io::Result<()> {
        let stored = names::stored_name(original.file_name().unwrap_or_default());
        match rename_to_free(from, original) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                rename_to_free(from, &original.with_file_name(format!("{}-{stored}", self.id)))
            }
            result => result,
        }
    }

    /// The complete claim.
    pub(super) fn claimed(&self, path: PathBuf, original: PathBuf, size: u64) -> Claimed {
        let file_name = names::display_name(original.file_name().unwrap_or_default());
        Claimed { id: self.id, path, file_name, original, size, received: self.received }
    }
}

/// Removes a claim's folder that holds no file any more.
pub(super) fn remove_emptied(dir: &Path) -> io::Result<()> {
    let holds_more = |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name() != ORIGIN);
    let Some(mut entries) = absent(fs::read_dir(dir))? else { return Ok(()) };
    if entries.try_fold(false, |more, entry| holds_more(entry).map(|this| more || this))? {
        return Err(io::ErrorKind::DirectoryNotEmpty.into());
    }
    absent(fs::remove_file(dir.join(ORIGIN)))?;
    absent(fs::remove_dir(dir)).map(drop)
}

/// `None` for what is not there.
pub(super) fn absent<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens a regular file for reading. A symbolic link is not followed, and a pipe that nobody writes to does not block.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a regular file")) }
}

/// Creates a file that must not exist yet.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Renames unless the new name is taken.
fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some network file systems know no such rename; a hard link refuses a name that is taken as well.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        result => Ok(result?),
    }
}

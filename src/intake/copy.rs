//! A claim across file systems: the source is set aside under a hidden name, copied, and removed last.

use std::fs::{self, File, FileTimes};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::claim::{Setback, immovable, no_place, unreadable};
use super::folder::{self, ClaimFolder};
use super::{Settled, Stamp, durable};

/// Between two pieces of this size a copy looks whether it is to stop.
const PIECE: u64 = 4 << 20;

/// Moves a settled file into its claim's folder by copying it.
///
/// The source is renamed first, within its own folder: that is atomic, so of several processes that watch one share
/// exactly one gets it, and nobody can replace it by name while it is read. Until the copy is complete, flushed and under
/// its final name, the source exists; [`super::recover`] finishes or undoes what a crash leaves.
pub(super) fn take_by_copy(
    folder: &ClaimFolder,
    file: &Settled,
    place: &Path,
    stop: &AtomicBool,
) -> Result<(), Setback> {
    let parked = folder.parked(&file.path);
    // The copy exists before the source is parked, so that its absence proves to recovery that nothing is parked.
    let copy = folder::create_new(&folder.copy()).map_err(|error| no_place(folder, error))?;
    fs::rename(&file.path, &parked).map_err(immovable)?;
    let copied = copy_parked(folder, &parked, &file.stamp, copy, stop).and_then(|()| complete(folder, place));
    match copied {
        Ok(()) => remove_source(&parked),
        Err(setback) => {
            undo(folder, &parked, &file.path, place);
            return Err(setback);
        }
    }
    Ok(())
}

fn copy_parked(
    folder: &ClaimFolder,
    parked: &Path,
    expected: &Stamp,
    mut copy: File,
    stop: &AtomicBool,
) -> Result<(), Setback> {
    let source = folder::open(parked).map_err(unreadable)?;
    let before = source.metadata().map_err(unreadable)?;
    let copied = copy_bytes(folder, &source, &mut copy, stop)?;
    let after = source.metadata().map_err(unreadable)?;
    let is_settled = |metadata| Stamp::of(metadata).same_content(expected);
    if copied != expected.size || !is_settled(&before) || !is_settled(&after) {
        return Err(Setback::Changed);
    }
    let modified = after.modified().map_err(unreadable)?;
    copy.set_times(FileTimes::new().set_modified(modified))
        .and_then(|()| copy.sync_all())
        .map_err(|error| no_place(folder, error))
}

fn copy_bytes(folder: &ClaimFolder, source: &File, copy: &mut File, stop: &AtomicBool) -> Result<u64, Setback> {
    let mut copied = 0;
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(Setback::Stopped);
        }
        match io::copy(&mut source.take(PIECE), copy).map_err(|error| no_place(folder, error))? {
            0 => return Ok(copied),
            piece => copied += piece,
        }
    }
}

/// The copy gets its final name, and that is flushed, before the source may go.
fn complete(folder: &ClaimFolder, place: &Path) -> Result<(), Setback> {
    fs::rename(folder.copy(), place)
        .and_then(|()| durable::flush_parent(place))
        .and_then(|()| durable::flush_parent(&folder.dir))
        .map_err(|error| no_place(folder, error))
}

/// The source gets its name back, after the claim has certainly ceased to be complete: never both at once.
fn undo(folder: &ClaimFolder, parked: &Path, original: &Path, place: &Path) {
    let undone = folder::absent(fs::remove_file(place)).and_then(|_| folder.put_back(parked, original));
    if let Err(error) = undone {
        tracing::error!(path = %parked.display(), %error, "cannot give a file its name back; the next start tries again");
    }
}

fn remove_source(parked: &Path) {
    if let Err(error) = fs::remove_file(parked) {
        tracing::warn!(path = %parked.display(), %error, "a file was claimed, but what is left of it cannot be removed");
    }
}

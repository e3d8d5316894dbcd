//! Settled files → claimed files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::folder::{self, ClaimFolder};
use super::scan::{Sight, list};
use super::{Batch, Claimed, Reason, Refused, Settled, Stamp, copy, durable, names};
use crate::model::DeliveryId;

/// Where claims go and what they may hold.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) claimed: PathBuf,
    pub(super) max_bytes: u64,
}

/// Why a settled file was not claimed.
#[derive(Debug)]
pub(super) enum Setback {
    /// It has gone; somebody else may have taken it.
    Gone,
    /// It is not what had settled: it has to settle again.
    Changed,
    /// The process is on its way out.
    Stopped,
    /// It stays where it is.
    Refused(Reason),
}

/// Claims settled files by natural order of their names, so that the order of their ids is the same. Blocks.
pub(super) fn claim_all(
    mut files: Vec<Settled>,
    terms: &Terms,
    stop: &AtomicBool,
) -> Vec<(Settled, Result<Claimed, Setback>)> {
    names::sort_paths(&mut files, |file| &file.path);
    let outcomes: Vec<_> = files
        .into_iter()
        .map(|mut file| {
            let outcome = claim(&file, DeliveryId::new(), terms, stop);
            if outcome.is_err() {
                restamp(&mut file);
            }
            (file, outcome)
        })
        .collect();
    let claims: Vec<&Claimed> = outcomes.iter().filter_map(|(_, outcome)| outcome.as_ref().ok()).collect();
    if let Err(error) = durable::flush(&claims, &terms.claimed) {
        tracing::error!(%error, "claimed files could not be flushed to the disk; they would not survive a power cut");
    }
    outcomes
}

/// An attempt may have renamed the file and back: that alone is no change that would be worth another attempt.
pub(super) fn restamp(file: &mut Settled) {
    match fs::symlink_metadata(&file.path).map(|metadata| Stamp::of(&metadata)) {
        Ok(stamp) if stamp.same_content(&file.stamp) => file.stamp = stamp,
        _ => {}
    }
}

/// Moves one settled file to `<claimed>/<id>/`. Whatever happens on the way, the file is afterwards there or in its drop
/// folder.
pub(super) fn claim(file: &Settled, id: DeliveryId, terms: &Terms, stop: &AtomicBool) -> Result<Claimed, Setback> {
    if stop.load(Ordering::Relaxed) {
        return Err(Setback::Stopped);
    }
    inspect(file, terms.max_bytes)?;
    // The id was made a moment ago and says when; one that did not could not be recovered.
    let Some(folder) = ClaimFolder::new(&terms.claimed, id) else { return Err(Setback::Stopped) };
    let place = folder.place_of(&file.path);
    let taken = folder
        .create(&file.path)
        .map_err(|error| no_place(&folder, error))
        .and_then(|()| take(&folder, file, &place, stop));
    match taken {
        Ok(()) => Ok(folder.claimed(place, file.path.clone(), file.stamp.size)),
        Err(setback) => {
            abandon(&folder, &file.path);
            Err(setback)
        }
    }
}

/// Whether the file is still what had settled, may be read, and is within the limit.
fn inspect(file: &Settled, max_bytes: u64) -> Result<(), Setback> {
    let metadata = fs::symlink_metadata(&file.path).map_err(unreadable)?;
    if !metadata.is_file() || Stamp::of(&metadata) != file.stamp {
        return Err(Setback::Changed);
    }
    let size = metadata.len();
    if size > max_bytes {
        return Err(Setback::Refused(Reason::TooLarge { size, limit: max_bytes }));
    }
    let opened = folder::open(&file.path).and_then(|opened| opened.metadata()).map_err(unreadable)?;
    if Stamp::of(&opened) == file.stamp { Ok(()) } else { Err(Setback::Changed) }
}

fn take(folder: &ClaimFolder, file: &Settled, place: &Path, stop: &AtomicBool) -> Result<(), Setback> {
    match fs::rename(&file.path, place) {
        Ok(()) => confirm(folder, file, place),
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => copy::take_by_copy(folder, file, place, stop),
        Err(error) => Err(immovable(error)),
    }
}

/// Between the last look and the rename, another file may have taken the name: that one has not settled and goes back.
fn confirm(folder: &ClaimFolder, file: &Settled, place: &Path) -> Result<(), Setback> {
    let is_settled = |metadata: &fs::Metadata| metadata.is_file() && Stamp::of(metadata).same_content(&file.stamp);
    if fs::symlink_metadata(place).is_ok_and(|metadata| is_settled(&metadata)) {
        return Ok(());
    }
    match folder.put_back(place, &file.path) {
        Ok(()) => Err(Setback::Changed),
        Err(error) => {
            tracing::warn!(path = %file.path.display(), %error, "a file changed while it was claimed and cannot be put back; it is taken as it is");
            Ok(())
        }
    }
}

/// Removes the folder of a claim that came to nothing, unless the source is still set aside: then recovery needs it.
fn abandon(folder: &ClaimFolder, original: &Path) {
    if fs::symlink_metadata(folder.parked(original)).is_ok() {
        return;
    }
    let removed = folder::absent(fs::remove_file(folder.copy())).and_then(|_| folder::remove_emptied(&folder.dir));
    if let Err(error) = removed {
        tracing::debug!(folder = %folder.dir.display(), %error, "an unused claim folder stays until the next start");
    }
}

pub(super) fn unreadable(error: io::Error) -> Setback {
    setback(error, Reason::Unreadable)
}

pub(super) fn immovable(error: io::Error) -> Setback {
    setback(error, Reason::Immovable)
}

fn setback(error: io::Error, reason: impl FnOnce(io::Error) -> Reason) -> Setback {
    if error.kind() == io::ErrorKind::NotFound { Setback::Gone } else { Setback::Refused(reason(error)) }
}

pub(super) fn no_place(folder: &ClaimFolder, source: io::Error) -> Setback {
    let claimed = folder.dir.parent().unwrap_or(&folder.dir).to_path_buf();
    Setback::Refused(Reason::NoPlace { folder: claimed, source })
}

/// Claims what lies in a folder now, as if all of it had settled, in natural order of the names. Each claim gets the next id.
/// What is not taken stays. Blocks.
///
/// # Errors
/// The folder cannot be listed.
pub fn claim_at_once(
    folder: &Path,
    claimed: &Path,
    max_bytes: u64,
    mut next_id: impl FnMut() -> DeliveryId,
) -> io::Result<Batch> {
    let (terms, stop) = (Terms { claimed: claimed.to_path_buf(), max_bytes }, AtomicBool::new(false));
    let mut found = list(folder).content?;
    names::sort_paths(&mut found, |(path, _)| path);
    let mut batch = Batch::default();
    for (path, sight) in found {
        let Sight::File(stamp) = sight else { continue };
        match claim(&Settled { path: path.clone(), stamp }, next_id(), &terms, &stop) {
            Ok(claim) => batch.claimed.push(claim),
            Err(Setback::Refused(reason)) => batch.refused.push(Refused { path, reason }),
            Err(Setback::Gone | Setback::Changed | Setback::Stopped) => {}
        }
    }
    Ok(batch)
}

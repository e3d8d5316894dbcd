//! After a crash: every complete claim is found again, every other one is undone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::folder::{self, ClaimFolder, absent};
use super::{Claimed, IntakeError, Stamp, durable, names};

/// Finds the claims in the folder for claimed files, oldest first, and puts right what a crash left half done.
///
/// Run it before [`super::Intake`] starts on the same folder; it blocks. Run twice it finds the same. What is found:
///
/// - a folder with its file is a complete claim, and is returned;
/// - a folder without one was left before the file was moved, or after it was moved on: it is removed;
/// - a half copy is removed, and its source gets its name in the drop folder back. While that folder cannot be reached the
///   claim's folder stays, to be tried again when [`super::Intake`] sees the drop folder return, or at the next start.
///
/// A folder that cannot be read is logged and left as it is. Folders that do not have the name of a delivery are ignored.
pub fn recover(claimed_dir: &Path) -> Result<Vec<Claimed>, IntakeError> {
    let unusable = |source| IntakeError::Claimed { path: claimed_dir.to_path_buf(), source };
    let mut claims = Vec::new();
    for folder in claim_folders(claimed_dir).map_err(unusable)? {
        match resolve(&folder) {
            Ok(Some(claim)) => claims.push(claim),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(folder = %folder.dir.display(), %error, "a claim cannot be recovered yet; it is left as it is");
            }
        }
    }
    Ok(claims)
}

/// Gives sources that were set aside for a copy their names back, in drop folders that could not be reached before.
pub(super) fn undo_copies(claimed_dir: &Path) {
    let Ok(folders) = claim_folders(claimed_dir) else { return };
    for folder in folders.iter().filter(|folder| fs::symlink_metadata(folder.copy()).is_ok()) {
        if let Err(error) = undo(folder) {
            tracing::debug!(folder = %folder.dir.display(), %error, "a half copy cannot be undone yet");
        }
    }
}

fn claim_folders(claimed_dir: &Path) -> io::Result<Vec<ClaimFolder>> {
    let mut folders = Vec::new();
    for entry in absent(fs::read_dir(claimed_dir))?.into_iter().flatten() {
        let entry = entry?;
        let folder = entry.file_name().to_str().and_then(|name| ClaimFolder::named(claimed_dir, name));
        match folder {
            Some(folder) if entry.file_type()?.is_dir() => folders.push(folder),
            _ => tracing::debug!(path = %entry.path().display(), "not a claim"),
        }
    }
    folders.sort_by_key(|folder| folder.id);
    Ok(folders)
}

fn resolve(folder: &ClaimFolder) -> io::Result<Option<Claimed>> {
    match claimed_file(folder)? {
        Some((path, stamp)) => finish(folder, path, stamp.size).map(Some),
        None => undo(folder).map(|()| None),
    }
}

/// The file of a claim: the one that its origin says, otherwise the first by name that is not hidden.
fn claimed_file(folder: &ClaimFolder) -> io::Result<Option<(PathBuf, Stamp)>> {
    let expected = folder.origin()?.map(|origin| folder.place_of(&origin));
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder.dir)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_file() && entry.path() != folder.copy() {
            files.push((entry.path(), Stamp::of(&metadata)));
        }
    }
    names::sort_paths(&mut files, |(path, _)| path);
    let place = files.iter().position(|(path, _)| Some(path) == expected.as_ref()).unwrap_or(0);
    Ok(files.into_iter().nth(place))
}

/// The claim is complete: nothing of its source may be left, or it would be claimed again.
fn finish(folder: &ClaimFolder, path: PathBuf, size: u64) -> io::Result<Claimed> {
    absent(fs::remove_file(folder.copy()))?;
    let Some(origin) = folder.origin()? else { return Ok(folder.claimed(path.clone(), path, size)) };
    let parked = folder.parked(&origin);
    if let Err(error) = absent(fs::remove_file(&parked)) {
        tracing::warn!(path = %parked.display(), %error, "a file was claimed, but what is left of it cannot be removed");
    }
    Ok(folder.claimed(path, origin, size))
}

/// The claim is not complete: its source is in the drop folder, at worst under the name of a copy under way.
fn undo(folder: &ClaimFolder) -> io::Result<()> {
    if fs::symlink_metadata(folder.copy()).is_ok() {
        if let Some(origin) = folder.origin()? {
            unpark(folder, &origin)?;
        }
        fs::remove_file(folder.copy())?;
    }
    folder::remove_emptied(&folder.dir)
}

fn unpark(folder: &ClaimFolder, origin: &Path) -> io::Result<()> {
    // Without its folder nothing can be said of the file: the share may only be away.
    let drop_folder = origin.parent().unwrap_or(origin);
    fs::read_dir(drop_folder)?;
    let parked = folder.parked(origin);
    if absent(fs::symlink_metadata(&parked))?.is_some() {
        folder.put_back(&parked, origin)?;
        durable::flush_one(drop_folder)?;
    }
    Ok(())
}

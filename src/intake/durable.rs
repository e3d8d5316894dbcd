//! Claims that survive a power cut.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use super::Claimed;

/// From so many files on, one flush of the whole file system costs less than one flush for each.
const MANY: usize = 8;

/// Flushes claimed files and every folder that their claims changed. A process that is killed needs none of this: a
/// machine that loses power does.
pub(super) fn flush(claims: &[&Claimed], claimed: &Path) -> io::Result<()> {
    if claims.is_empty() {
        return Ok(());
    }
    if claims.len() >= MANY {
        rustix::fs::syncfs(File::open(claimed)?)?;
    } else {
        for claim in claims {
            flush_one(&claim.path)?;
            flush_parent(&claim.path)?;
        }
        flush_one(claimed)?;
    }
    let emptied: BTreeSet<&Path> = claims.iter().filter_map(|claim| claim.original.parent()).collect();
    emptied.into_iter().try_for_each(flush_one)
}

/// Flushes the folder that a file is in.
pub(super) fn flush_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), flush_one)
}

/// Flushes a file or a folder.
pub(super) fn flush_one(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

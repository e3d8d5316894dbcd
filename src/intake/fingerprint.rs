//! The hash that names a file's content.

use std::path::Path;

use super::{IntakeError, folder};

/// The BLAKE3 hash of a file's bytes, read once from start to end in constant memory; a symbolic link is not followed.
///
/// Blocks for as long as reading takes: call it in `spawn_blocking`.
pub fn fingerprint(path: &Path) -> Result<blake3::Hash, IntakeError> {
    let read = || {
        let file = folder::open(path)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(file)?;
        Ok(hasher.finalize())
    };
    read().map_err(|source| IntakeError::Read { path: path.to_path_buf(), source })
}

//! Files and folders that people read, written so that a reader sees a whole one and a power cut loses none.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use crate::intake;

/// A file in a folder, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed {
    /// Its name in the folder.
    pub name: String,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub hash: String,
    /// Its size.
    pub bytes: u64,
}

impl Hashed {
    /// Reads a file of a folder.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(name);
        let hash = intake::fingerprint(&path).map_err(io::Error::other)?.to_hex().to_string();
        Ok(Self { name: name.to_owned(), hash, bytes: path.metadata()?.len() })
    }

    /// As a manifest lists it.
    #[must_use]
    pub fn in_manifest(&self) -> serde_json::Value {
        serde_json::json!({ "name": self.name, "blake3": self.hash, "bytes": self.bytes })
    }
}

/// Copies a file, over another one if need be. On one file system it is a second name of the same bytes.
///
/// # Errors
/// The disk fails; it can be done again.
pub fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    if fs::hard_link(from, to).is_err() {
        write_whole(to, |file| io::copy(&mut File::open(from)?, file).map(drop))?;
    }
    readable(to)?;
    sync_folder(folder)
}

/// Removes a file, if there is one.
///
/// # Errors
/// It is there and cannot be removed.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a small file.
///
/// # Errors
/// The disk fails.
pub fn write_file(path: &Path, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    write_whole(path, |file| file.write_all(content))?;
    readable(path)
}

/// Writes a file under a hidden name and gives it its own when it is whole. The hidden name is the same each time: doing it
/// again after a crash leaves nothing behind.
fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let partial = path.with_file_name(format!(".{name}.partial"));
    let mut file = File::create(&partial)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(partial, path)
}

/// Lets everybody read a file: those who read the folder are not always the daemon's own user.
///
/// # Errors
/// The file is not there or not ours.
pub fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

/// Makes the names in a folder survive a loss of power.
///
/// # Errors
/// The disk fails.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

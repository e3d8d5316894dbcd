//! What is in the drop folders: the only source of truth about them.

use std::fs::{self, FileType, Metadata};
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::{Stamp, names};

/// What a look at a path showed.
#[derive(Debug)]
pub(super) enum Sight {
    /// A regular file.
    File(Stamp),
    /// Something that is never taken: a symbolic link, a pipe, a socket, a device; in words.
    Other(&'static str),
    /// A folder.
    Folder,
    /// Nothing.
    Gone,
    /// The operating system would not say.
    Unknown(io::Error),
}

/// One drop folder and what is in it, names that are ignored left out; or why it cannot be listed.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) folder: PathBuf,
    pub(super) content: io::Result<Vec<(PathBuf, Sight)>>,
}

/// Lists a folder, without its subfolders. Blocks.
pub(super) fn list(folder: &Path) -> Listing {
    Listing { folder: folder.to_path_buf(), content: entries(folder) }
}

fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, Sight)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !names::is_ignored(&entry.file_name()) {
            found.push((entry.path(), sight(entry.metadata())));
        }
    }
    Ok(found)
}

/// Looks at some paths. Blocks.
pub(super) fn look(paths: Vec<PathBuf>) -> Vec<(PathBuf, Sight)> {
    paths
        .into_iter()
        .map(|path| {
            let sight = sight(fs::symlink_metadata(&path));
            (path, sight)
        })
        .collect()
}

fn sight(metadata: io::Result<Metadata>) -> Sight {
    match metadata {
        Ok(metadata) if metadata.is_file() => Sight::File(Stamp::of(&metadata)),
        Ok(metadata) if metadata.is_dir() => Sight::Folder,
        Ok(metadata) => Sight::Other(kind(metadata.file_type())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Sight::Gone,
        Err(error) => Sight::Unknown(error),
    }
}

fn kind(file_type: FileType) -> &'static str {
    if file_type.is_symlink() {
        "a symbolic link"
    } else if file_type.is_fifo() {
        "a pipe"
    } else if file_type.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

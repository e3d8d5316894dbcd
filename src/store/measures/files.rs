//! Files that are whole or not there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use crate::{
    model::Period,
    store::{
        error::{Result, StoreError},
        escape::folder,
    },
};

/// Where the figures of a period with this content belong, below the folder of the measures.
pub(super) fn path(dataset: &str, period: Period, hash: &str) -> String {
    format!("{}/{}/{hash}.parquet", folder(dataset), folder(&period.to_string()))
}

/// Writes a file so that it is either whole or not there, also after a loss of power. A file that is there already is
/// replaced: it had the same content, or was damaged.
pub(super) fn write(measures: &Path, path: &str, bytes: &[u8]) -> Result<()> {
    let path = measures.join(path);
    let folder = path.parent().unwrap_or(measures);
    make_folder(folder)?;
    write_beside(folder, &path, bytes).map_err(|source| StoreError::of_file("write", &path, source))
}

fn write_beside(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    // What a crash leaves is written over when the same figures come again.
    let unfinished = path.with_extension("parquet.part");
    // Notebooks of other accounts read it too, as far as the umask lets them.
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, path)?;
    File::open(folder)?.sync_all()
}

/// Makes a folder and those above it; each new one is fsynced into its parent.
fn make_folder(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folder(parent)?;
    }
    let made = match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        made => made,
    };
    made.and_then(|()| File::open(parent.unwrap_or(Path::new(".")))?.sync_all())
        .map_err(|source| StoreError::of_file("make the folder", folder, source))
}

/// Opens a file.
pub(super) fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|source| StoreError::of_file("read", path, source))
}

/// Opens a file after making sure that its content is what its name promises.
pub(super) fn open_verified(path: &Path, hash: &str) -> Result<File> {
    let failed = |source| StoreError::of_file("read", path, source);
    let mut file = open(path)?;
    let found = blake3::Hasher::new().update_reader(&file).map_err(failed)?.finalize().to_hex();
    if found.as_str() != hash {
        let reason = format!("its content has the hash {found}, not that of its name");
        return Err(StoreError::DamagedMeasures { path: path.to_owned(), reason });
    }
    file.rewind().map_err(failed)?;
    Ok(file)
}

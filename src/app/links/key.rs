//! The key that links are signed with: 32 random bytes in the home's state.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use secrecy::SecretSlice;

use crate::app::{files::sync_folder, home::Home};

const BYTES: usize = 32;

/// The key of a home; made when there is none.
///
/// # Errors
/// The state cannot be read or written, or what stands there is no key.
pub(super) fn read_or_make(home: &Home) -> io::Result<SecretSlice<u8>> {
    let path = path(home);
    match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = write(&path)?;
            // Of two processes that make the first one, one is first.
            match fs::hard_link(&made, &path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => fs::remove_file(made)?,
            }
            key(fs::read(path)?)
        }
        read => key(read?),
    }
}

/// Makes a new key: links that were signed with the old one work no more.
///
/// # Errors
/// The state cannot be written to.
pub(super) fn rotate(home: &Home) -> io::Result<()> {
    fs::create_dir_all(home.state())?;
    fs::rename(write(&path(home))?, path(home))?;
    sync_folder(&home.state())
}

fn path(home: &Home) -> PathBuf {
    home.state().join("links.key")
}

/// A new key beside the place where it is to be.
fn write(path: &Path) -> io::Result<PathBuf> {
    let beside = path.with_extension(format!("{}.partial", std::process::id()));
    let _ = fs::remove_file(&beside);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(&rand::random::<[u8; BYTES]>())?;
    file.sync_all()?;
    Ok(beside)
}

fn key(bytes: Vec<u8>) -> io::Result<SecretSlice<u8>> {
    match bytes.len() {
        BYTES => Ok(SecretSlice::from(bytes)),
        n => {
            let wrong = format!("it holds {n} bytes instead of {BYTES}: `bellwether links rotate` makes a new one");
            Err(io::Error::new(io::ErrorKind::InvalidData, wrong))
        }
    }
}

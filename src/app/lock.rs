//! One daemon for one home.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
};

use super::home::Home;

/// Held as long as this value lives; the operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

/// Why the lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process works on this home.
    #[error("bellwether is already at work on this home (process {pid}); stop it first, or use another --home")]
    Held {
        /// Its process id, as it wrote it.
        pid: String,
    },
    /// The lock file cannot be used.
    #[error("the lock {path} cannot be used: {source}; see who owns the folder, and that it can be written to")]
    Unusable {
        /// The lock file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl HomeLock {
    /// Takes the lock of a home and notes this process in it.
    ///
    /// # Errors
    /// Another process holds it, or the file cannot be written.
    pub fn take(home: &Home) -> Result<Self, LockError> {
        let unusable = |source| LockError::Unusable { path: home.lock().display().to_string(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(home.lock())
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { pid: holder(&mut file) }),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let note = |file: &mut File| {
            file.set_len(0)?;
            writeln!(file, "{}", std::process::id())
        };
        note(&mut file).map_err(unusable)?;
        Ok(Self { _file: file })
    }

    /// The process id of the daemon that works on a home now, if one does.
    #[must_use]
    pub fn running(home: &Home) -> Option<u32> {
        let mut file = File::open(home.lock()).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => holder(&mut file).parse().ok(),
            _ => None,
        }
    }
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(20).read_to_string(&mut text));
    if read.is_err() || text.trim().is_empty() { "unknown".to_owned() } else { text.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_the_first_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::at(folder.path()).expect("a home");
        home.prepare().expect("folders");
        assert_eq!(HomeLock::running(&home), None);
        let lock = HomeLock::take(&home).expect("free");
        let error = HomeLock::take(&home).expect_err("held");
        assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
        assert_eq!(HomeLock::running(&home), Some(std::process::id()));
        drop(lock);
        assert_eq!(HomeLock::running(&home), None);
        HomeLock::take(&home).expect("free again");
    }
}

//! Behaviour with real folders; how files settle is tested in virtual time.

mod absence;
mod claims;
mod folders;
mod hints;
mod killed;
mod naming;
mod recovery;
mod settling;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::{Batch, Claimed, Intake, IntakeSettings};

/// A slow machine may take as long as this; no test waits so long when all is well.
const PATIENCE: Duration = Duration::from_mins(1);

/// A home with one drop folder and a folder for claimed files.
struct Home {
    dir: TempDir,
    settings: IntakeSettings,
}

impl Home {
    /// Settles in 60 ms, and lists the folder so seldom that only the watch can bring news.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("drop")).unwrap();
        let settings = IntakeSettings {
            folders: vec![dir.path().join("drop")],
            settle: Duration::from_millis(60),
            rescan: Duration::from_hours(1),
            max_bytes: 1_000_000,
            claimed: dir.path().join("claimed"),
        };
        Self { dir, settings }
    }

    fn intake(&self) -> Intake {
        Intake::new(self.settings.clone()).unwrap()
    }

    fn drop_folder(&self) -> PathBuf {
        self.dir.path().join("drop")
    }

    fn dropped(&self, name: &str) -> PathBuf {
        self.drop_folder().join(name)
    }

    /// Lays a file into the drop folder, whole: a test that is held up while it writes must not leave half of it to settle.
    fn put(&self, name: &str, content: &str) -> PathBuf {
        let (unfinished, path) = (self.dir.path().join("unfinished"), self.dropped(name));
        fs::write(&unfinished, content).unwrap();
        fs::rename(unfinished, &path).unwrap();
        path
    }

    /// The names in the folder for claimed files.
    fn claim_folders(&self) -> Vec<String> {
        names_in(&self.settings.claimed)
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

async fn next(intake: &mut Intake) -> Batch {
    tokio::time::timeout(PATIENCE, intake.next()).await.expect("a batch comes")
}

async fn sweep(intake: &mut Intake) -> Batch {
    tokio::time::timeout(PATIENCE, intake.sweep()).await.expect("the sweep ends")
}

fn file_names(claimed: &[Claimed]) -> Vec<&str> {
    claimed.iter().map(|claimed| claimed.file_name.as_str()).collect()
}

fn content(claimed: &Claimed) -> String {
    fs::read_to_string(&claimed.path).unwrap()
}

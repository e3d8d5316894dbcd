//! A process that claims files is killed again and again; every file is claimed once in the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{PATIENCE, names_in, sweep};
use crate::intake::{Intake, IntakeSettings, recover};

const HOME: &str = "BELLWETHER_TEST_VICTIM_HOME";
const ELSEWHERE: &str = "BELLWETHER_TEST_VICTIM_ELSEWHERE";

const ROUNDS: u64 = 24;
const FILES: usize = 12;

fn settings(home: &Path, elsewhere: &Path) -> IntakeSettings {
    IntakeSettings {
        folders: vec![home.join("drop"), elsewhere.to_path_buf()],
        settle: Duration::from_millis(5),
        rescan: Duration::from_secs(1),
        max_bytes: u64::MAX,
        claimed: home.join("claimed"),
    }
}

/// Not a test of its own: the process that is killed.
#[test]
#[ignore = "run by the test below, in a process of its own"]
fn victim() {
    let (Some(home), Some(elsewhere)) = (std::env::var_os(HOME), std::env::var_os(ELSEWHERE)) else { return };
    let home = PathBuf::from(home);
    recover(&home.join("claimed")).unwrap();
    let mut intake = Intake::new(settings(&home, Path::new(&elsewhere))).unwrap();
    fs::write(home.join("ready"), "").unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        loop {
            intake.next().await;
        }
    });
}

fn spawn_victim(home: &Path, elsewhere: &Path) -> Child {
    let _ = fs::remove_file(home.join("ready"));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "intake::tests::killed::victim", "--ignored"])
        .env(HOME, home)
        .env(ELSEWHERE, elsewhere)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !home.join("ready").exists() {
        assert!(began.elapsed() < PATIENCE, "the process starts");
        sleep(Duration::from_millis(1));
    }
    child
}

/// What each file holds: its own name, and for some enough that a copy takes a while.
fn content(round: u64, file: usize) -> String {
    format!("{round}/{file} ").repeat(if file.is_multiple_of(3) { 300_000 } else { 1 })
}

#[tokio::test]
async fn killed_at_any_moment_every_file_is_claimed_once() {
    let home = TempDir::new().unwrap();
    // On most machines this is another file system, so that files are copied.
    let elsewhere = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
    fs::create_dir(home.path().join("drop")).unwrap();
    let mut expected = BTreeMap::new();
    for round in 0..ROUNDS {
        for file in 0..FILES {
            let folder = if file % 2 == 0 { elsewhere.path().to_path_buf() } else { home.path().join("drop") };
            // The same few names again and again: what is given back must not overwrite what came after it.
            fs::write(folder.join(".incoming"), content(round, file)).unwrap();
            let name = folder.join(format!("{}-{}.csv", file, round % 2));
            if name.exists() {
                fs::remove_file(folder.join(".incoming")).unwrap();
            } else {
                fs::rename(folder.join(".incoming"), name).unwrap();
                expected.insert(content(round, file), 1);
            }
        }
        let mut victim = spawn_victim(home.path(), elsewhere.path());
        sleep(Duration::from_millis(round * 2));
        victim.kill().unwrap();
        victim.wait().unwrap();
    }

    let settings = settings(home.path(), elsewhere.path());
    recover(&settings.claimed).unwrap();
    sweep(&mut Intake::new(settings.clone()).unwrap()).await;
    let mut found = BTreeMap::new();
    for claimed in recover(&settings.claimed).unwrap() {
        *found.entry(fs::read_to_string(claimed.path).unwrap()).or_insert(0) += 1;
    }
    assert!(
        found == expected,
        "{} contents were dropped, {} found, each should be there once",
        expected.len(),
        found.len()
    );
    assert!(names_in(elsewhere.path()).is_empty() && names_in(&home.path().join("drop")).is_empty());
}

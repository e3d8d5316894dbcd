//! Folders that go away, and what is said of them.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Home, content, file_names, next, sweep};
use crate::intake::folder::ClaimFolder;
use crate::model::DeliveryId;

/// What was logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn lines_with(&self, text: &str) -> usize {
        String::from_utf8_lossy(&self.0.lock().unwrap()).lines().filter(|line| line.contains(text)).count()
    }

    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_folder_that_goes_and_comes_back_is_logged_once_each() {
    let home = Home::new();
    let log = Log::default();
    let _listening = log.listen();
    let mut intake = home.intake();
    sweep(&mut intake).await;
    assert_eq!(log.lines_with("drop folder"), 0);
    fs::remove_dir(home.drop_folder()).unwrap();
    for _ in 0..3 {
        sweep(&mut intake).await;
    }
    assert_eq!(log.lines_with("a drop folder cannot be listed"), 1);
    fs::create_dir(home.drop_folder()).unwrap();
    for _ in 0..3 {
        sweep(&mut intake).await;
    }
    assert_eq!(log.lines_with("a drop folder is there again"), 1);
}

#[tokio::test]
async fn a_link_is_warned_of_once() {
    let home = Home::new();
    symlink("/etc/passwd", home.dropped("link.csv")).unwrap();
    let log = Log::default();
    let _listening = log.listen();
    let mut intake = home.intake();
    for _ in 0..3 {
        sweep(&mut intake).await;
    }
    assert_eq!(log.lines_with("a symbolic link in a drop folder is not taken"), 1);
    assert_eq!(log.lines_with("link.csv"), 1);
}

#[tokio::test]
async fn a_share_that_looks_empty_for_a_moment_is_not_news() {
    let mut home = Home::new();
    home.settings.max_bytes = 3;
    let mut intake = home.intake();
    home.put("large.csv", "1234");
    assert_eq!(sweep(&mut intake).await.refused.len(), 1);
    // What an unmounted share leaves: the empty folder that it was mounted on.
    let away = home.dir.path().join("away");
    fs::rename(home.drop_folder(), &away).unwrap();
    fs::create_dir(home.drop_folder()).unwrap();
    sweep(&mut intake).await;
    fs::remove_dir(home.drop_folder()).unwrap();
    fs::rename(&away, home.drop_folder()).unwrap();
    assert!(sweep(&mut intake).await.refused.is_empty(), "said once");
}

#[tokio::test]
async fn a_half_copy_is_undone_when_its_folder_returns() {
    let mut home = Home::new();
    home.settings.rescan = Duration::from_millis(100);
    let original = home.dropped("a.csv");
    let folder = ClaimFolder::new(&home.settings.claimed, DeliveryId::new()).unwrap();
    folder.create(&original).unwrap();
    fs::write(folder.copy(), "half").unwrap();
    fs::write(folder.parked(&original), "whole").unwrap();
    let away = home.dir.path().join("away");
    fs::rename(home.drop_folder(), &away).unwrap();
    let mut intake = home.intake();
    sweep(&mut intake).await;
    fs::rename(&away, home.drop_folder()).unwrap();
    let batch = next(&mut intake).await;
    assert_eq!(file_names(&batch.claimed), ["a.csv"]);
    assert_eq!(content(&batch.claimed[0]), "whole");
    assert_ne!(batch.claimed[0].id, folder.id);
}

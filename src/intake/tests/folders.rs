//! The whole intake over real folders.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use futures::FutureExt;
use rustix::fs::{CWD, Mode, mkfifoat};

use super::{Home, content, file_names, names_in, next, sweep};
use crate::intake::{Intake, IntakeError, Reason, recover};

#[tokio::test]
async fn files_present_at_start_come_in_natural_order() {
    let home = Home::new();
    for name in ["les-2025-10.csv", "les-2025-9.csv", "les-2025-04.csv", "hha.csv"] {
        home.put(name, name);
    }
    let batch = next(&mut home.intake()).await;
    assert_eq!(file_names(&batch.claimed), ["hha.csv", "les-2025-04.csv", "les-2025-9.csv", "les-2025-10.csv"]);
    assert!(batch.claimed.is_sorted_by_key(|claimed| claimed.id), "ids are in the same order");
    assert!(batch.claimed.iter().all(|claimed| content(claimed) == claimed.file_name));
    assert!(batch.refused.is_empty() && batch.waiting.is_empty());
    assert!(names_in(&home.drop_folder()).is_empty());
}

#[tokio::test]
async fn a_rename_into_the_folder_is_noticed_without_a_rescan() {
    let home = Home::new();
    let mut intake = home.intake();
    sweep(&mut intake).await;
    let outside = home.dir.path().join("upload.csv");
    fs::write(&outside, "1").unwrap();
    fs::rename(&outside, home.dropped("a.csv")).unwrap();
    assert_eq!(file_names(&next(&mut intake).await.claimed), ["a.csv"]);
}

#[tokio::test]
async fn a_file_that_gets_its_final_name_is_noticed() {
    let home = Home::new();
    let mut intake = home.intake();
    home.put("a.csv.part", "whole");
    assert!(sweep(&mut intake).await.claimed.is_empty());
    fs::rename(home.dropped("a.csv.part"), home.dropped("a.csv")).unwrap();
    assert_eq!(file_names(&next(&mut intake).await.claimed), ["a.csv"]);
}

#[tokio::test]
async fn a_slow_writer_is_waited_for() {
    let mut home = Home::new();
    home.settings.settle = Duration::from_millis(1500);
    let mut intake = home.intake();
    sweep(&mut intake).await;
    let path = home.dropped("slow.csv");
    let writer = tokio::spawn(async move {
        use std::io::Write;
        let mut file = fs::File::create(path).unwrap();
        for _ in 0..20 {
            file.write_all(b"0123456789").unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    home.put("quick.csv", "1");
    let first = next(&mut intake).await;
    let mut claimed = first.claimed;
    while claimed.len() < 2 {
        claimed.extend(next(&mut intake).await.claimed);
    }
    writer.await.unwrap();
    let slow = claimed.iter().find(|claimed| claimed.file_name == "slow.csv").unwrap();
    assert_eq!((slow.size, content(slow).len()), (200, 200));
}

#[tokio::test]
async fn files_that_still_move_are_named_and_their_vanishing_is_said() {
    let mut home = Home::new();
    home.settings.settle = Duration::from_secs(3);
    let mut intake = home.intake();
    home.put("first.csv", "1");
    // Seen later by more than what is waited for together, so that it is still moving when the first has settled.
    assert!(tokio::time::timeout(Duration::from_millis(1500), intake.next()).await.is_err());
    let second = home.put("second.csv", "2");
    let batch = next(&mut intake).await;
    assert_eq!(file_names(&batch.claimed), ["first.csv"]);
    assert_eq!(batch.waiting, std::slice::from_ref(&second));
    fs::remove_file(second).unwrap();
    let batch = next(&mut intake).await;
    assert!(batch.claimed.is_empty() && batch.refused.is_empty() && batch.waiting.is_empty());
}

#[tokio::test]
async fn the_same_name_with_new_content_is_another_delivery() {
    let home = Home::new();
    let mut intake = home.intake();
    home.put("a.csv", "first");
    let first = next(&mut intake).await.claimed;
    home.put("a.csv", "second");
    let second = next(&mut intake).await.claimed;
    assert_eq!((content(&first[0]), content(&second[0])), ("first".to_owned(), "second".to_owned()));
    assert!(first[0].id < second[0].id);
}

#[tokio::test]
async fn replaced_while_it_settles_only_the_replacement_is_claimed() {
    let mut home = Home::new();
    home.settings.settle = Duration::from_secs(2);
    let mut intake = home.intake();
    home.put("a.csv", "old");
    assert!(tokio::time::timeout(Duration::from_millis(100), intake.next()).await.is_err());
    let replacement = home.dir.path().join("replacement");
    fs::write(&replacement, "new").unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    fs::File::options().write(true).open(&replacement).unwrap().set_modified(long_ago).unwrap();
    fs::rename(replacement, home.dropped("a.csv")).unwrap();
    let batch = next(&mut intake).await;
    assert_eq!(batch.claimed.iter().map(content).collect::<Vec<_>>(), ["new"]);
}

#[tokio::test]
async fn what_is_not_a_file_to_take_stays() {
    let home = Home::new();
    let target = home.dir.path().join("target");
    fs::write(&target, "secret").unwrap();
    symlink(&target, home.dropped("link.csv")).unwrap();
    symlink("nowhere", home.dropped("dangling.csv")).unwrap();
    mkfifoat(CWD, home.dropped("pipe.csv"), Mode::from(0o644)).unwrap();
    let _socket = UnixListener::bind(home.dropped("socket.csv")).unwrap();
    fs::create_dir(home.dropped("folder.csv")).unwrap();
    fs::write(home.dropped("folder.csv").join("inner.csv"), "1").unwrap();
    for name in ["~$a.xlsx", ".hidden.csv", "a.csv.tmp", "a.PART", "a.filepart", "a.crdownload", "Thumbs.db"] {
        home.put(name, "1");
    }
    let before = names_in(&home.drop_folder());
    let mut intake = home.intake();
    let batch = sweep(&mut intake).await;
    assert!(batch.claimed.is_empty() && batch.refused.is_empty() && batch.waiting.is_empty());
    home.put("a.csv", "1");
    assert_eq!(file_names(&next(&mut intake).await.claimed), ["a.csv"]);
    assert_eq!(names_in(&home.drop_folder()), before);
    assert_eq!(fs::read_to_string(target).unwrap(), "secret");
}

#[tokio::test]
async fn too_large_is_refused_once_until_it_changes() {
    let mut home = Home::new();
    home.settings.max_bytes = 10;
    home.settings.rescan = Duration::from_millis(100);
    let mut intake = home.intake();
    let path = home.put("large.csv", "12345678901");
    let batch = next(&mut intake).await;
    assert_eq!(batch.refused.len(), 1);
    assert_eq!(batch.refused[0].path, path);
    assert!(matches!(batch.refused[0].reason, Reason::TooLarge { size: 11, limit: 10 }));
    assert!(path.exists());
    for _ in 0..3 {
        assert!(sweep(&mut intake).await.refused.is_empty(), "said once");
    }
    home.put("large.csv", "larger than ever");
    assert!(matches!(next(&mut intake).await.refused[0].reason, Reason::TooLarge { size: 16, limit: 10 }));
    home.put("large.csv", "small");
    assert_eq!(next(&mut intake).await.claimed.iter().map(content).collect::<Vec<_>>(), ["small"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_and_taken_when_it_can() {
    if rustix::process::geteuid().is_root() {
        return;
    }
    let home = Home::new();
    let mut intake = home.intake();
    let path = home.put("a.csv", "1");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    assert!(matches!(next(&mut intake).await.refused[0].reason, Reason::Unreadable(_)));
    assert!(sweep(&mut intake).await.refused.is_empty(), "said once");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(file_names(&next(&mut intake).await.claimed), ["a.csv"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_stored_is_refused_once_and_tried_again() {
    let mut home = Home::new();
    home.settings.rescan = Duration::from_millis(100);
    let mut intake = home.intake();
    let path = home.put("a.csv", "1");
    // A file in the place of the folder for claimed files: not even root can claim into it.
    fs::remove_dir(&home.settings.claimed).unwrap();
    fs::write(&home.settings.claimed, "").unwrap();
    let batch = next(&mut intake).await;
    assert!(matches!(batch.refused[0].reason, Reason::NoPlace { .. }), "{:?}", batch.refused);
    assert!(sweep(&mut intake).await.refused.is_empty(), "said once");
    assert!(path.exists());
    fs::remove_file(&home.settings.claimed).unwrap();
    assert_eq!(file_names(&next(&mut intake).await.claimed), ["a.csv"]);
}

#[tokio::test]
async fn a_folder_may_come_late_vanish_and_return() {
    let mut home = Home::new();
    home.settings.rescan = Duration::from_millis(100);
    fs::remove_dir(home.drop_folder()).unwrap();
    let mut intake = home.intake();
    assert!(sweep(&mut intake).await.claimed.is_empty());
    for name in ["first.csv", "second.csv"] {
        fs::create_dir(home.drop_folder()).unwrap();
        home.put(name, "1");
        assert_eq!(file_names(&next(&mut intake).await.claimed), [name]);
        fs::remove_dir(home.drop_folder()).unwrap();
        sweep(&mut intake).await;
    }
}

#[tokio::test]
async fn a_folder_that_returned_is_watched_again() {
    let home = Home::new();
    let mut intake = home.intake();
    sweep(&mut intake).await;
    fs::remove_dir(home.drop_folder()).unwrap();
    sweep(&mut intake).await;
    fs::create_dir(home.drop_folder()).unwrap();
    sweep(&mut intake).await;
    // No rescan is due for an hour.
    home.put("a.csv", "1");
    assert_eq!(file_names(&next(&mut intake).await.claimed), ["a.csv"]);
}

#[tokio::test]
async fn what_no_event_tells_the_rescan_finds() {
    let mut home = Home::new();
    home.settings.rescan = Duration::from_millis(100);
    let (before, after) = (home.dir.path().join("before"), home.dir.path().join("after"));
    fs::create_dir(&before).unwrap();
    fs::create_dir(&after).unwrap();
    fs::remove_dir(home.drop_folder()).unwrap();
    symlink(&before, home.drop_folder()).unwrap();
    let mut intake = home.intake();
    sweep(&mut intake).await;
    // The watch is on the folder that the link named: pointing it elsewhere makes no event there.
    fs::write(after.join("a.csv"), "1").unwrap();
    fs::remove_file(home.drop_folder()).unwrap();
    symlink(&after, home.drop_folder()).unwrap();
    assert_eq!(file_names(&next(&mut intake).await.claimed), ["a.csv"]);
}

#[tokio::test]
async fn hostile_names_are_claimed_under_safe_ones() {
    let home = Home::new();
    let latin1 = std::ffi::OsStr::from_bytes(b"caf\xe9\n.csv");
    fs::write(home.drop_folder().join(latin1), "latin-1").unwrap();
    let long = format!("{}.csv", "x".repeat(251));
    home.put(&long, "long");
    let batch = next(&mut home.intake()).await;
    assert_eq!(file_names(&batch.claimed), ["caf\u{FFFD}\u{FFFD}.csv", &long]);
    assert_eq!(batch.claimed[0].original, home.drop_folder().join(latin1));
    assert_eq!(batch.claimed[0].path.file_name().unwrap(), "caf__.csv");
    assert_eq!(batch.claimed[1].path.file_name().unwrap().len(), 200);
    assert_eq!(recover(&home.settings.claimed).unwrap(), batch.claimed);
}

#[tokio::test]
async fn two_thousand_files_at_once() {
    let home = Home::new();
    let mut intake = home.intake();
    sweep(&mut intake).await;
    for file in 0..2000 {
        home.put(&format!("{file}.csv"), &file.to_string());
    }
    let mut claimed = Vec::new();
    while claimed.len() < 2000 {
        claimed.extend(next(&mut intake).await.claimed);
    }
    let mut contents: Vec<u32> = claimed.iter().map(|claimed| content(claimed).parse().unwrap()).collect();
    contents.sort_unstable();
    assert_eq!(contents, (0..2000).collect::<Vec<_>>());
    assert!(names_in(&home.drop_folder()).is_empty());
    assert_eq!(recover(&home.settings.claimed).unwrap().len(), 2000);
}

#[tokio::test]
async fn a_call_that_is_given_up_loses_nothing() {
    let home = Home::new();
    let mut intake = home.intake();
    for file in 0..50 {
        home.put(&format!("{file}.csv"), "1");
    }
    let mut claimed = Vec::new();
    let began = Instant::now();
    while claimed.len() < 50 {
        assert!(began.elapsed() < super::PATIENCE);
        // Polled once and dropped, over and over.
        if let Some(batch) = intake.next().now_or_never() {
            claimed.extend(batch.claimed);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(recover(&home.settings.claimed).unwrap().len(), 50);
}

#[tokio::test]
async fn a_sweep_returns_all_that_is_there_sorted() {
    let home = Home::new();
    let names = ["a1.csv", "a2.csv", "a10.csv"];
    for name in names {
        home.put(name, "1");
    }
    let mut intake = home.intake();
    let batch = sweep(&mut intake).await;
    assert_eq!(file_names(&batch.claimed), names);
    assert!(sweep(&mut intake).await.claimed.is_empty());
}

#[tokio::test]
async fn what_was_claimed_but_not_handed_out_is_handed_out_at_the_stop() {
    let home = Home::new();
    let path = home.put("a.csv", "1");
    let mut intake = home.intake();
    let mut claimed = Vec::new();
    let began = Instant::now();
    while path.exists() {
        assert!(began.elapsed() < super::PATIENCE);
        claimed.extend(intake.next().now_or_never().into_iter().flat_map(|batch| batch.claimed));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    claimed.extend(intake.stop().await.claimed);
    assert_eq!(file_names(&claimed), ["a.csv"]);
}

#[tokio::test]
async fn settings_that_cannot_work_are_errors() {
    let mut home = Home::new();
    home.settings.claimed = home.drop_folder();
    assert!(matches!(Intake::new(home.settings.clone()), Err(IntakeError::SameFolder { .. })));
    home.settings.claimed = home.put("file", "1").join("claimed");
    assert!(matches!(Intake::new(home.settings.clone()), Err(IntakeError::Claimed { .. })));
    home.settings.folders.push(std::path::PathBuf::new());
    assert!(matches!(Intake::new(home.settings), Err(IntakeError::NoPath { .. })));
}

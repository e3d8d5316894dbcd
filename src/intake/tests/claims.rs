//! One claim: what it takes, what it leaves, and what happens when the file or the disk does not hold still.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::{Home, names_in};
use crate::intake::claim::{Setback, Terms, claim, restamp};
use crate::intake::close;
use crate::intake::copy::take_by_copy;
use crate::intake::folder::ClaimFolder;
use crate::intake::{Claimed, Reason, Settled, Stamp, fingerprint};
use crate::model::DeliveryId;

static GO: AtomicBool = AtomicBool::new(false);

fn settled(path: &Path) -> Settled {
    Settled { path: path.to_path_buf(), stamp: Stamp::of(&fs::symlink_metadata(path).unwrap()) }
}

fn take(home: &Home, file: &Settled) -> Result<Claimed, Setback> {
    let terms = Terms { claimed: home.settings.claimed.clone(), max_bytes: home.settings.max_bytes };
    claim(file, DeliveryId::new(), &terms, &GO)
}

/// A claim by copy, as far as the file itself goes.
fn take_copy(home: &Home, file: &Settled, stop: &AtomicBool) -> (ClaimFolder, PathBuf, Result<(), Setback>) {
    let folder = ClaimFolder::new(&home.settings.claimed, DeliveryId::new()).unwrap();
    folder.create(&file.path).unwrap();
    let place = folder.place_of(&file.path);
    let outcome = take_by_copy(&folder, file, &place, stop);
    (folder, place, outcome)
}

#[test]
fn a_claim_moves_the_file_and_says_where_it_came_from() {
    let home = Home::new();
    let path = home.put("les-2025-04.csv", "a,b\n1,2\n");
    let inode = fs::metadata(&path).unwrap().ino();
    let before = jiff::Timestamp::now();
    let claimed = take(&home, &settled(&path)).unwrap();
    assert_eq!(claimed.path, home.settings.claimed.join(claimed.id.to_string()).join("les-2025-04.csv"));
    assert_eq!(claimed.file_name, "les-2025-04.csv");
    assert_eq!(claimed.original, path);
    assert_eq!(claimed.size, 8);
    assert!((claimed.received - before).total(jiff::Unit::Second).unwrap().abs() < 10.0, "{}", claimed.received);
    assert_eq!(fs::metadata(&claimed.path).unwrap().ino(), inode, "the same file, not a copy");
    assert!(!path.exists());
}

#[test]
fn a_claim_is_closed_when_its_file_has_moved_on() {
    let home = Home::new();
    let claimed = take(&home, &settled(&home.put("a.csv", "1"))).unwrap();
    assert!(close(&claimed.path).is_err(), "the file is still there");
    assert!(claimed.path.exists());
    fs::rename(&claimed.path, home.dir.path().join("published.csv")).unwrap();
    close(&claimed.path).unwrap();
    close(&claimed.path).unwrap();
    assert!(home.claim_folders().is_empty());
}

#[test]
fn what_is_not_what_had_settled_is_left_alone() {
    let home = Home::new();
    let path = home.put("a.csv", "old");
    let before = settled(&path);
    fs::write(&path, "newer").unwrap();
    assert!(matches!(take(&home, &before), Err(Setback::Changed)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "newer");

    fs::remove_file(&path).unwrap();
    assert!(matches!(take(&home, &before), Err(Setback::Gone)));

    let secret = home.dir.path().join("secret");
    fs::write(&secret, "old").unwrap();
    symlink(&secret, &path).unwrap();
    assert!(matches!(take(&home, &before), Err(Setback::Changed)));
    assert!(secret.exists() && path.is_symlink());
    assert!(!home.settings.claimed.exists() || home.claim_folders().is_empty());
}

#[test]
fn the_limit_itself_is_accepted_and_one_byte_more_is_not() {
    let mut home = Home::new();
    home.settings.max_bytes = 4;
    assert_eq!(take(&home, &settled(&home.put("fits", "1234"))).unwrap().size, 4);
    let path = home.put("too large", "12345");
    match take(&home, &settled(&path)) {
        Err(Setback::Refused(reason @ Reason::TooLarge { size: 5, limit: 4 })) => {
            assert_eq!(reason.to_string(), "it has 5 bytes and the limit is 4; split it, or raise the limit");
        }
        other => panic!("{other:?}"),
    }
    assert!(path.exists());
}

#[test]
fn a_copy_keeps_content_and_time_and_leaves_nothing_behind() {
    let home = Home::new();
    let path = home.put("a.csv", &"0123456789".repeat(1_000_000));
    let hash = fingerprint(&path).unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&path).unwrap().set_modified(long_ago).unwrap();
    let (_, place, outcome) = take_copy(&home, &settled(&path), &GO);
    outcome.unwrap();
    assert_eq!(fingerprint(&place).unwrap(), hash);
    assert_eq!(fs::metadata(&place).unwrap().modified().unwrap(), long_ago);
    assert!(names_in(&home.drop_folder()).is_empty());
}

#[test]
fn a_copy_that_is_stopped_or_finds_a_change_gives_the_source_its_name_back() {
    let home = Home::new();
    let path = home.put("a.csv", "content");
    let file = settled(&path);
    let (_, place, outcome) = take_copy(&home, &file, &AtomicBool::new(true));
    assert!(matches!(outcome, Err(Setback::Stopped)));
    assert!(!place.exists());

    fs::write(&path, "longer content").unwrap();
    let (_, place, outcome) = take_copy(&home, &file, &GO);
    assert!(matches!(outcome, Err(Setback::Changed)));
    assert!(!place.exists());
    assert_eq!(names_in(&home.drop_folder()), ["a.csv"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "longer content");
}

#[test]
fn putting_back_never_overwrites() {
    let home = Home::new();
    let original = home.put("a.csv", "the newer one");
    let folder = ClaimFolder::new(&home.settings.claimed, DeliveryId::new()).unwrap();
    let parked = folder.parked(&original);
    fs::write(&parked, "the older one").unwrap();
    folder.put_back(&parked, &original).unwrap();
    assert_eq!(fs::read_to_string(&original).unwrap(), "the newer one");
    let renamed = home.dropped(&format!("{}-a.csv", folder.id));
    assert_eq!(fs::read_to_string(renamed).unwrap(), "the older one");
}

#[test]
fn a_file_on_another_file_system_is_claimed_by_copy() {
    let Ok(elsewhere) = TempDir::new_in("/dev/shm") else { return };
    let home = Home::new();
    let path = elsewhere.path().join("a.csv");
    fs::write(&path, "from afar").unwrap();
    if fs::metadata(&path).unwrap().dev() == fs::metadata(home.dir.path()).unwrap().dev() {
        return;
    }
    let claimed = take(&home, &settled(&path)).unwrap();
    assert_eq!(fs::read_to_string(&claimed.path).unwrap(), "from afar");
    assert_eq!(claimed.original, path);
    assert!(names_in(elsewhere.path()).is_empty());
    assert_eq!(names_in(claimed.path.parent().unwrap()), [".origin", "a.csv"].to_vec());
}

#[test]
fn a_fingerprint_is_blake3_of_the_bytes() {
    let home = Home::new();
    // The published hash of no bytes at all.
    let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    assert_eq!(fingerprint(&home.put("empty", "")).unwrap().to_hex().as_str(), empty);
    let missing = fingerprint(&home.dropped("missing")).unwrap_err();
    assert!(missing.to_string().contains("missing cannot be read"), "{missing}");
    symlink(home.dropped("empty"), home.dropped("link")).unwrap();
    fingerprint(&home.dropped("link")).unwrap_err();
    fingerprint(&home.drop_folder()).unwrap_err();
}

#[test]
fn renamed_and_renamed_back_is_no_change_but_new_content_is() {
    let home = Home::new();
    let path = home.put("a.csv", "1");
    let mut file = settled(&path);
    std::thread::sleep(Duration::from_millis(20));
    fs::rename(&path, home.dropped(".aside")).unwrap();
    fs::rename(home.dropped(".aside"), &path).unwrap();
    assert_ne!(file.stamp, settled(&path).stamp, "a rename shows");
    restamp(&mut file);
    assert_eq!(file.stamp, settled(&path).stamp);
    fs::write(&path, "22").unwrap();
    restamp(&mut file);
    assert_ne!(file.stamp, settled(&path).stamp);
}

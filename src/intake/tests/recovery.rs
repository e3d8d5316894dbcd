//! What a crash may leave, made by hand, and what recovery makes of it.

use std::fs;
use std::path::PathBuf;

use super::{Home, names_in};
use crate::intake::folder::ClaimFolder;
use crate::intake::{Claimed, recover};
use crate::model::DeliveryId;

fn claim_folder(home: &Home) -> ClaimFolder {
    fs::create_dir_all(&home.settings.claimed).unwrap();
    ClaimFolder::new(&home.settings.claimed, DeliveryId::new()).unwrap()
}

fn recovered(home: &Home) -> Vec<Claimed> {
    let first = recover(&home.settings.claimed).unwrap();
    assert_eq!(recover(&home.settings.claimed).unwrap(), first, "doing it again changes nothing");
    first
}

#[test]
fn nothing_to_recover() {
    let home = Home::new();
    assert!(recovered(&home).is_empty(), "the folder does not exist yet");
    fs::create_dir(&home.settings.claimed).unwrap();
    assert!(recovered(&home).is_empty());
}

#[test]
fn a_folder_made_before_the_crash_is_removed_and_the_source_is_untouched() {
    let home = Home::new();
    let path = home.put("a.csv", "1");
    let folder = claim_folder(&home);
    fs::create_dir(&folder.dir).unwrap();
    let noted = claim_folder(&home);
    noted.create(&path).unwrap();
    assert!(recovered(&home).is_empty());
    assert!(home.claim_folders().is_empty());
    assert_eq!(fs::read_to_string(path).unwrap(), "1");
}

#[test]
fn complete_claims_are_found_in_order_with_all_that_was_known_of_them() {
    let home = Home::new();
    let claims: Vec<(ClaimFolder, PathBuf)> = ["b.csv", "a.csv", "c\n.csv"]
        .into_iter()
        .map(|name| {
            let folder = claim_folder(&home);
            folder.create(&home.dropped(name)).unwrap();
            fs::write(folder.place_of(&home.dropped(name)), "1234").unwrap();
            (folder, home.dropped(name))
        })
        .collect();
    let found = recovered(&home);
    assert_eq!(found.len(), 3);
    for ((folder, original), claimed) in claims.iter().zip(&found) {
        assert_eq!(claimed.id, folder.id);
        assert_eq!(&claimed.original, original);
        assert_eq!(claimed.size, 4);
        assert!(claimed.path.is_file());
        let (seconds, nanoseconds) = folder.id.0.get_timestamp().unwrap().to_unix();
        assert_eq!(u64::try_from(claimed.received.as_second()).unwrap(), seconds);
        assert_eq!(u32::try_from(claimed.received.subsec_nanosecond()).unwrap(), nanoseconds);
    }
    assert_eq!(found[2].file_name, "c\u{FFFD}.csv");
}

#[test]
fn a_half_copy_is_removed_and_its_source_gets_its_name_back() {
    let home = Home::new();
    let original = home.dropped("a.csv");
    let folder = claim_folder(&home);
    folder.create(&original).unwrap();
    fs::write(folder.copy(), "half of").unwrap();
    fs::write(folder.parked(&original), "half of the content").unwrap();
    assert!(recovered(&home).is_empty());
    assert!(home.claim_folders().is_empty());
    assert_eq!(names_in(&home.drop_folder()), ["a.csv"]);
    assert_eq!(fs::read_to_string(original).unwrap(), "half of the content");
}

#[test]
fn a_copy_begun_before_the_source_was_set_aside_is_removed() {
    let home = Home::new();
    let original = home.put("a.csv", "content");
    let folder = claim_folder(&home);
    folder.create(&original).unwrap();
    fs::write(folder.copy(), "").unwrap();
    assert!(recovered(&home).is_empty());
    assert!(home.claim_folders().is_empty());
    assert_eq!(names_in(&home.drop_folder()), ["a.csv"]);
}

#[test]
fn a_half_copy_is_kept_while_its_drop_folder_is_away() {
    let home = Home::new();
    let original = home.dropped("a.csv");
    let folder = claim_folder(&home);
    folder.create(&original).unwrap();
    fs::write(folder.copy(), "half").unwrap();
    fs::write(folder.parked(&original), "whole").unwrap();
    let away = home.dir.path().join("away");
    fs::rename(home.drop_folder(), &away).unwrap();
    assert!(recovered(&home).is_empty());
    assert_eq!(home.claim_folders(), [folder.id.to_string()]);

    fs::rename(&away, home.drop_folder()).unwrap();
    assert!(recovered(&home).is_empty());
    assert_eq!(fs::read_to_string(original).unwrap(), "whole");
    assert!(home.claim_folders().is_empty());
}

#[test]
fn a_complete_copy_is_a_claim_and_what_is_left_of_its_source_goes() {
    let home = Home::new();
    let original = home.dropped("a.csv");
    let folder = claim_folder(&home);
    folder.create(&original).unwrap();
    fs::write(folder.place_of(&original), "content").unwrap();
    fs::write(folder.parked(&original), "content").unwrap();
    let newer = home.put("a.csv", "the next one, dropped meanwhile");
    let found = recovered(&home);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, folder.id);
    assert_eq!(names_in(&home.drop_folder()), ["a.csv"]);
    assert_eq!(fs::read_to_string(newer).unwrap(), "the next one, dropped meanwhile");
}

#[test]
fn a_claim_whose_file_was_moved_on_is_cleared_away() {
    let home = Home::new();
    let folder = claim_folder(&home);
    folder.create(&home.dropped("a.csv")).unwrap();
    let place = folder.place_of(&home.dropped("a.csv"));
    fs::write(&place, "1").unwrap();
    fs::rename(&place, home.dir.path().join("published.csv")).unwrap();
    assert!(recovered(&home).is_empty());
    assert!(home.claim_folders().is_empty());
}

#[test]
fn a_file_without_an_origin_is_not_lost() {
    let home = Home::new();
    let folder = claim_folder(&home);
    fs::create_dir(&folder.dir).unwrap();
    let path = folder.dir.join("a.csv");
    fs::write(&path, "1").unwrap();
    let found = recovered(&home);
    assert_eq!((found[0].file_name.as_str(), &found[0].path, &found[0].original), ("a.csv", &path, &path));
}

#[test]
fn what_is_not_a_claim_is_left_alone() {
    let home = Home::new();
    let claimed = &home.settings.claimed;
    fs::create_dir_all(claimed.join("notes")).unwrap();
    // A random id says nothing about when the file was received.
    fs::create_dir(claimed.join("6f9619ff-8b86-4d11-b42d-00cf4fc964ff")).unwrap();
    fs::write(claimed.join(DeliveryId::new().to_string()), "a file, not a folder").unwrap();
    let before = home.claim_folders();
    assert!(recovered(&home).is_empty());
    assert_eq!(home.claim_folders(), before);
}

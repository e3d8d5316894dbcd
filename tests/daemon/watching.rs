//! Files as they come into a drop folder in practice.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::Write,
    thread::sleep,
    time::Duration,
};

use serde_json::Value;

use crate::support::{Home, eventually, http_get, les_file};

const HUNDREDS: usize = 240;

fn names(deliveries: &[Value]) -> BTreeSet<&str> {
    deliveries.iter().map(|delivery| delivery["file"].as_str().unwrap()).collect()
}

/// What a group gets of a file that no dataset recognises: enough to be told apart from others.
fn unknown(n: usize) -> (String, Vec<u8>) {
    (format!("unknown-{n:04}.csv"), format!("a,b\n{n},2\n").into_bytes())
}

#[test]
fn files_present_at_the_start_are_taken_in_the_order_of_their_names() {
    let home = Home::new();
    for month in ["10", "09", "08"] {
        home.drop_file(&les_file(month));
    }
    let mut daemon = home.start();
    let mut deliveries = home.wait_for_deliveries(3);
    deliveries.reverse();
    let files: Vec<&str> = deliveries.iter().map(|delivery| delivery["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["les-activity-2025-08.csv", "les-activity-2025-09.csv", "les-activity-2025-10.csv"]);
    // A history that is loaded for the first time is told of once.
    let notices = home.list(&["notices"]);
    assert_eq!(notices.len(), 1, "{notices:#?}");
    daemon.stop();
}

#[test]
fn a_file_that_is_written_slowly_is_taken_whole() {
    let home = Home::new();
    home.settings("settle: 2s\n");
    let mut daemon = home.start();
    let (name, content) = les_file("10");
    let mut file = OpenOptions::new().create_new(true).append(true).open(home.path("drop").join(&name)).unwrap();
    // Longer than a file settles, with pauses so short that even a busy machine makes none as long as that.
    for part in content.chunks(content.len() / 30) {
        file.write_all(part).unwrap();
        sleep(Duration::from_millis(100));
    }
    drop(file);
    let deliveries = home.wait_for_deliveries(1);
    assert_eq!(deliveries[0]["size"], content.len());
    assert_eq!(deliveries[0]["verdict"], "published");
    assert_eq!(fs::read(home.path("published/les-activity/2025-10").join(&name)).unwrap(), content);
    daemon.stop();
}

#[test]
fn temporary_names_and_links_are_left_alone_until_a_rename_makes_files_of_them() {
    let home = Home::new();
    let mut daemon = home.start();
    let (name, content) = les_file("10");
    let drop = home.path("drop");
    let temporary =
        [".les-activity.csv", "~$les-activity.csv", "a.tmp", "b.part", "c.filepart", "d.crdownload", "e.PARTIAL"];
    for name in temporary {
        fs::write(drop.join(name), &content).unwrap();
    }
    let secret = home.path("secret");
    std::os::unix::fs::symlink(&secret, drop.join("les-activity-2025-01.csv")).unwrap();
    fs::create_dir(drop.join("les-activity-2025-02.csv")).unwrap();
    fs::hard_link(drop.join("b.part"), home.path("kept")).unwrap();
    fs::rename(drop.join("b.part"), drop.join(&name)).unwrap();
    let deliveries = home.wait_for_deliveries(1);
    assert_eq!(names(&deliveries), BTreeSet::from([name.as_str()]));
    // Listed once more, and still nothing but the one.
    home.drop_file(&les_file("09"));
    home.wait_for_deliveries(2);
    daemon.stop();
    assert_eq!(home.deliveries().len(), 2);
    let mut left: Vec<String> =
        temporary.iter().map(|name| (*name).to_owned()).filter(|name| name != "b.part").collect();
    left.push("les-activity-2025-01.csv".to_owned());
    left.sort();
    assert_eq!(home.files("drop"), left);
    assert!(drop.join("les-activity-2025-02.csv").is_dir() && secret.exists());
}

#[test]
fn a_folder_that_vanishes_and_returns_is_watched_again() {
    let home = Home::new();
    let mut daemon = home.start();
    fs::remove_dir(home.path("drop")).unwrap();
    daemon.wait_for_log("drop");
    fs::create_dir(home.path("drop")).unwrap();
    home.drop_file(&les_file("10"));
    home.wait_for_deliveries(1);
    // Another folder in its place, as a share that is mounted again.
    fs::create_dir(home.path("mounted")).unwrap();
    fs::rename(home.path("drop"), home.path("unmounted")).unwrap();
    fs::rename(home.path("mounted"), home.path("drop")).unwrap();
    home.drop_file(&les_file("09"));
    home.wait_for_deliveries(2);
    daemon.stop();
}

#[test]
fn the_same_name_with_new_content_is_another_delivery_and_the_same_content_is_none() {
    let home = Home::new();
    let mut daemon = home.start();
    let (name, content) = les_file("10");
    home.drop_file(&(name.clone(), content.clone()));
    home.wait_for_deliveries(1);
    let restated = String::from_utf8(content.clone()).unwrap().replace("1332,694", "1332,1300").into_bytes();
    home.drop_file(&(name.clone(), restated.clone()));
    home.wait_for_deliveries(2);
    home.drop_file(&("the-same-again.csv".to_owned(), content));
    let deliveries = home.wait_for_deliveries(3);
    let verdicts: Vec<&Value> = deliveries.iter().map(|delivery| &delivery["verdict"]).collect();
    assert_eq!(verdicts, ["duplicate", "published", "published"]);
    assert_eq!((&deliveries[1]["revision"], &deliveries[2]["revision"]), (&2.into(), &1.into()));
    assert_eq!(fs::read(home.path("published/les-activity/2025-10").join(&name)).unwrap(), restated);
    daemon.stop();
}

#[test]
fn a_file_over_the_limit_stays_and_the_operator_is_told_once() {
    let home = Home::new();
    home.settings("max_file_size_mb: 1\n");
    home.drop_file(&("les-activity-2025-11.csv".to_owned(), vec![b'x'; (1 << 20) + 1]));
    let mut daemon = home.start();
    let told = || {
        let notices = home.list(&["notices"]);
        (!notices.is_empty()).then_some(notices)
    };
    let notices = eventually("a notice", told, || format!("{:?}", daemon.log()));
    assert!(notices[0]["subject"].as_str().unwrap().contains("A file in the drop folder is not taken"));
    assert_eq!(notices[0]["group"], "performance-team");
    // Two more listings.
    sleep(Duration::from_millis(2500));
    assert_eq!(home.list(&["notices"]).len(), 1);
    daemon.stop();
    assert_eq!(home.files("drop"), ["les-activity-2025-11.csv"]);
    assert!(home.deliveries().is_empty());
}

#[test]
fn hundreds_of_files_at_once_are_each_taken_once() {
    let home = Home::new();
    let mut daemon = home.start();
    for n in 0..HUNDREDS {
        home.drop_file(&unknown(n));
    }
    // Looking into folders does not hold the daemon up as listing hundreds of deliveries does.
    let kept = || {
        let mut kept = home.files("quarantine/unrecognised");
        kept.retain(|name| !name.contains(".report."));
        kept
    };
    for some in (0..=HUNDREDS).step_by(HUNDREDS / 6) {
        home.wait_for("more in their places", || (kept().len() >= some).then_some(()));
    }
    let deliveries = home.wait_for_deliveries(HUNDREDS);
    assert_eq!(deliveries.len(), HUNDREDS);
    assert_eq!(
        names(&deliveries),
        (0..HUNDREDS).map(|n| unknown(n).0).collect::<Vec<_>>().iter().map(String::as_str).collect()
    );
    assert!(home.files("drop").is_empty());
    assert_eq!(kept().len(), HUNDREDS);
    daemon.stop();
}

#[test]
fn files_that_cannot_be_brought_to_their_place_wait_for_it() {
    let home = Home::new();
    let mut daemon = home.start();
    let address = daemon.address();
    // Both places are blocked, for two revisions of one month and for two files of one name that are held back.
    for blocked in ["published/les-activity", "quarantine/unrecognised"] {
        fs::write(home.path(blocked), "in the way").unwrap();
    }
    let (name, first) = les_file("10");
    let second = String::from_utf8(first.clone()).unwrap().replace("1332,694", "1332,1300").into_bytes();
    let files = [(&name, &first), (&name, &second), (&unknown(1).0, &unknown(1).1), (&unknown(1).0, &unknown(2).1)];
    // The second revision is not decided before the first is in its place; those that are held back need not wait.
    for ((name, content), decided) in files.into_iter().zip([1, 1, 2, 3]) {
        home.drop_file(&(name.clone(), content.clone()));
        home.wait_for("decided", || (home.deliveries().len() == decided).then_some(()));
        home.wait_for("taken", || (!home.path("drop").join(name).exists()).then_some(()));
    }
    daemon.wait_for_log("not done; trying again");
    let (status, reason) = http_get(address, "/readyz");
    assert_eq!(status, 503);
    assert!(reason.contains("cannot be moved to its place"), "{reason}");
    // A daemon that starts meanwhile finds them, says so, and goes on with the others.
    daemon.kill();
    let mut daemon = home.start();
    let address = daemon.address();
    home.drop_file(&(
        "hha-achievement-bands-2025-10.csv".to_owned(),
        fs::read("tests/data/hha-bands/hha-achievement-bands-2025-10.csv").unwrap(),
    ));
    home.wait_for("the other file", || home.path("published/hha-achievement-bands").exists().then_some(()));
    assert_eq!(http_get(address, "/readyz").0, 503);

    for blocked in ["published/les-activity", "quarantine/unrecognised"] {
        fs::remove_file(home.path(blocked)).unwrap();
    }
    home.wait_for_deliveries(5);
    home.wait_for("ready again", || (http_get(address, "/readyz").0 == 200).then_some(()));
    daemon.stop();
    let deliveries = home.deliveries();
    assert_eq!(deliveries.len(), 5, "each has ended once: {deliveries:#?}");
    assert!(deliveries.iter().all(|delivery| delivery["verdict"] != "duplicate"));
    let month = home.path("published/les-activity/2025-10");
    assert_eq!(fs::read(month.join(&name)).unwrap(), second);
    let aside = home.path("published/les-activity/superseded/2025-10/revision-1");
    assert_eq!(fs::read(aside.join(&name)).unwrap(), first);
    let held_back = home.path("quarantine/unrecognised");
    assert_eq!(fs::read(held_back.join("unknown-0001.csv")).unwrap(), unknown(1).1);
    assert_eq!(fs::read(held_back.join("unknown-0001.2.csv")).unwrap(), unknown(2).1);
}

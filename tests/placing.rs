//! Files on their way to where people find them, when the disk is in the way.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::fs;

use support::{BELOW, Home, les};

const OCTOBER: &str = "les-activity-2025-10.csv";

#[test]
fn a_file_that_cannot_be_moved_is_moved_by_the_next_run() {
    let home = Home::new();
    // A file stands where the dataset's folder is to be.
    home.write("published/les-activity", "in the way");
    let ran = home.take(OCTOBER, les("2025-10"), 3);
    assert!(ran.out.contains("the file cannot be moved to its place"), "{}", ran.out);
    // The decision stands, and nothing is lost; other files go on being taken.
    assert_eq!(home.last()["verdict"], "published");
    home.take("hha-achievement-bands-2025-10.csv", support::bands("2025-10"), 3);
    assert!(home.path("published/hha-achievement-bands/2025-10/hha-achievement-bands-2025-10.csv").is_file());
    let notices = home.notices().len();

    fs::remove_file(home.path("published/les-activity")).expect("out of the way");
    home.once().ends_with(0);
    assert_eq!(home.read(&format!("published/les-activity/2025-10/{OCTOBER}")), les("2025-10"));
    assert_eq!(home.deliveries().len(), 2, "decided once");
    assert_eq!(home.notices().len(), notices, "told once");
    assert_eq!(home.files("state/claimed"), [] as [&str; 0]);
}

#[test]
fn the_daemon_tries_the_move_again_and_keeps_the_file() {
    let home = Home::new();
    home.write("published/les-activity", "in the way");
    let mut daemon = home.start();
    home.drop(OCTOBER, les("2025-10"));
    daemon.wait_for_log("not done; trying again");
    assert_eq!(home.firing(BELOW).len(), 4, "what it says is in force");
    fs::remove_file(home.path("published/les-activity")).expect("out of the way");
    daemon.wait_for_deliveries(&home, 1);
    assert_eq!(home.read(&format!("published/les-activity/2025-10/{OCTOBER}")), les("2025-10"));
    assert_eq!(home.deliveries().len(), 1, "it is no duplicate of itself");
}

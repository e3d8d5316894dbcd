//! The same bytes again: what changes nothing, what is judged anew, and what is an old file under a new name.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use serde_json::Value;

use support::{HHA, Home, bands, changed, les};

const OCTOBER: &str = "les-activity-2025-10.csv";

/// October with a type of contract that the dataset does not know.
fn unknown_type() -> String {
    changed(&les("2025-10"), "Dementia,cost-and-volume", "Dementia,block")
}

fn checks(delivery: &Value) -> Vec<&str> {
    let findings = delivery["findings"].as_array().expect("findings");
    findings.iter().map(|finding| finding["check"].as_str().expect("a check")).collect()
}

fn id(delivery: &Value) -> &str {
    delivery["id"].as_str().expect("an id")
}

#[test]
fn the_same_file_again_changes_nothing_and_says_so() {
    let home = Home::new();
    home.take_months(&["2025-09", "2025-10"]);
    let (alerts, notices, published) = (home.alerts(), home.notices().len(), home.files("published"));
    let first = home.last();
    for name in [OCTOBER, "les-activity-2025-10 (copy).csv", "as-mailed.csv"] {
        let ran = home.take(name, les("2025-10"), 0);
        let said = format!("the same bytes were published before, as delivery {}: nothing changes", id(&first));
        assert!(ran.out.contains(&said), "{}", ran.out);
        let again = home.last();
        assert_eq!((&again["file"], &again["verdict"]), (&name.into(), &"duplicate".into()));
        assert_eq!(again["duplicate_of"], first["id"]);
    }
    assert_eq!(home.alerts(), alerts);
    assert_eq!(home.notices().len(), notices);
    assert_eq!(home.files("published"), published);
    assert_eq!((home.files("drop"), home.files("state/claimed")), (Vec::new(), Vec::new()));
}

#[test]
fn what_was_held_back_stays_held_back_until_the_definition_is_mended() {
    let home = Home::new();
    home.take(OCTOBER, unknown_type(), 1);
    let (held_back, notices) = (home.last(), home.notices().len());
    let ran = home.take(OCTOBER, unknown_type(), 0);
    let said = format!("the same bytes were held back before, as delivery {}: nothing changes", id(&held_back));
    assert!(ran.out.contains(&said), "{}", ran.out);
    assert_eq!(home.notices().len(), notices, "the steward knows already");

    home.edit(
        "config/datasets/les-activity.yaml",
        "[cost-and-volume, capitated]",
        "[cost-and-volume, capitated, block]",
    );
    home.take(OCTOBER, unknown_type(), 0);
    let mended = home.last();
    assert_eq!((&mended["verdict"], &mended["revision"]), (&"published".into(), &1.into()));
}

#[test]
fn a_file_that_nothing_recognised_is_judged_when_it_comes_under_its_right_name() {
    let home = Home::new();
    home.take("october.csv", les("2025-10"), 1);
    assert_eq!(checks(&home.last()), ["unrecognised"]);
    home.take(OCTOBER, les("2025-10"), 0);
    assert_eq!(home.last()["verdict"], "published");
}

#[test]
fn last_months_bytes_under_this_months_name_are_held_back() {
    let home = Home::new();
    home.take("hha-achievement-bands-2025-09.csv", bands("2025-09"), 0);
    home.take("hha-achievement-bands-2025-10.csv", bands("2025-10"), 0);
    let (october, alerts, notices) = (home.last(), home.alerts(), home.notices().len());
    home.take("hha-achievement-bands-2025-11.csv", bands("2025-10"), 1);

    let stale = home.last();
    assert_eq!(stale["verdict"], "quarantined");
    let finding = &stale["findings"][0];
    assert_eq!((&finding["check"], &finding["severity"]), (&"stale_content".into(), &"error".into()));
    let message = finding["message"].as_str().expect("a message");
    for part in ["November 2025", "`hha-achievement-bands-2025-10.csv`", "October 2025", id(&october)] {
        assert!(message.contains(part), "{part:?} in {message}");
    }
    assert_eq!(home.alerts(), alerts, "October's figures do not count for November");
    assert_eq!(home.firing(HHA), ["Blackburn With Darwen (2025-10)"]);
    let told = home.only_notice_since(notices);
    assert_eq!((told.kind.as_str(), told.group.as_str()), ("gate", "performance-team"));
    assert!(home.files("quarantine").contains(&"hha-achievement-bands/hha-achievement-bands-2025-11.csv".to_owned()));

    // November itself, when it comes (the first line is another).
    let november = changed(&bands("2025-10"), "October 2025", "November 2025");
    home.take("hha-achievement-bands-2025-11.csv", november, 0);
    assert_eq!((&home.last()["periods"], &home.last()["revision"]), (&vec!["2025-11"].into(), &1.into()));
}

#[test]
fn an_old_revision_that_comes_again_does_not_undo_the_newer_one() {
    let home = Home::new();
    home.take_months(&["2025-10"]);
    let restated = changed(&les("2025-10"), "1332,694", "1332,900");
    home.take(OCTOBER, &restated, 0);
    let alerts = home.alerts();
    let ran = home.take(OCTOBER, les("2025-10"), 0);
    let said = "revision 2 has replaced them since and stays in force: nothing changes";
    assert!(ran.out.contains(said), "{}", ran.out);
    assert_eq!(home.alerts(), alerts);
    assert_eq!(home.read("published/les-activity/2025-10/les-activity-2025-10.csv"), restated);
}

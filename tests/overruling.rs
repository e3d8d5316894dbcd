//! People decide over the gate: what was held back is released, what was published is withdrawn.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{
    fs::File,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use support::{BELOW, Home, changed, les, les_name};

const OCTOBER: &str = "les-activity-2025-10.csv";
const FOLDER: &str = "published/les-activity/2025-10";

/// October with a type of contract that the dataset does not know.
fn unknown_type() -> String {
    changed(&les("2025-10"), "Dementia,cost-and-volume", "Dementia,block")
}

fn id(delivery: &Value) -> String {
    delivery["id"].as_str().expect("an id").to_owned()
}

fn decide(home: &Home, action: &str, delivery: &str, code: i32) -> support::Ran {
    let arguments = ["deliveries", action, delivery, "--reason", "checked by telephone", "--by", "Jo Bell"];
    home.run(&arguments).ends_with(code)
}

#[test]
fn what_is_released_counts_and_every_report_says_that_it_is_not_assured() {
    let home = Home::new();
    home.take_months(&["2025-09"]);
    home.take(OCTOBER, unknown_type(), 1);
    let held_back = home.last();
    let firing = home.firing(BELOW);
    let ran = decide(&home, "release", &id(&held_back), 0);
    assert!(ran.out.contains("released"), "{}", ran.out);

    let released = home.last();
    assert_eq!(
        (&released["id"], &released["verdict"], &released["revision"]),
        (&held_back["id"], &"released".into(), &1.into())
    );
    assert_ne!(home.firing(BELOW), firing, "October counts now");
    assert_eq!(home.read(&format!("{FOLDER}/{OCTOBER}")), unknown_type());
    assert_eq!(home.files("quarantine"), [] as [&str; 0]);
    let manifest: Value = serde_json::from_str(&home.read(&format!("{FOLDER}/manifest.json"))).expect("JSON");
    assert_eq!(
        (&manifest["released"]["by"], &manifest["released"]["reason"]),
        (&"Jo Bell".into(), &"checked by telephone".into())
    );
    let told = home.run(&["deliveries", &id(&held_back)]).ends_with(0).out;
    assert!(told.contains("released  by Jo Bell on ") && told.contains("checked by telephone"), "{told}");

    home.once().ends_with(0);
    let notices = home.notices();
    let exceptions = notices.iter().rev().find(|told| told.kind == "exceptions").expect("a report");
    let mail = home.mail(exceptions);
    assert!(mail.contains("Not assured: October 2025 was released with 1 known issue by Jo Bell on "), "{mail}");
    assert!(notices.iter().any(|told| told.subject.starts_with(&format!("Released: {OCTOBER}"))));

    // November's report rests on October as well.
    let november = les("2025-10").replace("2025-10", "2025-11");
    home.take(&les_name("2025-11"), november, 0);
    let notices = home.notices();
    let exceptions = notices.iter().rev().find(|told| told.kind == "exceptions").expect("a report");
    assert!(home.mail(exceptions).contains("Not assured: October 2025 was released"), "{}", exceptions.subject);

    // A corrected October replaces it, and nothing needs to be said any more.
    home.take("les-activity-2025-10-corrected.csv", changed(&les("2025-10"), "1332,694", "1332,695"), 0);
    assert_eq!((&home.last()["verdict"], &home.last()["revision"]), (&"published".into(), &2.into()));
    let manifest: Value = serde_json::from_str(&home.read(&format!("{FOLDER}/manifest.json"))).expect("JSON");
    assert_eq!(manifest["released"], Value::Null);
}

#[test]
fn what_is_withdrawn_does_not_count_and_the_revision_before_does() {
    let home = Home::new();
    home.take_months(&["2025-09", "2025-10"]);
    let (alerts, published) = (home.alerts(), home.files("published"));
    let worse = changed(&les("2025-10"), "1332,694", "1332,10");
    home.take("les-activity-2025-10-v2.csv", &worse, 0);
    assert_ne!(home.alerts(), alerts);

    decide(&home, "withdraw", &id(&home.last()), 0);
    assert_eq!(home.last()["verdict"], "withdrawn");
    let figures = |alerts: &[Value]| -> Vec<Value> {
        alerts
            .iter()
            .filter(|alert| alert["state"] == "firing")
            .map(|alert| {
                serde_json::json!([alert["rule"], alert["labels"], alert["state"], alert["since"], alert["value"]])
            })
            .collect()
    };
    assert_eq!(figures(&home.alerts()), figures(&alerts), "as it was before");
    assert_eq!(home.files("published"), published);
    assert_eq!(home.read(&format!("{FOLDER}/{OCTOBER}")), les("2025-10"));
    assert_eq!(home.read("quarantine/les-activity/withdrawn/2025-10-revision-2/les-activity-2025-10-v2.csv"), worse);

    // The very bytes again do not come back under any name.
    home.take("les-activity-2025-10-v3.csv", &worse, 0);
    assert_eq!(home.last()["verdict"], "duplicate");
    assert_eq!(figures(&home.alerts()), figures(&alerts));

    // Without any revision left the month has no figures.
    let first = home.deliveries().into_iter().find(|one| one["file"] == OCTOBER).expect("October");
    decide(&home, "withdraw", &id(&first), 0);
    assert!(!home.path(FOLDER).exists());
    assert!(home.firing(BELOW).iter().all(|alert| !alert.contains("2025-10")), "{:?}", home.firing(BELOW));

    // A new file is revision 3: what was is not written over.
    home.take("les-activity-2025-10-v4.csv", changed(&les("2025-10"), "1332,694", "1332,700"), 0);
    assert_eq!(home.last()["revision"], 3);
}

#[test]
fn a_daemon_at_work_is_asked_and_answers() {
    let home = Home::new();
    let mut daemon = home.start();
    home.take_in_daemon(&mut daemon, OCTOBER, &unknown_type(), 1);
    decide(&home, "release", &id(&home.last()), 0);
    assert_eq!(home.last()["verdict"], "released");
    decide(&home, "withdraw", &id(&home.last()), 0);
    assert_eq!(home.last()["verdict"], "withdrawn");
    let refused = decide(&home, "withdraw", &id(&home.last()), 2);
    assert!(refused.err.contains("is withdrawn: only what is published can be withdrawn"), "{}", refused.err);
    let refused = decide(&home, "release", &id(&home.last()), 2);
    assert!(
        refused.err.contains("was withdrawn, and its bytes do not come back: a file that differs"),
        "{}",
        refused.err
    );
    // An answer that nobody fetched, since whoever asked was ended, is gone with the next request; one that is fetched soon
    // is left alone.
    let answer = |name: &str, age: Duration| {
        home.write(&format!("state/requests/{name}.answer"), "{\"done\":\"x\"}");
        let file = File::options().write(true).open(home.path(format!("state/requests/{name}.answer")));
        file.expect("the answer").set_modified(SystemTime::now() - age).expect("made older");
    };
    answer("old", Duration::from_hours(2));
    answer("young", Duration::from_mins(1));
    decide(&home, "withdraw", &id(&home.last()), 2);
    assert_eq!(home.files("state/requests"), ["young.answer"]);
}

/// The list shows no more of it.
#[test]
fn a_delivery_is_named_by_the_end_of_its_id() {
    let home = Home::new();
    home.take(OCTOBER, unknown_type(), 1);
    let whole = id(&home.last());
    let (_, end) = whole.rsplit_once('-').expect("an id");
    let listed = home.run(&["deliveries"]).ends_with(0).out;
    assert!(listed.contains(end) && !listed.contains(&whole), "{listed}");
    decide(&home, "release", end, 0);
    assert_eq!(home.last()["verdict"], "released");
    let told = home.run(&["deliveries", end]).ends_with(0).out;
    assert!(told.contains(&whole), "{told}");
    let status = home.run(&["status"]).ends_with(0).out;
    assert!(status.contains("0 published (0 with warnings), 1 released with known issues, none held back"), "{status}");
    assert!(!status.contains("in hand"), "{status}");

    let missing = decide(&home, "withdraw", "ffffffffffff", 2);
    assert!(missing.err.contains("there is no delivery ffffffffffff"), "{}", missing.err);
    home.take("les-activity-2025-12.csv", unknown_type().replace("2025-10", "2025-12"), 1);
    // Both were made in this century.
    let several = decide(&home, "withdraw", &whole[..4], 2);
    assert!(several.err.contains("2 deliveries have an id like") && several.err.contains(&whole), "{}", several.err);
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    let home = Home::new();
    home.take_months(&["2025-10"]);
    let published = id(&home.last());
    let ran = decide(&home, "release", &published, 2);
    assert!(ran.err.contains("is published: only what was held back can be released"), "{}", ran.err);
    let ran = decide(&home, "withdraw", "0199f0a0-0000-7000-8000-000000000000", 2);
    assert!(ran.err.contains("there is no delivery 0199f0a0"), "{}", ran.err);
    let blank = home.run(&["deliveries", "withdraw", &published, "--reason", " ", "--by", "Jo"]).ends_with(2);
    assert!(blank.err.contains("neither may be blank"), "{}", blank.err);
    home.take("les-activity-2025-11.csv", "", 1);
    let ran = decide(&home, "release", &id(&home.last()), 2);
    assert!(ran.err.contains("gives no figures of any period"), "{}", ran.err);
    home.take("les-activity-2025-12.csv", unknown_type().replace("2025-10", "2025-12"), 1);
    home.write("quarantine/les-activity/les-activity-2025-12.csv", "something else");
    let ran = decide(&home, "release", &id(&home.last()), 2);
    assert!(ran.err.contains("is not there any more as it was held back"), "{}", ran.err);
    assert_eq!(home.last()["verdict"], "quarantined");
}

/// What no report says of a file that its rows hold back, a release says: the month before is not there, and the contracts
/// of one type are gone.
#[test]
fn what_is_released_is_held_against_what_is_known_and_says_what_has_not_arrived() {
    let home = Home::new();
    home.edit(
        "config/datasets/les-activity.yaml",
        "within: 15 working days }",
        "within: 15 working days, from: 2025-08 }",
    );
    home.take_months(&["2025-08"]);
    let few: String = unknown_type().split_inclusive('\n').filter(|line| !line.contains("capitated")).collect();
    home.take(OCTOBER, few, 1);
    let checks = |delivery: &Value| -> Vec<String> {
        let findings = delivery["findings"].as_array().expect("findings").iter();
        findings.map(|one| format!("{} {}", one["severity"], one["check"]).replace('"', "")).collect()
    };
    assert_eq!(checks(&home.last()), ["error allowed_values"]);
    decide(&home, "release", &id(&home.last()), 0);
    assert_eq!(checks(&home.last()), ["error allowed_values", "warning continuity", "warning same_organisations"]);

    let outstanding = |home: &Home| -> Vec<String> {
        let notices = home.notices();
        let last = notices.iter().rev().find(|told| told.kind == "exceptions" && told.content["cause"] != "due");
        let lines = last.expect("a report").content["not_assured"].as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| format!("{} {}", line["dataset"], line["period"]).replace('"', "")).collect()
    };
    assert_eq!(outstanding(&home), ["les-activity 2025-09"], "and October has arrived");

    decide(&home, "withdraw", &id(&home.last()), 0);
    assert_eq!(outstanding(&home), ["les-activity 2025-09", "les-activity 2025-10"], "October is outstanding again");
}

//! What does not arrive, through the program itself: said once, listed, and over when it comes.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::Home;

const FILE: &str = "config/datasets/les-activity.yaml";
const SHIPPED: &str = "due: { every: month, within: 15 working days }";

/// A home that waits for April to October 2025, most of which is declared not to be produced.
fn waiting() -> Home {
    let home = Home::new();
    let due = "due:\n  every: month\n  within: 15 working days\n  from: 2025-04\n  skip:\n    2025-04: the April 2025 report was not produced";
    home.edit(FILE, SHIPPED, due);
    home
}

#[test]
fn a_fresh_home_waits_for_nothing_and_a_history_that_is_loaded_is_not_late() {
    let home = Home::new();
    home.once().ends_with(0);
    assert!(home.run(&["expected"]).ends_with(0).out.starts_with("Nothing is expected"));
    home.take_months(&["2025-08", "2025-10"]);
    assert_eq!(home.alerts_in("firing", "late-delivery"), [] as [&str; 0]);
    let listed = home.run(&["expected", "--format", "json"]).ends_with(0).json();
    let of_2025: Vec<(&str, &str)> = listed
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| Some((one["period"].as_str()?, one["state"].as_str()?)))
        .filter(|(period, _)| period.starts_with("2025"))
        .collect();
    assert_eq!(of_2025, [("2025-08", "arrived"), ("2025-10", "arrived")], "September is nobody's delay");
}

#[test]
fn what_is_missing_is_told_once_and_listed_and_named_in_the_next_report() {
    let home = waiting();
    home.once().ends_with(0);
    let groups = |home: &Home| {
        let notices = home.notices().into_iter().filter(|told| told.content["cause"] == "due");
        let mut groups: Vec<String> = notices.map(|told| told.group).collect();
        groups.sort();
        groups
    };
    assert_eq!(
        groups(&home),
        ["performance-team", "primary-care-medical-services"],
        "its owner, and as the route says"
    );
    home.once().ends_with(0);
    assert_eq!(groups(&home).len(), 2, "once");

    let alerts = home.alerts();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    let alert = &alerts[0];
    let field = |name: &str| alert[name].as_str().expect("text").to_owned();
    assert_eq!(
        (field("rule"), field("severity"), field("since")),
        ("late-delivery".into(), "critical".into(), "2025-05".into())
    );
    assert_eq!(alert["labels"]["dataset"], "les-activity");
    // The 15th working day after the end of May: 2–6, 9–13 and 16–20 June.
    assert!(
        field("message").contains("all from May 2025 to ")
            && field("message").ends_with("the first was due on 20 June 2025")
    );
    let mail = home.mail(&home.notices()[0]);
    assert!(mail.contains("are outstanding") && !mail.contains("Where the figures come from"), "{mail}");

    let listed = home.run(&["expected", "--dataset", "les-activity", "--format", "json"]).ends_with(0).json();
    let april = &listed[0];
    // 1, 2, 6–9, 12–16 and 19–22 May; the 5th is a bank holiday.
    assert_eq!(
        (&april["period"], &april["due"], &april["state"]),
        (&"2025-04".into(), &"2025-05-22".into(), &"skipped".into())
    );
    assert_eq!(april["skipped"], "the April 2025 report was not produced");
    assert_eq!((&listed[1]["period"], &listed[1]["state"]), (&"2025-05".into(), &"missing".into()));
    let status = home.run(&["status"]).ends_with(0).out;
    assert!(status.contains("not arrived: bellwether expected names them"), "{status}");

    // October comes, and its report says that the months before it were never seen.
    let before = home.notices().len();
    home.take_months(&["2025-10"]);
    let told = home.notices().split_off(before);
    let report = told.iter().find(|told| told.content["cause"] == "new").expect("a report");
    let lacking: Vec<&str> = report.content["not_assured"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|line| line["period"].as_str())
        .collect();
    assert_eq!(lacking, ["2025-05", "2025-06", "2025-07", "2025-08", "2025-09"]);
    let mail = home.mail(report);
    let line = "Could not be assured";
    assert!(mail.contains(line), "{mail}");
    assert!(
        mail.contains(
            "5 months from May 2025 to September 2025, the first due 20 June 2025, not arrived. Measures: activity"
        ),
        "{mail}"
    );
}

#[test]
fn a_daemon_says_so_when_the_configuration_begins_to_wait_and_when_it_ends() {
    let home = Home::new();
    let mut daemon = home.start();
    let due = "due: { every: financial_year, within: 20 days, from: 2023/24 }";
    home.edit(FILE, SHIPPED, due);
    home.run(&["reload"]).ends_with(0);
    daemon.wait("the alert", |_| (home.alerts().len() == 1).then_some(()));
    let alert = home.alerts().remove(0);
    let told = home.notices().len();
    home.edit(FILE, due, SHIPPED);
    home.run(&["reload"]).ends_with(0);
    daemon.wait("its end", |_| (home.alerts()[0]["state"] == "withdrawn").then_some(()));
    assert_eq!((alert["since"].as_str(), alert["state"].as_str()), (Some("2023/24"), Some("firing")));
    daemon.wait_for_messages(&home);
    let taken_back = home.notices().split_off(told);
    assert_eq!(taken_back.len(), 2, "whoever was told");
    assert!(home.mail(&taken_back[0]).contains("what we said before no longer holds"));
}

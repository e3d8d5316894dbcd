//! Acknowledging, commenting, assigning: what it keeps quiet, until when, and how it is shown.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use serde_json::Value;
use support::{BELOW, Home, Told, les, les_name};

const GROUP: &str = "primary-care-medical-services";
const INJECTIONS: [&str; 2] = ["contract=\"Simple Injections\"", "rule=les-below-60-percent-of-plan"];

/// Acknowledges what has all of this.
fn acknowledge(home: &Home, which: &[&str], more: &[&str]) {
    home.run(&[&["alerts", "acknowledge"], which, &["--by", "Jo Bell"], more].concat()).ends_with(0);
}

/// What the group was told of a month.
fn told(home: &Home, month: &str) -> Told {
    let before = home.notices().len();
    home.take_months(&[month]);
    let told = home.only_notice_since(before);
    assert_eq!((told.kind.as_str(), told.group.as_str()), ("exceptions", GROUP));
    told
}

fn of<'a>(alerts: &'a [Value], contract: &str) -> &'a Value {
    let is_its = |alert: &&Value| alert["labels"]["contract"] == contract && alert["rule"] == BELOW;
    alerts.iter().find(is_its).unwrap_or_else(|| panic!("no alert of {contract}"))
}

fn names(section: &[String], contract: &str) -> bool {
    section.iter().any(|line| line.contains(contract))
}

/// What was done about the alert of a contract, as `kind by: comment`.
fn acts(home: &Home, contract: &str) -> Vec<String> {
    let id = of(&home.alerts(), contract)["id"].as_str().expect("an id").to_owned();
    let explained = home.run(&["explain", &id, "--format", "json"]).ends_with(0).json();
    let text = |act: &Value, field: &str| act[field].as_str().unwrap_or_default().to_owned();
    let acts = explained["acts"].as_array().expect("acts");
    acts.iter().map(|act| format!("{} {}: {}", text(act, "kind"), text(act, "by"), text(act, "comment"))).collect()
}

#[test]
fn an_acknowledged_alert_is_quiet_until_it_worsens() {
    // As published: Simple Injections is below 60% of plan from May on, better in June and July, worse in August.
    let home = Home::new();
    home.take_months(&["2025-04", "2025-05"]);
    acknowledge(&home, &INJECTIONS, &["--comment", "a locum\nstarts in July", "--to", "Sam Roe"]);
    let shown = of(&home.alerts(), "Simple Injections")["handling"].clone();
    assert_eq!(shown["acknowledged"]["by"], "Jo Bell");
    assert_eq!(shown["acknowledged"]["period"], "2025-05");
    assert_eq!(
        (&shown["assignee"], &shown["acknowledged"]["comment"]),
        (&"Sam Roe".into(), &"a locum starts in July".into())
    );
    let listed = home.run(&["alerts"]).ends_with(0).out;
    let line = listed.lines().find(|line| line.contains("Simple Injections")).expect("a line");
    assert!(line.contains("(acknowledged by Jo Bell on "), "{line}");
    assert!(line.contains(": a locum starts in July; given to Sam Roe)"), "{line}");

    for month in ["2025-06", "2025-07"] {
        let told = told(&home, month);
        assert!(!names(&told.section("continuing"), "Simple Injections"), "{month}");
        assert!(names(&told.section("continuing"), "Wound Care"), "{month}: nobody looks after that one");
        assert_eq!(told.section("looked_after"), [format!("{BELOW}: Simple Injections (2025-05)")], "{month}");
        let mail = home.mail(&told);
        assert!(mail.contains("Being looked after (1)"), "{mail}");
        assert!(mail.contains("* Simple Injections · capitated: acknowledged by Jo Bell on "), "{mail}");
    }

    let august = told(&home, "2025-08");
    assert!(names(&august.section("worsened"), "Simple Injections"), "{:?}", august.sections());
    assert!(august.content["looked_after"].is_null(), "nothing is looked after any more");
    assert!(home.mail(&august).contains("until it worsened in August 2025; given to Sam Roe"));
    assert_eq!(
        acts(&home, "Simple Injections"),
        ["acknowledged Jo Bell: a locum starts in July", "lapsed bellwether: it worsened in August 2025"]
    );
    let september = told(&home, "2025-09");
    assert!(
        names(&september.section("continuing"), "Simple Injections"),
        "it holds no more: {:?}",
        september.sections()
    );

    // Its end is always said.
    acknowledge(&home, &["contract=\"Wound Care\""], &[]);
    let october = told(&home, "2025-10");
    assert!(names(&october.section("resolved"), "Wound Care"), "{:?}", october.sections());
    assert_eq!(
        acts(&home, "Wound Care"),
        ["acknowledged Jo Bell: ", "lapsed bellwether: it was resolved in October 2025"]
    );
}

#[test]
fn a_branch_may_ask_for_an_acknowledgement_in_each_period() {
    let home = Home::new();
    let route = "    - match: { dataset: les-activity }\n      to: [primary-care-medical-services]\n";
    home.edit("config/groups.yaml", route, &format!("{route}      acknowledged: until the next period\n"));
    let drawn = home.run(&["routes", "show"]).ends_with(0).out;
    assert!(drawn.contains("(an acknowledgement holds until the next period;"), "{drawn}");
    home.take_months(&["2025-04", "2025-05"]);
    acknowledge(&home, &INJECTIONS, &[]);
    let june = told(&home, "2025-06");
    assert!(names(&june.section("continuing"), "Simple Injections"), "{:?}", june.sections());
    assert_eq!(
        acts(&home, "Simple Injections"),
        ["acknowledged Jo Bell: ", "lapsed bellwether: it still fired in June 2025"]
    );
    home.edit("config/groups.yaml", "until the next period", "for ever");
    let refused = home.run(&["check"]).ends_with(2).err;
    assert!(refused.contains("`for ever` does not say how long an acknowledgement holds"), "{refused}");
}

#[test]
fn a_month_that_comes_late_or_is_restated_takes_no_acknowledgement_away() {
    let home = Home::new();
    home.take_months(&["2025-06", "2025-07"]);
    assert_eq!(of(&home.alerts(), "Simple Injections")["since"], "2025-06");
    acknowledge(&home, &INJECTIONS, &["--comment", "a locum starts"]);
    // With May it has been in breach since May.
    let before = home.notices().len();
    home.take_months(&["2025-05"]);
    let late = &home.notices()[before..];
    assert!(late.iter().all(|told| !names(&told.section("amended"), "Simple Injections")), "{late:?}");
    let alerts = home.alerts();
    let injections = of(&alerts, "Simple Injections");
    assert_eq!(injections["since"], "2025-05");
    assert_eq!(injections["handling"]["acknowledged"]["comment"], "a locum starts");

    // July restated from 12,084 to 9,084 of 22,122 is worse than what was acknowledged.
    let july = les("2025-07");
    let row = july.lines().find(|line| line.contains("Simple Injections")).expect("a row");
    let worse = row.replace("12084", "9084");
    assert_ne!(row, worse, "the figure stands in the row");
    let before = home.notices().len();
    home.take(&les_name("2025-07"), july.replace(row, &worse), 0);
    let restated = home.only_notice_since(before);
    assert!(names(&restated.section("amended"), "Simple Injections"), "{:?}", restated.sections());
    assert_eq!(
        acts(&home, "Simple Injections").last().map(String::as_str),
        Some("lapsed bellwether: it worsened in July 2025")
    );
}

#[test]
fn comments_and_assignments_are_kept_and_change_nothing_else() {
    let home = Home::new();
    let mut daemon = home.start();
    home.take_in_daemon(&mut daemon, &les_name("2025-05"), &les("2025-05"), 1);
    let id = of(&home.alerts(), "Wound Care")["id"].as_str().expect("an id").to_owned();
    let done = home.run(&["alerts", "comment", &id[..8], "--by", "Ann", "--comment", "asked <b>the</b> clinic"]);
    assert_eq!(done.ends_with(0).out.trim(), format!("commented: {id}"));
    home.run(&["alerts", "assign", &id, "--by", "Ann", "--to", "Sam Roe"]).ends_with(0);
    drop(daemon);
    let june = told(&home, "2025-06");
    assert!(names(&june.section("continuing"), "Wound Care"));
    assert!(home.mail(&june).contains("given to Sam Roe; Ann: asked <b>the</b> clinic"));
    let mail: String = home.files("mail").iter().map(|file| home.read(&format!("mail/{file}"))).collect();
    assert!(!mail.contains("asked <b>the</b> clinic</p>"), "text of people is escaped in HTML");
    let explained = home.run(&["explain", &id]).ends_with(0).out;
    assert!(explained.contains("What people did"), "{explained}");
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_write() {
    let home = Home::new();
    home.take_months(&["2025-05", "2025-06", "2025-07"]);
    let alerts = home.alerts();
    let firing = of(&alerts, "Wound Care")["id"].as_str().expect("an id").to_owned();
    let over = of(&alerts, "Dementia")["id"].as_str().expect("an id").to_owned();
    let long = "x".repeat(1001);
    let cases: &[(&[&str], &str)] = &[
        (&["acknowledge", "zzzz", "--by", "Jo"], "there is no alert `zzzz`: `bellwether alerts` lists them"),
        (&["acknowledge", "", "--by", "Jo"], "there is no alert ``"),
        (&["acknowledge", &over, "--by", "Jo"], "does not fire, it is resolved"),
        (&["acknowledge", &firing, &over, "--by", "Jo"], "does not fire, it is resolved"),
        (&["acknowledge", &firing, "--by", " "], "say who does this"),
        (&["acknowledge", &firing, "--by", "Jo\u{1b}[31m"], "the name holds a control character"),
        (&["acknowledge", &firing, "--by", &long], "the name has 1001 characters: at most 80 are kept"),
        (&["comment", &firing, "--by", "Jo", "--comment", &long], "the comment has 1001 characters"),
        (&["comment", &firing, "--by", "Jo", "--comment", "\n"], "say what the comment is"),
        (&["assign", &firing, "--by", "Jo", "--to", ""], "say whom it is given to"),
        (
            &["review", &firing, "--by", "Jo", "--on", "2020-01-31"],
            "the review date 2020-01-31 is not between today and",
        ),
        (&["review", &firing, "--by", "Jo", "--on", "2999-01-31"], "is not between today and"),
        (&["review", &firing, "--by", "Jo", "--on", "31 January"], "--on"),
        (&["acknowledge", "contract=\"No such\"", "--by", "Jo"], "no alert that fires has all of this"),
        (&["acknowledge", "contract=~\"(\"", "--by", "Jo"], "is no matcher"),
        (&["acknowledge", &firing], "--by"),
    ];
    for (arguments, expected) in cases {
        let refused = home.run(&[&["alerts"], *arguments].concat()).ends_with(2);
        assert!(refused.err.contains(expected), "{arguments:?}: {}", refused.err);
    }
    assert_eq!(acts(&home, "Wound Care"), [""; 0], "nothing of it is kept");
}

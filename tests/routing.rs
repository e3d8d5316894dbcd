//! Who is told, what is muted and what waits, as a user sees it.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use serde_json::Value;
use support::{Home, Told, bands, les, les_name};

const LES_ROUTE: &str = "    - match: { dataset: les-activity }\n      to: [primary-care-medical-services]\n";

/// What `routes test` says of some labels.
fn tested(home: &Home, labels: &[&str]) -> Value {
    home.run(&[&["routes", "test", "--format", "json"], labels].concat()).ends_with(0).json()
}

fn receivers(tested: &Value) -> Vec<&str> {
    let found = tested["receivers"].as_array().expect("receivers");
    found.iter().map(|one| one["group"].as_str().expect("a group")).collect()
}

#[test]
fn it_is_told_who_would_receive_an_alert_and_why_not_the_others() {
    let home = Home::new();
    let les = tested(&home, &["severity=critical", "dataset=les-activity", "contract=Dementia"]);
    assert_eq!(receivers(&les), ["primary-care-medical-services"]);
    assert_eq!(les["receivers"][0]["through"], "2");
    let why = |group: &str| {
        let others = les["others"].as_array().expect("others");
        let found = others.iter().find(|one| one["group"] == group).unwrap_or_else(|| panic!("{group} is not there"));
        found["why"][0].as_str().expect("why").to_owned()
    };
    assert_eq!(why("neighbourhood-care"), r#"branch 1: rule="hha-*" is asked for, and there is no rule"#);
    assert_eq!(why("antimicrobial-stewardship"), "no branch names it");
    assert_eq!(why("dental-services"), r#"branch 5: dataset="dental-activity" is asked for, and it is "les-activity""#);
    // Of a rule, dataset and severity are known.
    let rule = tested(&home, &["rule=les-deterioration"]);
    assert_eq!(
        (receivers(&rule), &rule["labels"]["dataset"]),
        (vec!["primary-care-medical-services"], &"les-activity".into())
    );

    let text = home.run(&["routes", "test", "rule=hha-anything"]).ends_with(0).out;
    assert!(text.contains("neighbourhood-care  through branch 1: {} / {rule=\"hha-*\"}"), "{text}");
    let slip = home.run(&["routes", "test", "contrct=Dementia"]).ends_with(2);
    assert!(slip.err.contains("no dataset has a label `contrct`"), "{}", slip.err);
    home.run(&["routes", "test", "dataset=les-activity", "--expect", "primary-care-medical-services"]).ends_with(0);
    home.run(&["routes", "test", "dataset=les-activity", "--expect", "performance-team"]).ends_with(1);

    let drawn = home.run(&["routes", "show"]).ends_with(0).out;
    let lines: Vec<&str> = drawn.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "performance-team",
            "├─ 1 {rule=\"hha-*\"} → neighbourhood-care (escalated as `standard`)",
            "├─ 2 {dataset=\"les-activity\"} → primary-care-medical-services (escalated as `standard`)",
            "├─ 3 {dataset=\"gp-appointments\"} → primary-care-medical-services (escalated as `standard`)",
        ]
    );
    let last = lines.last().expect("a branch");
    assert!(last.starts_with(&format!("└─ {} ", lines.len() - 1)), "{last}");
    let json = home.run(&["routes", "show", "--format", "json"]).ends_with(0).json();
    assert_eq!(json["routes"][1]["matchers"], serde_json::json!(["dataset=\"les-activity\""]));
}

#[test]
fn another_file_can_be_tried_in_alertmanagers_form() {
    let home = Home::new();
    home.write(
        "alertmanager.yml",
        "global: { resolve_timeout: 5m }\nroute:\n  receiver: default\n  group_interval: 5m\n  repeat_interval: 4h\n  routes:\n    \
         - matchers: ['owner=\"team-A\"', 'env=~\"prod.*\"']\n      receiver: team-A\n      continue: true\n      \
         group_by: [...]\n    - match: { owner: team-A }\n      receiver: all-A\nreceivers: [{ name: default }]\n",
    );
    let file = home.path("alertmanager.yml").display().to_string();
    let found = tested(&home, &["--file", &file, "owner=team-A", "env=production"]);
    assert_eq!(receivers(&found), ["team-A", "all-A"]);
    let drawn = home.run(&["routes", "show", "--file", &file]).ends_with(0).out;
    assert!(
        drawn.contains("1 {env=~\"prod.*\",owner=\"team-A\"} → team-A (continue; a message for each alert)"),
        "{drawn}"
    );
    // In a home's own file such a setting would do nothing.
    home.edit("config/groups.yaml", LES_ROUTE, &format!("{LES_ROUTE}      repeat_interval: 4h\n"));
    let refused = home.run(&["check"]).ends_with(2).err;
    assert!(refused.contains("a repetition is counted in periods here, not in hours"), "{refused}");
}

fn injections(home: &Home) -> Vec<Value> {
    home.alerts().into_iter().filter(|alert| alert["labels"]["contract"] == "Simple Injections").collect()
}

#[test]
fn a_silence_mutes_and_says_so_when_it_begins_in_reports_and_when_it_is_over() {
    let home = Home::new();
    home.take_months(&["2025-08", "2025-09"]);
    let silenced = injections(&home);
    assert!(silenced.iter().any(|alert| alert["state"] == "firing"), "the case needs an alert: {:?}", home.alerts());
    let preview =
        home.run(&["silences", "preview", "contract=\"Simple Injections\"", "--format", "json"]).ends_with(0).json();
    let firing = silenced.iter().filter(|alert| alert["state"] == "firing").count();
    assert_eq!(preview["firing"].as_array().map(Vec::len), Some(firing));
    assert_eq!(preview["periods"][0]["period"], "2025-09");

    let add = ["silences", "add", "contract=\"Simple Injections\"", "--by", "Jo Bell", "--comment", "the clinic moves"];
    let before = home.notices().len();
    home.run(&[&add[..], &["--for", "4 weeks"]].concat()).ends_with(0);
    let told = home.only_notice_since(before);
    assert_eq!((told.group.as_str(), told.kind.as_str()), ("primary-care-medical-services", "silence"));
    assert!(told.subject.contains("contract=\"Simple Injections\""), "{}", told.subject);
    let listed = home.run(&["silences", "list", "--format", "json"]).ends_with(0).json();
    let id = listed[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        (&listed[0]["state"], &listed[0]["matchers"]),
        (&"active".into(), &serde_json::json!(["contract=\"Simple Injections\""]))
    );
    for alert in injections(&home).iter().filter(|alert| alert["state"] == "firing") {
        assert!(alert["muted"].as_str().is_some_and(|by| by.starts_with("silenced by Jo Bell until ")), "{alert}");
    }
    let would = tested(&home, &["dataset=les-activity", "contract=\"Simple Injections\""]);
    assert!(would["muted"].as_str().is_some_and(|by| by.ends_with("the clinic moves")), "{would}");

    // October's report names it as muted, and nowhere else.
    let before = home.notices().len();
    home.take(&les_name("2025-10"), les("2025-10"), 0);
    let october = home.only_notice_since(before);
    let mail = home.mail(&october);
    assert!(mail.contains("* Simple Injections · capitated: silenced by Jo Bell until "), "{mail}");
    let told: Vec<String> = october.sections().into_iter().flat_map(|(_, lines)| lines).collect();
    assert!(!told.is_empty() && told.iter().all(|line| !line.contains("Simple Injections")), "{told:?}");
    assert_eq!(october.section("muted").len(), firing);

    // The list shows the end of its id, and that is enough.
    let (_, end) = id.rsplit_once('-').expect("an id");
    let table = home.run(&["silences", "list"]).ends_with(0).out;
    assert!(table.contains(end) && !table.contains(&id), "{table}");
    let missing = home.run(&["silences", "expire", "ffffffffffff"]).ends_with(2).err;
    assert!(missing.contains("there is no silence ffffffffffff; `bellwether silences list`"), "{missing}");
    let before = home.notices().len();
    home.run(&["silences", "expire", end]).ends_with(0);
    let told = home.only_notice_since(before);
    assert!(told.subject.starts_with("A silence was ended"), "{}", told.subject);
    assert!(injections(&home).iter().all(|alert| alert["muted"].is_null()));
    assert!(home.run(&["silences", "expire", &id]).ends_with(2).err.contains("is over already"));
    assert_eq!(home.run(&["silences", "list"]).ends_with(0).out.trim(), "No silences.");

    // One that is over by itself is told of as well, once.
    home.run(&[&add[..], &["--for", "5s"]].concat()).ends_with(0);
    std::thread::sleep(std::time::Duration::from_millis(5200));
    let before = home.notices().len();
    home.once().ends_with(0);
    let told = home.only_notice_since(before);
    assert!(told.subject.starts_with("A silence is over"), "{}", told.subject);
    home.once().ends_with(0);
    assert_eq!(home.notices().len(), before + 1);
}

#[test]
fn what_a_silence_must_not_be_is_refused_with_what_to_write() {
    let home = Home::new();
    for (arguments, expected) in [
        (&["contract=~\".*\"", "--for", "1 day"][..], "this would mute every alert"),
        (&["contract", "--for", "1 day"], "is no matcher: column 9"),
        (&["contract=Dementia", "--until", "2020-01-01"], "is past"),
        (&["contract=Dementia", "--for", "soon"], "write 4h, 10 days or 2 weeks"),
        (&["contract=Dementia"], "--until"),
    ] {
        let arguments = [&["silences", "add"], arguments, &["--by", "Jo", "--comment", "why"]].concat();
        let refused = home.run(&arguments).ends_with(2);
        assert!(refused.err.contains(expected), "{arguments:?}: {}", refused.err);
    }
    assert!(home.notices().is_empty());
}

#[test]
fn a_daemon_at_work_carries_out_a_silence() {
    let home = Home::new();
    let mut daemon = home.start();
    home.take_in_daemon(&mut daemon, &les_name("2025-09"), &les("2025-09"), 1);
    home.run(&["silences", "add", "contract=Dementia", "--for", "1h", "--by", "Jo", "--comment", "why"]).ends_with(0);
    let listed = home.run(&["silences", "list", "--format", "json"]).ends_with(0).json();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
}

#[test]
fn a_message_waits_for_the_months_other_deliveries_over_restarts() {
    let home = Home::new();
    let waits = "      wait_for: [hha-achievement-bands]\n      group_wait: 400 working days\n";
    home.edit("config/groups.yaml", LES_ROUTE, &format!("{LES_ROUTE}{waits}"));
    let drawn = home.run(&["routes", "show"]).ends_with(0).out;
    assert!(drawn.contains("(waits for hha-achievement-bands, at most 400 working days;"), "{drawn}");
    let said = || -> Vec<String> {
        let of_group = |told: &Told| told.kind == "exceptions" && told.group == "primary-care-medical-services";
        let period = |told: Told| told.content["period"].as_str().expect("a period").to_owned();
        home.notices().into_iter().filter(of_group).map(period).collect()
    };
    home.take_months(&["2025-08", "2025-09"]);
    home.once().ends_with(0);
    assert_eq!(said(), [""; 0], "nothing yet, and the restart says nothing");
    home.take("hha-achievement-bands-2025-09.csv", bands("2025-09"), 0);
    assert_eq!(said(), ["2025-08", "2025-09"]);
    home.take_months(&["2025-10"]);
    assert_eq!(said(), ["2025-08", "2025-09"]);
    // A configuration that asks for no wait any more holds nothing up.
    home.edit("config/groups.yaml", waits, "");
    home.once().ends_with(0);
    assert_eq!(said(), ["2025-08", "2025-09", "2025-10"]);
    home.once().ends_with(0);
    assert_eq!(said().len(), 3, "once");
}

#[test]
fn alerts_are_told_apart_by_the_labels_of_their_branch() {
    let home = Home::new();
    home.edit("config/groups.yaml", LES_ROUTE, &format!("{LES_ROUTE}      group_by: [...]\n"));
    home.take_months(&["2025-08", "2025-09"]);
    let firing = home.alerts().iter().filter(|alert| alert["state"] == "firing").count();
    let said: Vec<_> = home.notices().into_iter().filter(|told| told.kind == "exceptions").collect();
    assert!(said.len() >= firing && firing > 1, "{} messages of {firing} alerts", said.len());
}

#[test]
fn an_alert_that_says_less_is_muted_while_the_other_one_fires() {
    let home = Home::new();
    let rules = "inhibit_rules:\n  - name: a fall says more\n    source_matchers: ['rule=\"les-deterioration\"']\n    \
                 target_matchers: ['rule=\"les-below-60-percent-of-plan\"']\n    equal: [contract, contract_type]\n";
    let groups = home.read("config/groups.yaml");
    home.write("config/groups.yaml", format!("{groups}\n{rules}"));
    home.take_months(&["2025-08", "2025-09"]);
    let before = home.notices().len();
    home.take_months(&["2025-10"]);
    // In October 579 of 975 planned are 59.4%, and 22.0% fewer than the 742 of September: both rules see it.
    let october = home.only_notice_since(before);
    assert_eq!(october.section("muted"), ["les-below-60-percent-of-plan: Diabetes (2025-10)"]);
    let new = october.section("new");
    assert!(new.contains(&"les-deterioration: Diabetes (2025-10)".to_owned()), "{new:?}");
    let mail = home.mail(&october);
    assert!(
        mail.contains("muted while les-deterioration fires for Diabetes · cost-and-volume (a fall says more)"),
        "{mail}"
    );
    let marked: Vec<Value> = home.alerts().into_iter().filter(|alert| alert["muted"].is_string()).collect();
    assert_eq!(marked.len(), 1, "{marked:?}");
}

#[test]
fn what_may_not_be_said_now_waits_for_its_time() {
    let home = Home::new();
    let never = "  - name: long-ago\n    time_intervals: [{ years: ['2000:2001'] }]\n";
    home.edit(
        "config/groups.yaml",
        "time_intervals:\n  - name: office-hours\n",
        &format!("time_intervals:\n{never}  - name: office-hours\n"),
    );
    let asked = "      active_time_intervals: [long-ago]\n";
    home.edit("config/groups.yaml", LES_ROUTE, &format!("{LES_ROUTE}{asked}"));
    home.take_months(&["2025-09"]);
    let said = || home.notices().iter().filter(|told| told.kind == "exceptions").count();
    assert_eq!(said(), 0);
    // The times are looked at again when it could be said: now they are others.
    home.edit("config/groups.yaml", "years: ['2000:2001']", "years: ['2000:2999']");
    home.once().ends_with(0);
    assert_eq!(said(), 1);
}

#[test]
fn it_is_told_when_somebody_would_hear() {
    let home = Home::new();
    home.edit("config/groups.yaml", LES_ROUTE, &format!("{LES_ROUTE}      active_time_intervals: [office-hours]\n"));
    let closed = "  primary-care-medical-services:\n    name: Primary Care Medical Services Group\n";
    home.edit("config/groups.yaml", closed, &format!("{closed}    closed: {{ 2025-12-29: Between the years }}\n"));
    // Christmas Day is a Thursday; Friday is Boxing Day, and on Monday this group is closed.
    let told = tested(&home, &["dataset=les-activity", "--at", "2025-12-25T10:00:00Z"]);
    assert_eq!(
        told["waits"]["primary-care-medical-services"],
        "would wait until 2025-12-30T08:00:00Z: it is not office-hours"
    );
    let told = tested(&home, &["dataset=les-activity", "--at", "2025-12-30T10:00:00Z"]);
    assert_eq!(told["waits"], serde_json::json!({}));
}

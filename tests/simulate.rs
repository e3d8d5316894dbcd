//! Scenarios in virtual time, as a user plays them: what they print, and how it is held against what is expected.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{fs, path::Path};

use support::{Home, Ran, program};

const SCENARIOS: [&str; 5] = ["year", "receivers", "decisions", "escalation", "digest"];

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios"))
}

/// Plays a scenario of the folder over the home that stands beside it.
fn played(scenario: &str, options: &[&str]) -> Ran {
    let mut command = program();
    command.arg("--home").arg(folder().join("home")).arg("simulate").arg(folder().join(format!("{scenario}.yaml")));
    Ran::of(command.args(options).output().expect("the program starts"))
}

/// Plays a text over the same home.
fn tried(text: &str, options: &[&str]) -> Ran {
    let place = tempfile::tempdir().expect("a folder");
    fs::write(place.path().join("s.yaml"), text).expect("written");
    let mut command = program();
    command.current_dir(place.path()).arg("--home").arg(folder().join("home")).args(["simulate", "s.yaml"]);
    Ran::of(command.args(options).output().expect("the program starts"))
}

const MONTH: &str = "\
starts: 2025-04-14
events:
  - drop: activity-2025-03.csv
    text: |
      month,site,planned,done
      2025-03,North,100,75
";

#[test]
fn a_year_goes_as_the_ledger_that_was_made_by_hand() {
    let year = played("year", &[]).ends_with(0);
    assert_eq!(year.err.trim(), "the ledger says what is expected");
}

#[test]
fn receivers_that_fail_lose_nothing() {
    played("receivers", &[]).ends_with(0);
}

#[test]
fn what_takes_no_messages_is_seen_at_a_glance() {
    let place = tempfile::tempdir().expect("a folder");
    let kept = place.path().join("kept").display().to_string();
    played("receivers", &["--keep", &kept]).ends_with(0);
    let status = |options: &[&str]| {
        let mut command = program();
        Ran::of(command.args(["--home", &kept, "status"]).args(options).output().expect("it starts")).ends_with(0)
    };
    let json = status(&["--format", "json"]).json();
    let [one] = json["receivers"].as_array().expect("receivers").as_slice() else { panic!("{json:#}") };
    assert_eq!((&one["state"], &one["recipient"]), (&"disabled".into(), &"care@example.org".into()), "{json:#}");
    assert_eq!(one["waiting"], json["outbox"]["queued"], "{json:#}");
    let table = status(&[]).out;
    let said = "care@example.org (email, group care) asked never to be called again on ";
    assert!(table.contains(said) && table.contains(": bellwether outbox enable care"), "{table}");
}

#[test]
fn what_people_decide_counts_from_then_on() {
    played("decisions", &[]).ends_with(0);
}

#[test]
fn what_nobody_looks_after_is_taken_further_one_step_at_a_time() {
    played("escalation", &[]).ends_with(0);
}

#[test]
fn papers_have_their_report_once_whatever_becomes_of_process_clock_and_settings() {
    played("digest", &[]).ends_with(0);
}

#[test]
fn a_broken_configuration_leaves_the_old_one_in_force_and_a_process_does_not_begin_with_it() {
    played("broken", &[]).ends_with(0);
    let killed = played("broken", &["--kill-each-step"]).ends_with(2).err;
    assert!(killed.contains("rules/rules.yaml:1:"), "{killed}");
}

#[test]
fn a_process_that_is_killed_after_each_step_writes_the_same_ledger_and_so_does_a_second_run() {
    for scenario in SCENARIOS {
        let once = played(scenario, &["--format", "json"]);
        let again = played(scenario, &["--format", "json"]);
        assert!(once.out == again.out, "{scenario}: a second run");
        let killed = played(scenario, &["--format", "json", "--kill-each-step"]);
        assert!(once.out == killed.out, "{scenario}: killed after each step\n{}", killed.err);
    }
}

#[test]
fn what_differs_is_said_with_its_place() {
    let expect = "\
expect:
  complete: [told]
  ledger: |
    2025-04-14 09:00 delivery * revision 1: published
    2025-04-14 09:00 told finance: new *
  never: |
    * office@example.org: *
    * care@example.org: *
";
    let ran = tried(&format!("{MONTH}{expect}"), &[]).ends_with(1);
    let said: Vec<&str> = ran.err.lines().collect();
    assert_eq!(
        said,
        [
            "- 2025-04-14 09:00 told finance: new *  (s.yaml:11:5)",
            "+ 2025-04-14 09:00  told       care: new below{site=\"North\"}",
            "! 2025-04-14 09:00 sent care by email to care@example.org: 1 alert now firing, history to March 2025 – Activity  (s.yaml:14:5)",
            "3 lines differ from what is expected",
        ]
    );
}

#[test]
fn programs_read_the_ledger_as_json() {
    let ledger = tried(MONTH, &["--format", "json"]).ends_with(0).json();
    let kinds: Vec<&str> =
        ledger["ledger"].as_array().expect("lines").iter().map(|line| line["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["drop", "delivery", "alert", "notice", "told", "others", "others", "sent"]);
    let alert = &ledger["ledger"][2];
    assert_eq!(alert["at"], "2025-04-14T09:00:00+01:00");
    assert_eq!(
        (&alert["rule"], &alert["labels"]["site"], &alert["from"], &alert["to"], &alert["period"], &alert["cause"]),
        (
            &"below".into(),
            &"North".into(),
            &serde_json::Value::Null,
            &"firing".into(),
            &"2025-03".into(),
            &"new".into()
        )
    );
    assert_eq!(alert["message"], "North: 75 of 100");
    let others = &ledger["ledger"][6];
    let why = "branch 1: rule=\"half\" is asked for, and it is \"below\"; branch 3: dataset=\"prices\" is asked for, and it is \
               \"activity\"";
    assert_eq!((&others["group"], &others["why"]), (&"finance".into(), &why.into()));
    let table = tried(MONTH, &[]).ends_with(0).out;
    let with_others = tried(MONTH, &["--others"]).ends_with(0).out;
    assert_eq!((table.lines().count(), with_others.lines().count()), (6, 8));
    let sent = &ledger["ledger"][7];
    assert_eq!((&sent["recipient"], &sent["notice"]), (&"care@example.org".into(), &ledger["ledger"][3]["notice"]));
}

#[test]
fn every_mistake_of_a_scenario_has_its_place() {
    let text = "\
starts: 2025-04-14
ends: 2025-04-01
months:
  - { name: 'a-{month}.csv', from: 2025/26-Q1, arrives: soon, text: '{month}', values: { north: 1 2 } }
  - { name: '../a-{month}.csv', from: 2025-03, arrives: 3 days, text: '{month}', values: { north: 1 2 }, but: { 2025-09: never } }
events:
  - at: 14 April
    process: stopped
  - at: 2025-04-15 09:00
    process: killed
  - drop: nowhere.csv
  - at: 2025-04-14 09:00
    drop: a.csv
    text: x
    process: started
  - after: 2h
  - recievers: { are: down }
  - change: { file: ../rules.yaml, text: x }
  - change: { file: rules/rules.yaml, replace: x }
expect:
  complete: [told, tlod]
";
    // What does not decode is said first; the rest when it does.
    let first = tried(text, &[]).ends_with(2).err;
    for said in ["s.yaml:4:57", "s.yaml:7:9", "s.yaml:17:5", "did you mean `receivers`?"] {
        assert!(first.contains(said), "{said} in\n{first}");
    }
    let text = text
        .replace("soon", "4 days")
        .replace("14 April", "2025-04-14 09:00")
        .replace("  - recievers: { are: down }\n", "");
    let second = tried(&text, &[]).ends_with(2).err;
    for said in [
        "s.yaml:2:7",
        "the last event is later than this",
        "s.yaml:4:36",
        "write a month: 2025-04",
        "the text has no {north}",
        "this is no name of a file",
        "`2025-09` is not one of the 2 months",
        "s.yaml:9:5",
        "the process does not run here",
        "there is no such file: nowhere.csv",
        "this is before the event above it",
        "drop and process do not happen at once",
        "nothing happens here",
        "only files of `config/` and `rules/` change",
        "either `text`, or `replace` and `with`",
        "there is no kind of line `tlod`",
        "did you mean `told`?",
    ] {
        assert!(second.contains(said), "{said} in\n{second}");
    }
    let gone = tried("starts: 2025-04-14\nevents:\n  - expire: north\n", &[]).ends_with(2).err;
    assert!(gone.contains("s.yaml:3:13") && gone.contains("there is no silence `north`"), "{gone}");
    let missing = Ran::of(program().args(["simulate", "/nowhere/s.yaml"]).output().expect("it starts"));
    assert!(missing.code == 2, "{missing:?}");
}

#[test]
fn the_home_is_read_and_nothing_of_it_is_touched() {
    let home = Home::new();
    home.edit("config/bellwether.yaml", "drop: [drop]", "drop: [drop, /srv/shares/never]");
    home.take_months(&["2025-04"]);
    home.drop("les-activity-2025-05.csv", "waits for the next run");
    let before = home.files(".");
    home.write("april.csv", support::les("2025-04"));
    home.write(
        "s.yaml",
        "starts: 2025-05-12\nevents:\n  - drop: april.csv\n    as: les-activity-2025-04.csv\nexpect:\n  ledger: |\n    \
         2025-05-12 09:00 delivery les-activity-2025-04.csv is les-activity 2025-04 revision 1: published\n  never: |\n    \
         * delivery * 2025-05 *\n",
    );
    let kept = tempfile::tempdir().expect("a folder");
    let folder = kept.path().join("kept").display().to_string();
    let scenario = home.path("s.yaml").display().to_string();
    home.run(&["simulate", &scenario, "--keep", &folder]).ends_with(0);
    let mut after = home.files(".");
    after.retain(|file| !["april.csv", "s.yaml"].contains(&file.as_str()));
    assert_eq!(after, before);

    // What is kept is a home like any other; it is not written over.
    let listed = Ran::of(program().args(["--home", &folder, "deliveries"]).output().expect("it starts")).ends_with(0);
    assert!(listed.out.contains("les-activity-2025-04.csv"), "{}", listed.out);
    assert!(home.run(&["simulate", &scenario, "--keep", &folder]).ends_with(2).err.contains("is not empty"));
}

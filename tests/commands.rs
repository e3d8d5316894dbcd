//! The commands: exit codes, JSON, tables, help.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use support::{BELOW, DETERIORATION, HHA, Home, MONTHS, Ran, bands, changed, les, les_name, program};

fn run(command: &mut Command) -> Ran {
    Ran::of(command.output().expect("the program starts"))
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect()
}

/// Every file below a folder with its content.
fn content(home: &Home) -> Vec<(String, Vec<u8>)> {
    let read = |file: String| (file.clone(), fs::read(home.path(&file)).expect("a file"));
    home.files("").into_iter().map(read).collect()
}

#[test]
fn every_command_has_a_help_that_says_what_it_does() {
    let help = run(program().arg("--help")).ends_with(0).out;
    for (command, says) in [
        ("run", "Watch the drop folders"),
        ("demo", "seven months of real figures"),
        ("infer", "dataset definition from a sample"),
        ("init", "working configuration"),
        ("check", "without network"),
        ("test", "stand inside the rule files"),
        ("backtest", "send and keep nothing"),
        ("explain", "in figures"),
        ("validate", "change nothing"),
        ("deliveries", "what became of it"),
        ("alerts", "where they stand"),
        ("notices", "what groups were told"),
        ("outbox", "messages"),
        ("status", "at a glance"),
        ("reload", "read its configuration again"),
    ] {
        assert!(help.contains(&format!("  {command} ")), "{command} in\n{help}");
        let own = run(program().args([command, "--help"])).ends_with(0).out;
        assert!(own.contains(says) && own.contains("Usage: bellwether"), "{own}");
    }
    for code in ["0  all is well", "1  findings", "2  the command line", "3  the disk", "4  another bellwether"] {
        assert!(help.contains(code), "{code:?} in\n{help}");
    }
    assert!(run(program().arg("--version")).ends_with(0).out.starts_with("bellwether "));
}

#[test]
fn wrong_usage_ends_with_2_and_a_hint() {
    let ran = run(program().arg("chek")).ends_with(2);
    assert!(ran.err.contains("'check'"), "{}", ran.err);
    run(&mut program()).ends_with(2);
    run(program().args(["alerts", "--format", "xml"])).ends_with(2);
    run(program().args(["validate"])).ends_with(2);
    let home = Home::new();
    let ran = home.run(&["validate", "not-there.csv"]).ends_with(2);
    assert!(ran.err.contains("not-there.csv"), "{}", ran.err);
    let ran = home.run(&["test", "les-deteriorating"]).ends_with(2);
    assert!(ran.err.contains("did you mean `les-deterioration`?"), "{}", ran.err);
}

#[test]
fn lists_have_the_fields_that_programs_rely_on() {
    let home = Home::new();
    home.take_months(&MONTHS);
    home.take("hha-achievement-bands-2025-10.csv", bands("2025-10"), 0);

    let alerts = home.alerts();
    let stable = ["id", "rule", "severity", "state", "labels", "since", "period", "value", "plan", "message"];
    assert!(alerts.iter().all(|alert| keys(alert).starts_with(&stable)), "{alerts:#?}");
    let dementia = alerts.iter().find(|alert| alert["rule"] == BELOW && alert["labels"]["contract"] == "Dementia");
    let dementia = dementia.expect("an alert on Dementia");
    assert_eq!((&dementia["severity"], &dementia["state"]), (&"warning".into(), &"firing".into()));
    assert_eq!((&dementia["since"], &dementia["period"]), (&"2025-10".into(), &"2025-10".into()));
    assert_eq!((&dementia["value"], &dementia["plan"]), (&694.0.into(), &1332.0.into()));
    assert_eq!(dementia["message"], "Dementia: 694 delivered, 52.1% of the 1,332 planned");
    assert_eq!(keys(&dementia["labels"]), ["contract", "contract_type"]);

    let delivery = home.last();
    let stable = ["id", "dataset", "file", "hash", "revision", "periods", "verdict", "findings"];
    assert!(keys(&delivery).starts_with(&stable), "{delivery:#}");
    assert_eq!(delivery["periods"], Value::from(vec!["2025-10"]));
    let finding = &delivery["findings"][0];
    assert!(["check", "severity", "message", "rows"].iter().all(|key| finding.get(key).is_some()), "{finding:#}");

    for list in [&["notices"][..], &["outbox"], &["alerts", "--unjudged"], &["status"]] {
        home.run(&[list, &["--format", "json"]].concat()).ends_with(0).json();
    }
    let limited = home.run(&["deliveries", "--limit", "2", "--format", "json"]).ends_with(0).json();
    assert_eq!(limited.as_array().map(Vec::len), Some(2));
    let status = home.run(&["status", "--format", "json"]).ends_with(0).json();
    assert_eq!((&status["running"], &status["deliveries"]["published"]), (&false.into(), &7.into()));
}

/// October with one type of contract that is not known, of 14 rows.
#[test]
fn one_delivery_is_told_to_programs_as_to_people() {
    let home = Home::new();
    home.take_months(&["2025-09"]);
    home.take(&les_name("2025-10"), changed(&les("2025-10"), "Dementia,cost-and-volume", "Dementia,block"), 1);
    let id = home.last()["id"].as_str().expect("an id").to_owned();
    home.run(&["deliveries", "release", &id, "--reason", "checked", "--by", "Jo Bell"]).ends_with(0);
    let delivery = home.run(&["deliveries", &id, "--format", "json"]).ends_with(0).json();
    let stable = ["id", "dataset", "file", "hash", "revision", "periods", "verdict", "findings"];
    assert!(keys(&delivery).starts_with(&stable), "{delivery:#}");
    let check = |name: &str| {
        let checks = delivery["checks"].as_array().expect("checks");
        checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name} in {delivery:#}")).clone()
    };
    assert_eq!(
        check("allowed_values"),
        serde_json::json!({
            "check": "allowed_values", "outcome": "error", "count": 1, "looked_at": 14, "share": 1.0 / 14.0
        })
    );
    assert_eq!(check("unique"), serde_json::json!({ "check": "unique", "outcome": "passed", "count": 0 }));
    assert_eq!(check("continuity")["outcome"], "passed");
    let table = &delivery["tables"][0];
    assert_eq!((&table["header_row"], &table["rows"]), (&1.into(), &14.into()));
    assert_eq!(table["columns"][2], serde_json::json!({ "name": "contract_type", "header": "contract_type" }));
    let folder = "published/les-activity/2025-10/";
    let names = ["", ".report.json", ".report.txt", ".report.html", ".failing-rows.csv"];
    let names = names.map(|ending| format!("{}{ending}", les_name("2025-10"))).into_iter();
    let names = names.chain(["tidy.csv", "tidy.parquet", "manifest.json"].map(str::to_owned));
    let places: Vec<String> = names.map(|name| format!("{folder}{name}")).collect();
    assert_eq!(delivery["placed"], Value::from(places));
    let decided = &delivery["overrides"][0];
    assert_eq!(
        (&decided["action"], &decided["by"], &decided["reason"]),
        (&"release".into(), &"Jo Bell".into(), &"checked".into())
    );

    let told = home.run(&["deliveries", &id]).ends_with(0).out;
    let made = "17 made, 16 passed; error: allowed_values";
    for line in
        [&format!("placed    {folder}{}", les_name("2025-10")), "read      14 rows", &format!("checks    {made}")]
    {
        assert!(told.contains(line), "{line:?} in\n{told}");
    }
}

#[test]
fn a_pipe_gets_a_table_without_colour_one_line_an_entry() {
    let home = Home::new();
    home.take_months(&MONTHS);
    for list in ["alerts", "deliveries", "notices", "outbox", "status"] {
        let out = home.run(&[list]).ends_with(0).out;
        assert!(!out.contains('\u{1b}'), "{out:?}");
    }
    let out = home.run(&["alerts", "--state", "firing", "--rule", BELOW]).ends_with(0).out;
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 5, "{out}");
    assert!(lines[0].trim_start().starts_with("STATE"), "{out}");
    let dementia = "Dementia: 694 delivered, 52.1% of the 1,332 planned";
    assert!(lines.iter().any(|line| line.contains("firing") && line.contains(dementia)), "{out}");
}

#[test]
fn lists_of_an_empty_home_say_that_there_is_nothing() {
    let home = Home::new();
    for (list, says) in [
        ("alerts", "No alerts."),
        ("deliveries", "Nothing has been delivered yet."),
        ("notices", "Nobody has been told anything yet."),
        ("outbox", "The outbox is empty."),
    ] {
        assert_eq!(home.run(&[list]).ends_with(0).out.trim_end(), says);
        assert_eq!(home.run(&[list, "--format", "json"]).ends_with(0).json(), Value::Array(Vec::new()));
    }
    assert!(!home.path("state").exists(), "a list writes nothing");
}

#[test]
fn the_home_is_named_by_option_by_variable_or_by_where_one_stands() {
    let home = Home::new();
    home.take_months(&["2025-10"]);
    let expected = home.alerts();
    let list = ["alerts", "--format", "json"];
    let by_variable = run(program().args(list).env("BELLWETHER_HOME", home.root())).ends_with(0).json();
    let by_folder = run(program().args(list).current_dir(home.root())).ends_with(0).json();
    let other = tempfile::tempdir().expect("a folder");
    let mut both = program();
    both.args(list).arg("--home").arg(home.root()).env("BELLWETHER_HOME", other.path());
    for found in [by_variable, by_folder, run(&mut both).ends_with(0).json()] {
        assert_eq!(found, Value::Array(expected.clone()));
    }
}

#[test]
fn init_again_keeps_what_is_there_and_writes_what_is_not() {
    let home = Home::new();
    home.write("rules/les.yaml", "rules: {}\n");
    fs::remove_file(home.path("rules/hha.yaml")).expect("removed");
    let out = run(program().arg("init").arg(home.root())).ends_with(0).out;
    assert!(out.contains("kept   rules/les.yaml") && out.contains("wrote  rules/hha.yaml"), "{out}");
    assert_eq!(home.read("rules/les.yaml"), "rules: {}\n");
    assert!(home.path("rules/hha.yaml").is_file());
}

#[test]
fn check_counts_what_it_found() {
    let home = Home::new();
    let out = home.run(&["check"]).ends_with(0).out;
    let files = |folder: &str| fs::read_dir(home.path(folder)).expect("a folder").flatten().map(|entry| entry.path());
    let datasets = files("config/datasets").count();
    let text = |path| fs::read_to_string(path).unwrap_or_default();
    let rules: usize = files("rules").map(|path| text(path).matches("\n    summary: ").count()).sum();
    assert!(out.contains(&format!("{datasets} datasets, {rules} rules, 12 groups")), "{out}");
    assert!(!home.path("state").exists(), "it touches nothing");
}

#[test]
fn the_shipped_rules_pass_their_tests_and_a_broken_rule_shows_the_difference() {
    let home = Home::new();
    let out = home.run(&["test"]).ends_with(0).out;
    for rule in [BELOW, DETERIORATION, HHA] {
        assert!(out.contains(rule), "{out}");
    }
    assert!(out.contains(" passed, 0 failed") && !out.contains("FAILED"), "{out}");

    // At 60% exactly it now fires: 60 of 100 in October is no longer the end of it.
    home.edit("rules/les.yaml", "when: value < share * plan", "when: value <= share * plan");
    let out = home.run(&["test", BELOW]).ends_with(1).out;
    assert!(out.contains("FAILED  les-below-60-percent-of-plan: fires below 60%, resolves at 60% exactly"), "{out}");
    assert!(out.contains("1 passed, 2 failed"), "{out}");
    let report = home.run(&["test", BELOW, "--format", "json"]).ends_with(1).json();
    let tests = &report["tests"];
    assert_eq!((&tests[0]["passed"], &tests[1]["passed"]), (&false.into(), &true.into()), "{tests:#}");
}

#[test]
fn validate_tells_by_its_exit_code_and_changes_nothing() {
    let home = Home::new();
    let files = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = files.path().join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let good = write(&les_name("2025-10"), &les("2025-10"));
    let bad = write(&les_name("2025-11"), &changed(&les("2025-10"), "1332,694", "1332,many"));
    let before = content(&home);
    let out = home.run(&["validate", &good]).ends_with(0).out;
    assert!(out.contains("would be published (les-activity 2025-10)"), "{out}");
    let out = home.run(&["validate", &good, &bad]).ends_with(1).out;
    assert!(out.contains("would be held back") && out.contains("row 3, delivered: `many`"), "{out}");
    let found = home.run(&["validate", "--format", "json", &bad]).ends_with(1).json();
    assert_eq!(found[0]["findings"][0]["rows"][0]["row"], 3, "{found:#}");
    assert_eq!(content(&home), before);
    assert!(Path::new(&good).is_file() && Path::new(&bad).is_file());
}

/// The elements of a document, each with its name, its attributes and its text, in their order.
fn elements(xml: &str) -> Vec<(String, std::collections::BTreeMap<String, String>, String)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut found: Vec<(String, std::collections::BTreeMap<String, String>, String)> = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(element) | Event::Empty(element) => {
                let attributes = element.attributes().map(|attribute| {
                    let attribute = attribute.expect("an attribute");
                    let value = quick_xml::escape::unescape(&attribute.value).expect("a value").into_owned();
                    (attribute.key.as_ref().to_owned(), value)
                });
                found.push((element.name().as_ref().to_owned(), attributes.collect(), String::new()));
            }
            Event::Text(text) => {
                if let Some((.., of)) = found.last_mut().filter(|_| !text.trim().is_empty()) {
                    of.push_str(&text);
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn validate_answers_as_junit_xml_that_names_what_passed_and_what_did_not() {
    let home = Home::new();
    let files = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = files.path().join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let good = write(&les_name("2025-10"), &les("2025-10"));
    let hostile = changed(&les("2025-10"), "1332,694", "1332,\"]]><a & 'b\u{1}\"");
    let bad = write(&les_name("2025-11"), &hostile.replace("contract_type", "kind"));
    let output = files.path().join("answer.xml").display().to_string();
    let ran = home.run(&["validate", "--format", "junit", "--output", &output, &good, &bad]).ends_with(1);
    assert_eq!(ran.out, "");
    let elements = elements(&fs::read_to_string(output).expect("the answer"));
    let named = |name: &str| elements.iter().filter(|one| one.0 == name).collect::<Vec<_>>();
    // The schema that CI systems share: suites of cases, each level with its counts.
    let counts = |attributes: &std::collections::BTreeMap<String, String>| {
        ["tests", "failures", "errors", "skipped"].map(|name| attributes[name].parse::<usize>().expect("a count"))
    };
    let suites = named("testsuite");
    assert_eq!(suites.iter().map(|suite| suite.1["name"].as_str()).collect::<Vec<_>>(), [&good, &bad]);
    // Two that are always made, seven that the dataset lists of rows, and that there is no history to hold figures against.
    assert_eq!(counts(&suites[0].1), [10, 0, 0, 0]);
    // columns_present and type fail, allowed_values is not made, and the name speaks of another month than the rows.
    assert_eq!(counts(&suites[1].1), [10, 2, 0, 1]);
    assert_eq!(counts(&named("testsuites")[0].1), [20, 2, 0, 1]);
    assert_eq!((named("testcase").len(), named("failure").len(), named("skipped").len()), (20, 2, 1));
    assert!(named("testcase").iter().all(|case| case.1["classname"] == "les-activity" && case.1.contains_key("time")));
    let failure = named("failure")[1];
    assert!(failure.1["message"].ends_with("in row 3: `]]><a & 'b`"), "{failure:?}");
}

#[test]
fn validate_answers_as_a_page() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(les_name("2025-10"));
    fs::write(&file, changed(&les("2025-10"), "1332,694", "1332,<b>")).expect("written");
    let page = home.run(&["validate", "--format", "html", &file.display().to_string()]).ends_with(1).out;
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    assert!(page.contains("would be held back: 1 error (1 row)") && page.contains("<bdi>&lt;b&gt;</bdi>"), "{page}");
    let nowhere = folder.path().join("no/such/folder.html").display().to_string();
    let ran = home.run(&["validate", "--format", "html", "--output", &nowhere, &file.display().to_string()]);
    assert!(ran.ends_with(3).err.contains("folder.html cannot be written"));
}

#[test]
fn two_at_work_on_one_home_are_one_too_many() {
    let home = Home::new();
    let ran = home.run(&["reload"]).ends_with(4);
    assert!(ran.err.contains("nothing to reload"), "{}", ran.err);
    let daemon = home.start();
    for command in [&["run"][..], &["run", "--once"]] {
        let ran = home.run(command).ends_with(4);
        assert!(ran.err.contains(&daemon.process().to_string()), "{}", ran.err);
    }
    let status = home.run(&["status", "--format", "json"]).ends_with(0).json();
    assert_eq!((&status["running"], &status["pid"]), (&true.into(), &daemon.process().into()));
    assert_eq!(daemon.stop().code, 0);
    home.once().ends_with(0);
}

#[test]
fn a_broken_configuration_leaves_the_old_one_in_force_and_says_so() {
    let home = Home::new();
    let mut daemon = home.start();
    home.edit("rules/les.yaml", "share: 0.6", "share: 0.5");
    home.run(&["reload"]).ends_with(0);
    daemon.wait_for_log("is in force");
    home.take_in_daemon(&mut daemon, &les_name("2025-10"), &les("2025-10"), 1);
    // At 50%: Simple Injections 45.6%, Post Bariatric Monitoring 28.3%; Dementia 52.1% and Diabetes 59.4% are above.
    let below_half = ["Post Bariatric Monitoring (2025-10)", "Simple Injections (2025-10)"];
    assert_eq!(home.firing(BELOW), below_half);

    home.edit("rules/les.yaml", "share: 0.5", "shere: 0.1");
    home.run(&["reload"]).ends_with(2);
    let pid =
        rustix::process::Pid::from_raw(i32::try_from(daemon.process()).expect("a process id")).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).expect("told");
    daemon.wait_for_log("the old one stays in force");
    home.take_in_daemon(&mut daemon, &les_name("2025-09"), &les("2025-09"), 2);
    let told = home.notices().into_iter().rfind(|told| told.kind == "operator").expect("the operator is told");
    assert!(home.mail(&told).contains("rules/les.yaml"), "{}", home.mail(&told));
    assert_eq!(home.firing(BELOW), ["Post Bariatric Monitoring (2025-09)", "Simple Injections (2025-09)"]);
    assert_eq!(daemon.stop().code, 0);
}

#[test]
fn a_store_that_cannot_be_used_ends_with_3() {
    let home = Home::new();
    home.write("state/bellwether.db", "this is no database, and it is long enough not to be taken for an empty one");
    let ran = home.run(&["alerts"]).ends_with(3);
    assert!(ran.err.contains("the database is damaged"), "{}", ran.err);
    home.once().ends_with(3);
}

#[test]
fn a_file_name_cannot_take_over_a_terminal() {
    let home = Home::new();
    home.take("red\u{1b}[31m\nnotes.csv", "x", 1);
    let ran = home.run(&["deliveries"]).ends_with(0);
    assert!(!ran.out.contains('\u{1b}'), "{:?}", ran.out);
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
}

#[test]
fn the_demonstration_needs_nothing_but_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("bellwether");
    fs::copy(env!("CARGO_BIN_EXE_bellwether"), &copy).expect("copied");
    let mut command = Command::new(&copy);
    command.args(["demo", "--keep", "shown"]).current_dir(folder.path()).env_clear();
    let out = run(&mut command).ends_with(0).out;
    assert_eq!(out.matches(": published").count(), 9, "{out}");
    assert!(out.contains("Firing now (6):"), "{out}");
    assert!(
        out.contains("Post Bariatric Monitoring: 72 delivered, 28.3% of the 254 planned (since August 2025"),
        "{out}"
    );
    let path = |label: &str| {
        let line = out.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_else(|| panic!("{label} in\n{out}"));
        folder.path().join(line.trim())
    };
    assert!(fs::read_to_string(path("Last email:")).expect("the mail").contains("Dementia"));
    assert!(fs::read_to_string(path("Picture:")).expect("the picture").starts_with("<svg"));
    run(Command::new(&copy).args(["demo", "--keep", "shown"]).current_dir(folder.path())).ends_with(3);
}

//! The JSON Schemas that are kept for editors: those that the program prints, right about every shipped file, and wrong
//! about none of the usual mistakes. The validator knows nothing of the program.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{fs, path::Path};

use jsonschema::Validator;
use serde_json::Value;
use support::{BELOW, DETERIORATION, Home, MONTHS, Ran, program};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn kept(of: &str) -> Value {
    let path = root().join(format!("config/schemas/{of}.json"));
    serde_json::from_str(&fs::read_to_string(path).expect("it is kept")).expect("it is JSON")
}

fn validator(of: &str) -> Validator {
    jsonschema::validator_for(&kept(of)).expect("it is a schema")
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error} in\n{text}"))
}

/// What a validator says of a text.
fn mistakes(of: &str, text: &str) -> Vec<String> {
    validator(of).iter_errors(&yaml(text)).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn shipped(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push((path.display().to_string(), fs::read_to_string(&path).expect("text")));
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found
}

#[test]
fn what_is_kept_is_what_the_program_prints() {
    for of in ["dataset", "rules", "groups", "bellwether", "case", "scenario"] {
        let printed = Ran::of(program().args(["schema", of]).output().expect("it starts")).ends_with(0).out;
        let file = fs::read_to_string(root().join(format!("config/schemas/{of}.json"))).expect("it is kept");
        assert!(printed == file, "`bellwether schema {of} > config/schemas/{of}.json` puts this right");
    }
}

#[test]
fn every_shipped_file_names_its_schema_and_fits_it() {
    for (folder, of, named) in
        [("config/datasets", "dataset", "../schemas/dataset.json"), ("rules", "rules", "../config/schemas/rules.json")]
    {
        for (path, text) in shipped(folder) {
            assert!(text.starts_with(&format!("# yaml-language-server: $schema={named}\n")), "{path}");
            assert_eq!(mistakes(of, &text), [""; 0], "{path}");
        }
    }
    for of in ["groups", "bellwether"] {
        let text = fs::read_to_string(root().join(format!("config/{of}.yaml"))).expect("text");
        assert!(text.starts_with(&format!("# yaml-language-server: $schema=schemas/{of}.json\n")), "{of}");
        assert_eq!(mistakes(of, &text), [""; 0], "{of}");
    }
}

#[test]
fn scenarios_fit_their_schema() {
    for (path, text) in shipped("tests/scenarios") {
        assert_eq!(mistakes("scenario", &text), [""; 0], "{path}");
    }
    assert!(!mistakes("scenario", "starts: soon\nevents: [{ process: asleep }]\n").is_empty());
}

#[test]
fn a_recorded_case_fits_its_schema() {
    let home = Home::new();
    home.take_months(&MONTHS[4..]);
    let file = home.path("case.yaml").display().to_string();
    home.run(&["backtest", BELOW, DETERIORATION, "--record", &file]).ends_with(0);
    assert_eq!(mistakes("case", &home.read("case.yaml")), [""; 0]);
}

#[test]
fn the_usual_mistakes_do_not_fit() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("text");
    for (of, path, from, to) in [
        ("rules", "rules/les.yaml", "summary:", "sumary:"),
        ("rules", "rules/les.yaml", "severity: warning", "severity: warn"),
        ("rules", "rules/les.yaml", "when: value < share * plan", "when: { against_plans: { below: 60% } }"),
        ("rules", "rules/les.yaml", "when: value < share * plan", "when: { against_plan: { under: 60% } }"),
        ("rules", "rules/les.yaml", "    when: value < share * plan\n", "    for: 0\n    when: value < share * plan\n"),
        ("rules", "rules/les.yaml", "    dataset: les-activity\n", ""),
        ("rules", "rules/les.yaml", "state: firing", "state: fired"),
        ("rules", "rules/les.yaml", "from: 2025-08", "form: 2025-08"),
        ("dataset", "config/datasets/les-activity.yaml", "kind: number", "kind: numbers"),
        ("dataset", "config/datasets/les-activity.yaml", "- not_null:", "- notnull:"),
        ("dataset", "config/datasets/les-activity.yaml", "column: planned, min: 0", "column: planned, minimum: 0"),
        ("dataset", "config/datasets/les-activity.yaml", "severity: warning", "severity: warn"),
        ("dataset", "config/datasets/les-activity.yaml", "better: higher", "better: more"),
        ("dataset", "config/datasets/les-activity.yaml", "steward: performance-team\n", ""),
        ("dataset", "config/datasets/les-activity.yaml", "every: month", "every: monthly"),
        (
            "groups",
            "config/groups.yaml",
            "- email: { to: [performance@example.org] }",
            "- mail: { to: [performance@example.org] }",
        ),
        ("groups", "config/groups.yaml", "to: [performance@example.org]", "to: performance@example.org"),
        ("groups", "config/groups.yaml", "- match: { rule: hha-* }", "- matches: { rule: hha-* }"),
        ("bellwether", "config/bellwether.yaml", "settle: 2s", "settle: 2"),
        ("bellwether", "config/bellwether.yaml", "attempts: 50", "attempts: ten"),
        ("bellwether", "config/bellwether.yaml", "transport: files", "transport: file"),
        ("bellwether", "config/bellwether.yaml", "operator: performance-team\n", ""),
    ] {
        let text = read(path);
        assert!(text.contains(from), "{from:?} in {path}");
        let mistaken = text.replacen(from, to, 1);
        assert!(!mistakes(of, &mistaken).is_empty(), "{to:?} in {path} passes");
    }
}

#[test]
fn every_kind_of_check_and_channel_is_described() {
    let dataset = kept("dataset").to_string();
    for kind in bellwether::checks::CheckSettings::KINDS {
        assert!(dataset.contains(&format!("\"required\":[\"{kind}\"]")), "{kind}");
    }
    let groups = kept("groups").to_string();
    for kind in bellwether::outbox::ChannelKind::ALL {
        assert!(groups.contains(&format!("\"required\":[\"{kind}\"]")), "{kind}");
    }
    let rules = kept("rules").to_string();
    for kind in bellwether::rules::kinds::KindSettings::KINDS {
        assert!(rules.contains(&format!("\"required\":[\"{kind}\"]")), "{kind}");
    }
    // The settings that every kind takes stand beside its own.
    let not_null = &kept("dataset")["definitions"]["NotNull"]["properties"];
    assert!(not_null["columns"].is_object() && not_null["tolerance"].is_object(), "{not_null}");
}

#[test]
fn the_checks_of_every_documented_case_fit() {
    let schema = validator("dataset");
    let mut looked_at = 0;
    for entry in fs::read_dir(root().join("tests/cases/checks")).expect("cases") {
        let path = entry.expect("an entry").path();
        let page = fs::read_to_string(&path).expect("text");
        for block in page.split("```yaml\n").skip(1) {
            let (text, after) = block.split_once("```").expect("an end");
            let Ok(Value::Object(mut dataset)) = serde_saphyr::from_str::<Value>(text) else { continue };
            let answer = after.split_once("```text\n").map_or("", |(_, answer)| answer);
            // A page also shows what is refused when a dataset is loaded.
            if !dataset.contains_key("checks") || answer.lines().next().is_some_and(|line| line.contains(".yaml:")) {
                continue;
            }
            for (name, value) in [
                ("title", serde_json::json!("A case")),
                ("steward", serde_json::json!("team")),
                ("files", serde_json::json!(["*.csv"])),
                ("period", serde_json::json!({ "column": "period" })),
                ("columns", serde_json::json!({})),
                ("measures", serde_json::json!({})),
            ] {
                dataset.entry(name).or_insert(value);
            }
            let dataset = Value::Object(dataset);
            let found: Vec<String> = schema.iter_errors(&dataset).map(|error| error.to_string()).collect();
            assert_eq!(found, [""; 0], "{} in\n{text}", path.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 70, "{looked_at} cases");
}

#[test]
fn the_rules_of_every_documented_case_fit() {
    let schema = validator("rules");
    let mut looked_at = 0;
    for entry in fs::read_dir(root().join("tests/cases/rules")).expect("cases") {
        let path = entry.expect("an entry").path();
        let page = fs::read_to_string(&path).expect("text");
        for block in page.split("```yaml\n").skip(1) {
            let (text, after) = block.split_once("```").expect("an end");
            let Ok(Value::Object(mut case)) = serde_saphyr::from_str::<Value>(text) else { continue };
            let answer = after.split_once("```text\n").map_or("", |(_, answer)| answer);
            // A page also shows what is refused: `rule:3:28: …`.
            let is_refused = answer.starts_with("rule:");
            let Some(Value::Object(mut rule)) = case.remove("rule").filter(|_| !is_refused) else { continue };
            for (name, value) in [("summary", "A case"), ("dataset", "here"), ("measure", "activity")] {
                rule.entry(name).or_insert(value.into());
            }
            let mut file = serde_json::json!({ "rules": { "case": rule } });
            if let Some(measures) = case.remove("measures") {
                file["measures"] = measures;
            }
            let found: Vec<String> = schema.iter_errors(&file).map(|error| error.to_string()).collect();
            assert_eq!(found, [""; 0], "{} in\n{text}", path.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 100, "{looked_at} cases");
}

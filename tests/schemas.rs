//! The JSON Schemas that are kept for editors: those that the program prints, right about every shipped file, and wrong
//! about none of the usual mistakes. The validator knows nothing of the program.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{fs, path::Path};

use bellwether::model::{
    AlertSeverity, AlertState, Cause, DueState, Missing, NoticeKind, Standing, ThreeA, TransitionKind, Verdict,
};
use jsonschema::Validator;
use serde_json::Value;
use support::{BELOW, DETERIORATION, Home, MONTHS, Ran, changed, les, les_name, program};

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
    for of in ["dataset", "rules", "groups", "bellwether", "case", "scenario", "report", "webhook"] {
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

/// The same schema without room for what it does not name.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(closed);
            if fields.contains_key("type") && fields.get("properties").is_some_and(Value::is_object) {
                fields.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(all) => all.iter_mut().for_each(closed),
        _ => {}
    }
}

/// What a schema says of what a program is given, as it stands and with nothing else in it.
fn differs(of: &str, json: &Value) -> Vec<String> {
    let mut schema = kept(of);
    closed(&mut schema);
    let strict = jsonschema::options().should_validate_formats(true).build(&schema).expect("it is a schema");
    strict.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn the_json_of_reports_fits_its_schema() {
    let home = Home::new();
    home.take_months(&MONTHS);
    home.take(&les_name("2025-09"), changed(&les("2025-09"), ",813", ",1200"), 0);
    let firing = home.firing(BELOW);
    assert!(!firing.is_empty());
    home.run(&["alerts", "acknowledge", "contract=\"Simple Injections\"", "--by", "Jo", "--comment", "seen"])
        .ends_with(0);
    for (group, period) in [
        ("primary-care-medical-services", "2025-10"),
        ("primary-care-medical-services", "2025-09"),
        ("primary-care-contracts", "2025-10"),
    ] {
        let options = ["report", "--group", group, "--format", "json", "--date", "2025-12-03", "--period", period];
        let report = home.run(&options).ends_with(0).json();
        assert_eq!((&report["version"], differs("report", &report)), (&1.into(), Vec::new()), "{group} {period}");
        let mut without = report.clone();
        without.as_object_mut().expect("an object").remove("counts");
        assert!(!differs("report", &without).is_empty(), "its fields are always there");
    }
}

#[test]
fn the_bodies_of_webhooks_fit_their_schema() {
    let home = Home::new();
    // A folder gets what a webhook posts.
    home.edit(
        "config/groups.yaml",
        "- email: { to: [pcms-chair@example.org, pcms-secretary@example.org] }",
        "- folder: { path: reports/pcms }",
    );
    home.edit("config/groups.yaml", "- email: { to: [performance@example.org] }", "- folder: { path: reports/team }");
    home.take_months(&MONTHS);
    home.take(&les_name("2025-09"), changed(&les("2025-09"), ",813", ",1200"), 0);
    home.take("les-activity-2025-11.csv", les("2025-10").replace("2025-10", "2025-11").replace("1332", "many"), 1);
    home.edit("rules/les.yaml", "share: 0.6", "share: 0.55");
    home.once().ends_with(0);
    let mut kinds = Vec::new();
    for folder in ["reports/pcms", "reports/team"] {
        for name in home.files(folder).into_iter().filter(|name| Path::new(name).extension() == Some("json".as_ref())) {
            let body: Value = serde_json::from_str(&home.read(&format!("{folder}/{name}"))).expect("JSON");
            assert_eq!(differs("webhook", &body), [""; 0], "{name}");
            kinds.push(body["type"].as_str().expect("a type").to_owned());
        }
    }
    // Those that this home has no reason for, as samples.
    let output = home.path("looked-at").display().to_string();
    for kind in ["operator", "silence", "escalation", "three_as", "digest"] {
        let group = ["--group", "performance-team", "--kind", kind, "--output", &output];
        home.run(&[&["preview"], &group[..]].concat()).ends_with(0);
        let body: Value = serde_json::from_str(&home.read("looked-at/1-folder.json")).expect("JSON");
        assert_eq!(differs("webhook", &body), [""; 0], "{kind}");
        kinds.push(body["type"].as_str().expect("a type").to_owned());
        let mut other = body.clone();
        other["data"]["group"] = "performance-team".into();
        assert!(!differs("webhook", &other).is_empty(), "{kind}");
    }
    for kind in NoticeKind::ALL {
        assert!(kinds.contains(&format!("bellwether.{kind}")), "{kind} in {kinds:?}");
    }
}

#[test]
fn the_words_of_schemas_are_those_of_the_program() {
    fn codes<T: std::fmt::Display>(all: &[T]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }
    let missing: Vec<String> = Missing::ALL.iter().map(ToString::to_string).collect();
    for of in ["webhook", "report"] {
        let defs = &kept(of)["$defs"];
        let words = |list: &Value| -> Vec<String> {
            list.as_array().expect("words").iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        assert_eq!(words(&defs["figure"]["anyOf"][1]["properties"]["missing"]["enum"]), missing);
        for (name, codes) in [
            ("cause", codes(Cause::ALL)),
            ("verdict", codes(Verdict::ALL)),
            ("severity", codes(AlertSeverity::ALL)),
            ("standing", codes(Standing::ALL)),
            ("three_a", codes(ThreeA::ALL)),
            ("state", codes(AlertState::ALL)),
            ("due_state", codes(DueState::ALL)),
            ("transition", codes(TransitionKind::ALL)),
        ] {
            if let Some(def) = defs.get(name) {
                assert_eq!(words(&def["enum"]), codes, "{name} of {of}");
            }
        }
    }
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

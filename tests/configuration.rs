//! What people read when the configuration is wrong: every mistake at once, in its place, with the nearest known name.
//!
//! The expected texts stand in `tests/golden/`. When a text is changed on purpose, write it there by hand.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::path::Path;

use support::{Home, Ran};

const LES: &str = "config/datasets/les-activity.yaml";

/// Compares a text with the one that was written down, with only the line ends of its end set aside.
#[track_caller]
fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(text.trim_end(), expected.trim_end(), "\n{} says otherwise than\n{text}", path.display());
}

#[track_caller]
fn mistakes(home: &Home) -> String {
    let Ran { out, err, .. } = home.run(&["check"]).ends_with(2);
    assert_eq!(out, "");
    err
}

#[test]
fn unknown_names_in_all_files_are_told_at_once_with_the_nearest() {
    let home = Home::new();
    home.edit("config/bellwether.yaml", "operator: performance-team", "operator: performance-teem");
    home.edit(
        "config/groups.yaml",
        "rule: hha-* }\n      to: [neighbourhood-care]",
        "rule: hha-low-achievers-risen }\n      to: [neighborhood-care]",
    );
    home.edit(
        "config/groups.yaml",
        "match: { dataset: les-activity }",
        "match: { dataset: les-activty, contrct: Dementia }",
    );
    home.edit(
        "config/groups.yaml",
        "escalates_to: primary-care-contracts\n    chair: { name: Chair of the group, email: pcms",
        "escalates_to: primary-care\n    chair: { name: Chair of the group, email: pcms",
    );
    home.edit(LES, "steward: performance-team", "steward: performance");
    home.edit(LES, "column: contract_type, values", "column: contract_typ, values");
    home.edit(LES, "expression: delivered <= 10 * planned", "expression: deliverd <= 10 * planned");
    home.edit(
        "config/datasets/hha-achievement-bands.yaml",
        "band_0_10\n    labels: [sub_icb]",
        "band_0_10\n    labels: [sub_icbs]",
    );
    home.edit(
        "config/datasets/hha-achievement-bands.yaml",
        "name: bands-add-up",
        "name: bands-add-up\n      owner: primary-cares",
    );
    home.edit("rules/les.yaml", "when: value < share * plan", "when: valeu < previos()");
    home.edit(
        "rules/les.yaml",
        "{labels.contract}: {value} delivered against",
        "{labels.contrct}: {value} delivered against",
    );
    home.write(
        "rules/more.yaml",
        "rules:\n  \
         on-another-dataset: { summary: S, dataset: les-activty, measure: activity, when: value < 1, message: M }\n  \
         on-another-measure: { summary: S, dataset: les-activity, measure: activty, when: value < 1, message: M }\n",
    );
    assert_golden("unknown-names.txt", &mistakes(&home));
}

#[test]
fn settings_that_are_none_are_told_at_once() {
    let home = Home::new();
    home.edit("config/bellwether.yaml", "settle: 20ms", "setle: 20ms");
    home.edit("config/bellwether.yaml", "rescan: 30s", "rescan: 30");
    home.edit("config/bellwether.yaml", "max_file_size_mb: 4096", "max_file_size_mb: plenty");
    home.edit("config/bellwether.yaml", "attempts: 50", "atempts: 10");
    home.edit("config/groups.yaml", "to: [performance@example.org]", "to: performance(at)example.org");
    home.edit(LES, "delivered: { kind: number }", "delivered: { kind: numbr }");
    home.edit(LES, "  - row_count: { min: 1, max: 10000 }", "  - rowcount: { min: 1, max: 10000 }");
    home.edit("rules/hha.yaml", "severity: warning", "severity: urgent");
    home.edit("rules/hha.yaml", "summary: More practices", "sumary: More practices");
    home.write("rules/not-yaml.yaml", "rules:\n  broken: [\n");
    home.write("rules/late.yml", "rules: {}\n");
    assert_golden("wrong-settings.txt", &mistakes(&home));
}

#[test]
fn a_mistake_in_a_script_is_told_at_its_line() {
    let home = Home::new();
    home.edit("rules/change.rhai", "\"fall\" => change < -threshold,", "\"fall\" => change < < -threshold,");
    assert_golden("broken-script.txt", &mistakes(&home));
}

#[test]
fn every_command_that_needs_the_configuration_ends_with_2() {
    let home = Home::new();
    home.edit("config/bellwether.yaml", "settle: 20ms", "setle: 20ms");
    home.drop_month("2025-10");
    let expected = mistakes(&home);
    assert!(expected.contains("config/bellwether.yaml:8:1"), "{expected}");
    for command in [&["run", "--once"][..], &["run"], &["test"], &["validate", "Cargo.toml"], &["reload"]] {
        let ran = home.run(command).ends_with(2);
        assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", expected.as_str()), "{command:?}");
    }
    assert!(home.path("drop/les-activity-2025-10.csv").is_file(), "nothing is taken");
}

#[test]
fn a_home_without_configuration_says_how_to_get_one() {
    let empty = tempfile::tempdir().expect("a folder");
    let home = Home::new();
    let ran = home.run(&["--home", &empty.path().display().to_string(), "check"]);
    // The option cannot be given twice; the second home is named by the variable instead.
    assert_eq!(ran.code, 2);
    let output = support::program().env("BELLWETHER_HOME", empty.path()).arg("check").output();
    let ran = Ran::of(output.expect("the program starts")).ends_with(2);
    assert!(ran.err.contains("config/bellwether.yaml") && ran.err.contains("`bellwether init`"), "{}", ran.err);
}

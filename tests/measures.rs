//! Measures of one's own, and rules over two datasets, through the real program.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::Home;

const ACTIVITY: &str = "\
title: Activity
steward: performance-team
files: [\"activity-*.csv\"]
period: { column: month }
columns:
  month: { kind: period, granularity: month }
  practice: { kind: text }
  sub_icb: { kind: text }
  delivered: { kind: number }
measures:
  activity: { value: delivered, labels: [practice, sub_icb], better: higher, unit: visits }
";

const WAITING: &str = "\
title: Waiting lists
steward: performance-team
files: [\"waiting-*.csv\"]
period: { column: month }
columns:
  month: { kind: period, granularity: month }
  sub_icb: { kind: text }
  people: { kind: number }
measures:
  waiting: { value: people, labels: [sub_icb], better: lower, unit: people }
";

const RULES: &str = "\
measures:
  all-activity: { dataset: activity, from: activity, sum_of: value, by: [sub_icb] }
rules:
  less-and-longer:
    summary: Activity falls while waiting grows
    dataset: activity
    measure: all-activity
    when: { across: { with: waiting/waiting, this: { falls: 5% }, other: { rises: 0% } } }
";

fn home() -> Home {
    let home = Home::new();
    home.write("config/datasets/activity.yaml", ACTIVITY);
    home.write("config/datasets/waiting.yaml", WAITING);
    home.write("rules/across.yaml", RULES);
    home
}

/// Two practices of East, 200 visits in September and 150 in October.
const SEPTEMBER: &str = "month,practice,sub_icb,delivered\n2025-09,A,East,120\n2025-09,B,East,80\n";
const OCTOBER: &str = "month,practice,sub_icb,delivered\n2025-10,A,East,70\n2025-10,B,East,80\n";

fn waiting(month: &str, people: u32) -> String {
    format!("month,sub_icb,people\n{month},East,{people}\n")
}

/// Activity falls and the waiting list grows from September to October.
fn home_of_two_months() -> Home {
    let home = home();
    for (name, text) in [
        ("waiting-2025-09.csv", waiting("2025-09", 500)),
        ("waiting-2025-10.csv", waiting("2025-10", 520)),
        ("activity-2025-09.csv", SEPTEMBER.to_owned()),
        ("activity-2025-10.csv", OCTOBER.to_owned()),
    ] {
        home.take(name, text, 0);
    }
    home
}

#[test]
fn a_rule_is_evaluated_again_when_the_other_dataset_arrives() {
    let home = home();
    home.take("activity-2025-09.csv", SEPTEMBER, 0);
    home.take("waiting-2025-09.csv", waiting("2025-09", 500), 0);
    home.take("activity-2025-10.csv", OCTOBER, 0);
    assert_eq!(home.firing("less-and-longer"), [""; 0], "October of the waiting list is not known");

    let before = home.notices().len();
    home.take("waiting-2025-10.csv", waiting("2025-10", 520), 0);
    assert_eq!(home.firing("less-and-longer"), ["East (2025-10)"]);
    let told = home.only_notice_since(before);
    let mail = home.mail(&told);
    assert!(mail.contains("East: 150 after 200, while waiting is 520 after 500"), "{mail}");
    assert!(mail.contains("with figures of another dataset"), "{mail}");

    // The list is restated: it did not grow.
    home.take("waiting-2025-10.csv", waiting("2025-10", 500), 0);
    assert_eq!(home.alerts_in("withdrawn", "less-and-longer"), ["East (2025-10)"]);
    assert_eq!(home.steps("less-and-longer", "East"), ["firing elsewhere", "withdrawn elsewhere"]);
}

#[test]
fn what_is_worked_out_is_not_kept_and_a_changed_definition_is_looked_at_again() {
    let home = home_of_two_months();
    assert_eq!(home.firing("less-and-longer"), ["East (2025-10)"]);
    // Only A, which fell too, and then only B, which did not.
    home.edit("rules/across.yaml", "by: [sub_icb]", "by: [sub_icb], where: { practice: B }");
    home.once();
    assert_eq!(home.firing("less-and-longer"), [""; 0]);
}

#[test]
fn what_is_worked_out_is_backtested_explained_and_tested_like_any_other() {
    let home = home_of_two_months();
    let told = home.run(&["backtest", "less-and-longer", "--format", "json"]).ends_with(0).json();
    let alert = &told[0]["rules"][0]["alerts"][0];
    assert_eq!((&alert["since"], &alert["value"]), (&"2025-10".into(), &150.0.into()), "{told}");
    assert_eq!(alert["figures"], serde_json::json!([["2025-09", 200.0], ["2025-10", 150.0]]));
    assert_eq!(alert["message"], "East: 150 after 200, while waiting is 520 after 500");

    let out = home.run(&["explain", "less-and-longer"]).ends_with(0).out;
    assert!(out.contains("150") && out.contains("firing (since 2025-10)"), "{out}");
    let out = home.run(&["explain", "less-and-longer", "--label", "sub_icb=East"]).ends_with(0).out;
    assert!(out.contains("520") && out.contains("activity-2025-10.csv"), "{out}");

    // A draft has the measures of the home, and its own in the place of those with the same name: B alone did not fall.
    let draft = RULES.split_once("rules:").expect("rules").1;
    home.write("draft.yaml", format!("rules:{draft}"));
    let file = home.path("draft.yaml").display().to_string();
    let out = home.run(&["backtest", "--rules", &file]).ends_with(0).out;
    assert!(out.contains("1 in all"), "{out}");
    home.write("draft.yaml", RULES.replace("by: [sub_icb]", "by: [sub_icb], where: { practice: B }"));
    let out = home.run(&["backtest", "--rules", &file]).ends_with(0).out;
    assert!(out.contains("0 in all"), "{out}");

    // A test may give the figures that it is worked out of: 5 + 5 after 5 + 6.
    home.write(
        "rules/tested.yaml",
        "rules:
  fewer:
    summary: Fewer
    dataset: activity
    measure: all-activity
    when: value < previous()
    message: '{value} after {previous()}'
    tests:
      - name: the sum falls
        series:
          - { labels: { practice: A, sub_icb: East }, from: 2025-09, measures: { activity: { value: 5x2 } } }
          - { labels: { practice: B, sub_icb: East }, from: 2025-09, measures: { activity: { value: 6 5 } } }
        expect:
          - { at: 2025-10, labels: { sub_icb: East }, message: 10 after 11 }
",
    );
    home.run(&["test", "fewer"]).ends_with(0);
}

#[test]
fn mistakes_are_found_when_they_are_loaded() {
    let home = home();
    home.write(
        "rules/more.yaml",
        "measures:\n  a: { dataset: activity, from: b, formula: value }\n  b: { dataset: activity, from: a, formula: value }\n  \
         c: { dataset: activity, from: activity, formula: \"other(\\\"d\\\")\" }\n  \
         d: { dataset: activity, from: activity, formula: \"other(\\\"c\\\")\" }\n  \
         activity: { dataset: activity, from: activity, formula: value }\n",
    );
    let ran = home.run(&["check"]);
    let said = format!("{}{}", ran.out, ran.err);
    for part in [
        "there is no measure of `activity` named `b`",
        "`c` is worked out of itself",
        "`d` is worked out of itself",
        "`activity` has a measure `activity` already",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

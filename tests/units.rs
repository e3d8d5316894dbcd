//! Percentages, durations and money as people read them, from the file to the message; and figures that change their unit.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::{Home, Told};

const DATASET: &str = "\
title: Targets of the year
steward: performance-team
files: [\"targets-*.csv\"]
period: { column: month }
columns:
  month: { kind: period }
  contract: { header: indicator, kind: text }
  actual: { kind: figure }
  target: { kind: target }
measures:
  performance: { value: actual, plan: target, labels: [contract], better: higher, unit: appointments }
";

const RULES: &str = "\
rules:
  below-target:
    summary: Below target
    dataset: targets
    measure: performance
    when: value < plan
    message: \"{labels.contract}: {value} against {plan}, {value - plan}, {value / plan:percent}\"
";

fn home() -> Home {
    let home = Home::new();
    home.write("config/datasets/targets.yaml", DATASET);
    home.write("rules/targets.yaml", RULES);
    home
}

fn file(month: &str, rows: &[&str]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("{month},{row}\n")).collect();
    format!("month,indicator,actual,target\n{}", rows.concat())
}

const SEPTEMBER: [&str; 4] = ["A&E,58.5%,60%", "Calls,01:00:00,00:30:00", "Cost,£24000,£20000", "Visits,1400,1300"];
const OCTOBER: [&str; 4] =
    ["A&E,56.7%,60.9%", "Calls,01:05:37,02:00:00", "Cost,\"£23,269\",\"£25,000\"", "Visits,1332,1400"];

fn messages(told: &Told) -> Vec<&str> {
    ["new", "worsened"]
        .iter()
        .flat_map(|section| told.content[section].as_array().expect("lines"))
        .map(|line| line["message"].as_str().expect("a message"))
        .collect()
}

#[test]
fn every_figure_is_read_in_its_unit_and_calculated_as_a_number() {
    let home = home();
    home.take("targets-09.csv", file("2025-09", &SEPTEMBER), 0);
    let before = home.notices().len();
    home.take("targets-10.csv", file("2025-10", &OCTOBER), 0);
    let told = home.only_notice_since(before);
    assert_eq!(
        messages(&told),
        [
            "Calls: 1:05:37 against 2:00:00, -0:54:23, 54.7%",
            "Cost: £23,269 against £25,000, -£1,731, 93.1%",
            "Visits: 1,332 against 1,400, -68, 95.1%",
            "A&E: 56.7% against 60.9%, \u{2212}4.2 pp, 93.1%",
        ]
    );
    let mail = home.mail(&told);
    for words in [
        "Figure 56.7% in October 2025, 4.2 pp below plan Plan 60.9% Change down 1.8 pp from 58.5% in September 2025",
        "Figure 1:05:37 in October 2025, 54.7% of plan Plan 2:00:00 Change up 0:05:37 (9.4%) from 1:00:00",
        "Figure £23,269 in October 2025, 93.1% of plan Plan £25,000 Change down £731 (3.0%) from £24,000",
        "Figure 1,332 appointments in October 2025, 95.1% of plan Plan 1,400 appointments Change down 68 (4.9%)",
        "September 2025 to October 2025: 58.5%; 56.7%",
    ] {
        assert!(mail.contains(words), "{words:?} in\n{mail}");
    }
    // For programs, numbers are what they are, with the unit beside them.
    let unit = |contract: &str| {
        let alerts = home.alerts();
        let alert = alerts.iter().find(|alert| alert["labels"]["contract"] == contract).expect("an alert").clone();
        (alert["value"].as_f64().expect("a number"), alert["unit"].as_str().expect("a unit").to_owned())
    };
    assert_eq!(unit("A&E"), (0.567, "percent".to_owned()));
    assert_eq!(unit("Calls"), (3937.0, "duration".to_owned()));
    assert_eq!(unit("Cost"), (23_269.0, "GBP".to_owned()));
    assert_eq!(unit("Visits"), (1332.0, "number".to_owned()));
}

#[test]
fn a_series_that_changes_its_unit_is_held_back_and_what_was_known_stays() {
    let home = home();
    home.take("targets-09.csv", file("2025-09", &["A&E,73.5%,76.00%"]), 0);
    let alerts = home.alerts();
    home.take("targets-10.csv", file("2025-10", &["A&E,73.5,76.00"]), 1);
    let last = home.last();
    assert_eq!(last["verdict"], "quarantined");
    let report = home.read("quarantine/targets/targets-10.csv.report.txt");
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["in another unit than before, a number where it was a percentage,", "2 A&E", "unit_changed"] {
        assert!(report.contains(words), "{words:?} in\n{report}");
    }
    assert_eq!(home.alerts(), alerts);
    // A nought is a nought in any unit, and the whole history in one file may be in another.
    home.take("targets-11.csv", file("2025-11", &["A&E,0,0"]), 0);
    let both = ["2025-09,A&E,73.5,76.00", "2025-10,A&E,73.5,76.00", "2025-11,A&E,70,76.00"].join("\n");
    home.take("targets-all.csv", format!("month,indicator,actual,target\n{both}\n"), 0);
    home.take("targets-12.csv", file("2025-12", &["A&E,73.5%,76.00%"]), 1);
}

#[test]
fn a_rules_own_tests_see_the_unit_of_the_column() {
    let home = Home::new();
    home.write(
        "config/datasets/targets.yaml",
        DATASET.replace("actual: { kind: figure }", "actual: { kind: percent }"),
    );
    let tests = "    tests:
      - name: a share below its target
        series:
          - { labels: { contract: A&E }, from: 2025-10, value: 0.567, plan: 0.6 }
        expect:
          - { at: 2025-10, message: \"A&E: 56.7% against 60%, \u{2212}3.3 pp, 94.5%\" }
";
    home.write("rules/targets.yaml", format!("{RULES}{tests}"));
    home.run(&["test"]).ends_with(0);
}

#[test]
fn a_percent_sign_is_no_unit_of_plain_numbers() {
    let home = Home::new();
    let numbers = DATASET.replace("actual: { kind: figure }", "actual: { kind: number }");
    home.write("config/datasets/targets.yaml", numbers.replace("unit: appointments", "unit: \"%\""));
    let said = home.run(&["check"]).ends_with(2);
    let said = format!("{}{}", said.out, said.err);
    assert!(
        said.contains("`%` is no unit of a column of plain numbers") && said.contains("targets.yaml:11:"),
        "{said}"
    );
}

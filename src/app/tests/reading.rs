//! What is read of the histories when a file arrives.

use std::fmt::Write as _;

use super::*;

const MEASURES: [&str; 10] = ["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9"];
const PRACTICES: [&str; 3] = ["P1", "P2", "P3"];

/// Ten measures of three practices, with rules on two of the measures, one of which asks for a third.
async fn desk() -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(folder.path()).expect("a home");
    home::init(&home).expect("the shipped configuration");
    let mut dataset =
        "title: Many\nsteward: performance-team\nfiles: ['many-*.csv']\nperiod: { column: month }\ncolumns:\n  \
                       month: { kind: period }\n  practice: {}\n"
            .to_owned();
    for measure in MEASURES {
        writeln!(dataset, "  {measure}: {{ kind: number }}").expect("memory");
    }
    dataset.push_str("measures:\n");
    for measure in MEASURES {
        writeln!(dataset, "  {measure}: {{ value: {measure}, labels: [practice] }}").expect("memory");
    }
    let rule = |id: &str, measure: &str, when: &str| {
        format!(
            "  {id}:\n    summary: s\n    dataset: many\n    measure: {measure}\n    severity: warning\n    when: {when}\n    \
             message: \"{{value}}\"\n"
        )
    };
    let low = rule("low", "m1", "value < other(\"m7\")");
    let rules = format!("rules:\n{low}{}", rule("falls", "m4", "value < previous()"));
    fs::write(folder.path().join("config/datasets/many.yaml"), dataset).expect("written");
    fs::write(folder.path().join("rules/many.yaml"), rules).expect("written");
    let config = Config::load(home.root()).unwrap_or_else(|problems| panic!("{problems}"));
    let app = App::open(home, config).await.expect("a home at work");
    Desk { folder, app }
}

/// A month in which every figure is the month's number.
fn month(number: usize) -> (String, String) {
    let mut csv = format!("month,practice,{}\n", MEASURES.join(","));
    for practice in PRACTICES {
        writeln!(csv, "2025-{number:02},{practice}{}", format!(",{number}").repeat(MEASURES.len())).expect("memory");
    }
    (format!("many-2025-{number:02}.csv"), csv)
}

#[tokio::test]
async fn of_a_long_history_only_what_is_asked_for_is_read() {
    let desk = desk().await;
    for number in 1..=11 {
        let (name, csv) = month(number);
        assert_eq!(desk.handle(&name, &csv).await.verdict, Verdict::Published);
    }
    let before = desk.app.store.figures_read();
    let (name, csv) = month(12);
    desk.handle(&name, &csv).await;
    let read = desk.app.store.figures_read() - before;
    // For the gate the two months before, of ten measures; for the rules eleven months of m1, m7 and m4.
    assert_eq!(read, 3 * (2 * 10 + 11 * 3), "of {} that are known", 3 * 11 * 10);
}

const TARGETS: &str = "title: Targets
steward: performance-team
files: ['targets-*.csv']
period: { column: month }
columns:
  month: { kind: period }
  priority: {}
  actual: { kind: figure }
  plan: { kind: target }
measures:
  performance: { value: actual, plan: plan, labels: [priority], better: higher }
";

const MISSED: &str = "rules:
  missed:
    summary: A target is missed
    dataset: targets
    measure: performance
    severity: warning
    when: { target: { plan: as_printed } }
";

#[tokio::test]
async fn targets_of_every_shape_are_held_against_and_shown_as_they_are_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(folder.path()).expect("a home");
    home::init(&home).expect("the shipped configuration");
    fs::write(folder.path().join("config/datasets/targets.yaml"), TARGETS).expect("written");
    fs::write(folder.path().join("rules/targets.yaml"), MISSED).expect("written");
    let config = Config::load(home.root()).unwrap_or_else(|problems| panic!("{problems}"));
    let desk = Desk { folder, app: App::open(home, config).await.expect("a home at work") };
    let month = |month: &str| {
        format!(
            "month,priority,actual,plan\n{month},Two weeks,83.6%,Lower 85% Upper 90%\n{month},Occupancy,93%,=<92%\n\
             {month},Falls,19.1,18.2 or less\n{month},Beds,11,Between 10 and 12\n{month},Four hours,58%,76%\n\
             {month},Stillbirth,5,Reduction on last year\n{month},Staging,50%,TBC\n"
        )
    };
    // The first month comes back from the history as it was.
    for name in ["2023-11", "2023-12"] {
        let delivery = desk.handle(&format!("targets-{name}.csv"), &month(name)).await;
        assert_eq!(delivery.verdict, Verdict::Published);
        let [words] = delivery.findings.as_slice() else { panic!("{:?}", delivery.findings) };
        assert!(words.message.starts_with("plan is words in row 7: `Reduction on last year`"), "{}", words.message);
    }
    let mut said: Vec<(String, String)> = desk
        .firing()
        .await
        .into_iter()
        .filter(|alert| alert.rule == "missed")
        .map(|alert| (alert.reading.message, alert.since.to_string()))
        .collect();
    said.sort();
    let since = |message: &str| (message.to_owned(), "2023-11".to_owned());
    assert_eq!(
        said,
        [
            since("Falls: 19.1, where the target is at most 18.2"),
            since("Four hours: 58%, where the target is 76%"),
            since("Occupancy: 93%, where the target is at most 92%"),
            since("Two weeks: 83.6%, where the target is 85% to 90%"),
        ]
    );
}

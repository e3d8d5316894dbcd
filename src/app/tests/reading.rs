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

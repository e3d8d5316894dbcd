//! An ordered category followed over time: the word from the file to the message, the mail and the published table.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::Home;

const DATASET: &str = "\
title: Inspection ratings
steward: performance-team
files: [\"ratings-*.csv\"]
period: { column: month }
columns:
  month: { kind: period }
  contract: { header: practice, kind: text }
  rating: { kind: text }
measures:
  rating:
    value: rating
    labels: [contract]
    better: higher
    categories: [Inadequate, Requires improvement, Good, Outstanding]
";

const RULES: &str = "\
rules:
  rating-changed:
    summary: An inspection rating changed
    dataset: ratings
    measure: rating
    when: { category: { changes: any } }
    tests:
      - name: up and down
        series:
          - { labels: { contract: P1 }, from: 2025-08, value: 1 2 2 1 }
        expect:
          - { at: 2025-09, labels: { contract: P1 }, message: \"P1: Requires improvement, Inadequate the period before\" }
          - { at: 2025-10, labels: { contract: P1 }, state: resolved }
          - { at: 2025-11, labels: { contract: P1 }, message: \"P1: Inadequate, Requires improvement the period before\" }
";

fn home() -> Home {
    let home = Home::new();
    home.write("config/datasets/ratings.yaml", DATASET);
    home.write("rules/ratings.yaml", RULES);
    home
}

fn file(month: &str, rows: &[&str]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("{month},{row}\n")).collect();
    format!("month,practice,rating\n{}", rows.concat())
}

#[test]
fn a_rating_is_read_compared_and_told_as_its_word() {
    let home = home();
    home.run(&["test"]).ends_with(0);
    home.take("ratings-09.csv", file("2025-09", &["P1,Inadequate", "P2,Good", "P3,Not yet available"]), 0);
    let before = home.notices().len();
    home.take("ratings-10.csv", file("2025-10", &["P1,requires improvement", "P2,Good", "P3,Outstanding"]), 0);
    assert_eq!(home.firing("rating-changed"), ["P1 (2025-10)"]);
    let told = home.only_notice_since(before);
    let mail = home.mail(&told);
    for words in [
        "P1: Requires improvement, Inadequate the period before",
        "Figure Requires improvement in October 2025",
        "Change up 1 step from Inadequate in September 2025",
        "September 2025 to October 2025: Inadequate; Requires improvement",
    ] {
        assert!(mail.contains(words), "{words:?} in\n{mail}");
    }
    // For programs it is the place in the list, and the unit says which list.
    let alert = home.alerts().into_iter().find(|alert| alert["labels"]["contract"] == "P1").expect("an alert");
    assert_eq!(
        (&alert["value"], &alert["unit"]),
        (&2.0.into(), &"category: Inadequate | Requires improvement | Good | Outstanding".into())
    );
    let published = home.files("published").into_iter().filter(|name| name.contains("ratings-10"));
    let texts: Vec<String> = published.map(|name| home.read(&format!("published/{name}"))).collect();
    assert!(texts.iter().any(|text| text.contains("requires improvement")), "{texts:?}");
}

#[test]
fn a_word_that_is_none_of_the_categories_holds_the_file_back() {
    let home = home();
    home.take("ratings-09.csv", file("2025-09", &["P1,Inadequate", "P2,God"]), 1);
    assert_eq!(home.last()["verdict"], "quarantined");
    let report = home.read("quarantine/ratings/ratings-09.csv.report.txt");
    for words in ["none of the categories", "God"] {
        assert!(report.contains(words), "{words:?} in\n{report}");
    }
}

#[test]
fn categories_are_of_texts_and_are_a_list() {
    for (from, to, said) in [
        ("rating: { kind: text }", "rating: { kind: number }", "declared as number"),
        ("[Inadequate, Requires improvement, Good, Outstanding]", "[Good, good]", "stands in the list twice"),
        ("    better: higher\n", "    better: higher\n    unit: stars\n", "categories are their own unit"),
    ] {
        let home = Home::new();
        home.write("config/datasets/ratings.yaml", support::changed(DATASET, from, to));
        let ran = home.run(&["check"]).ends_with(2);
        let printed = format!("{}{}", ran.out, ran.err);
        assert!(printed.contains(said) && printed.contains("ratings.yaml:"), "{said}: {printed}");
    }
}

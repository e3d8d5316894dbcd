//! Many practices of one sub-ICB that fire the same rule, through the real program.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::fmt::Write as _;

use support::Home;

const DATASET: &str = "\
title: Achievement
steward: performance-team
files: [\"achievement-*.csv\"]
period: { column: month }
columns:
  month: { kind: period, granularity: month }
  practice: { kind: text }
  sub_icb: { kind: text }
  delivered: { kind: number }
measures:
  achievement: { value: delivered, labels: [practice, sub_icb], better: higher, unit: reviews }
";

const RULES: &str = "\
rules:
  low:
    summary: Few reviews
    dataset: achievement
    measure: achievement
    when: value < 10
    message: \"{subject}: {value} reviews\"
    roll_up: { by: sub_icb, from: 3 }
";

/// The practices A, B, … of East with these figures, and Z of West with 5.
fn month(month: &str, east: &[u32]) -> (String, String) {
    let mut text = "month,practice,sub_icb,delivered\n".to_owned();
    for (practice, delivered) in ('A'..).zip(east) {
        writeln!(text, "{month},{practice},East,{delivered}").expect("memory");
    }
    writeln!(text, "{month},Z,West,5").expect("memory");
    (format!("achievement-{month}.csv"), text)
}

#[test]
fn the_group_hears_one_line_for_the_parent_with_the_names() {
    let home = Home::new();
    home.write("config/datasets/achievement.yaml", DATASET);
    home.write("rules/low.yaml", RULES);
    let take = |name: &str, east: &[u32]| {
        let before = home.notices().len();
        let (file, text) = month(name, east);
        home.take(&file, text, 0);
        home.mail(&home.only_notice_since(before))
    };

    // Two are too few to speak for East.
    let mail = take("2025-07", &[5, 6, 20, 20]);
    assert!(mail.contains("A · East: 5 reviews") && mail.contains("B · East: 6 reviews"), "{mail}");
    assert!(!mail.contains("East: 2 of 4"), "{mail}");

    let mail = take("2025-08", &[5, 6, 7, 20]);
    assert!(mail.contains("East: 3 of 4: A, B, C"), "{mail}");
    assert!(!mail.contains("A · East: 5 reviews"), "{mail}");
    assert!(mail.contains("Z · West: 5 reviews"), "{mail}");
    // The children are there, each an alert of its own.
    let firing: Vec<String> = home
        .alerts()
        .iter()
        .filter(|alert| alert["state"] == "firing")
        .map(|alert| {
            format!("{} {}", alert["labels"]["practice"].as_str().unwrap_or("-"), alert["since"]).replace('"', "")
        })
        .collect();
    for alert in ["A 2025-07", "B 2025-07", "C 2025-08", "- 2025-08", "Z 2025-07"] {
        assert!(firing.contains(&alert.to_owned()), "{alert}: {firing:?}");
    }

    // A fourth one makes it worse; then most are well again, and who is left is heard of by name.
    let mail = take("2025-09", &[5, 6, 7, 8]);
    assert!(mail.contains("East: 4 of 4: A, B, C, D"), "{mail}");
    let mail = take("2025-10", &[20, 20, 7, 20]);
    assert!(mail.contains("C · East: 7 reviews"), "{mail}");
    assert_eq!(home.alerts_in("resolved", "low").len(), 4, "A, B, D and East: {:?}", home.alerts());
}

#[test]
fn a_parent_that_is_no_label_is_found_when_it_is_loaded() {
    let home = Home::new();
    home.write("config/datasets/achievement.yaml", DATASET);
    home.write("rules/low.yaml", RULES.replace("by: sub_icb", "by: sub_icp"));
    let ran = home.run(&["check"]);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(
        said.contains("there is no label `sub_icp` (did you mean `sub_icb`?)")
            || said.contains("there is no label `sub_icp`"),
        "{said}"
    );
}

//! Files that hold the plans of months to come beside the figures so far.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::Home;

const DATASET: &str = "\
title: Activity against plan
steward: performance-team
files: [\"activity-*.csv\"]
period: { column: month }
columns:
  month: { kind: period, granularity: month }
  contract: { kind: text }
  delivered: { kind: number }
  planned: { kind: number }
measures:
  activity: { value: delivered, plan: planned, labels: [contract], better: higher, unit: visits }
";

const RULES: &str = "\
rules:
  below-plan:
    summary: Below plan
    dataset: activity
    measure: activity
    when: value < 0.6 * plan
    message: \"{labels.contract}: {value} of {plan}\"
";

const MONTHS: [&str; 12] = [
    "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11", "2025-12", "2026-01",
    "2026-02", "2026-03",
];

fn home() -> Home {
    let home = Home::new();
    home.write("config/datasets/activity.yaml", DATASET);
    home.write("rules/activity.yaml", RULES);
    home
}

/// Twelve months of plans, with as many months of figures as there are.
fn year(dementia: &[&str]) -> String {
    let row = |(at, month): (usize, &&str)| {
        let delivered = dementia.get(at).copied().unwrap_or("");
        format!("{month}-01 00:00,Dementia,{delivered},100\n")
    };
    let rows: String = MONTHS.iter().enumerate().map(row).collect();
    format!("month,contract,delivered,planned\n{rows}")
}

#[test]
fn plans_for_months_to_come_are_no_news_and_the_next_month_is() {
    let home = home();
    home.take("activity-2025-26.csv", year(&["70", "70", "70", "70", "70", "55", "50"]), 0);
    let told = home.only_notice_since(0);
    assert_eq!(told.subject, "1 alert now firing, history to October 2025 – Activity against plan");
    assert_eq!(home.firing("below-plan"), ["Dementia (2025-09)"]);
    assert_eq!(home.unjudged(), [] as [serde_json::Value; 0], "October is judged, and nothing else is asked for");
    let delivery = home.last();
    assert_eq!(delivery["periods"].as_array().map(Vec::len), Some(7));
    let place = "published/activity/2025-04_to_2025-10";
    assert_eq!(home.files(place)[0], "activity-2025-26.csv");
    let report = home.read(&format!("{place}/activity-2025-26.csv.report.txt"));
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(report.contains("no figure is given for 5 periods, November 2025 to March 2026, as yet"), "{report}");

    // The eighth month alone.
    let before = home.notices().len();
    let november = "month,contract,delivered,planned\n2025-11,Dementia,40,100\n";
    home.take("activity-2025-11.csv", november, 0);
    let told = home.only_notice_since(before);
    assert_eq!(told.subject, "November 2025: 1 alert worsened – Activity against plan");
    assert_eq!((told.content["cause"].as_str(), told.content["revision"].as_u64()), (Some("new"), Some(1)));
    assert_eq!(home.files("published/activity/2025-11")[0], "activity-2025-11.csv");

    // The same year again with a ninth month.
    let before = home.notices().len();
    home.take("activity-2025-26.csv", year(&["70", "70", "70", "70", "70", "55", "50", "40", "80"]), 0);
    let told = home.only_notice_since(before);
    assert_eq!(told.subject, "December 2025: 1 alert resolved – Activity against plan");
}

#[test]
fn a_figure_that_is_withheld_or_awaited_makes_its_month_reported_and_a_blank_between_others_too() {
    let home = home();
    home.take("activity-2025-26.csv", year(&["70", "", "50", "*", "TBC"]), 0);
    let delivery = home.last();
    assert_eq!(delivery["periods"].as_array().map(Vec::len), Some(5));
    let unjudged = home.unjudged();
    assert_eq!(unjudged.len(), 1);
    assert_eq!((&unjudged[0]["period"], &unjudged[0]["firing_since"]), (&"2025-08".into(), &"2025-06".into()));
}

#[test]
fn a_year_of_plans_alone_changes_nothing_and_the_steward_hears_of_it() {
    let home = home();
    home.take("activity-2025-26.csv", year(&[]), 0);
    let delivery = home.last();
    assert_eq!(
        (&delivery["verdict"], delivery["periods"].as_array().map(Vec::len)),
        (&"published_with_warnings".into(), Some(0))
    );
    let told = home.only_notice_since(0);
    assert_eq!((told.kind.as_str(), told.group.as_str()), ("gate", "performance-team"));
    // April is news all the same.
    let before = home.notices().len();
    home.take("activity-2025-26-m1.csv", year(&["50"]), 0);
    let told = home.only_notice_since(before);
    assert_eq!(told.subject, "April 2025: 1 new alert – Activity against plan");
}

#[test]
fn a_file_about_one_month_reports_it_whatever_it_holds() {
    let home = home();
    home.take("activity-2025-10.csv", "month,contract,delivered,planned\n2025-10,Dementia,50,100\n", 0);
    home.take("activity-2025-11.csv", "month,contract,delivered,planned\n2025-11,Dementia,,100\n", 0);
    let unjudged = home.unjudged();
    assert_eq!((unjudged.len(), &unjudged[0]["reason"]), (1, &"no figure for November 2025: left blank".into()));
    assert_eq!(home.firing("below-plan"), ["Dementia (2025-10)"]);
}

#[test]
fn a_date_within_a_month_is_no_month() {
    let home = home();
    let text = "month,contract,delivered,planned\n2025-10-01,Dementia,50,100\n2025-10-15,Diabetes,50,100\nQ3 2025/26,ECGs,5,1\n";
    home.take("activity-2025-10.csv", text, 1);
    let report = home.read("quarantine/activity/activity-2025-10.csv.report.txt");
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in
        ["each period in `month` is a month (`granularity: month`), and these are not", "2025-10-15", "Q3 2025/26"]
    {
        assert!(report.contains(words), "{words:?} in\n{report}");
    }
    home.edit(
        "config/datasets/activity.yaml",
        "contract: { kind: text }",
        "contract: { kind: text, granularity: day }",
    );
    let said = home.run(&["check"]).ends_with(2);
    assert!(format!("{}{}", said.out, said.err).contains("`granularity` of `contract` has no effect"));
}

//! What groups are told: one summary of a history, then one message a month.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use support::{BELOW, DETERIORATION, Home, MONTHS, Told, changed, les};

const GROUP: &str = "primary-care-medical-services";

/// Several months in one file.
fn together(months: &[&str]) -> String {
    let header = "period,contract,contract_type,planned,delivered\r\n";
    months.iter().fold(header.to_owned(), |whole, month| whole + les(month).strip_prefix(header).expect("the header"))
}

/// What fires in October 2025, by hand: see `pipeline.rs`.
fn firing_in_october() -> Vec<String> {
    vec![
        format!("{BELOW}: Simple Injections (2025-05)"),
        format!("{BELOW}: Post Bariatric Monitoring (2025-08)"),
        format!("{BELOW}: Dementia (2025-10)"),
        format!("{BELOW}: Diabetes (2025-10)"),
        format!("{DETERIORATION}: Diabetes (2025-10)"),
    ]
}

#[track_caller]
fn assert_summary(told: &Told) {
    assert_eq!((told.kind.as_str(), told.group.as_str()), ("exceptions", GROUP));
    assert_eq!(told.sections(), [("new", firing_in_october())]);
    assert!(told.subject.starts_with("5 alerts now firing, history to October 2025"), "{}", told.subject);
}

#[test]
fn seven_files_at_once_are_one_summary_of_what_fires_now() {
    let home = Home::new();
    for month in MONTHS {
        home.drop_month(month);
    }
    home.once().ends_with(0);
    let told = home.only_notice_since(0);
    assert_summary(&told);
    assert!(home.mail(&told).contains("Firing now (5)"));
    // One message for each of the group's two addresses.
    assert_eq!(home.outbox().len(), 2);
}

#[test]
fn one_file_with_all_months_is_the_same_summary() {
    let home = Home::new();
    home.take("les-activity-2025.csv", together(&MONTHS), 0);
    assert_summary(&home.only_notice_since(0));
    assert_eq!(home.files("published/les-activity/2025-04_to_2025-10").len(), 7);
}

#[test]
fn the_running_daemon_sums_a_history_up_once() {
    let home = Home::new();
    for month in MONTHS {
        home.drop_month(month);
    }
    let mut daemon = home.start();
    daemon.wait_for_deliveries(&home, 7);
    assert_summary(&home.only_notice_since(0));
}

#[test]
fn a_history_whose_last_file_is_held_back_is_summed_up_without_it() {
    let home = Home::new();
    for month in MONTHS {
        home.drop_month(month);
    }
    home.drop("les-activity-2025-11.csv", "period,contract\n2025-11,Dementia\n");
    home.once().ends_with(1);
    let exceptions: Vec<Told> = home.notices().into_iter().filter(|told| told.kind == "exceptions").collect();
    assert_eq!(exceptions.len(), 1);
    assert_summary(&exceptions[0]);
}

#[test]
fn after_the_summary_each_month_is_one_message_of_what_changed() {
    let home = Home::new();
    for month in &MONTHS[..5] {
        home.drop_month(month);
    }
    home.once().ends_with(0);

    // September against August: shares of plan, and changes, by hand.
    let before = home.notices().len();
    home.take_months(&["2025-09"]);
    let told = home.only_notice_since(before);
    assert_eq!(
        told.sections(),
        [
            ("worsened", vec![format!("{BELOW}: Post Bariatric Monitoring (2025-08)")]), // 36.2% → 33.1%
            (
                "continuing",
                vec![
                    format!("{BELOW}: Simple Injections (2025-05)"), // 41.0% → 46.3%
                    format!("{BELOW}: Wound Care (2025-05)"),        // 48.0% → 59.2%
                ]
            ),
            (
                "resolved",
                vec![
                    format!("{BELOW}: Dementia (2025-08)"),                          // 56.5% → 61.0%
                    format!("{DETERIORATION}: Complex Injections (2025-08)"),        // 122 → 146
                    format!("{DETERIORATION}: Dementia (2025-08)"),                  // 753 → 813
                    format!("{DETERIORATION}: Diabetes (2025-08)"),                  // 610 → 742
                    format!("{DETERIORATION}: LTC LES (2025-08)"),                   // 7,230 → 8,084
                    format!("{DETERIORATION}: Post Bariatric Monitoring (2025-08)"), // 92 → 84: 8.7%
                    format!("{DETERIORATION}: Spiro/Feno (Respiratory Bundle) (2025-08)"), // 1,437 → 1,575
                    format!("{DETERIORATION}: Vasectomy Counselling (2025-08)"),     // 95 → 102
                ]
            ),
        ]
    );
    assert!(told.subject.starts_with("September 2025: 1 worsened, 2 continuing, 8 resolved"), "{}", told.subject);

    let before = home.notices().len();
    home.take_months(&["2025-10"]);
    let told = home.only_notice_since(before);
    assert_eq!(
        told.sections(),
        [
            (
                "new",
                vec![
                    format!("{BELOW}: Dementia (2025-10)"),         // 61.0% → 52.1%
                    format!("{BELOW}: Diabetes (2025-10)"),         // 76.1% → 59.4%
                    format!("{DETERIORATION}: Diabetes (2025-10)"), // 742 → 579: 22.0%
                ]
            ),
            (
                "worsened",
                vec![
                    format!("{BELOW}: Simple Injections (2025-05)"),         // 46.3% → 45.6%
                    format!("{BELOW}: Post Bariatric Monitoring (2025-08)"), // 33.1% → 28.3%
                ]
            ),
            ("resolved", vec![format!("{BELOW}: Wound Care (2025-05)")]), // 59.2% → 62.0%
        ]
    );
    let mail = home.mail(&told);
    for line in [
        "October 2025: 5 alerts firing (3 new, 2 worsened), 1 resolved; 14 series looked at.",
        "Post Bariatric Monitoring: 72 delivered, 28.3% of the 254 planned",
        "In breach for 3 months, since August 2025.",
        "Change down 119 (14.6%) from 813 in September 2025",
        "Wound Care: 4,266 delivered, 62.0% of the 6,877 planned",
    ] {
        assert!(mail.contains(line), "{line:?} in\n{mail}");
    }
}

#[test]
fn a_file_that_repeats_the_months_before_is_news_of_its_newest_month() {
    let home = Home::new();
    home.take("les-activity-to-2025-09.csv", together(&MONTHS[..6]), 0);
    let before = home.notices().len();
    home.take("les-activity-to-2025-10.csv", together(&MONTHS), 0);
    let told = home.only_notice_since(before);
    assert!(told.subject.starts_with("October 2025: 3 new, 2 worsened, 1 resolved"), "{}", told.subject);
    assert_eq!(home.steps(BELOW, "Wound Care").last().map(String::as_str), Some("resolved new"));
}

#[test]
fn a_file_that_restates_older_months_beside_a_new_one_says_both() {
    let home = Home::new();
    home.take("les-activity-to-2025-09.csv", together(&MONTHS[..6]), 0);
    let before = home.notices().len();
    // Wound Care in September was 4,470 of 6,877 = 65.0%, not 59.2%: resolved a month earlier.
    let october = changed(&together(&MONTHS), "6877,4070", "6877,4470");
    home.take("les-activity-to-2025-10.csv", october, 0);
    let told = home.only_notice_since(before);
    assert!(told.subject.starts_with("October 2025: 3 new, 2 worsened, 1 resolved"), "{}", told.subject);
    let alerts = home.alerts();
    let wound_care = alerts.iter().find(|alert| alert["labels"]["contract"] == "Wound Care").expect("an alert");
    assert_eq!((&wound_care["state"], &wound_care["period"]), (&"resolved".into(), &"2025-09".into()));
}

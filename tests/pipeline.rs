//! Files in, alerts out: the published months, in every order, through the real program.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::Value;

use support::{BELOW, DETERIORATION, HHA, Home, MONTHS, bands, changed};

/// What fires at the end, worked out by hand: delivered / planned in October, and back to the last month at or above 60%.
const FIRING: [&str; 4] = [
    "Dementia (2025-10)",                  // 694 / 1,332 = 52.1%; September 61.0%
    "Diabetes (2025-10)",                  // 579 / 975 = 59.4%; September 76.1%
    "Post Bariatric Monitoring (2025-08)", // 72 / 254 = 28.3%; July 71.7%
    "Simple Injections (2025-05)",         // 12,521 / 27,455 = 45.6%; below in every month
];

/// Every fall of more than 20% against the month before, by hand.
const FALLS: [(&str, &[&str]); 7] = [
    ("2025-04", &[]),
    ("2025-05", &["Vasectomy Counselling", "Vasectomy Procedure"]), // 146 → 66, 89 → 35
    ("2025-06", &["Complex Injections"]),                           // 189 → 127
    ("2025-07", &[]),                                               // Ring Pessary 328 → 275 is 16.2%
    (
        "2025-08",
        &[
            "Complex Injections",              // 168 → 122
            "Dementia",                        // 1,078 → 753
            "Diabetes",                        // 958 → 610
            "LTC LES",                         // 9,280 → 7,230
            "Post Bariatric Monitoring",       // 182 → 92
            "Spiro/Feno (Respiratory Bundle)", // 1,907 → 1,437
            "Vasectomy Counselling",           // 126 → 95
        ],
    ),
    ("2025-09", &[]),
    ("2025-10", &["Diabetes"]), // 742 → 579 is 22.0%; Dementia 813 → 694 is 14.6%
];

#[track_caller]
fn assert_end_state(home: &Home) {
    assert_eq!(home.firing(BELOW), FIRING);
    let resolved = home.alerts_in("resolved", BELOW);
    assert!(resolved.contains(&"Wound Care (2025-05)".to_owned()), "{resolved:?}");
    let wound_care = home.alerts().into_iter().find(|alert| alert["labels"]["contract"] == "Wound Care");
    let wound_care = wound_care.expect("an alert on wound care");
    // 4,266 / 6,877 = 62.0%; September 59.2%.
    assert_eq!((&wound_care["state"], &wound_care["period"]), (&"resolved".into(), &"2025-10".into()));
    assert_eq!((&wound_care["value"], &wound_care["plan"]), (&4266.0.into(), &6877.0.into()));
}

/// Where alerts stand; not whom they go to next and when, which is counted from when they were told.
fn standing(home: &Home) -> Vec<Value> {
    let mut alerts = home.alerts();
    for alert in alerts.iter_mut().filter_map(Value::as_object_mut) {
        alert.remove("escalates");
    }
    alerts
}

fn in_order() -> Vec<Value> {
    let home = Home::new();
    home.take_months(&MONTHS);
    standing(&home)
}

#[test]
fn seven_months_in_order_leave_these_four_contracts_below_plan() {
    let home = Home::new();
    home.take_months(&MONTHS);
    assert_end_state(&home);
    let published: Vec<Value> = home.deliveries().iter().map(|delivery| delivery["verdict"].clone()).collect();
    assert_eq!(published, vec![Value::from("published"); 7]);
    for month in MONTHS {
        let file = format!("{month}/les-activity-{month}.csv");
        let expected = [file.clone(), format!("{file}.report.json"), format!("{file}.report.txt")];
        let found = home.files("published/les-activity");
        assert!(expected.iter().all(|path| found.contains(path)), "{found:?}");
    }
    assert_eq!(home.files("state/claimed"), [] as [&str; 0]);
}

#[test]
fn a_fall_of_more_than_a_fifth_fires_in_its_month_and_in_no_other() {
    let home = Home::new();
    for (month, contracts) in FALLS {
        home.take_months(&[month]);
        let firing = home.firing(DETERIORATION);
        let expected: Vec<String> = contracts.iter().map(|contract| format!("{contract} ({month})")).collect();
        assert_eq!(firing, expected, "{month}");
    }
}

#[test]
fn the_order_of_arrival_does_not_change_where_alerts_stand() {
    let expected = &in_order();
    let mut dice = StdRng::seed_from_u64(20_251_031);
    let mut orders: Vec<Vec<&str>> = vec![MONTHS.into_iter().rev().collect()];
    for _ in 0..4 {
        let mut months = MONTHS.to_vec();
        months.shuffle(&mut dice);
        orders.push(months);
    }
    std::thread::scope(|scope| {
        for order in &orders {
            scope.spawn(move || {
                let home = Home::new();
                home.take_months(order);
                assert_eq!(&standing(&home), expected, "{order:?}");
            });
        }
    });
}

#[test]
fn all_months_at_once_end_as_one_after_another() {
    let home = Home::new();
    for month in MONTHS {
        home.drop_month(month);
    }
    home.once().ends_with(0);
    assert_end_state(&home);
    assert_eq!(standing(&home), in_order());
}

#[test]
fn the_running_daemon_comes_to_the_same_end() {
    let home = Home::new();
    let mut daemon = home.start();
    let order = ["2025-07", "2025-04", "2025-10", "2025-05", "2025-09", "2025-06", "2025-08"];
    for (n, month) in order.iter().enumerate() {
        home.drop_month(month);
        daemon.wait_for_deliveries(&home, n + 1);
    }
    assert_end_state(&home);
    assert_eq!(standing(&home), in_order());
    assert_eq!(daemon.stop().code, 0);
}

#[test]
fn a_file_that_waits_when_the_daemon_starts_is_taken() {
    let home = Home::new();
    home.drop_month("2025-04");
    let mut daemon = home.start();
    daemon.wait_for_deliveries(&home, 1);
    assert_eq!(home.firing(BELOW), ["LTC LES (2025-04)"]); // 469 / 6,384 = 7.3%
}

#[test]
fn one_practice_more_in_the_lowest_band_fires_for_its_group_and_not_for_the_total() {
    let home = Home::new();
    home.take("hha-achievement-bands-2025-09.csv", bands("2025-09"), 0);
    assert_eq!(home.firing(HHA), [] as [&str; 0]);
    home.take("hha-achievement-bands-2025-10.csv", bands("2025-10"), 0);
    // Blackburn With Darwen 0 → 1; the total 42 → 16.
    assert_eq!(home.firing(HHA), ["Blackburn With Darwen (2025-10)"]);
    assert_eq!(home.alerts()[0]["message"], "Blackburn With Darwen: 1 practice in the 0–10% band, 0 a month ago");
    let told = home.notices().into_iter().rfind(|told| told.kind == "exceptions").expect("a notice");
    assert_eq!(told.group, "neighbourhood-care");
    // The published row of Morecambe Bay adds up to 31 of 30 practices: published, and said.
    assert_eq!(home.last()["verdict"], "published_with_warnings");
}

#[test]
fn a_total_that_rises_fires_for_the_total() {
    let home = Home::new();
    home.take("hha-achievement-bands-2025-10.csv", bands("2025-10"), 0);
    // Constructed: five more of Fylde & Wyre's practices in the lowest band, out of the next but one.
    let november = changed(&bands("2025-10"), "October 2025", "November 2025");
    let november = changed(&november, "Fylde & Wyre,20,0,0,8,", "Fylde & Wyre,20,5,0,3,");
    let november = changed(&november, "Total,195,16,19,51,", "Total,195,21,19,46,");
    home.take("hha-achievement-bands-2025-11.csv", november, 0);
    assert_eq!(home.firing(HHA), ["Fylde & Wyre (2025-11)", "Total (2025-11)"]);
    let alerts = home.alerts();
    let total = alerts.iter().find(|alert| alert["labels"]["sub_icb"] == "Total").expect("the total");
    assert_eq!(total["message"], "Total: 21 practices in the 0–10% band, 16 a month ago");
}

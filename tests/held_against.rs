//! Deliveries that are held against what is known: earlier ones, and those of other datasets, whichever arrives first.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{fs, path::Path};

use serde_json::Value;
use support::{Home, bands, changed, les, les_name};

const SUMMARY: &str = "llr-priorities-2024-25-summary.csv";
const DETAIL: &str = "llr-priorities-2024-25-detail.csv";
const CLAIMS: &str = "ipcpr-headline-claims-2025-11.csv";
const TABLES: [&str; 2] = ["les-capitated-2025-10.csv", "les-cost-and-volume-2025-10.csv"];

fn published(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/as-published").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn take(home: &Home, file: &str) {
    home.take(file, published(file), 0);
}

/// The findings of the newest delivery by one check, as `severity: message`.
fn found(delivery: &Value, check: &str) -> Vec<String> {
    let findings = delivery["findings"].as_array().expect("findings").iter().filter(|one| one["check"] == check);
    let text = |one: &Value, field: &str| one[field].as_str().expect("text").to_owned();
    findings.map(|one| format!("{}: {}", text(one, "severity"), text(one, "message"))).collect()
}

/// 24 rows, of which two are withheld; the name is cut after 80 characters.
const STAGE: &str = "Increase the percentage of cancers diagnosed at stages 1 and 2 in line with the …, July 2024";

#[test]
fn a_figure_that_two_tables_print_differently_is_found_whichever_arrives_first() {
    let differ = format!(
        "1 of 22 figures is not that of llr-priorities-detail, first {STAGE}: 51.4% in llr-priorities, 38.1% in \
         llr-priorities-detail"
    );
    let home = Home::new();
    take(&home, DETAIL);
    take(&home, SUMMARY);
    assert_eq!(found(&home.last(), "agrees-with-detail"), [format!("warning: {differ}")]);

    let home = Home::new();
    take(&home, SUMMARY);
    let note = "note: not made as yet: llr-priorities-detail has no figures for the same labels and periods";
    assert_eq!(found(&home.last(), "agrees-with-detail"), [note]);
    take(&home, DETAIL);
    let before = "Leicester NHS priorities (llr-priorities), published before";
    assert_eq!(found(&home.last(), "agrees-with-detail"), [format!("warning: {before}: {differ}")]);
    // The row is one of the file that has come: the summary lies where it lay.
    let row = home.last()["findings"][0]["rows"][0].clone();
    let detail = published(DETAIL);
    let line = row["row"].as_u64().and_then(|row| detail.lines().nth(usize::try_from(row).ok()? - 1));
    assert!(line.is_some_and(|line| line.contains("38.1%")), "{row}: {line:?}");
}

/// 110 of 195 practices are 56.41%; 469 + 3,236 + 8,143 + 9,280 + 7,230 + 8,084 + 8,166 = 44,608; Post Bariatric Monitoring
/// delivered 647 of 1,524 (42.45%), Vasectomy Counselling 843 of 609 (138.42%).
#[test]
fn printed_claims_are_held_against_the_tables_whichever_arrive_first() {
    let wrong = "4 of 8 claims are not what the tables say";
    let rows = [
        "56.3% is printed, 56.41% reckoned",
        "44,698 is printed, 44,608 reckoned",
        "60% is printed, 42.45% reckoned",
        "80% is printed, 138.42% reckoned",
    ];
    let home = Home::new();
    for month in ["2025-09", "2025-10"] {
        home.take(&format!("hha-achievement-bands-{month}.csv"), bands(month), 0);
    }
    for table in TABLES {
        take(&home, table);
    }
    take(&home, CLAIMS);
    let claims = home.last();
    let told = found(&claims, "claims-hold");
    assert!(told.len() == 1 && told[0].starts_with(&format!("warning: {wrong}")), "{told:#?}");
    let finding = claims["findings"].as_array().expect("findings").iter().find(|one| one["check"] == "claims-hold");
    let shown = finding.expect("the finding")["rows"].as_array().expect("rows");
    assert_eq!(shown.iter().map(|row| row["value"].as_str().expect("a value")).collect::<Vec<_>>(), rows);

    let home = Home::new();
    take(&home, CLAIMS);
    let told = found(&home.last(), "claims-hold");
    assert!(told.len() == 8 && told.iter().all(|told| told.starts_with("note: ")), "{told:#?}");
    take(&home, TABLES[0]);
    let told = found(&home.last(), "claims-hold");
    assert!(
        told.len() == 1 && told[0].contains("1 of 2 claims is not what the tables say, first Holistic"),
        "{told:#?}"
    );
    assert!(told[0].ends_with("44,698 is printed, 44,608 reckoned"), "{told:#?}");
}

#[test]
fn a_table_of_the_whole_year_is_held_against_the_monthly_files() {
    let home = Home::new();
    home.take_months(&["2025-09", "2025-10"]);
    // 694 in the monthly file.
    let table = changed(&published(TABLES[1]), "753,813,694", "753,813,695");
    home.take(TABLES[1], table, 0);
    let told = found(&home.last(), "agrees-with-monthly-files");
    assert_eq!(
        told,
        [
            "warning: 1 of 16 figures is not that of les-activity, first Dementia · cost-and-volume, October 2025: 695 in \
          les-cost-and-volume, 694 in les-activity"
        ]
    );
}

/// Three of 14 contracts far from what they were.
fn restated_october() -> String {
    let one = changed(&les("2025-10"), "1332,694", "1332,1400");
    changed(&changed(&one, "975,579", "975,900"), "382,299", "382,600")
}

#[test]
fn validate_answers_as_the_daemon_would_and_says_what_it_cannot_know() {
    let home = Home::new();
    let file = home.root().join(les_name("2025-10"));
    fs::write(&file, restated_october()).expect("written");
    let judged =
        |home: &Home| home.run(&["validate", "--format", "json", &file.display().to_string()]).json()[0].clone();
    let unknown = "note: checks against earlier deliveries and other datasets are not made: no history";
    assert_eq!(found(&judged(&home), "no_history"), [unknown]);

    home.take_months(&["2025-08", "2025-10"]);
    let gap =
        "warning: no figures for September 2025: October 2025 does not follow August 2025, the newest that is known";
    assert_eq!(found(&home.last(), "continuity"), [gap]);
    let said = judged(&home);
    let dementia = "Dementia · cost-and-volume, October 2025: 694 → 1,400 (+101.73%)";
    let expected = [
        format!("warning: 3 of 14 restated figures move further than 20%, first {dementia}, more than the tolerated 2"),
        format!("note: October 2025 restated: 3 of 14 figures changed, the largest {dementia}"),
    ];
    assert_eq!(found(&said, "restated"), expected);
    let deliveries = home.deliveries().len();
    home.take(&les_name("2025-10"), fs::read(&file).expect("read"), 0);
    assert_eq!(home.deliveries().len(), deliveries + 1);
    assert_eq!(found(&home.last(), "restated"), expected);
    assert_eq!(home.last()["findings"], said["findings"]);
}

#[test]
fn what_is_held_back_for_what_is_known_is_released_with_that_said() {
    let home = Home::new();
    let lenient = "beyond: 20%, tolerance: 2, severity: warning";
    home.edit("config/datasets/les-activity.yaml", lenient, "beyond: 20%, tolerance: 2");
    home.take_months(&["2025-09", "2025-10"]);
    home.take(&les_name("2025-10"), restated_october(), 1);
    let held_back = home.last();
    let why = found(&held_back, "restated");
    assert!(why[0].starts_with("error: 3 of 14 restated figures move further than 20%"), "{why:#?}");
    let id = held_back["id"].as_str().expect("an id");
    home.run(&["deliveries", "release", id, "--reason", "confirmed", "--by", "Jo Bell"]).ends_with(0);
    let released = home.last();
    assert_eq!((&released["id"], &released["verdict"]), (&held_back["id"], &"released".into()));
    assert_eq!(found(&released, "restated"), why);
}

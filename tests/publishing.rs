//! What a reader of the published folder sees.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use arrow::array::{Array, AsArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use serde_json::{Value, json};

use support::{Home, changed, les};

const OCTOBER: &str = "les-activity-2025-10.csv";
const FOLDER: &str = "published/les-activity/2025-10";

#[test]
fn the_manifest_names_every_file_with_its_hash() {
    let home = Home::new();
    home.take(OCTOBER, les("2025-10"), 0);
    let manifest: Value = serde_json::from_str(&home.read(&format!("{FOLDER}/manifest.json"))).expect("JSON");
    let delivery = home.last();
    for field in ["dataset", "periods", "revision", "verdict"] {
        assert_eq!(manifest[field], delivery[field], "{field}");
    }
    assert_eq!(manifest["delivery"], delivery["id"]);
    let mut names: Vec<&str> = Vec::new();
    for file in manifest["files"].as_array().expect("files") {
        let name = file["name"].as_str().expect("a name");
        let bytes = fs::read(home.path(format!("{FOLDER}/{name}"))).expect("the file");
        assert_eq!(file["blake3"], json!(blake3::hash(&bytes).to_hex().to_string()), "{name}");
        assert_eq!(file["bytes"], json!(bytes.len()), "{name}");
        names.push(name);
    }
    let mut all = home.files(FOLDER);
    all.retain(|name| name != "manifest.json");
    names.sort_unstable();
    assert_eq!(names, all);
}

#[test]
fn the_manifest_says_what_came_of_each_check() {
    let home = Home::new();
    // 13,321 is more than ten times the 1,332 planned.
    home.take(OCTOBER, changed(&les("2025-10"), "1332,694", "1332,13321"), 0);
    let manifest: Value = serde_json::from_str(&home.read(&format!("{FOLDER}/manifest.json"))).expect("JSON");
    let checks = manifest["checks"].as_array().expect("checks").iter();
    let outcomes: Vec<String> =
        checks.map(|one| format!("{}: {}", one["check"], one["outcome"]).replace('"', "")).collect();
    let passed = [
        "columns_present",
        "type",
        "not_null",
        "unique",
        "allowed_values",
        "range:planned",
        "range:delivered",
        "row_count",
    ];
    let mut expected: Vec<String> = passed.iter().map(|check| format!("{check}: passed")).collect();
    expected.push("delivered-is-plausible: warning".to_owned());
    // Those that hold the figures against what is known come last.
    let against_the_past =
        ["continuity", "same_organisations", "restated", "unchanged", "rows-move", "leaps", "misplaced", "copies"];
    expected.extend(against_the_past.map(|check| format!("{check}: passed")));
    assert_eq!(outcomes, expected);
}

#[test]
fn the_tidy_table_says_what_the_file_says_and_why_a_figure_is_missing() {
    let home = Home::new();
    home.edit("config/datasets/les-activity.yaml", "contract_type, planned, delivered]", "contract_type, planned]");
    let suppressed =
        changed(&les("2025-10"), "Dementia,cost-and-volume,1332,694", "Dementia,cost-and-volume,\"1,332\",*");
    home.take(OCTOBER, suppressed, 0);
    let csv = home.read(&format!("{FOLDER}/tidy.csv"));
    assert_eq!(csv.lines().next(), Some("period,contract,contract_type,planned,delivered"));
    assert!(csv.contains("\n2025-10,Dementia,cost-and-volume,1332,*\n"), "{csv}");

    let file = fs::File::open(home.path(format!("{FOLDER}/tidy.parquet"))).expect("the file");
    let batches: Vec<_> =
        ParquetRecordBatchReader::try_new(file, 1000).expect("Parquet").map(|one| one.expect("rows")).collect();
    let [batch] = batches.as_slice() else { panic!("{} batches", batches.len()) };
    assert_eq!(batch.num_rows(), csv.lines().count() - 1);
    let text = |name: &str| batch.column_by_name(name).expect("a column").as_string::<i32>().clone();
    let row = text("contract").iter().position(|contract| contract == Some("Dementia")).expect("the row");
    let delivered = batch.column_by_name("delivered").expect("a column");
    assert!(delivered.is_null(row));
    assert_eq!(text("delivered_missing").value(row), "suppressed");
    assert!(
        (batch.column_by_name("planned").expect("a column").as_primitive::<arrow::datatypes::Float64Type>().value(row)
            - 1332.0)
            .abs()
            < f64::EPSILON
    );
}

#[test]
fn a_reader_sees_one_revision_or_the_next_and_nothing_between() {
    let home = Home::new();
    home.take(OCTOBER, les("2025-10"), 0);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut looks = 0_u64;
            while !done.load(Ordering::Relaxed) {
                // Whatever the folder is now, it is whole: one file of figures and the manifest that names it.
                let folder = fs::File::open(home.path(FOLDER)).expect("the folder is always there");
                let here = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&folder));
                let names: Vec<String> = fs::read_dir(&here)
                    .expect("listed")
                    .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
                    .collect();
                let figures: Vec<&String> =
                    names.iter().filter(|name| name.starts_with("les-") && !name.contains(".report.")).collect();
                assert_eq!(figures.len(), 1, "{names:?}");
                assert_eq!(names.len(), 7, "{names:?}");
                let manifest = fs::read_to_string(format!("{here}/manifest.json")).expect("the manifest");
                assert!(manifest.contains(&format!("\"name\": \"{}\"", figures[0])), "{manifest}");
                looks += 1;
            }
            looks
        });
        for n in 0..8 {
            let restated = changed(&les("2025-10"), "1332,694", &format!("1332,{}", 700 + n));
            home.take(&format!("les-activity-2025-10-v{n}.csv"), restated, 0);
        }
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().expect("the reader saw nothing amiss") > 0);
    });
    assert_eq!(home.last()["revision"], 9);
}

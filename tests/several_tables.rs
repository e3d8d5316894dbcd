//! One file with tables of several datasets: a workbook of sheets, an archive of files.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{fs, io::Write};

use rust_xlsxwriter::Workbook;
use serde_json::Value;

use support::{BELOW, Home, bands, changed, les, les_name};

const NAME: &str = "performance-2025-10.xlsx";

/// Where the sheet of the bands is published.
const GOOD: &str = "published/hha-achievement-bands/2025-10";

/// A home whose datasets read the sheets of one workbook.
fn home() -> Home {
    let home = Home::new();
    home.edit(
        "config/datasets/les-activity.yaml",
        "[\"les-activity-*.csv\"]",
        "[\"les-activity-*.csv\", \"performance-*.xlsx\"]",
    );
    home.edit("config/datasets/les-activity.yaml", "columns:\n", "table: { sheet: Activity }\n\ncolumns:\n");
    home.edit("config/datasets/hha-achievement-bands.yaml", "\"les-performance-*.xlsx\"", "\"performance-*.xlsx\"");
    home.edit("config/datasets/hha-achievement-bands.yaml", "sheet: HHA bands", "sheet: Bands");
    home
}

/// The text of each CSV table on a sheet of its own.
fn workbook(sheets: &[(&str, String)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, text) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).expect("a name for a sheet");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        for (row, record) in (0..).zip(reader.records()) {
            for (column, cell) in (0..).zip(record.expect("a record").iter()) {
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number),
                    Err(_) => sheet.write_string(row, column, cell),
                }
                .expect("a cell");
            }
        }
    }
    book.save_to_buffer().expect("a workbook")
}

fn zip(members: &[(&str, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a member");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// Each delivery as `dataset table: verdict`, oldest first.
fn decided(home: &Home) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |one: &Value| format!("{} {}: {}", text(&one["dataset"]), text(&one["table"]), text(&one["verdict"]));
    home.deliveries().iter().map(line).collect()
}

#[test]
fn each_sheet_is_its_datasets_delivery_and_says_what_its_own_file_would() {
    let apart = Home::new();
    apart.take_months(&["2025-09"]);
    apart.take(&les_name("2025-10"), les("2025-10"), 0);
    apart.take("hha-achievement-bands-2025-10.csv", bands("2025-10"), 0);

    let together = home();
    together.take_months(&["2025-09"]);
    let sheets = [("Activity", les("2025-10")), ("Bands", bands("2025-10"))];
    together.take(NAME, workbook(&sheets), 0);

    assert_eq!(
        decided(&together)[1..],
        ["les-activity Activity: published", "hha-achievement-bands Bands: published_with_warnings"]
    );
    assert_eq!(together.firing(BELOW), apart.firing(BELOW));
    assert!(!together.firing(BELOW).is_empty());
    // The bands have rows to be warned of.
    for (dataset, rows) in [("hha-achievement-bands", &[".failing-rows.csv"][..]), ("les-activity", &[])] {
        let folder = format!("published/{dataset}/2025-10");
        let own = ["manifest.json".to_owned()];
        let reports = [&[""], rows, &[".report.html", ".report.json", ".report.txt"]].concat();
        let reports: Vec<String> = reports.iter().map(|report| format!("{NAME}{report}")).collect();
        let tidy = ["tidy.csv", "tidy.parquet"].map(str::to_owned);
        assert_eq!(together.files(&folder), [&own[..], &reports, &tidy].concat());
        assert!(together.read(&format!("{folder}/{NAME}.report.txt")).contains("2025-10.xlsx ("));
    }
    assert_eq!((together.files("drop"), together.files("state/claimed")), (Vec::new(), Vec::new()));
}

#[test]
fn a_bad_sheet_is_held_back_and_the_good_one_is_published() {
    let home = home();
    let bad = changed(&les("2025-10"), "Dementia,cost-and-volume", "Dementia,block");
    let ran = home.take(NAME, workbook(&[("Activity", bad), ("Bands", bands("2025-10"))]), 1);
    assert!(ran.out.contains("Activity"), "{}", ran.out);
    assert_eq!(
        decided(&home),
        ["les-activity Activity: quarantined", "hha-achievement-bands Bands: published_with_warnings"]
    );
    assert!(home.files("quarantine/les-activity").contains(&NAME.to_owned()));
    // Who opens the workbook sees the bad sheet as well: the good one is published as a table alone.
    let held = format!("quarantine/les-activity/{NAME}");
    let published = home.files(GOOD);
    assert!(!published.contains(&NAME.to_owned()) && published.contains(&"tidy.csv".to_owned()), "{published:?}");
    let manifest: Value = serde_json::from_str(&home.read(&format!("{GOOD}/manifest.json"))).expect("JSON");
    assert_eq!(manifest["source"]["withheld"]["at"], held.as_str());
    assert!(manifest["files"].as_array().expect("files").iter().all(|file| file["name"] != NAME));
    let report = home.read(&format!("{GOOD}/{NAME}.report.txt"));
    let report = report.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        report.contains(&format!("The file itself is at {held}, because another table in it is held back.")),
        "{report}"
    );
    let id = |at: usize| home.deliveries()[at]["id"].as_str().expect("an id").to_owned();
    let told = home.run(&["deliveries", &id(1), "--format", "json"]).ends_with(0).json();
    assert_eq!(
        (&told["withheld"], &told["placed"][0]),
        (&held.as_str().into(), &format!("{GOOD}/{NAME}.report.json").into())
    );

    // The same bytes again do not bring it there either, nor when it is lost where it was held back.
    let book = fs::read(home.path(&held)).expect("read");
    home.take(NAME, &book, 0);
    assert_eq!((&home.last()["verdict"], home.files(GOOD)), (&"duplicate".into(), published.clone()));
    fs::remove_file(home.path(&held)).expect("removed");
    home.take(NAME, &book, 0);
    assert_eq!((fs::read(home.path(&held)).expect("read"), home.files(GOOD)), (book, published));

    // Once somebody answers for the bad sheet, the workbook lies with it.
    home.run(&["deliveries", "release", &id(0), "--reason", "checked", "--by", "Jo Bell"]).ends_with(0);
    assert!(home.files("published/les-activity/2025-10").contains(&NAME.to_owned()));
    assert_eq!(home.files("quarantine"), [] as [&str; 0]);
    home.run(&["deliveries", "withdraw", &id(0), "--reason", "not checked", "--by", "Jo Bell"]).ends_with(0);

    // The mended workbook is judged, and its good sheet is the same figures once more.
    home.take(NAME, workbook(&[("Activity", les("2025-10")), ("Bands", bands("2025-10"))]), 0);
    assert_eq!(
        decided(&home)[4..],
        ["les-activity Activity: published", "hha-achievement-bands Bands: published_with_warnings"]
    );
}

#[test]
fn a_sheet_that_is_taken_back_cannot_be_read_in_the_workbook_of_the_others() {
    let home = home();
    let book = workbook(&[("Activity", les("2025-10")), ("Bands", bands("2025-10"))]);
    home.take(NAME, &book, 0);
    let before = home.files(GOOD);
    let id = home.deliveries()[0]["id"].as_str().expect("an id").to_owned();
    home.run(&["deliveries", "withdraw", &id, "--reason", "wrong month", "--by", "Jo Bell"]).ends_with(0);
    assert_eq!(home.files("published/les-activity"), [] as [&str; 0]);
    let without = before.iter().filter(|file| *file != NAME).cloned().collect::<Vec<_>>();
    assert_eq!(home.files(GOOD), without);
    let manifest: Value = serde_json::from_str(&home.read(&format!("{GOOD}/manifest.json"))).expect("JSON");
    let withdrawn = "quarantine/les-activity/withdrawn/2025-10-revision-1";
    assert_eq!(manifest["source"]["withheld"]["at"], withdrawn);
    for file in manifest["files"].as_array().expect("files") {
        let name = file["name"].as_str().expect("a name");
        let hash = blake3::hash(&fs::read(home.path(format!("{GOOD}/{name}"))).expect("read")).to_hex().to_string();
        assert_eq!(file["blake3"], hash, "{name}");
    }
    let report = home.read(&format!("{GOOD}/{NAME}.report.txt"));
    assert!(report.contains(withdrawn), "{report}");
    home.take(NAME, &book, 0);
    assert_eq!((&home.last()["verdict"], home.files(GOOD)), (&"duplicate".into(), without));
}

#[test]
fn the_same_workbook_again_is_one_duplicate() {
    let home = home();
    let book = workbook(&[("Activity", les("2025-10")), ("Bands", bands("2025-10"))]);
    home.take(NAME, &book, 0);
    let published = home.files("published");
    home.take(NAME, &book, 0);
    assert_eq!(home.last()["verdict"], "duplicate");
    assert_eq!((home.deliveries().len(), home.files("published")), (3, published));
}

#[test]
fn a_sheet_that_a_dataset_names_and_that_is_not_what_it_was_is_held_back_not_passed_over() {
    let home = home();
    let renamed = changed(&bands("2025-10"), "Sub ICB Group,Total", "Area,Total");
    home.take(NAME, workbook(&[("Activity", les("2025-10")), ("Bands", renamed)]), 1);
    assert_eq!(decided(&home), ["les-activity Activity: published", "hha-achievement-bands Bands: quarantined"]);
}

#[test]
fn a_workbook_of_one_of_the_sheets_is_that_dataset_alone() {
    let home = home();
    home.take(NAME, workbook(&[("Activity", les("2025-10")), ("Notes", "a note\n".to_owned())]), 0);
    assert_eq!(decided(&home), ["les-activity -: published"]);
}

#[test]
fn an_archive_is_a_folder_of_files() {
    let home = Home::new();
    let months = ["2025-08", "2025-09", "2025-10"];
    let mut members: Vec<(String, String)> =
        months.iter().map(|month| (format!("LES/{}", les_name(month)), les(month))).collect();
    members.push(("hha-achievement-bands-2025-10.csv".to_owned(), bands("2025-10")));
    members.push(("readme.txt".to_owned(), "All of it.\n".to_owned()));
    let members: Vec<(&str, String)> = members.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    home.take("october.zip", zip(&members), 0);

    let apart = Home::new();
    apart.take_months(&months);
    assert_eq!(home.firing(BELOW), apart.firing(BELOW));
    assert!(!home.firing(BELOW).is_empty());
    assert_eq!(
        decided(&home),
        [
            "les-activity LES/les-activity-2025-08.csv and 2 more: published",
            "hha-achievement-bands hha-achievement-bands-2025-10.csv: published_with_warnings",
        ]
    );
    let deliveries = home.deliveries();
    assert_eq!(deliveries[0]["periods"], serde_json::json!(months));
    let note = deliveries[0]["findings"].as_array().expect("findings").iter().find(|one| one["check"] == "not_read");
    assert!(note.expect("a note")["message"].as_str().expect("text").contains("`readme.txt`"));
}

#[test]
fn two_members_that_say_the_same_period_are_a_question() {
    let home = Home::new();
    let restated = changed(&les("2025-10"), "694", "695");
    let archive = zip(&[("les-activity-2025-10.csv", les("2025-10")), ("les-activity-2025-10-v2.csv", restated)]);
    home.take("october.zip", archive, 1);
    let finding = &home.last()["findings"][0];
    assert_eq!(finding["check"], "duplicate_series");
    let message = finding["message"].as_str().expect("text");
    assert!(
        message.contains("les-activity-2025-10.csv") && message.contains("les-activity-2025-10-v2.csv"),
        "{message}"
    );
}

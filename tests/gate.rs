//! What is not fit to publish: each kind of defect, what is said of it and to whom, and that rules never see it.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use support::{BELOW, Home, bands, changed, les};

const NOVEMBER: &str = "les-activity-2025-11.csv";
const DEMENTIA: &str = "2025-11,Dementia,cost-and-volume,1332,694";

/// October's figures as November's; Dementia stands in row 3.
fn november() -> String {
    les("2025-10").replace("2025-10", "2025-11")
}

/// November with Dementia's row written otherwise.
fn with_dementia(row: &str) -> String {
    changed(&november(), DEMENTIA, row)
}

/// One finding of the newest delivery.
fn finding(home: &Home, check: &str) -> Value {
    let last = home.last();
    let findings = last["findings"].as_array().expect("findings").clone();
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap_or_else(|| panic!("no finding of {check} in {last:#}")).clone()
}

/// A month that holds nothing but an error: everything else stays as it was, and the steward is told.
struct Defect {
    content: Vec<u8>,
    check: &'static str,
    says: &'static str,
    rows: Value,
}

fn assert_held_back(defect: &Defect) {
    let home = Home::new();
    home.take_months(&["2025-10"]);
    let (alerts, unjudged, before) = (home.alerts(), home.unjudged(), home.notices().len());
    home.take(NOVEMBER, &defect.content, 1);

    let delivery = home.last();
    assert_eq!((&delivery["verdict"], &delivery["revision"]), (&"quarantined".into(), &0.into()), "{}", defect.check);
    assert_eq!(delivery["dataset"], "les-activity");
    let finding = finding(&home, defect.check);
    let message = finding["message"].as_str().expect("a message");
    assert!(message.contains(defect.says), "{:?} in {message}", defect.says);
    assert_eq!((&finding["severity"], &finding["rows"]), (&"error".into(), &defect.rows), "{}", defect.check);

    let file = |ending: &str| format!("les-activity/{NOVEMBER}{ending}");
    let reports = [".report.html", ".report.json", ".report.txt"].map(file);
    let failing_rows = defect.rows.as_array().filter(|rows| !rows.is_empty()).map(|_| file(".failing-rows.csv"));
    let expected: Vec<_> = std::iter::once(file("")).chain(failing_rows).chain(reports).collect();
    assert_eq!(home.files("quarantine"), expected);
    assert_eq!(std::fs::read(home.path(format!("quarantine/{}", file("")))).expect("the file"), defect.content);
    let report: Value =
        serde_json::from_str(&home.read(&format!("quarantine/{}", file(".report.json")))).expect("JSON");
    assert!(report["findings"].as_array().expect("findings").contains(&finding), "{report:#}");
    assert!(home.read(&format!("quarantine/{}", file(".report.txt"))).contains(defect.check));

    let told = home.only_notice_since(before);
    assert_eq!((told.kind.as_str(), told.group.as_str()), ("gate", "performance-team"));
    assert!(told.subject.starts_with(&format!("Held back: {NOVEMBER} – 1 error")), "{}", told.subject);
    assert!(home.mail(&told).contains(&format!("quarantine/les-activity/{NOVEMBER}")));

    // Rules never saw it: nothing moved.
    assert_eq!(home.alerts(), alerts);
    assert_eq!(home.unjudged(), unjudged);
    assert_eq!(home.files("published/les-activity").len(), 7, "October with what is published of it");
}

#[test]
fn a_missing_column_holds_a_file_back() {
    let without = |line: &str| line.rsplit_once(',').expect("cells").0.to_owned() + "\n";
    assert_held_back(&Defect {
        content: november().lines().map(without).collect::<String>().into(),
        check: "columns_present",
        says: "there is no column `delivered`",
        rows: json!([]),
    });
}

#[test]
fn a_wrong_type_holds_a_file_back() {
    assert_held_back(&Defect {
        content: with_dementia("2025-11,Dementia,cost-and-volume,1332,six hundred").into(),
        check: "type",
        says: "`six hundred`",
        rows: json!([{ "row": 3, "column": "delivered", "value": "six hundred" }]),
    });
}

#[test]
fn a_blank_holds_a_file_back() {
    assert_held_back(&Defect {
        content: with_dementia("2025-11,Dementia,cost-and-volume,1332,").into(),
        check: "not_null",
        says: "delivered is blank",
        rows: json!([{ "row": 3, "column": "delivered", "value": "" }]),
    });
}

#[test]
fn a_negative_figure_holds_a_file_back() {
    assert_held_back(&Defect {
        content: with_dementia("2025-11,Dementia,cost-and-volume,1332,-694").into(),
        check: "range:delivered",
        says: "-694",
        rows: json!([{ "row": 3, "column": "delivered", "value": "-694" }]),
    });
}

#[test]
fn an_unknown_value_holds_a_file_back() {
    assert_held_back(&Defect {
        content: with_dementia("2025-11,Dementia,block,1332,694").into(),
        check: "allowed_values",
        says: "`block`",
        rows: json!([{ "row": 3, "column": "contract_type", "value": "block" }]),
    });
}

#[test]
fn dates_that_are_written_in_several_ways_are_named() {
    let home = Home::new();
    home.write(
        "config/datasets/absence.yaml",
        "title: Absence\nsteward: performance-team\nfiles: [\"absence-*.csv\"]\nperiod: { column: date }\ncolumns:\n  date: \
         { kind: period }\n  trust: {}\n  days: { kind: number }\nmeasures:\n  days: { value: days, labels: [trust] }\n",
    );
    let file = |dates: [&str; 4]| {
        let rows = dates.iter().zip(["RNA", "RRK", "RWD", "RX9"]).map(|(date, trust)| format!("{date},{trust},5\n"));
        format!("date,trust,days\n{}", rows.collect::<String>())
    };
    for (dates, seen) in [
        (
            ["31/03/2025", "31/03/2025", "2025-03-31", "31/03/2025"],
            "date is written otherwise than `31/03/2025` in row 4: `2025-03-31`",
        ),
        (
            ["31/03/2025", "03/31/2025", "31/03/2025", "31/03/2025"],
            "date is written otherwise than `31/03/2025` in row 3: `03/31/2025`",
        ),
        (["31/03/2025"; 4], ""),
    ] {
        home.write("absence-2025-03.csv", file(dates));
        let out = home.run(&["validate", &home.path("absence-2025-03.csv").display().to_string()]).ends_with(0).out;
        assert_eq!(out.contains("is written otherwise"), !seen.is_empty(), "{dates:?}: {out}");
        assert!(out.contains(seen), "{seen}: {out}");
    }
}

#[test]
fn a_file_without_rows_is_held_back() {
    assert_held_back(&Defect {
        content: "period,contract,contract_type,planned,delivered\n".into(),
        check: "row_count",
        says: "no rows",
        rows: json!([]),
    });
}

#[test]
fn an_empty_file_is_held_back() {
    assert_held_back(&Defect { content: Vec::new(), check: "unreadable", says: "is empty", rows: json!([]) });
}

#[test]
fn a_picture_named_csv_is_held_back() {
    let content = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0".to_vec();
    assert_held_back(&Defect { content, check: "unreadable", says: "picture (PNG)", rows: json!([]) });
}

/// Failing rows as a program reads them: check, severity, sheet, row, cell, column, value.
fn failing_rows(home: &Home, file: &str) -> Vec<[String; 7]> {
    let text = home.read(&format!("{file}.failing-rows.csv"));
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(
        reader.headers().expect("headers"),
        ["check", "severity", "sheet", "row", "cell", "column", "value", "message"].as_slice()
    );
    let records = reader.records().map(|record| record.expect("a record"));
    records.map(|record| std::array::from_fn(|at| record.get(at).unwrap_or_default().to_owned())).collect()
}

#[test]
fn every_failing_row_lies_beside_the_file_and_none_is_a_formula() {
    let home = Home::new();
    // 60 rows of a key each, of which 57 are negative and 3 say something a spreadsheet would obey.
    let rows = (0..60).map(|n| match n {
        7 => "2025-11,C7,capitated,100,=1+1\n".to_owned(),
        8 => "2025-11,C8,\"@SUM(A1,B1)\",100,1\n".to_owned(),
        9 => "2025-11,C9,+44 7700,100,1\n".to_owned(),
        n => format!("2025-11,C{n},capitated,100,-{}\n", n + 1),
    });
    home.take(NOVEMBER, "period,contract,contract_type,planned,delivered\n".to_owned() + &rows.collect::<String>(), 1);
    let rows = failing_rows(&home, &format!("quarantine/les-activity/{NOVEMBER}"));
    let of = |check: &str| rows.iter().filter(|row| row[0] == check).cloned().collect::<Vec<_>>();
    let [range, values, types] = ["range:delivered", "allowed_values", "type"].map(of);
    assert_eq!(range.len(), 57);
    assert_eq!(
        range[0],
        ["range:delivered", "error", "", "2", "", "delivered", "-1"],
        "a negative number stays a number"
    );
    assert_eq!(range[56], ["range:delivered", "error", "", "61", "", "delivered", "-60"]);
    assert_eq!(types, [["type", "error", "", "9", "", "delivered", "'=1+1"]]);
    assert_eq!(values.iter().map(|row| row[6].as_str()).collect::<Vec<_>>(), ["'@SUM(A1,B1)", "'+44 7700"]);
    // The finding itself keeps twenty, and says how many of how many rows they are of.
    let finding = finding(&home, "range:delivered");
    assert_eq!((&finding["count"], &finding["looked_at"]), (&57.into(), &60.into()));
    assert_eq!((&finding["share"], finding["rows"].as_array().map(Vec::len)), (&0.95.into(), Some(20)));
}

/// 30 rows with a cell too many, 30 whose month cannot be read, 30 without a contract, and 30 that stand twice.
#[test]
fn every_row_that_the_reader_and_the_measures_find_fault_with_is_listed_as_well() {
    let home = Home::new();
    let rows_of = |n| {
        format!(
            "2025-11,A{n},capitated,100,1,stray {n}\nmonth {n},B{n},capitated,100,1\n2025-11,,capitated,100,{n}\n\
             2025-11,C{n},capitated,100,1\n2025-11,C{n},capitated,100,2\n"
        )
    };
    let file =
        "period,contract,contract_type,planned,delivered\n".to_owned() + &(0..30).map(rows_of).collect::<String>();
    home.take(NOVEMBER, file, 1);
    let rows = failing_rows(&home, &format!("quarantine/les-activity/{NOVEMBER}"));
    let of = |check: &str| rows.iter().filter(|row| row[0] == check).map(|row| row[3].as_str()).collect::<Vec<_>>();
    for (check, first) in [("ragged_row", 2), ("period", 3), ("blank_label", 4)] {
        let every: Vec<String> = (0..30).map(|n| (first + 5 * n).to_string()).collect();
        assert_eq!(of(check), every, "{check}");
    }
    assert_eq!(of("duplicate_series").len(), 60);
    assert_eq!(
        (&finding(&home, "period")["count"], finding(&home, "period")["rows"].as_array().map(Vec::len)),
        (&30.into(), Some(20))
    );
    let listed = home.read(&format!("quarantine/les-activity/{NOVEMBER}.failing-rows.csv"));
    assert!(!listed.contains("more rows are not listed"), "{listed}");
}

#[test]
fn a_dataset_may_keep_more_or_fewer_rows_and_the_list_has_all_of_them() {
    let home = Home::new();
    let range = "- range: { column: delivered, min: 0 }";
    home.edit("config/datasets/les-activity.yaml", range, "- range: { column: delivered, min: 0, rows_kept: 2 }");
    let months = november();
    let all_negative = months.lines().map(|line| {
        let (before, figure) = line.rsplit_once(',').expect("cells");
        if figure == "delivered" { format!("{line}\n") } else { format!("{before},-{figure}\n") }
    });
    home.take(NOVEMBER, all_negative.collect::<String>(), 1);
    assert_eq!(finding(&home, "range:delivered")["rows"].as_array().map(Vec::len), Some(2));
    let rows = failing_rows(&home, &format!("quarantine/les-activity/{NOVEMBER}"));
    assert_eq!(rows.iter().filter(|row| row[0] == "range:delivered").count(), 14);
}

/// A workbook with one sheet.
fn workbook(name: &str, text: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(name).expect("a name");
    for (row, line) in (0..).zip(text.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            match cell.parse::<f64>() {
                _ if cell.is_empty() => continue,
                Ok(number) => sheet.write_number(row, column, number),
                Err(_) => sheet.write_string(row, column, cell),
            }
            .expect("a cell");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn a_cell_is_named_where_it_stands_whatever_the_layout() {
    let home = Home::new();
    let dataset = |table: &str, columns: &str, period: &str| {
        format!(
            "title: T\nsteward: performance-team\nfiles: [\"sites-*.xlsx\"]\nperiod: {period}\ntable: {table}\n\
             columns: {columns}\nmeasures: {{ seen: {{ value: n, labels: [site], better: higher }} }}\n"
        )
    };
    // Months across the columns: November of site B is in D3.
    home.write(
        "config/datasets/sites.yaml",
        dataset(
            "{ across: { columns: months, name: month, value: n } }",
            "{ site: {}, month: { kind: period }, n: { kind: number } }",
            "{ column: month }",
        ),
    );
    home.take("sites-2025-11.xlsx", workbook("A", "site,Sep-25,Oct-25,Nov-25\nA,1,2,3\nB,4,5,few\n"), 1);
    let place = |finding: &Value| format!("{} {}", finding["rows"][0]["cell"], finding["rows"][0]["column"]);
    assert_eq!(place(&finding(&home, "type")), "\"D3\" \"Nov-25\"");
    // Stacked tables, of which the second has its columns further to the right: site D's figure is in C8.
    home.write(
        "config/datasets/sites.yaml",
        dataset(
            "{ blocks: { title: area } }",
            "{ area: {}, site: {}, n: { kind: number } }",
            "{ file_name: '(?<period>\\d{4}-\\d{2})' }",
        ),
    );
    let stacked = "North\nsite,n\nA,1\nB,2\n\nSouth\n,site,n\n,D,few\n,E,4\n";
    home.take("sites-2025-12.xlsx", workbook("A", stacked), 1);
    assert_eq!(place(&finding(&home, "type")), "\"C8\" \"n\"");
}

#[test]
fn a_defect_of_a_workbook_is_named_by_sheet_and_cell() {
    let home = Home::new();
    let files = "[\"les-activity-*.csv\"]";
    home.edit("config/datasets/les-activity.yaml", files, "[\"les-activity-*.csv\", \"les-activity-*.xlsx\"]");
    // The table begins in column B and row 3, so that Dementia's delivered figure is in F5.
    let text = with_dementia("2025-11,Dementia,cost-and-volume,1332,many");
    let table = text.lines().fold(String::new(), |table, line| table + "," + line + "\n");
    let name = "les-activity-2025-11.xlsx";
    home.take(name, workbook("LES", &format!(",Local Enhanced Services\n\n{table}")), 1);
    let finding = finding(&home, "type");
    let row = json!({ "row": 5, "sheet": "LES", "cell": "F5", "column": "delivered", "value": "many" });
    assert_eq!(finding["rows"], json!([row]));
    let message = finding["message"].as_str().expect("a message");
    assert!(message.contains("in row 5 of sheet `LES`: `many`"), "{message}");
    let rows = failing_rows(&home, &format!("quarantine/les-activity/{name}"));
    assert_eq!(rows[0], ["type", "error", "LES", "5", "F5", "delivered", "many"]);

    let report = home.read(&format!("quarantine/les-activity/{name}.report.txt"));
    for text in ["LES    F5    delivered  many", "Sheet “LES”: 14 rows of data below the header in row 3"] {
        assert!(report.contains(text), "{text:?} is missing in {report}");
    }
    let without = format!(",Title\n\n{}", table.replace("delivered", "done"));
    let tried = tempfile::tempdir().expect("a folder");
    let path = tried.path().join(name);
    std::fs::write(&path, workbook("LES", &without)).expect("written");
    let told = home.run(&["validate", &path.display().to_string()]).ends_with(1).out;
    assert!(told.contains("there is no column `delivered` in row 3 of sheet `LES`"), "{told}");

    let id = home.last()["id"].as_str().expect("an id").to_owned();
    let told = home.run(&["deliveries", &id]).ends_with(0).out;
    assert!(told.contains("sheet `LES`, cell F5, delivered: `many`"), "{told}");
    let mail = home.mail(&home.only_notice_since(0));
    assert!(mail.contains("F5") && mail.contains("row 5 of sheet"), "{mail}");
}

#[test]
fn a_duplicate_key_is_named_with_both_rows() {
    let home = Home::new();
    home.take(NOVEMBER, format!("{}{DEMENTIA}\r\n", november()), 1);
    let rows = finding(&home, "unique")["rows"].clone();
    let rows: Vec<u64> = rows.as_array().expect("rows").iter().filter_map(|row| row["row"].as_u64()).collect();
    assert_eq!(rows, [3, 16]);
}

#[test]
fn a_warning_is_published_with_a_report_and_the_steward_is_told() {
    let home = Home::new();
    // 13,321 is more than ten times the 1,332 planned.
    home.take(NOVEMBER, with_dementia("2025-11,Dementia,cost-and-volume,1332,13321"), 0);
    assert_eq!(home.last()["verdict"], "published_with_warnings");
    let finding = finding(&home, "delivered-is-plausible");
    assert_eq!(finding["severity"], "warning");
    assert_eq!((&finding["rows"][0]["row"], finding["rows"].as_array().map(Vec::len)), (&3.into(), Some(1)));
    let report = home.read(&format!("published/les-activity/2025-11/{NOVEMBER}.report.txt"));
    assert!(report.contains("more than ten times the plan was delivered"), "{report}");
    let gate: Vec<_> = home.notices().into_iter().filter(|told| told.kind == "gate").collect();
    assert_eq!(gate.len(), 1);
    assert!(gate[0].subject.starts_with("Published with warnings: "), "{}", gate[0].subject);
    assert!(!home.firing(BELOW).contains(&"Dementia (2025-11)".to_owned()), "its figures count");
}

#[test]
fn what_was_held_back_is_no_history() {
    let home = Home::new();
    home.take_months(&["2025-09", "2025-10"]);
    let falling = with_dementia("2025-11,Dementia,cost-and-volume,1332,1").replace("capitated", "unheard-of");
    home.take(NOVEMBER, falling, 1);
    // December against November, which nobody has: no answer, rather than a comparison with what was held back.
    home.take("les-activity-2025-12.csv", les("2025-10").replace("2025-10", "2025-12"), 0);
    let unjudged = home.unjudged();
    let dementia = unjudged.iter().find(|one| one["labels"]["contract"] == "Dementia").expect("not judged");
    assert_eq!((&dementia["kind"], &dementia["period"]), (&"cannot_tell".into(), &"2025-12".into()));
    assert!(dementia["reason"].as_str().is_some_and(|reason| reason.contains("November 2025")), "{dementia}");
}

#[test]
fn a_file_that_no_dataset_recognises_is_held_back_and_the_operator_is_told() {
    let home = Home::new();
    home.take("figures.csv", les("2025-10"), 1);
    let last = home.last();
    assert_eq!((&last["dataset"], &last["verdict"]), (&Value::Null, &"quarantined".into()));
    let finding = finding(&home, "unrecognised");
    let message = finding["message"].as_str().expect("a message");
    assert!(message.contains("no dataset takes files named `figures.csv`"), "{message}");
    assert!(message.contains("`les-activity`"), "its columns are known: {message}");
    assert!(home.path("quarantine/unrecognised/figures.csv.report.txt").is_file());
    assert_eq!(home.only_notice_since(0).group, "performance-team");
}

#[test]
fn files_of_one_name_do_not_overwrite_one_another_in_quarantine() {
    let home = Home::new();
    for content in ["first", "second", "third"] {
        home.take("notes.csv", content, 1);
    }
    let read = |file: &str| home.read(&format!("quarantine/unrecognised/{file}"));
    assert_eq!([read("notes.csv"), read("notes.2.csv"), read("notes.3.csv")], ["first", "second", "third"]);
    assert_eq!(home.files("quarantine/unrecognised").len(), 12, "each with its three reports");
}

#[test]
fn a_file_over_the_size_limit_stays_where_it_is_and_the_reason_is_said_once() {
    let home = Home::new();
    home.edit("config/bellwether.yaml", "max_file_size_mb: 4096", "max_file_size_mb: 1");
    home.edit("config/bellwether.yaml", "rescan: 30s", "rescan: 1s");
    let large = format!("{}{}", les("2025-10"), "\n".repeat(1 << 20));
    home.drop("les-activity-2025-10.csv", &large);
    let mut daemon = home.start();
    let told = daemon.wait("word of the large file", |_| home.notices().pop());
    assert_eq!((told.kind.as_str(), told.group.as_str()), ("operator", "performance-team"));
    daemon.wait_for_messages(&home);
    assert!(home.mail(&told).contains("les-activity-2025-10.csv"), "{}", home.mail(&told));
    // Other files go on being taken, and two rescans later nobody has been told again.
    home.take_in_daemon(&mut daemon, "les-activity-2025-09.csv", &les("2025-09"), 1);
    let begun = std::time::Instant::now();
    daemon.wait("two rescans", |_| (begun.elapsed().as_millis() > 2200).then_some(()));
    assert_eq!(home.notices().iter().filter(|told| told.kind == "operator").count(), 1);
    assert!(home.path("drop/les-activity-2025-10.csv").is_file());

    // Nor after a new start; a run that ends says it on its output each time.
    assert_eq!(daemon.stop().code, 0);
    let ran = home.once().ends_with(3);
    assert!(ran.out.contains("les-activity-2025-10.csv: it has"), "{}", ran.out);
    assert_eq!(home.notices().iter().filter(|told| told.kind == "operator").count(), 1);

    // Another large file in its place is news.
    home.drop("les-activity-2025-10.csv", &large);
    home.once().ends_with(3);
    assert_eq!(home.notices().iter().filter(|told| told.kind == "operator").count(), 2);
}

#[test]
fn a_table_with_title_totals_and_footnotes_is_read_as_it_was_published() {
    let home = Home::new();
    home.take("hha-achievement-bands-2025-10.csv", bands("2025-10"), 0);
    // Row 11 of the file: Morecambe Bay, 6+2+14+5+2+2 = 31 practices of 30.
    let finding = finding(&home, "bands-add-up");
    assert_eq!((&finding["count"], &finding["rows"][0]["row"]), (&2.into(), &11.into()), "{finding:#}");
}

#[test]
fn the_owner_of_a_check_is_told_beside_the_steward() {
    let home = Home::new();
    home.edit(
        "config/datasets/les-activity.yaml",
        "range: { column: delivered, min: 0 }",
        "range: { column: delivered, min: 0, owner: medicines-safety }",
    );
    home.take(NOVEMBER, changed(&les("2025-10").replace("2025-10", "2025-11"), "1332,694", "1332,-694"), 1);
    let told: Vec<String> = home.notices().into_iter().map(|told| told.group).collect();
    assert_eq!(told, ["performance-team", "medicines-safety"]);
    home.take(
        NOVEMBER,
        changed(&les("2025-10").replace("2025-10", "2025-11"), "Dementia,cost-and-volume", "Dementia,block"),
        1,
    );
    assert_eq!(home.notices().len(), 3, "another check is none of theirs");
}

/// The percentages below the published total are those of its 195 practices; with 17.9% for the 34 of 195 (17.44%) they
/// are not.
#[test]
fn a_printed_percentage_is_held_against_the_totals_though_its_row_is_no_data() {
    let home = Home::new();
    home.take("hha-achievement-bands-2025-10.csv", bands("2025-10"), 0);
    let totals = |home: &Home| -> Vec<Value> {
        let last = home.last();
        let findings = last["findings"].as_array().expect("findings").iter();
        findings.filter(|finding| finding["check"] == "totals-add-up").cloned().collect()
    };
    assert_eq!(totals(&home), [] as [Value; 0]);
    let wrong = changed(&bands("2025-10"), "15.9%,17.4%", "15.9%,17.9%");
    home.take("hha-achievement-bands-2025-10.csv", wrong, 0);
    let found = totals(&home);
    assert_eq!(found.len(), 1, "{found:#?}");
    let row = &found[0]["rows"][0];
    assert_eq!((&row["row"], &row["column"]), (&13.into(), &"100% +".into()));
    assert!(row["value"].as_str().is_some_and(|value| value.starts_with("17.9%, totals 17.43")), "{row}");
    let listed =
        home.read("published/hha-achievement-bands/2025-10/hha-achievement-bands-2025-10.csv.failing-rows.csv");
    assert!(listed.contains("totals-add-up,warning,,13,,100% +,\"17.9%, totals 17.43"), "{listed}");
}

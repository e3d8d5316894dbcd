//! What a patient could be known by stands in no report, mail, store or log, whichever check fails on it.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::fs;

use support::{Home, Ran};

/// Made up: 943 476 5919 is the example of the NHS Data Dictionary, the other numbers are of the range that is kept for
/// tests and their check digits are right.
const NUMBERS: [&str; 4] = ["9434765919", "943 476 5919", "9990000018", "999-000-0018"];
const OTHERS: [&str; 4] = ["12/03/1961", "LE1 5WW", "pat.smith@example.org", "13/04/1962"];

const DATASET: &str = r#"title: Referrals
steward: performance-team
files: ["referrals-*.csv"]
period: { column: period }
columns:
  period: { kind: period }
  practice: { kind: text }
  patient: { kind: text }
  born: { kind: text, header: Date of birth }
  comments: { kind: text }
  count: { kind: number }
  other: { kind: number }
checks:
  - pattern: { column: patient, matches: "P[0-9]+" }
  - length: { column: patient, max: 8 }
  - pattern: { column: born, matches: "[0-9]{4}-[0-9]{2}-[0-9]{2}", name: born-is-a-date }
  - length: { column: comments, max: 10, name: comments-are-short }
  - allowed_values: { column: patient, values: [P1, P2] }
  - unique: { columns: [patient, born] }
  - duplicate_rows: { except: [count, other] }
  - row_expression: { expression: 'patient == "P1" && born != "1961-03-12"' }
  - not_null: { columns: [count], where: count > 0 && patient != "" }
  - totals: { total_row: practice == "Total", columns: [count], by: [patient] }
  - sql: { columns: [patient, comments, born], query: "SELECT row, patient, comments, born FROM rows WHERE patient <> 'P1'" }
  - sql: { columns: [patient, comments], query: "SELECT patient, comments FROM rows" }
  - patient_identity: {}
measures:
  referrals: { value: count, labels: [patient, comments] }
"#;

const FILE: &str = "period,practice,patient,Date of birth,comments,count,other
2025-10,A83001,9434765919,12/03/1961,seen 943 476 5919 by pat.smith@example.org at LE1 5WW,1,999-000-0018
2025-10,A83001,9434765919,12/03/1961,seen 943 476 5919 by pat.smith@example.org at LE1 5WW,x9990000018,1
2025-10,A83002,943 476 5919,13/04/1962,le1 5ww,9434765919,2,9990000018
2025-10,A83003,P1,1961-03-12,nothing,3,1
2025-10,Total,943 476 5919,,,7,1
943 476 5919 is the last
";

/// Where the file itself lies: it is held back as it is.
const HELD: &str = "quarantine/referrals/referrals-2025-10.csv";

fn free_of_all(what: &str, bytes: &[u8]) {
    // Mail wraps its lines.
    let text = String::from_utf8_lossy(bytes).replace("=\r\n", "").replace("=\n", "");
    for secret in NUMBERS.iter().chain(&OTHERS) {
        let at = text.find(secret);
        let around = at.map(|at| text.get(at.saturating_sub(80)..at + 80).unwrap_or(&text[at..]));
        assert!(at.is_none(), "{what} holds {secret}: …{}…", around.unwrap_or_default());
    }
}

fn free_of_all_ran(what: &str, ran: &Ran) {
    free_of_all(what, ran.out.as_bytes());
    free_of_all(what, ran.err.as_bytes());
}

#[test]
fn nothing_that_leaves_the_gate_shows_what_a_patient_could_be_known_by() {
    let home = Home::new();
    home.write("config/datasets/referrals.yaml", DATASET);
    home.run(&["check"]).ends_with(0);
    let ran = home.take("referrals-2025-10.csv", FILE, 1);
    free_of_all_ran("the log", &ran);
    free_of_all_ran("the next run", &home.once());

    let delivery = home.last();
    let findings = delivery["findings"].as_array().expect("findings");
    let found: Vec<&str> = findings.iter().filter_map(|finding| finding["check"].as_str()).collect();
    for check in [
        "pattern",
        "length",
        "born-is-a-date",
        "comments-are-short",
        "allowed_values",
        "unique",
        "duplicate_rows",
        "row_expression",
        "sql:patient,comments,born",
        "sql:patient,comments",
        "patient_identity",
        "type",
        "ragged_row",
    ] {
        assert!(found.contains(&check), "{check} finds something: {found:?}");
    }
    let listed = home.read(&format!("{HELD}.failing-rows.csv"));
    assert!(listed.contains("pattern,error,,2,,patient,**********,"), "{listed}");
    assert!(!home.files("mail").is_empty());

    let files: Vec<String> = home.files("").into_iter().filter(|file| file != HELD).collect();
    for file in &files {
        free_of_all(file, &fs::read(home.path(file)).expect("read"));
    }
    assert!(files.iter().any(|file| file.starts_with("state/")), "{files:?}");

    let id = delivery["id"].as_str().expect("an id");
    free_of_all_ran("deliveries", &home.run(&["deliveries", id]));
    let file = home.path(HELD).display().to_string();
    for format in ["table", "json", "junit", "html"] {
        free_of_all_ran(format, &home.run(&["validate", "--format", format, &file]));
    }
}

/// A dataset that never thought of patients.
#[test]
fn an_nhs_number_is_hidden_though_nobody_asked_for_it() {
    let home = Home::new();
    let column = "2025-10,9434765919,unheard-of,1,2\n";
    home.take(
        "les-activity-2025-10.csv",
        format!("period,contract,contract_type,planned,delivered\n{column}{column}"),
        1,
    );
    let unique = home.last()["findings"].to_string();
    assert!(unique.contains("********** ") || unique.contains("· **********"), "{unique}");
    for file in home.files("").into_iter().filter(|file| file != "quarantine/les-activity/les-activity-2025-10.csv") {
        let bytes = fs::read(home.path(&file)).expect("read");
        assert!(!String::from_utf8_lossy(&bytes).contains("9434765919"), "{file}");
    }
}

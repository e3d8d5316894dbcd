//! The table of alerts, read back by other programs.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::*;
use crate::{
    model::{AlertSeverity, Content, Labels, Missing},
    reports::{
        TemplateSet,
        fixtures::{alert, empty, notice, october},
        mail,
    },
};

fn both(exceptions: &Exceptions) -> (Vec<Vec<String>>, Vec<Vec<Data>>) {
    let files = attached(&notice(Content::Exceptions(exceptions.clone())), exceptions);
    let [xlsx, csv] = files.as_slice() else { panic!("two files, not {files:?}") };
    let text = std::str::from_utf8(&csv.bytes).expect("UTF-8").strip_prefix('\u{feff}').expect("a byte-order mark");
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.bytes.clone())).expect("a workbook");
    let sheet = workbook.worksheet_range("Alerts").expect("a sheet");
    (rows, sheet.rows().map(<[Data]>::to_vec).collect())
}

#[test]
fn every_alert_is_a_row_with_figures_as_numbers() {
    let (csv, workbook) = both(&october());
    let headers = [
        "section",
        "rule",
        "severity",
        "contract",
        "contract_type",
        "period",
        "value",
        "plan",
        "unit",
        "since",
        "periods",
        "message",
        "alert",
    ];
    assert_eq!(csv[0], headers);
    let sections: Vec<&str> = csv[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(sections, ["new", "new", "continuing", "continuing", "resolved"]);
    // Published for October 2025: 12,521 delivered of 27,455 planned, in breach since May.
    assert_eq!(
        csv[4][3..11],
        ["Simple Injections", "cost-and-volume", "2025-10", "12521", "27455", "number", "2025-05", "6"]
    );
    assert_eq!(workbook.len(), 6);
    assert_eq!(workbook[4][6..8], [Data::Float(12_521.0), Data::Float(27_455.0)]);
    assert_eq!(workbook[4][10], Data::Float(6.0));
}

#[test]
fn figures_have_their_units_and_gaps_their_reasons() {
    let line = |label, value, plan, unit| AlertLine { value, plan, unit, ..alert(label) };
    let exceptions = Exceptions {
        new: vec![
            line("share", Value::number(0.567), Value::number(0.92), Unit::Percent),
            line("time", Value::number(5400.0), Value::missing(Missing::Suppressed), Unit::Duration),
            line("none", Value::missing(Missing::NotAvailable), Value::ABSENT, Unit::Pounds),
        ],
        ..empty()
    };
    let (csv, workbook) = both(&exceptions);
    assert_eq!(csv[1][6..9], ["0.567", "0.92", "percent"]);
    assert_eq!(csv[2][6..9], ["5400", "suppressed", "duration"]);
    assert_eq!(csv[3][6..9], ["not yet available", "", "GBP"]);
    // A spreadsheet counts in days: an hour and a half is a sixteenth of one.
    assert!(workbook[2][6].to_string().parse::<f64>().is_ok_and(|days| (days - 0.0625).abs() < 1e-12), "{workbook:?}");
}

#[test]
fn nothing_from_data_is_a_formula_or_a_control_character() {
    let labels: Labels =
        [("period", "=HYPERLINK(\"http://evil.example\")"), ("b\r\n\u{7}c", "@x\u{202e}y")].into_iter().collect();
    let message = format!("+1{}", "\u{0}x".repeat(5000));
    let line = AlertLine { labels, message, severity: AlertSeverity::Critical, ..alert("x") };
    let (csv, workbook) = both(&Exceptions { new: vec![line], ..empty() });
    assert_eq!(csv[0][3..5], ["b c", "label period"]);
    assert_eq!(csv[1][3..5], ["'@xy", "'=HYPERLINK(\"http://evil.example\")"]);
    assert!(csv[1][12 - 1].starts_with("'+1xxx") && csv[1][11].chars().count() <= 402, "{csv:?}");
    assert_eq!(workbook[1][4], Data::String("=HYPERLINK(\"http://evil.example\")".to_owned()), "text, and no formula");
}

#[test]
fn what_is_too_long_says_so() {
    let many = Exceptions { new: vec![alert("x"); ROWS + 1], ..empty() };
    assert_eq!(both(&many).0.len(), ROWS + 1);
    assert_eq!(
        sentence(&many),
        "Attached is a table of the first 10,000 of 10,001 alerts: les-activity-2025-10-alerts.xlsx, and the same as CSV."
    );
    assert!(attached(&notice(Content::Exceptions(empty())), &empty()).is_empty());
}

#[test]
fn a_mail_does_not_say_of_a_table_that_was_cut_that_it_lists_every_alert() {
    let fold = |count: usize| {
        let content = Exceptions { new: vec![alert("x"); count], ..empty() };
        let mail = mail(&notice(Content::Exceptions(content)), &TemplateSet::default()).expect("a mail");
        mail.text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(fold(ROWS).contains("and 9,976 more, not listed here: the attached table lists every alert"));
    assert!(fold(ROWS + 1).contains("and 9,977 more, not listed here: “bellwether alerts” lists every alert"));
}

//! Files as they arrive, read as a whole: the published tables, and what is odd or hostile.

use std::{path::Path, sync::Arc};

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::{
    model::{
        Batch, Better, Cell, Column, ColumnKind, Figure, Finding, Labels, Missing, SeriesKey, Severity, Unit, Value,
    },
    yaml::{Entries, SourceFile, decode, parse},
};

/// The part of a dataset's file that this room reads.
#[derive(Debug, Deserialize)]
pub(super) struct Dataset {
    period: PeriodSource,
    #[serde(default)]
    table: TableSettings,
    columns: Entries<ColumnSettings>,
    #[serde(default)]
    measures: Entries<MeasureSettings>,
}

impl Dataset {
    fn spec(&self) -> TableSpec {
        TableSpec { table: self.table.clone(), columns: self.columns.clone() }
    }

    pub(super) fn figures(&self, path: &str) -> (Figures, Vec<Finding>) {
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        let period = self.period.of_file(name).expect("a period");
        let mut extractor = Extractor::new(&self.measures, &self.spec().schema(), &period).expect("known columns");
        let mut table = Table::open(Path::new(path), &self.spec(), &Limits::default()).expect("a table");
        while let Some(batch) = table.next_batch().expect("rows") {
            extractor.observe(&batch);
        }
        (extractor.finish(), table.findings())
    }
}

pub(super) fn dataset(yaml: &str) -> Dataset {
    let file = Arc::new(SourceFile { path: "dataset.yaml".into(), text: yaml.to_owned() });
    parse(&file).and_then(|node| decode(&node)).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What is said of settings that cannot be decoded.
pub(super) fn refused(yaml: &str) -> String {
    let columns = if yaml.starts_with("columns") { "" } else { "columns: { a: {} }\n" };
    let text = format!("period: {{ column: a }}\n{columns}{yaml}\n");
    let file = Arc::new(SourceFile { path: "dataset.yaml".into(), text });
    parse(&file).and_then(|node| decode::<Dataset>(&node)).expect_err(yaml).to_string()
}

/// A shipped dataset; keys of other rooms are left out.
pub(super) fn shipped(name: &str) -> Dataset {
    let text = std::fs::read_to_string(format!("config/datasets/{name}.yaml")).expect("the shipped configuration");
    let file = Arc::new(SourceFile { path: "dataset.yaml".into(), text });
    let mut node = parse(&file).expect("YAML");
    for key in ["title", "steward", "files", "checks"] {
        node.take(key);
    }
    decode(&node).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A dataset of columns alone, written `name: { … }` line by line.
pub(super) fn columns(lines: &str) -> TableSpec {
    tabled("{}", lines)
}

pub(super) fn tabled(table: &str, lines: &str) -> TableSpec {
    let indented: Vec<_> = lines.lines().map(|line| format!("  {}", line.trim())).collect();
    dataset(&format!("period: {{ column: x }}\ntable: {table}\ncolumns:\n{}", indented.join("\n"))).spec()
}

pub(super) struct Dropped {
    _folder: tempfile::TempDir,
    pub(super) path: std::path::PathBuf,
}

pub(super) fn dropped(bytes: impl AsRef<[u8]>) -> Dropped {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("dropped.csv");
    std::fs::write(&path, bytes).expect("a file");
    Dropped { _folder: folder, path }
}

/// Rows as "number: text|text", and the findings.
pub(super) fn read(bytes: impl AsRef<[u8]>, spec: &TableSpec) -> Result<(Vec<String>, Vec<Finding>), ReadError> {
    read_within(bytes, spec, Limits::default())
}

fn read_within(
    bytes: impl AsRef<[u8]>,
    spec: &TableSpec,
    limits: Limits,
) -> Result<(Vec<String>, Vec<Finding>), ReadError> {
    let file = dropped(bytes);
    let mut table = Table::open(&file.path, spec, &limits)?;
    let mut rows = Vec::new();
    while let Some(batch) = table.next_batch()? {
        assert!(batch.columns.iter().all(|column| column.len() == batch.rows.len()));
        for (at, number) in batch.rows.iter().enumerate() {
            let texts: Vec<&str> = batch.columns.iter().map(|column| column.text(at)).collect();
            rows.push(format!("{number}: {}", texts.join("|")));
        }
    }
    Ok((rows, table.findings()))
}

pub(super) fn rows(bytes: impl AsRef<[u8]>, spec: &TableSpec) -> Vec<String> {
    read(bytes, spec).unwrap_or_else(|error| panic!("{error}")).0
}

/// Findings as "severity check rows".
pub(super) fn findings(bytes: impl AsRef<[u8]>, spec: &TableSpec) -> Vec<String> {
    let findings = read(bytes, spec).unwrap_or_else(|error| panic!("{error}")).1;
    let line = |finding: Finding| {
        let rows: Vec<String> = finding.rows.iter().map(|row| row.row.to_string()).collect();
        format!("{} {} {}", finding.severity, finding.check, rows.join(",")).trim_end().to_owned()
    };
    findings.into_iter().map(line).collect()
}

fn error(bytes: impl AsRef<[u8]>, spec: &TableSpec) -> String {
    read(bytes, spec).expect_err("no table").to_string()
}

fn activity(contract: &str, kind: &str) -> SeriesKey {
    let labels = Labels::from_iter([("contract", contract), ("contract_type", kind)]);
    SeriesKey { measure: "activity".to_owned(), labels }
}

pub(super) fn two() -> TableSpec {
    columns("name: { kind: text }\ncount: { kind: number }")
}

#[test]
fn published_activity_reads_as_published() {
    let les = shipped("les-activity");
    let path = "tests/data/les-activity/les-activity-2025-10.csv";
    let (figures, findings) = les.figures(path);
    assert_eq!((findings, figures.findings.as_slice()), (vec![], [].as_slice()));
    assert_eq!(figures.figures.len(), 14);
    let october = "2025-10".parse().unwrap();
    for (contract, kind, delivered, planned) in [
        ("Dementia", "cost-and-volume", 694.0, 1332.0),
        ("Post Bariatric Monitoring", "cost-and-volume", 72.0, 254.0),
        ("Spiro/Feno (Respiratory Bundle)", "cost-and-volume", 1396.0, 2014.0),
        ("Phlebotomy", "capitated", 106_075.0, 135_297.0),
    ] {
        let figure = Figure { value: Value::Number(delivered), plan: Value::Number(planned), unit: Some(Unit::Number) };
        assert_eq!(figures.figures.get(&(activity(contract, kind), october)), Some(&figure), "{contract}");
    }
    assert_eq!(figures.periods.into_iter().collect::<Vec<_>>(), [october]);
    assert_eq!(les.measures.get("activity").map(|measure| measure.better.otherwise()), Some(Better::Higher));
}

#[test]
fn every_published_month_reads_without_a_finding() {
    let les = shipped("les-activity");
    for (month, contracts) in [("04", 3), ("05", 14), ("06", 14), ("07", 14), ("08", 14), ("09", 14), ("10", 14)] {
        let (figures, findings) = les.figures(&format!("tests/data/les-activity/les-activity-2025-{month}.csv"));
        assert_eq!((figures.figures.len(), findings.len(), figures.findings.len()), (contracts, 0, 0), "{month}");
    }
}

#[test]
fn published_bands_read_without_title_header_percentages_and_footnote() {
    let hha = shipped("hha-achievement-bands");
    for (month, total, groups) in [
        ("09", 42.0, [0.0, 13.0, 6.0, 3.0, 4.0, 3.0, 2.0, 11.0]),
        ("10", 16.0, [1.0, 5.0, 2.0, 1.0, 0.0, 1.0, 0.0, 6.0]),
    ] {
        let path = format!("tests/data/hha-bands/hha-achievement-bands-2025-{month}.csv");
        let (figures, findings) = hha.figures(&path);
        let period = format!("2025-{month}").parse().unwrap();
        let names = [
            "Blackburn With Darwen",
            "East Lancashire",
            "Chorley & South Ribble",
            "West Lancashire",
            "Greater Preston",
            "Blackpool",
            "Fylde & Wyre",
            "Morecambe Bay",
        ];
        // Seven measures: the practices of a group, and those in each of six bands.
        assert_eq!(figures.figures.len(), 9 * 7);
        for (name, expected) in names.into_iter().zip(groups).chain([("Total", total)]) {
            let key = SeriesKey { measure: "low_achievers".to_owned(), labels: Labels::from_iter([("sub_icb", name)]) };
            let figure = Figure {
                value: Value::Number(expected),
                plan: Value::ABSENT,
                unit: (expected > 0.0).then_some(Unit::Number),
            };
            assert_eq!(figures.figures.get(&(key, period)), Some(&figure), "{name} {month}");
        }
        let told: Vec<_> = findings.iter().map(|f| (f.check.as_str(), f.severity, f.rows[0].row)).collect();
        assert_eq!(told, [("skipped_rows", Severity::Note, 13), ("footnotes", Severity::Note, 15)]);
    }
}

#[test]
fn the_header_says_what_was_found() {
    let spec = shipped("hha-achievement-bands").spec();
    let path = Path::new("tests/data/hha-bands/hha-achievement-bands-2025-10.csv");
    let table = Table::open(path, &spec, &Limits::default()).unwrap();
    let header = table.header();
    assert_eq!(header.row, 3);
    let found: Vec<_> = header.found.iter().flatten().map(String::as_str).collect();
    let printed = ["Sub ICB Group", "Total Practices", "0-10%", "11-25%", "26-50%", "51-75%", "76-100%", "100% +"];
    assert_eq!(found, printed);
    assert_eq!(header.unexpected, [""; 0]);
}

#[test]
fn files_are_told_apart_by_their_header() {
    let (les, hha) = (shipped("les-activity").spec(), shipped("hha-achievement-bands").spec());
    let path = Path::new("tests/data/les-activity/les-activity-2025-10.csv");
    let limits = Limits::default();
    assert_eq!(
        probe(path, &les, &limits).unwrap(),
        HeaderMatch { found: 5, declared: 5, missing: vec![], sheet: None }
    );
    assert_eq!(probe(path, &hha, &limits).unwrap().found, 0);
    assert_eq!(probe(path, &hha, &limits).unwrap().missing.len(), 8);
    let file = dropped("period,contract,planned\n");
    assert_eq!(probe(&file.path, &les, &limits).unwrap().missing, ["contract_type", "delivered"]);
}

#[test]
fn delimiters_and_line_ends_are_found() {
    let expected = ["2: Dementia, early|1,332", "3: ECGs|72"];
    for delimiter in [";", "\t", "|"] {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["name", "count"].join(delimiter)
                + end
                + &*["\"Dementia, early\"", "1,332"].join(delimiter)
                + end
                + &*["ECGs", "72"].join(delimiter);
            assert_eq!(rows(&text, &two()), expected, "{text:?}");
        }
    }
    assert_eq!(rows("sep=;\nname;count\nECGs;72", &two()), ["3: ECGs|72"]);
    assert_eq!(
        rows("name|count;x\nECGs|72;y", &tabled("{ delimiter: ; }", "name: {}\n'count;x': {}\nx: {}")),
        ["2: ||y"]
    );
}

#[test]
fn columns_are_matched_exactly_then_by_alias_then_by_tolerance() {
    let spec =
        columns("name: { header: Contract – name }\ncount: { header: Delivered, aliases: [Actual], kind: number }");
    assert_eq!(findings("Contract – name,Delivered\na,1\n", &spec), [""; 0]);
    assert_eq!(rows("Actual,Contract – name\n1,a\n", &spec), ["2: a|1"]);
    let odd = "x,contract\u{a0}-  NAME,\" ACTUAL\n\"\n0,a,1\n";
    assert_eq!(rows(odd, &spec), ["3: a|1"]);
    assert_eq!(findings(odd, &spec), ["note header_tolerance", "note header_tolerance"]);
    assert_eq!(rows("actual,Delivered,Contract – name\n7,1,a\n", &spec), ["2: a|1"]);
}

#[test]
fn a_header_that_stands_twice_is_not_guessed_at() {
    assert_eq!(findings("name,count,count\na,1,2\n", &two()), ["error ambiguous_header"]);
    let spec = tabled("{ header_rows: 2 }", "name: {}\ncount: { header: Plan Apr, kind: number }");
    assert_eq!(rows(",Actual,,Plan,\nname,Apr,May,Apr,May\na,1,2,3,4\n", &spec), ["3: a|3"]);
    let spec = tabled("{ header_rows: 2 }", "name: {}\ncount: { header: Plan May, kind: number }");
    assert_eq!(rows(",Actual,,Plan,\nname,Apr,May,Apr,May\na,1,2,3,4\n", &spec), ["3: a|4"]);
    let spec = tabled("{ header_rows: 2 }", "name: {}\ncount: { header: Apr, kind: number }");
    assert_eq!(findings(",Actual,,Plan,\nname,Apr,May,Apr,May\na,1,2,3,4\n", &spec), ["error ambiguous_header"]);
}

#[test]
fn a_missing_column_is_absent_and_a_foreign_file_has_no_header() {
    let file = dropped("name\na\n");
    let mut table = Table::open(&file.path, &two(), &Limits::default()).unwrap();
    assert_eq!(table.header().found, [Some("name".to_owned()), None]);
    let batch = table.next_batch().unwrap().unwrap();
    assert_eq!(batch.columns[1].cell(0), Cell::Missing(Missing::Absent));
    assert_eq!(
        error("date,temperature\n2025-10-01,12\n", &two()),
        "dropped.csv has no header: none of its first 2 rows holds any of `name`, `count`; \
         look whether the file belongs to this dataset, or add the new texts as `aliases` of its columns"
    );
}

#[test]
fn ragged_rows_are_named() {
    let text = "name,count,note\na,1,x\nb,2\nc,3,x,extra\nd,4,x,,\ne,5,\n";
    assert_eq!(findings(text, &two()), ["error ragged_row 4", "error ragged_row 3"]);
    assert_eq!(rows(text, &two()).len(), 5);
    assert_eq!(findings("name,count,,\na,1,,\nb,2\nc,3,,,,,\n", &two()), [""; 0], "trailing empty columns");
}

#[test]
fn footnotes_are_left_out_at_the_end_only() {
    let text = "name,count\na,1\nb,\n,\nc,3\nSource: national return,\n\n* excludes one practice\n";
    assert_eq!(rows(text, &two()), ["2: a|1", "3: b|", "5: c|3"]);
    assert_eq!(findings(text, &two()), ["note blank_rows 4", "note footnotes 6,8"]);
    let doubtful = "name,count\nWound Care,1\nNo data,\n";
    assert_eq!(rows(doubtful, &two()), ["2: Wound Care|1"]);
    assert_eq!(findings(doubtful, &two()), ["warning footnotes 3"]);
    let code = "name,count\nA81001,1\nA81002,\n";
    assert_eq!(rows(code, &two()), ["2: A81001|1", "3: A81002|"]);
    assert_eq!(findings(code, &two()), [""; 0]);
    let periods = columns("month: { kind: period }\ncount: { kind: number }");
    assert_eq!(rows("month,count\n2025-09,1\n2025-10,\n", &periods), ["2: 2025-09|1", "3: 2025-10|"]);
    let only = columns("name: {}\ncount: { required: false }");
    assert_eq!(rows("name,count\na,1\nb,\n", &only), ["2: a|1", "3: b|"]);
}

#[test]
fn many_rows_like_footnotes_are_data() {
    let text = "name,count\na,1\n".to_owned() + &*"b,\n".repeat(1000);
    assert_eq!(rows(&text, &two()).len(), 1001);
    assert_eq!(rows(text + "c,3\nSource: x,\n", &two()).len(), 1002);
}

#[test]
fn rows_are_numbered_as_an_editor_does() {
    let text = "A title\r\n\r\nname,count\r\n\"two\r\nlines\",1\r\n\r\nb,2";
    assert_eq!(rows(text, &two()), ["4: two\r\nlines|1", "7: b|2"]);
}

#[test]
fn doubtful_quotation_marks_are_named() {
    assert_eq!(rows("name,count\n\"say \"\"hi\"\"\",1\n5\" pipe,2\n", &two()), ["2: say \"hi\"|1", "3: 5\" pipe|2"]);
    let stray = "name,count\n\"say \"hi\" now\",1\n";
    assert_eq!(
        (rows(stray, &two()), findings(stray, &two())),
        (vec!["2: say hi\" now\"|1".to_owned()], vec!["warning quotes 2".to_owned()])
    );
    assert!(findings("name,count\na,1\n\"b,2\nc,3\n", &two()).contains(&"error quotes 3".to_owned()));
}

#[test]
fn damaged_letters_are_named_with_their_cell() {
    let bytes = b"name,count,note\nSi\xC3\xA2n,1,\xC3\xA9t\xC3\xA9\nBr\xE9d,2,\nc,3,\xFF\n";
    let (_, told) = read(bytes, &two()).unwrap();
    let told: Vec<_> = told.iter().map(|f| (f.severity, f.rows[0].row, f.rows[0].column.as_deref())).collect();
    assert_eq!(told, [(Severity::Error, 3, Some("name")), (Severity::Warning, 4, None)]);
    assert_eq!(findings(b"name,count\ncaf\xE9 \x81,1\n", &two()), ["error encoding 2"], "undefined in Windows-1252");
}

#[test]
fn what_is_no_text_is_called_by_its_name() {
    let cases: [(&[u8], &str); 8] = [
        (b"PK\x03\x04\x14\0\0\0\0\0les.csv", "cannot be read as a ZIP archive"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an Excel workbook of the old kind (.xls)"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"  <!DOCTYPE html><html>", "a web page"),
        (b"\xEF\xBB\xBF<?xml version=\"1.0\"?>", "an XML document"),
        (b"name,count\na\0,1\n", "binary data"),
        (b"", "is empty"),
        (b"\xEF\xBB\xBF \r\n\n", "is empty"),
    ];
    for (bytes, expected) in cases {
        let error = error(bytes, &two());
        assert!(error.starts_with("dropped.csv") && error.contains(expected), "{error}");
    }
    let late = [b"name,count\n".as_slice(), &b"a,1\n".repeat(100_000), b"b\0,2\n"].concat();
    assert!(error(late, &two()).starts_with("dropped.csv, row 100002: the row holds a NUL byte"));
    let missing = Table::open(Path::new("no/such.csv"), &two(), &Limits::default()).err().expect("no file");
    assert!(missing.to_string().starts_with("such.csv cannot be opened: "), "{missing}");
}

#[test]
fn files_beyond_the_limits_are_refused() {
    let limits = Limits { row_bytes: 1000, columns: 50, rows: 1000, ..Limits::default() };
    let refused = |bytes: String| read_within(bytes, &two(), limits).expect_err("beyond the limits").to_string();
    assert!(
        refused("name,count\na,1\n\"".to_owned() + &*"x,1\n".repeat(100_000))
            .starts_with("dropped.csv, row 3: the row is longer")
    );
    assert!(
        refused("name,count\na,".to_owned() + &*"x".repeat(2000)).contains("row 2: the row is longer than 1000 bytes")
    );
    assert!(refused("name,count\n".to_owned() + &*",".repeat(50)).contains("row 2: the row has more than 50 cells"));
    assert!(refused("name,count\n".to_owned() + &*"a,1\n".repeat(1000)).contains("more than 1000 rows"));
    assert_eq!(read_within("name,count\n".to_owned() + &*"a,1\n".repeat(999), &two(), limits).unwrap().0.len(), 999);
}

#[test]
fn long_files_come_in_batches() {
    let file = dropped("name,count\n".to_owned() + &*"a,1\n".repeat(20_000));
    let mut table = Table::open(&file.path, &two(), &Limits::default()).unwrap();
    let mut sizes = Vec::new();
    while let Some(batch) = table.next_batch().unwrap() {
        sizes.push((batch.rows.first().copied(), batch.rows.len()));
    }
    assert_eq!(sizes, [(Some(2), 8192), (Some(8194), 8192), (Some(16386), 3616)]);
    assert!(table.next_batch().unwrap().is_none());
}

/// The periods of a column with this granularity, and the findings.
fn periods_of(granularity: &str, texts: &[&str]) -> (Vec<String>, Vec<String>) {
    periods_with(&format!("granularity: {granularity}"), texts)
}

/// The periods of a column with these settings, and the findings.
fn periods_with(settings: &str, texts: &[&str]) -> (Vec<String>, Vec<String>) {
    let spec = columns(&format!("when: {{ kind: period, {settings} }}\ncount: {{ kind: number }}"));
    let rows: Vec<String> = texts.iter().map(|text| format!("{text},1\n")).collect();
    let bytes = format!("when,count\n{}", rows.concat());
    let file = dropped(&bytes);
    let mut table = Table::open(&file.path, &spec, &Limits::default()).unwrap();
    let batch = table.next_batch().unwrap().unwrap();
    let shown = |(_, cell): (&str, Cell)| match cell {
        Cell::Period(period) => period.to_string(),
        other => format!("{other:?}"),
    };
    (batch.columns[0].iter().map(shown).collect(), findings(&bytes, &spec))
}

#[test]
fn a_declared_granularity_decides_what_dates_are() {
    for (granularity, texts, read) in [
        (
            "month",
            "2025-10-01 00:00|2025-10-01|01/10/2025|1 October 2025|Oct-25|45931|2011-12|201112",
            "2025-10|2025-10|2025-10|2025-10|2025-10|2025-10|2011-12|2011-12",
        ),
        (
            "day",
            "2025-10-01|2025-10-02|1 October 2025|45931|13/10/2025",
            "2025-10-01|2025-10-02|2025-10-01|2025-10-01|2025-10-13",
        ),
        ("week", "2025-10-06|2025-W42|13/10/2025", "2025-W41|2025-W42|2025-W42"),
        ("quarter", "2025-10-01|Q3 2025/26", "2025/26-Q3|2025/26-Q3"),
        ("financial_year", "2011-12|2025-04-01|24/25", "2011/12|2025/26|2024/25"),
        ("year", "2025|2025-01-01", "2025|2025"),
    ] {
        let texts: Vec<&str> = texts.split('|').collect();
        let read: Vec<String> = read.split('|').map(str::to_owned).collect();
        assert_eq!(periods_of(granularity, &texts), (read, vec![]), "{granularity}");
    }
}

#[test]
fn a_period_of_another_kind_than_declared_is_found_with_its_place() {
    for (granularity, texts) in [
        ("month", ["2025-10-01", "2025-10-15", "2025/26", "05/06/2024"]),
        ("day", ["2025-10-01", "2025-10", "2025-W41", "Q3 2025/26"]),
        ("week", ["2025-W41", "2025-10-07", "Oct-25", "2025"]),
        ("quarter", ["Q3 2025/26", "2025-11-01", "Nov-25", "2025/26"]),
    ] {
        assert_eq!(periods_of(granularity, &texts).1, ["error granularity 3,4,5"], "{granularity}");
    }
    // A day that can be two days stays a question, unless the dataset says which number is the day.
    assert_eq!(periods_of("day", &["05/06/2024"]), (vec!["Missing(Unreadable)".to_owned()], vec![]));
}

#[test]
fn a_declared_order_of_dates_decides_which_number_is_the_day() {
    for (settings, texts, read) in [
        ("dates: day_first", "05/06/2024|13/06/2024|1.7.24|2024-06-05", "2024-06-05|2024-06-13|2024-07-01|2024-06-05"),
        ("dates: month_first", "05/06/2024|06/13/2024|01/04/2024", "2024-05-06|2024-06-13|2024-01-04"),
        ("dates: day_first, granularity: month", "01/04/2024|01-05-2024 00:00|Jun-24", "2024-04|2024-05|2024-06"),
        ("dates: month_first, granularity: month", "04/01/2024|05/01/2024", "2024-04|2024-05"),
        // What cannot be in that order is no date.
        ("dates: day_first", "06/13/2024|31/04/2024", "Missing(Unreadable)|Missing(Unreadable)"),
        ("dates: month_first", "13/06/2024", "Missing(Unreadable)"),
    ] {
        let texts: Vec<&str> = texts.split('|').collect();
        let read: Vec<String> = read.split('|').map(str::to_owned).collect();
        assert_eq!(periods_with(settings, &texts), (read, vec![]), "{settings}");
    }
    // A month's first day in another order is no month.
    let (_, findings) = periods_with("dates: month_first, granularity: month", &["01/04/2024"]);
    assert_eq!(findings, ["error granularity 2"]);
}

#[test]
fn a_declared_year_of_quarters_decides_which_they_are() {
    for (settings, texts, read) in [
        (
            "quarters: calendar",
            "2012Q1|2012Q4 |Q2 2024|2024-05|Q2 2024/25",
            "2011/12-Q4|2012/13-Q3|2024/25-Q1|2024-05|2024/25-Q2",
        ),
        ("quarters: financial_begins", "2012Q1|Q4 2024", "2012/13-Q1|2024/25-Q4"),
        ("quarters: financial_ends, granularity: quarter", "2012Q1|Q4 2024", "2011/12-Q1|2023/24-Q4"),
        ("granularity: quarter", "2012Q1", "Missing(Unreadable)"),
    ] {
        let texts: Vec<&str> = texts.split('|').collect();
        let read: Vec<String> = read.split('|').map(str::to_owned).collect();
        assert_eq!(periods_with(settings, &texts), (read, vec![]), "{settings}");
    }
}

#[test]
fn a_period_column_is_not_half_months_half_years() {
    let spec = columns("year: { kind: period }\ncount: { kind: number }");
    let mixed = "year,count\n2010-11,1\n2011-12,2\n2012-13,3\n";
    assert_eq!(findings(mixed, &spec), ["error ambiguous_period 2,3"]);
    assert_eq!(findings("year,count\n2011-11,1\n2011-12,2\n2012-01,3\n", &spec), [""; 0]);
    assert_eq!(findings("year,count\n01APR2024,1\n02APR2024,2\n", &spec), ["error ambiguous_period 2"]);
    assert_eq!(findings("year,count\n01APR2024,1\n01MAY2024,2\n", &spec), [""; 0]);
}

#[test]
fn rows_that_give_no_figure_are_findings() {
    let les = shipped("les-activity");
    let file = dropped(
        "period,contract,contract_type,planned,delivered\n\
         2025-10,Dementia,capitated,10,*\n\
         04/05,ECGs,capitated,10,2\n\
         ,ECGs,capitated,10,2\n\
         Oct-25,Dementia,capitated,10,3\n\
         2025-10,,capitated,10,3\n",
    );
    let (figures, _) = les.figures(file.path.to_str().unwrap());
    let october = "2025-10".parse().unwrap();
    let suppressed =
        Figure { value: Value::missing(Missing::Suppressed), plan: Value::Number(10.0), unit: Some(Unit::Number) };
    assert_eq!(
        figures.figures.into_iter().collect::<Vec<_>>(),
        [((activity("Dementia", "capitated"), october), suppressed)]
    );
    let told: Vec<_> =
        figures.findings.iter().map(|f| (f.check.as_str(), f.rows.iter().map(|r| r.row).collect())).collect();
    assert_eq!(told, [("period", vec![3, 4]), ("blank_label", vec![6]), ("duplicate_series", vec![2, 5])]);
    assert!(figures.findings[0].message.ends_with(
        "`04/05` can mean the financial year 2004/05 or the month April 2005 or the month May 2004; \
         write 2004/05 or 2005-04 or 2004-05"
    ));
}

#[test]
fn a_row_that_comes_again_is_one_whatever_it_measures() {
    let dataset = dataset(
        "period: { column: p }\ncolumns: { p: { kind: period }, l: {}, v: { kind: number } }\n\
         measures: { m: { value: v, labels: [l] }, n: { value: v, labels: [l] } }\n",
    );
    let file = dropped("p,l,v\n2025-10,a,1\n2025-10,b,2\n2025-10,a,1\n");
    let (figures, _) = dataset.figures(file.path.to_str().unwrap());
    let [again] = figures.findings.as_slice() else { panic!("{:?}", figures.findings) };
    let rows: Vec<u64> = again.rows.iter().map(|row| row.row).collect();
    assert_eq!((again.count, rows), (2, vec![2, 4]));
}

proptest! {
    /// Few values, so that blanks, doubtful periods and repeated series meet each other.
    #[test]
    fn extractors_that_share_a_file_make_the_figures_of_one(
        rows in prop::collection::vec(("(2025-10|2025-11|04/05|)", "[ab]?", "(1|2|\\*|)", 0_usize..3), 0..40),
    ) {
        let dataset = dataset(
            "period: { column: p }\ncolumns: { p: { kind: period }, l: {}, v: { kind: number } }\n\
             measures: { m: { value: v, labels: [l] }, n: { value: v, labels: [l] } }\n",
        );
        let period = PeriodOf::Column("p".to_owned());
        let start = || Extractor::new(&dataset.measures, &dataset.spec().schema(), &period).expect("known columns");
        let (mut one, mut several) = (start(), [start(), start(), start()]);
        for (row, (period, label, value, by)) in (2..).zip(&rows) {
            let mut batch = Batch { sheet: None, rows: vec![row], columns: vec![Column::default(); 3] };
            let texts = [(period, ColumnKind::Period), (label, ColumnKind::Text), (value, ColumnKind::Number)];
            for (column, (text, kind)) in batch.columns.iter_mut().zip(texts) {
                column.push(text, read_cell(kind, text));
            }
            one.observe(&batch);
            several[*by].observe(&batch);
        }
        let [mut all, second, third] = several;
        all.merge(third);
        all.merge(second);
        prop_assert_eq!(one.finish(), all.finish());
    }
}

#[test]
fn the_period_of_a_file_name_is_read_or_asked_for() {
    let hha = shipped("hha-achievement-bands");
    let october = PeriodOf::Fixed("2025-10".parse().unwrap());
    assert_eq!(hha.period.of_file("hha-achievement-bands-2025-10.csv"), Ok(october));
    let problem = hha.period.of_file("hha-achievement-bands-october.csv").unwrap_err();
    assert!(problem.to_string().starts_with("the name hha-achievement-bands-october.csv does not fit"));
    let problem = hha.period.of_file("hha-achievement-bands-2025-13.csv").unwrap_err();
    assert!(problem.to_string().contains("`2025-13` is not a period"));
}

#[test]
fn settings_that_mean_nothing_are_refused_where_they_stand() {
    for (yaml, expected) in [
        ("period: { file_name: '\\d+' }\ncolumns: {}\n", "dataset.yaml:1:22: the expression needs a group"),
        (
            "period: { file_name: '(?<period>' }\ncolumns: {}\n",
            "dataset.yaml:1:22: this is no regular expression: unclosed group",
        ),
        (
            "period: { column: a }\ntable: { header_rows: 4 }\ncolumns: {}\n",
            "dataset.yaml:2:23: a header covers 1, 2 or 3",
        ),
        ("period: { column: a }\ntable: { delimiter: x }\ncolumns: {}\n", "dataset.yaml:2:21: `x` is no delimiter"),
        ("period: { column: a }\ntable: { encoding: utf-9 }\ncolumns: {}\n", "dataset.yaml:2:20: there is no encoding"),
        ("period: { column: a }\ntable: { skip_rows: ['[a'] }\ncolumns: {}\n", "dataset.yaml:2:22: `[a` is no pattern"),
        ("period: { column: a }\ncolumns: { a: { kind: date } }\n", "`date` is not one of the choices"),
        (
            "period: { column: a }\ncolumns: { a: { granularity: fortnight } }\n",
            "`fortnight` is not one of the choices",
        ),
        ("period: { column: a }\ncolumns: { a: { headr: x } }\n", "did you mean `header`?"),
    ] {
        let file = Arc::new(SourceFile { path: "dataset.yaml".into(), text: yaml.to_owned() });
        let problems = parse(&file).and_then(|node| decode::<Dataset>(&node)).expect_err(yaml);
        assert!(problems.to_string().contains(expected), "{problems}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_give_an_answer(
        start in prop_oneof![Just(b"name,count\n".to_vec()), Just(b"\xFF\xFEn\0a\0m\0e\0\n\0".to_vec()), Just(vec![])],
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..400),
            proptest::collection::vec(prop::sample::select(b"\"\",,;\t|\r\n a1*-\xE9\xC3\xA9".to_vec()), 0..400),
        ],
        header_rows in 1..=3,
    ) {
        let spec = tabled(&format!("{{ header_rows: {header_rows} }}"), "name: {}\ncount: { kind: number }");
        let limits = Limits { row_bytes: 300, columns: 40, rows: 60, ..Limits::default() };
        let _ = read_within([start, bytes].concat(), &spec, limits);
    }

    #[test]
    fn what_the_csv_crate_writes_reads_back(
        cells in proptest::collection::vec(("[a-z]([a-z \",;\n\r'é€|\t]{0,12}[a-z])?", "[a-z0-9\"]([ -~]{0,8}[a-z])?"), 1..40),
        delimiter in prop::sample::select(b",;\t|".to_vec()),
        crlf in any::<bool>(),
    ) {
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
        writer.write_record(["name", "other"]).unwrap();
        for (name, other) in &cells {
            writer.write_record([name, other]).unwrap();
        }
        let file = dropped(writer.into_inner().unwrap());
        let mut table = Table::open(&file.path, &columns("name: {}\nother: {}"), &Limits::default()).unwrap();
        let batch = table.next_batch().unwrap().unwrap();
        let read: Vec<_> = (0..batch.rows.len()).map(|at| (batch.columns[0].text(at), batch.columns[1].text(at))).collect();
        let written: Vec<_> = cells.iter().map(|(name, other)| (name.as_str(), other.as_str())).collect();
        prop_assert_eq!(read, written);
        prop_assert_eq!(table.findings(), vec![]);
    }
}

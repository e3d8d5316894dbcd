//! Files as others publish them, which are not in this repository: the collections that `data/README.md` of the shared
//! folder marks. They are read from the folder that the environment variable `BELLWETHER_SHARED_DATA` names, or from
//! `../shared/data` beside the repository; where there is none, these tests say so and pass.

#![expect(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use bellwether::{
    model::Finding,
    tables::{ColumnSettings, Limits, ReadError, Table, TableSettings, TableSpec},
    yaml::{Entries, SourceFile, decode, parse},
};
use serde::Deserialize;

/// The folder, or a word that there is none.
fn shared(folder: &str) -> Option<PathBuf> {
    let named = std::env::var_os("BELLWETHER_SHARED_DATA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = named.unwrap_or(beside).join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: there is no {}; name the folder in BELLWETHER_SHARED_DATA", path.display());
    None
}

#[derive(Deserialize)]
struct Dataset {
    #[serde(default)]
    table: TableSettings,
    columns: Entries<ColumnSettings>,
}

fn spec(yaml: &str) -> TableSpec {
    let file = Arc::new(SourceFile { path: "dataset.yaml".into(), text: yaml.to_owned() });
    let dataset: Dataset = parse(&file).and_then(|node| decode(&node)).unwrap_or_else(|problems| panic!("{problems}"));
    TableSpec { table: dataset.table, columns: dataset.columns }
}

/// The rows as "number: text|text", the sheet, and the findings.
struct Read {
    rows: Vec<String>,
    sheet: Option<String>,
    findings: Vec<Finding>,
}

fn read(path: &Path, spec: &TableSpec) -> Result<Read, ReadError> {
    let mut table = Table::open(path, spec, &Limits::default())?;
    let (mut rows, mut sheet) = (Vec::new(), None);
    while let Some(batch) = table.next_batch()? {
        sheet = batch.sheet.as_deref().map(str::to_owned);
        for (at, number) in batch.rows.iter().enumerate() {
            let texts: Vec<&str> = batch.columns.iter().map(|column| column.text(at)).collect();
            rows.push(format!("{number}: {}", texts.join("|")));
        }
    }
    Ok(Read { rows, sheet, findings: table.findings() })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn every_odd_file_is_read_or_refused_in_words() {
    let Some(odd) = shared("odd") else { return };
    // A header that nearly any table answers to.
    let any =
        spec("columns:\n  name: { aliases: [a, A, id, col1, hello, Name, '1', Column1, value, label, date, '0'] }\n");
    for folder in ["spreadsheets", "messy", "csv-spectrum"] {
        for path in files(&odd.join(folder)) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            match read(&path, &any) {
                Ok(read) => println!("{name}: {} rows {:?} {:?}", read.rows.len(), read.sheet, read.rows.first()),
                Err(error) => {
                    println!("{name}: REFUSED {error}");
                    assert!(error.to_string().contains(&name), "{error}");
                }
            }
        }
    }
}

#[test]
fn odd_spreadsheets_have_the_answers_that_are_known_of_them() {
    let Some(odd) = shared("odd/spreadsheets") else { return };
    let one = |header: &str| spec(&format!("columns:\n  a: {{ header: '{header}' }}\n"));
    for (file, header, expected) in [
        // Dates, a date in the system of 1904, and a duration of 255 hours, in all three formats.
        ("date.xlsx", "2021-01-01", vec!["2: 2021-01-02", "3: 255:10:10"]),
        ("date_1904.xlsx", "2021-01-01", vec!["2: 2021-01-02", "3: 255:10:10"]),
        ("date_1904.xls", "2021-01-01", vec!["2: 2021-01-02", "3: 255:10:10"]),
        ("errors.xlsx", "#DIV/0!", vec!["2: #NAME?", "3: #VALUE!", "4: #NULL!", "5: #REF!", "6: #NUM!", "7: #N/A"]),
        ("formula-date-format.xls", "2017-02-27", vec!["2: 2017-02-28"]),
        ("table_with_absolute_paths.xlsx", "Name", vec!["2: North", "3: South", "4: West", "5: East"]),
        ("temperature.xlsx", "value", vec!["2: 22.2222", "3: 72"]),
        ("non_monotonic_si.xlsx", "3", vec!["2: 6", "3: 9", "4: 12", "5: 15", "6: 18"]),
        ("biff5_write.xls", "3", vec!["2: ", "3: 2014-02-19 14:30:00", "4: qux"]),
        ("readings.xlsx", "Celsius", vec!["2: 15", "3: 18.5", "4: 12"]),
    ] {
        let read = read(&odd.join(file), &one(header)).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read.rows, expected, "{file}");
    }
    let repeated = |sheet: &str| {
        spec(&format!("table: {{ sheet: {sheet} }}\ncolumns:\n  a: {{ header: A }}\n  b: {{ header: B }}\n"))
    };
    for (sheet, first) in [("Sheet1", 2), ("Sheet2", 3), ("Sheet3", 4)] {
        let rows = read(&odd.join("number_rows_repeated.ods"), &repeated(sheet)).unwrap().rows;
        let expected: Vec<_> = [0, 1, 4, 6].map(|after| format!("{}: C|D", first + after)).into();
        assert_eq!(rows, expected, "{sheet}");
    }
    for (file, sheet) in [("any_sheets.xlsx", "Visible"), ("any_sheets.xls", "Visible"), ("any_sheets.ods", "Visible")]
    {
        let any = spec("columns:\n  a: { aliases: ['1', '2', '3', '0'] }\n");
        assert_eq!(read(&odd.join(file), &any).unwrap().sheet.as_deref(), Some(sheet), "{file}");
    }
    for (file, expected) in [
        ("pass_protected.xlsx", "protected by a password"),
        ("pass_protected.ods", "protected by a password"),
        ("issue_385.xls", "protected by a password"),
        ("issue_594_dos.ods", "more than 16384 cells"),
        ("issue252.xlsx", "larger than its declared"),
        ("OOM_alloc3.xls", "cannot be read as an Excel workbook of the old kind"),
    ] {
        let error = read(&odd.join(file), &one("a")).err().expect(file).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn csv_spectrum_reads_as_its_authors_say() {
    let Some(folder) = shared("odd/csv-spectrum") else { return };
    for path in files(&folder) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let json = fs::read_to_string(folder.join("expected").join(format!("{name}.json"))).unwrap();
        let rows = match serde_json::from_str(&json).unwrap() {
            serde_json::Value::Array(rows) => rows,
            one => vec![one],
        };
        let expected: Vec<_> = rows.iter().map(|row| row.as_object().unwrap()).collect();
        let columns: Vec<String> = expected[0].keys().map(|key| format!("  {key:?}: {{}}\n")).collect();
        let read =
            read(&path, &spec(&format!("columns:\n{}", columns.concat()))).unwrap_or_else(|error| panic!("{error}"));
        // One of them has a replacement character where its authors' degree sign was.
        assert!(read.findings.iter().all(|finding| finding.check == "encoding"), "{name}: {:?}", read.findings);
        let texts: Vec<&str> = read.rows.iter().map(|row| row.split_once(": ").unwrap().1).collect();
        let line = |row: &&serde_json::Map<String, serde_json::Value>| {
            row.values().map(|value| value.as_str().unwrap().trim().to_owned()).collect::<Vec<_>>().join("|")
        };
        if name == "location_coordinates" {
            // Its authors changed the telephone number in one of the two files.
            assert_eq!(texts.len(), 1);
            continue;
        }
        assert_eq!(texts, expected.iter().map(line).collect::<Vec<_>>(), "{name}");
    }
}

/// The figures of one month in the workbook: contract, planned, delivered; blank rows of labels belong to the one above.
fn les_figures(workbook: &Path, sheet: &str, month: &str) -> Vec<[String; 3]> {
    let columns = format!(
        "table: {{ sheet: {sheet} }}\ncolumns:\n  les: {{ header: LES }}\n  kind: {{ header: Planned/Delivered Activity }}\n  \
         month: {{ header: {month} }}\n"
    );
    let rows = read(workbook, &spec(&columns)).unwrap_or_else(|error| panic!("{error}")).rows;
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| row.split_once(": ").unwrap().1.split('|').map(str::to_owned).collect()).collect();
    let pairs =
        cells.windows(2).filter(|pair| pair[0][1].starts_with("Planned") && pair[1][1].starts_with("Delivered"));
    pairs.map(|pair| [pair[0][0].clone(), pair[0][2].clone(), pair[1][2].clone()]).collect()
}

#[test]
fn the_workbooks_give_the_figures_of_the_monthly_files() {
    let (Some(workbooks), Some(monthly)) = (shared("workbooks"), shared("monthly")) else { return };
    let months = ["April-25", "May-25", "Jun-25", "Jul-25", "Aug-25", "Sep-25", "Oct-25"];
    let csv = spec("columns:\n  contract: {}\n  contract_type: {}\n  planned: {}\n  delivered: {}\n");
    let mut compared = 0;
    for (last, number) in (4..=10).enumerate() {
        let workbook = workbooks.join(format!("les-performance-2025-{number:02}.xlsx"));
        for (month, header) in months.iter().enumerate().take(last + 1) {
            let file = monthly.join(format!("les-activity-2025-{:02}.csv", month + 4));
            let mut expected: Vec<String> =
                read(&file, &csv).unwrap().rows.iter().map(|row| row.split_once(": ").unwrap().1.to_owned()).collect();
            let mut found = Vec::new();
            for (sheet, kind) in [("Cost and volume", "cost-and-volume"), ("Capitated", "capitated")] {
                for [contract, planned, delivered] in les_figures(&workbook, sheet, header) {
                    // A contract without figures has no row in the monthly file.
                    if !(planned.is_empty() && delivered.is_empty()) {
                        found.push(format!("{contract}|{kind}|{planned}|{delivered}"));
                    }
                }
            }
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{} {header}", workbook.display());
            compared += found.len();
        }
    }
    assert!(compared > 200, "{compared} rows of figures");
}

#[test]
fn damaged_copies_of_good_workbooks_give_an_answer() {
    let Some(odd) = shared("odd") else { return };
    let any = spec("columns:\n  a: { aliases: ['1', label, date, Name] }\n");
    let folder = tempfile::tempdir().unwrap();
    // A fixed sequence, so that a failure comes again (a linear congruential generator by Knuth).
    let mut state = 2025_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for file in [
        "spreadsheets/date.xls",
        "spreadsheets/biff5_write.xls",
        "messy/simple.xls",
        "messy/simple.ods",
        "spreadsheets/date.ods",
        "spreadsheets/temperature.xlsx",
    ] {
        let good = fs::read(odd.join(file)).unwrap();
        let path = folder.path().join(file.rsplit('/').next().unwrap());
        for _ in 0..60 {
            let mut bytes = good.clone();
            for _ in 0..=next(8) {
                let at = next(bytes.len());
                bytes[at] ^= 1 << next(8);
            }
            fs::write(&path, &bytes).unwrap();
            let _ = read(&path, &any);
        }
    }
}

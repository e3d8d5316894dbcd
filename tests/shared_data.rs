//! Files as others publish them, which are not in this repository: the collections that `data/README.md` of the shared
//! folder marks. They are read from the folder that the environment variable `BELLWETHER_SHARED_DATA` names, or from
//! `../shared/data` beside the repository; where there is none, these tests say so and pass.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
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
            let started = Instant::now();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            match read(&path, &any) {
                Ok(read) => println!("{name}: {} rows {:?} {:?}", read.rows.len(), read.sheet, read.rows.first()),
                Err(error) => {
                    println!("{name}: REFUSED {error}");
                    assert!(error.to_string().contains(&name), "{error}");
                }
            }
            assert!(started.elapsed() < Duration::from_secs(20), "{name} took {:?}", started.elapsed());
        }
    }
}

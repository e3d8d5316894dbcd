//! A workbook of a million rows: how long it takes and how much memory. Run by hand, each in a process of its own:
//!
//! ```text
//! BELLWETHER_MILLION=/var/tmp/million.xlsx cargo test --release --test million_rows -- --ignored --exact write
//! BELLWETHER_MILLION=/var/tmp/million.xlsx cargo test --release --test million_rows -- --ignored --exact read --nocapture
//! ```

#![expect(clippy::expect_used, reason = "these are tests")]

use std::{path::PathBuf, sync::Arc, time::Instant};

use bellwether::{
    model::Cell,
    tables::{ColumnSettings, Limits, Table, TableSettings, TableSpec},
    yaml::{Entries, SourceFile, decode, parse},
};
use rust_xlsxwriter::Workbook;

const ROWS: u32 = 1_000_000;

fn path() -> PathBuf {
    std::env::var_os("BELLWETHER_MILLION").expect("BELLWETHER_MILLION names the workbook").into()
}

#[test]
#[ignore = "writes a large file"]
fn write() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["practice", "name", "count", "share", "cost", "rank"]) {
        sheet.write(0, column, name).unwrap();
    }
    for row in 1..=ROWS {
        let number = f64::from(row);
        sheet.write(row, 0, format!("P{:05}", row % 7000)).unwrap();
        sheet.write(row, 1, format!("Practice number {}", row % 7000)).unwrap();
        sheet.write(row, 2, number).unwrap();
        sheet.write(row, 3, number / 3_000_000.0).unwrap();
        sheet.write(row, 4, number * 0.96).unwrap();
        sheet.write(row, 5, f64::from(row % 100)).unwrap();
    }
    book.save(path()).unwrap();
}

#[test]
#[ignore = "reads the file that the other test writes"]
fn read() {
    #[derive(serde::Deserialize)]
    struct Dataset {
        columns: Entries<ColumnSettings>,
    }
    let yaml = "columns:\n  practice: {}\n  name: {}\n  count: { kind: number }\n  share: { kind: percent }\n  \
                cost: { kind: number }\n  rank: { kind: number }\n";
    let file = Arc::new(SourceFile { path: "dataset.yaml".into(), text: yaml.to_owned() });
    let dataset: Dataset = parse(&file).and_then(|node| decode(&node)).unwrap();
    let spec = TableSpec { table: TableSettings::default(), columns: dataset.columns };
    let started = Instant::now();
    let mut table = Table::open(&path(), &spec, &Limits::default()).unwrap();
    println!("opened after {:?}", started.elapsed());
    let (mut rows, mut sum) = (0_u64, 0.0);
    while let Some(batch) = table.next_batch().unwrap() {
        rows += batch.rows.len() as u64;
        sum += batch.columns[2].iter().map(|(_, cell)| if let Cell::Number(n) = cell { n } else { 0.0 }).sum::<f64>();
    }
    println!("{rows} rows after {:?}", started.elapsed());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("peak memory unknown"));
    // 1 + 2 + … + n is n (n + 1) / 2.
    assert_eq!((rows, sum), (u64::from(ROWS), 500_000_500_000.0));
}

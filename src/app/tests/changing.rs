//! A file that changes while it is read.

use std::{fmt::Write as _, io::Write as _, sync::Arc};

use ::parquet::arrow::ArrowWriter;
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::{
    super::examine::{Examined, examine_watched},
    *,
};

const DATASET: &str = "title: Visits\nsteward: performance-team\nfiles: ['visits*']\nperiod: { column: month }\n\
                       columns:\n  month: { kind: period }\n  site: {}\n  visits: { kind: number }\n\
                       measures:\n  visits: { value: visits, labels: [site] }\n";

/// More than are read at a time, and of more bytes than are read at once.
const ROWS: i64 = 10_000;

fn csv(visits: i64) -> Vec<u8> {
    let mut text = "month,site,visits\n".to_owned();
    for site in 0..ROWS {
        writeln!(text, "2025-10,S{site},{visits}").expect("memory");
    }
    text.into_bytes()
}

fn parquet(visits: i64) -> Vec<u8> {
    let texts = |text: &dyn Fn(i64) -> String| -> ArrayRef {
        Arc::new((0..ROWS).map(|site| Some(text(site))).collect::<StringArray>())
    };
    let visits: ArrayRef = Arc::new(Int64Array::from_iter_values((0..ROWS).map(|_| visits)));
    let columns =
        [("month", texts(&|_| "2025-10".to_owned())), ("site", texts(&|site| format!("S{site}"))), ("visits", visits)];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("bytes in memory");
    writer.close().expect("bytes in memory");
    bytes
}

/// What is made of a file to which this happens as soon as some of its rows were read.
fn read_while(name: &str, content: &[u8], mut happens: impl FnMut(&Path)) -> Examined {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::at(folder.path()).expect("a home");
    home::init(&home).expect("the shipped configuration");
    fs::write(folder.path().join("config/datasets/visits.yaml"), DATASET).expect("written");
    let config = Config::load(home.root()).unwrap_or_else(|problems| panic!("{problems}"));
    let path = folder.path().join(name);
    fs::write(&path, content).expect("written");
    let mut begun = false;
    let mut watch = |_| {
        if !std::mem::replace(&mut begun, true) {
            happens(&path);
        }
    };
    let examined = examine_watched(&config, &path, name, &mut watch).remove(0);
    assert!(begun, "rows were read");
    examined
}

#[test]
fn what_was_read_of_a_file_that_changes_meanwhile_is_held_back() {
    let replaced = |by: Vec<u8>| {
        move |path: &Path| {
            let other = path.with_extension("other");
            fs::write(&other, &by).expect("written");
            fs::rename(other, path).expect("replaced");
        }
    };
    let grows = |path: &Path| {
        let mut file = fs::OpenOptions::new().append(true).open(path).expect("the file");
        file.write_all(b"2025-10,S0,1\n").expect("written");
    };
    let gone = |path: &Path| fs::rename(path, path.with_extension("gone")).expect("moved");
    for examined in [
        read_while("visits.parquet", &parquet(1), replaced(parquet(2))),
        read_while("visits.csv", &csv(1), replaced(csv(2))),
        read_while("visits.csv", &csv(1), grows),
        read_while("visits.csv", &csv(1), gone),
    ] {
        assert_eq!(examined.verdict, Verdict::Quarantined);
        assert_eq!(examined.dataset.as_ref().map(|dataset| dataset.id.as_str()), Some("visits"));
        let said: Vec<_> = examined.findings.iter().map(|finding| finding.check.as_str()).collect();
        assert_eq!(said, ["changed"], "{:#?}", examined.findings);
        assert!(examined.figures.periods.is_empty(), "nothing is published of it");
    }
}

#[test]
fn what_is_read_of_a_file_that_stays_is_published() {
    for (name, content) in [("visits.parquet", parquet(1)), ("visits.csv", csv(1))] {
        let examined = read_while(name, &content, |_| ());
        assert_eq!(examined.verdict, Verdict::Published, "{:#?}", examined.findings);
    }
}

//! What must hold of every reading of a file.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

use bellwether::{
    model::{Batch, Cell, Finding, Schema, finding::ROWS_KEPT},
    tables::{ColumnSettings, Limits, ReadError, Table, TableSettings, TableSpec, probe},
    yaml::{Entries, SourceFile, decode, parse},
};
use serde::Deserialize;

/// Small, so that what goes beyond a limit is found by small files.
pub const LIMITS: Limits =
    Limits { row_bytes: 64 << 10, columns: 1024, rows: 50_000, unpacked_bytes: 16 << 20, held_bytes: 64 << 20 };

/// A file in a folder of its own.
pub struct Dropped {
    _folder: tempfile::TempDir,
    pub path: PathBuf,
}

/// Puts a file into a folder, on a file system in memory if there is one.
pub fn dropped(name: &str, bytes: &[u8]) -> Dropped {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Dropped { _folder: folder, path }
}

/// The sections of a dataset that say how it is read; the others are left out.
#[derive(Deserialize)]
struct Reading {
    #[serde(default)]
    table: TableSettings,
    columns: Entries<ColumnSettings>,
}

/// Settings in YAML; none if there is a mistake in them.
pub fn spec(yaml: &str) -> Option<TableSpec> {
    let file = Arc::new(SourceFile { path: "dataset.yaml".into(), text: yaml.to_owned() });
    let reading: Reading = parse(&file).and_then(|node| decode(&node)).ok()?;
    let spec = TableSpec { table: reading.table, columns: reading.columns };
    spec.check().is_ok().then_some(spec)
}

/// A column of each kind, found by headers that the corpus uses.
pub static COLUMNS: LazyLock<TableSpec> = LazyLock::new(|| {
    spec(
        "columns:\n  name: { aliases: [a, A] }\n  count: { kind: number, required: false }\n  \
         period: { kind: period, required: false }\n  share: { kind: percent, required: false, percent: auto }\n  \
         wait: { kind: duration, required: false }\n  figure: { kind: figure, required: false, scale: header }\n  \
         target: { kind: target, required: false }\n  third: { position: 3, required: false }\n",
    )
    .expect("sound settings")
});

/// All that was read of a file.
#[derive(Debug, PartialEq)]
pub struct Content {
    pub sheet: Option<String>,
    /// The number of each row, and its cells.
    pub rows: Vec<(u64, Vec<(String, Cell)>)>,
    pub findings: Vec<Finding>,
    /// Why reading ended before the end of the file.
    pub stopped: Option<String>,
}

/// Reads a file twice, with all that must hold of any. None if it cannot be opened as a table.
pub fn read(path: &Path, spec: &TableSpec) -> Option<Content> {
    let once = read_once(path, spec, |_| {});
    assert_eq!(once, read_once(path, spec, |_| {}), "a second reading differs");
    once.ok()
}

/// Reads a file; `each` sees its batches. An error is what people are told.
pub fn read_once(path: &Path, spec: &TableSpec, mut each: impl FnMut(&Batch)) -> Result<Content, String> {
    let probed = probe(path, spec, &LIMITS);
    let mut table = Table::open(path, spec, &LIMITS).map_err(|error| told(&error, path))?;
    let matched = probed.expect("what opens can be probed");
    assert_eq!(matched.found, table.header().found.iter().flatten().count(), "the probe saw another header");
    let schema = spec.schema();
    let mut content = Content { sheet: None, rows: Vec::new(), findings: Vec::new(), stopped: None };
    loop {
        match table.next_batch() {
            Ok(Some(batch)) => {
                check(&batch, &schema);
                each(&batch);
                content.sheet = batch.sheet.as_deref().map(str::to_owned);
                for (at, number) in batch.rows.iter().enumerate() {
                    let cells = batch.columns.iter().map(|column| (column.text(at).to_owned(), column.cell(at)));
                    content.rows.push((*number, cells.collect()));
                }
            }
            Ok(None) => break,
            Err(error) => {
                content.stopped = Some(told(&error, path));
                break;
            }
        }
    }
    assert!(matches!(table.next_batch(), Ok(None)), "there is more after the end");
    let ascending = content.rows.windows(2).all(|pair| pair[0].0 <= pair[1].0);
    assert!(ascending || spec.table.alternate.is_some(), "rows do not ascend");
    content.findings = table.findings();
    for finding in &content.findings {
        assert!(!finding.message.is_empty() && finding.rows.len() <= ROWS_KEPT, "{finding:?}");
        assert!(finding.count >= finding.rows.len() as u64, "{finding:?}");
    }
    Ok(content)
}

/// What people are told names the file and fits on a page.
fn told(error: &ReadError, path: &Path) -> String {
    let text = error.to_string();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    assert!(text.contains(name.as_ref()), "{text} does not name {name}");
    text
}

fn check(batch: &Batch, schema: &Schema) {
    assert!(!batch.rows.is_empty(), "a batch without rows");
    assert_eq!(batch.columns.len(), schema.columns.len());
    for (column, declared) in batch.columns.iter().zip(&schema.columns) {
        assert_eq!(column.len(), batch.rows.len(), "`{}` is of another length", declared.name);
        for (text, cell) in column.iter() {
            // Alternate rows and brackets of limits apart, a cell is no longer than its row.
            assert!(text.len() <= LIMITS.row_bytes, "a cell of {} bytes", text.len());
            if let Cell::Number(number) = cell {
                assert!(number.is_finite(), "{text:?} is {number}");
            }
        }
    }
}

//! What a file's name claims it to be, held against what it is.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use crate::model::{Finding, Severity};

use super::{
    super::{
        ReadError,
        delimited::Flowing,
        row::{Row, Rows},
    },
    Opening, RowPieces,
};

/// The endings of names, by what they claim.
const ENDINGS: &[(&[&str], Kind)] = &[
    (&["csv", "tsv", "psv", "ssv", "tab"], Kind::Text),
    (&["xlsx", "xlsm", "xltx", "xltm"], Kind::Xlsx),
    (&["xls", "xlt"], Kind::Xls),
    (&["ods"], Kind::Ods),
    (&["parquet", "pq"], Kind::Parquet),
    (&["json", "ndjson", "jsonl"], Kind::Json),
    (&["zip"], Kind::Zip),
    (&["gz", "gzip"], Kind::Gzip),
    (&["zst", "zstd"], Kind::Zstandard),
];

/// What a file can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tables) enum Kind {
    Text,
    Xlsx,
    Xls,
    Ods,
    Parquet,
    Json,
    Zip,
    Gzip,
    Zstandard,
}

impl Kind {
    /// As people call it.
    fn noun(self) -> &'static str {
        match self {
            Self::Text => "delimited text",
            Self::Xlsx => "an Excel workbook",
            Self::Xls => "an Excel workbook of the old kind",
            Self::Ods => "an OpenDocument spreadsheet",
            Self::Parquet => "a Parquet file",
            Self::Json => "JSON",
            Self::Zip => "a ZIP archive",
            Self::Gzip => "a gzip archive",
            Self::Zstandard => "a Zstandard archive",
        }
    }

    /// What a name claims; none for endings that claim nothing.
    fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        ENDINGS.iter().find(|(endings, _)| endings.contains(&ending.as_str())).map(|(_, kind)| *kind)
    }
}

/// The rows of a file of this kind, with a note if its name claims another.
fn held_against_name(name: &str, kind: Kind, rows: Box<dyn Rows>) -> Box<dyn Rows> {
    match Kind::of_name(name) {
        Some(claimed) if claimed != kind => {
            let message = format!(
                "{name} is {}, though its name says {}; it was read as what it is",
                kind.noun(),
                claimed.noun()
            );
            Box::new(Noted { rows, note: Finding::of_file("file_name", Severity::Note, message) })
        }
        _ => rows,
    }
}

/// Opens a file of this kind and holds it against its name.
pub(in crate::tables) fn open_as(
    kind: Kind,
    opening: Opening<'_>,
    open: impl FnOnce(Opening<'_>) -> Result<Box<dyn Rows>, ReadError>,
) -> Result<Box<dyn Rows>, ReadError> {
    let name = opening.name.clone();
    open(opening).map(|rows| held_against_name(&name, kind, rows))
}

/// Rows with something to say about their file.
struct Noted {
    rows: Box<dyn Rows>,
    note: Finding,
}

impl Rows for Noted {
    fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        self.rows.read(row)
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = vec![self.note.clone()];
        findings.extend(self.rows.findings());
        findings
    }

    fn keep(&mut self, most: usize) {
        self.rows.keep(most);
    }

    fn plain_text(&self) -> Option<u8> {
        self.rows.plain_text()
    }

    fn into_text(self: Box<Self>, read: Arc<AtomicU64>) -> Option<Flowing> {
        self.rows.into_text(read)
    }

    fn in_pieces(&self, path: &Path, rows: usize, threads: usize) -> Option<RowPieces> {
        self.rows.in_pieces(path, rows, threads)
    }

    fn forget(&mut self) {
        self.rows.forget();
    }

    fn next_sheet(&mut self) -> Result<bool, ReadError> {
        self.rows.next_sheet()
    }

    fn sheet(&self) -> Option<Arc<str>> {
        self.rows.sheet()
    }
}

//! The kinds of files that tables come in. One file a format, and one line in [`FORMATS`].

use std::{
    fs::File,
    io::{Read, Seek},
    path::Path,
};

use super::{ReadError, TableSpec, delimited, error::Limits, error::file_name, row::Rows};

/// One kind of file.
pub(super) struct Format {
    /// Whether a file that begins with these bytes (up to [`HEAD`]) is of this kind. The name does not count: names lie.
    pub(super) recognises: fn(head: &[u8]) -> bool,
    /// Opens it.
    pub(super) open: fn(Opening<'_>) -> Result<Box<dyn Rows>, ReadError>,
}

/// The kinds that can be read. The first that recognises a file reads it.
const FORMATS: &[Format] = &[delimited::FORMAT];

/// How much of a file is looked at to tell what it is.
const HEAD: u64 = 8 << 10;

/// A file that is about to be read, from its beginning.
pub(super) struct Opening<'a> {
    pub(super) file: File,
    pub(super) name: String,
    pub(super) spec: &'a TableSpec,
    pub(super) limits: Limits,
}

/// Opens a file as what it is.
pub(super) fn open(path: &Path, spec: &TableSpec, limits: Limits) -> Result<Box<dyn Rows>, ReadError> {
    let name = file_name(path);
    let mut head = Vec::new();
    let opened = File::open(path).and_then(|mut file| {
        file.by_ref().take(HEAD).read_to_end(&mut head)?;
        file.rewind()?;
        Ok(file)
    });
    let file = opened.map_err(|source| ReadError::Open { file: name.clone(), source })?;
    if head.is_empty() {
        return Err(ReadError::Empty { file: name });
    }
    match FORMATS.iter().find(|format| (format.recognises)(&head)) {
        Some(format) => (format.open)(Opening { file, name, spec, limits }),
        None => Err(ReadError::NotText { file: name, looks_like: looks_like(&head).unwrap_or("binary data") }),
    }
}

/// What a file that begins with these bytes is, as people call it; none for text.
pub(super) fn looks_like(head: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an Excel workbook of the old kind (.xls) or another Office document"),
        (b"%PDF-", "a PDF document"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"PAR1", "a Parquet file"),
        (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
        (b"Rar!\x1A\x07", "a RAR archive"),
        (b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
        (b"\x89PNG", "a picture (PNG)"),
        (b"\xFF\xD8\xFF", "a picture (JPEG)"),
        (b"{\\rtf", "a Rich Text document"),
        (b"SQLite format 3\0", "an SQLite database"),
    ];
    if head.starts_with(b"PK\x03\x04") {
        return Some(looks_packed_like(head));
    }
    if let Some((_, kind)) = KINDS.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(kind);
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let begins = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
    if begins("<!doctype html") || begins("<html") || begins("<table") {
        Some("a web page (perhaps a page that asks to log in)")
    } else if begins("<?xml") {
        Some("an XML document")
    } else {
        None
    }
}

/// Office documents are ZIP archives, and name their first files so that they can be told apart.
fn looks_packed_like(head: &[u8]) -> &'static str {
    let names = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
    if names(b"opendocument.spreadsheet") {
        "an OpenDocument spreadsheet (.ods)"
    } else if names(b"xl/") || names(b"[Content_Types].xml") {
        "an Excel workbook (.xlsx) or another Office document"
    } else {
        "a ZIP archive"
    }
}

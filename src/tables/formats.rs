//! The kinds of files that tables come in. One file a format, and one line in [`FORMATS`].
//!
//! A file is read as what its first bytes say, whatever its name; a name that says something else is a note. What is
//! packed with gzip, Zstandard or ZIP is unpacked as it is read, one level deep.

mod apart;
mod cell_text;
mod compressed;
mod input;
mod json;
mod json_records;
mod named;
mod package;
mod packed;
mod parquet;
mod parquet_footer;
mod parquet_pages;
mod parquet_pieces;
mod parquet_texts;
mod sheets;
#[cfg(test)]
mod tests;
mod workbook;
mod zipped;

use std::{
    fs::File,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};

use super::{
    ReadError, TableSource, TableSpec, delimited,
    error::{Limits, file_name},
    header,
    row::{Row, Rows},
};

pub(super) use input::Input;
pub(super) use named::{Kind, open_as};
pub(super) use parquet_pieces::RowPieces;
pub(super) use sheets::head_of;

/// One kind of file.
pub(super) struct Format {
    /// Whether a file that begins with these bytes (a few thousand) is of this kind. The name does not count: names lie.
    pub(super) recognises: fn(head: &[u8]) -> bool,
    /// Opens it.
    pub(super) open: fn(Opening<'_>) -> Result<Box<dyn Rows>, ReadError>,
}

/// The kinds that can be read. The first that recognises a file reads it.
const FORMATS: &[Format] = &[
    packed::FORMAT,
    workbook::OLD_FORMAT,
    compressed::GZIP,
    compressed::ZSTANDARD,
    parquet::FORMAT,
    json::FORMAT,
    delimited::FORMAT,
];

/// A file that is about to be read, from its beginning.
pub(super) struct Opening<'a> {
    pub(super) input: Input,
    /// The name of the file, for messages and for what it claims to be.
    pub(super) name: String,
    /// The member that is meant, if it is an archive of several.
    pub(super) member: Option<&'a str>,
    pub(super) spec: &'a TableSpec,
    pub(super) limits: Limits,
    /// Whether it lies in an archive already.
    pub(super) within: bool,
    /// Whether so many rows of every sheet that is shown are wanted, one after the other, in place of the one that answers.
    pub(super) each: Option<usize>,
}

/// Opens a file as what it is; `read` will count the bytes that have been read of it, where it is read from front to back.
pub(super) fn open(
    source: TableSource<'_>,
    spec: &TableSpec,
    limits: Limits,
    read: &Arc<AtomicU64>,
) -> Result<Box<dyn Rows>, ReadError> {
    open_some(source, spec, limits, read, None)
}

/// As [`open`], for so many rows of every sheet that a workbook shows: see [`Rows::next_sheet`].
pub(super) fn open_each(
    source: TableSource<'_>,
    spec: &TableSpec,
    limits: Limits,
    rows: usize,
) -> Result<Box<dyn Rows>, ReadError> {
    open_some(source, spec, limits, &Arc::default(), Some(rows))
}

fn open_some(
    source: TableSource<'_>,
    spec: &TableSpec,
    limits: Limits,
    read: &Arc<AtomicU64>,
    each: Option<usize>,
) -> Result<Box<dyn Rows>, ReadError> {
    let name = file_name(source.path);
    let file = File::open(source.path).map_err(|source| ReadError::Open { file: name.clone(), source })?;
    let input = Input::File(file, Arc::clone(read));
    open_input(Opening { input, name, member: source.member, spec, limits, within: false, each })
}

/// The files in an archive, by their names there; none for any other file.
///
/// # Errors
/// The file cannot be read, or is an archive that is not safe to read.
pub fn members(path: &Path) -> Result<Vec<String>, ReadError> {
    let name = file_name(path);
    let file = File::open(path).map_err(|source| ReadError::Open { file: name.clone(), source })?;
    let input = Input::File(file, Arc::default());
    let (head, input) = input.peek().map_err(|source| ReadError::unpacking(&name, 0, source))?;
    if (packed::FORMAT.recognises)(&head) { packed::members(input, &name) } else { Ok(Vec::new()) }
}

/// Opens what lies in a file or an archive.
fn open_input(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, member, spec, limits, within, each } = opening;
    let (head, input) = input.peek().map_err(|source| ReadError::unpacking(&name, 0, source))?;
    if head.is_empty() {
        return Err(ReadError::Empty { file: name });
    }
    match FORMATS.iter().find(|format| (format.recognises)(&head)) {
        Some(format) => (format.open)(Opening { input, name, member, spec, limits, within, each }),
        None => Err(ReadError::NotText { file: name, looks_like: looks_like(&head).unwrap_or("binary data") }),
    }
}

/// How many declared columns the best header among these rows answers to. Every choice between readings of one file
/// (delimiters, sheets, members of an archive) is made by it.
pub(super) fn likeness(head: &[Row], spec: &TableSpec) -> usize {
    header::find(head, spec).map_or(0, |found| found.matched())
}

/// What a file that begins with these bytes is, as people call it; none for text.
pub(super) fn looks_like(head: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an Excel workbook of the old kind (.xls) or another Office document"),
        (b"%PDF-", "a PDF document"),
        (b"\x1F\x8B", "a gzip archive"),
        (b"PAR1", "a Parquet file"),
        (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
        (b"Rar!\x1A\x07", "a RAR archive"),
        (b"BZh", "a bzip2 archive"),
        (b"\xFD7zXZ\0", "an xz archive"),
        (b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
        (b"\x89PNG", "a picture (PNG)"),
        (b"\xFF\xD8\xFF", "a picture (JPEG)"),
        (b"{\\rtf", "a Rich Text document"),
        (b"SQLite format 3\0", "an SQLite database"),
    ];
    if let Some((_, kind)) = KINDS.iter().find(|(magic, _)| head.starts_with(magic)) {
        // A table may begin with these three letters; a bzip2 archive goes on with bytes that no text has.
        return (*kind != "a bzip2 archive" || head.get(4..10) == Some(b"1AY&SY")).then_some(kind);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
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

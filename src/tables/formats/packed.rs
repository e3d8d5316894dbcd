//! What begins as a ZIP archive does: workbooks, other documents, and archives of tables.

use std::{fs::File, io::Read, sync::Arc};

use super::{
    super::{ReadError, row::Rows},
    Format, Input, Opening,
    named::{Kind, open_as},
    package, workbook, zipped,
};

/// ZIP archives of any kind.
pub(super) const FORMAT: Format = Format { recognises: |head| head.starts_with(b"PK\x03\x04"), open };

/// How much of the part that names a document's kind is read.
const KIND: u64 = 256;

/// What such a file holds.
enum Content {
    Xlsx,
    Ods,
    /// Files, which may be tables.
    Files,
    /// What is not read, as people call it.
    Other(&'static str),
}

fn open(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, member, spec, limits, within, each } = opening;
    let file = input.into_file(limits.unpacked_bytes).map_err(|source| ReadError::unpacking(&name, 0, source))?;
    let content = content(&file, &name)?;
    let again = Opening { input: Input::File(file, Arc::default()), name, member, spec, limits, within, each };
    match content {
        Content::Xlsx => open_as(Kind::Xlsx, again, workbook::open_xlsx),
        Content::Ods => open_as(Kind::Ods, again, workbook::open_ods),
        Content::Files if within => Err(ReadError::Nested { file: again.name }),
        Content::Files => open_as(Kind::Zip, again, zipped::open),
        Content::Other(looks_like) => Err(ReadError::NotText { file: again.name, looks_like }),
    }
}

/// The files in an archive, by their names there; none for a workbook or another document.
pub(super) fn members(input: Input, name: &str) -> Result<Vec<String>, ReadError> {
    let file = input.into_file(u64::MAX).map_err(|source| ReadError::unpacking(name, 0, source))?;
    match content(&file, name)? {
        Content::Files => zipped::names(&file, name),
        Content::Xlsx | Content::Ods | Content::Other(_) => Ok(Vec::new()),
    }
}

fn content(file: &File, name: &str) -> Result<Content, ReadError> {
    let mut archive = package::open(file, name, "a ZIP archive")?;
    let names: Vec<String> =
        archive.file_names_raw().map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect();
    let has = |test: fn(&str) -> bool| names.iter().any(|name| test(name));
    let mut document_kind = String::new();
    if let Ok(part) = archive.by_name("mimetype") {
        // What cannot be read is no kind.
        let _ = part.take(KIND).read_to_string(&mut document_kind);
    }
    Ok(if has(|name| name.ends_with("workbook.bin")) {
        Content::Other("a binary Excel workbook (.xlsb)")
    } else if has(|name| name.starts_with("word/")) {
        Content::Other("a Word document")
    } else if has(|name| name.starts_with("index/") && name.ends_with("document.iwa")) {
        Content::Other("a document of Apple Numbers or another of its programs")
    } else if has(|name| name.starts_with("ppt/")) {
        Content::Other("a PowerPoint presentation")
    } else if has(|name| name == "[content_types].xml" || name.ends_with("xl/workbook.xml")) {
        Content::Xlsx
    } else if document_kind.contains("opendocument.spreadsheet") {
        Content::Ods
    } else if document_kind.contains("opendocument") {
        Content::Other("an OpenDocument text or drawing")
    } else {
        Content::Files
    })
}

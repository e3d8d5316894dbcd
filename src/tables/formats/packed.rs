//! What begins as a ZIP archive does: workbooks, other documents, and archives of tables.

use std::{io::Read, sync::Arc};

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

fn open(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, spec, limits, within } = opening;
    let file = input.into_file(limits.unpacked_bytes).map_err(|source| ReadError::unpacking(&name, 0, source))?;
    let mut archive = package::open(&file, &name, "a ZIP archive")?;
    let names: Vec<String> =
        archive.file_names_raw().map(|name| String::from_utf8_lossy(name).to_ascii_lowercase()).collect();
    let has = |test: fn(&str) -> bool| names.iter().any(|name| test(name));
    let mut document_kind = String::new();
    if let Ok(part) = archive.by_name("mimetype") {
        // What cannot be read is no kind.
        let _ = part.take(KIND).read_to_string(&mut document_kind);
    }
    drop(archive);
    let other = |looks_like: &'static str| Err(ReadError::NotText { file: name.clone(), looks_like });
    let again = Opening { input: Input::File(file, Arc::default()), name: name.clone(), spec, limits, within };
    if has(|name| name.ends_with("workbook.bin")) {
        other("a binary Excel workbook (.xlsb); save it as .xlsx")
    } else if has(|name| name.starts_with("word/")) {
        other("a Word document")
    } else if has(|name| name.starts_with("ppt/")) {
        other("a PowerPoint presentation")
    } else if has(|name| name == "[content_types].xml" || name.ends_with("xl/workbook.xml")) {
        open_as(Kind::Xlsx, again, workbook::open_xlsx)
    } else if document_kind.contains("opendocument.spreadsheet") {
        open_as(Kind::Ods, again, workbook::open_ods)
    } else if document_kind.contains("opendocument") {
        other("an OpenDocument text or drawing")
    } else if within {
        Err(ReadError::Nested { file: name })
    } else {
        open_as(Kind::Zip, again, zipped::open)
    }
}

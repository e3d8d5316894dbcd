//! Files of every format.

use super::{
    packing::{archive, compound, gzip, zstandard},
    reading::{COLUMNS, Content, dropped, read},
    sections::{Section, sections},
};

/// A file that is whatever its bytes say.
pub fn any(bytes: &[u8]) {
    table("t.csv", bytes);
}

/// Delimited text: packed it reads the same.
pub fn delimited(bytes: &[u8]) {
    packs("t.csv", bytes);
}

/// JSON and NDJSON: packed it reads the same.
pub fn json(bytes: &[u8]) {
    packs("t.json", bytes);
}

/// A Parquet file.
pub fn parquet(bytes: &[u8]) {
    table("t.parquet", bytes);
}

/// gzip and Zstandard.
pub fn packed(bytes: &[u8]) {
    table("t.csv.gz", bytes);
}

/// A ZIP archive of the sections; without any, the bytes themselves.
pub fn zip(bytes: &[u8]) {
    table("t.zip", &with_parts(bytes, &[]));
}

/// An Excel workbook whose parts are the sections, those that each needs besides; without any, the bytes themselves.
pub fn xlsx(bytes: &[u8]) {
    table("t.xlsx", &with_parts(bytes, &XLSX));
}

/// An `OpenDocument` spreadsheet whose parts are the sections.
pub fn ods(bytes: &[u8]) {
    table("t.ods", &with_parts(bytes, &ODS));
}

/// An Excel workbook of the old kind; without the signature of a compound document, the stream in one.
pub fn xls(bytes: &[u8]) {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        table("t.xls", bytes);
    } else {
        table("t.xls", &compound(bytes));
    }
}

fn table(name: &str, bytes: &[u8]) -> Option<Content> {
    let file = dropped(name, bytes);
    read(&file.path, &COLUMNS)
}

/// Reads a file as it is and in every packing.
fn packs(name: &str, bytes: &[u8]) {
    let Some(plain) = table(name, bytes) else { return };
    let zipped = archive(&[(name.to_owned(), bytes)]);
    for (ending, packed) in [(".gz", gzip(bytes)), (".zst", zstandard(bytes)), (".zip", zipped)] {
        // What is an archive itself is not looked into, once it is in one.
        let Some(same) = table(&format!("{name}{ending}"), &packed) else {
            assert!(is_packed(bytes), "{name} can be read, and {name}{ending} cannot");
            continue;
        };
        assert_eq!((&plain.sheet, &plain.rows), (&same.sheet, &same.rows), "{name}{ending} differs");
        assert_eq!(plain.stopped.is_some(), same.stopped.is_some(), "{name}{ending} ends elsewhere");
        let counts = |content: &Content| -> Vec<_> {
            content
                .findings
                .iter()
                .map(|finding| (finding.check.clone(), finding.count, finding.rows.clone()))
                .collect()
        };
        assert_eq!(counts(&plain), counts(&same), "{name}{ending} has other findings");
    }
}

fn is_packed(bytes: &[u8]) -> bool {
    [b"\x1F\x8B".as_slice(), b"\x28\xB5\x2F\xFD", b"PK"].iter().any(|magic| bytes.starts_with(magic))
}

/// Parts that stand in for those that the sections do not give.
const XLSX: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
    ),
];
const ODS: [(&str, &str); 1] = [("mimetype", "application/vnd.oasis.opendocument.spreadsheet")];

fn with_parts(bytes: &[u8], standing_in: &[(&str, &'static str)]) -> Vec<u8> {
    let given = sections(bytes);
    if given.is_empty() || bytes.starts_with(b"PK") {
        return bytes.to_vec();
    }
    let missing = standing_in.iter().filter(|(name, _)| given.iter().all(|(there, _)| there != name));
    let mut parts: Vec<Section<'_>> = missing.map(|(name, part)| ((*name).to_owned(), part.as_bytes())).collect();
    parts.extend(given);
    archive(&parts)
}

//! Which rows and columns of a sheet of an `.xlsx` file are hidden.
//!
//! Where the package says that nothing is, this costs nothing; where only columns may be, next to nothing; otherwise the
//! sheet is read once more up to its last row, tag by tag: its cells are passed over at a fraction of what reading them
//! takes. What has no height or width is hidden too.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader},
};

use quick_xml::events::BytesStart;
use zip::{ZipArchive, read::ZipFile};

use super::{
    super::{super::ReadError, package::Hiding},
    XLSX,
    attribute::value,
    hidden::Lines,
};

/// The rows and columns that are hidden. `hiding` are the parts in which anything may be.
pub(super) fn lines(
    archive: &mut ZipArchive<BufReader<File>>,
    hiding: &[Hiding],
    sheet: &str,
    name: &str,
) -> Result<Lines, ReadError> {
    if hiding.is_empty() {
        return Ok(Lines::default());
    }
    let path = path_of(archive, sheet, name)?;
    // A sheet that cannot be found is refused by those who read its cells.
    let hiding = path.and_then(|path| hiding.iter().find(|hiding| hiding.part.eq_ignore_ascii_case(&path)));
    match hiding.and_then(|hiding| Some((part(archive, &hiding.part)?, hiding.rows))) {
        Some((part, rows)) => read(part, rows, name),
        None => Ok(Lines::default()),
    }
}

/// Reads what is said of columns, and of rows if any may be hidden.
fn read(part: impl BufRead, rows: bool, name: &str) -> Result<Lines, ReadError> {
    let mut lines = Lines::default();
    // The row that comes next, from 0, and whether those that do not say their height have none.
    let (mut next, mut flat) = (0_u32, false);
    each_start(part, name, |start, value| {
        let number =
            |text: Option<String>| text.and_then(|text| text.parse::<u32>().ok()).and_then(|at| at.checked_sub(1));
        let hidden = |text: Option<String>| text.is_some_and(|text| matches!(text.as_str(), "1" | "true"));
        let is_nought = |text: &str| text.parse::<f64>().is_ok_and(|size| size <= 0.0);
        let nought = |text: Option<String>| text.map(|text| is_nought(&text));
        match start.local_name().as_ref() {
            "sheetFormatPr" => flat = nought(value("defaultRowHeight")?).unwrap_or(false),
            "col" if hidden(value("hidden")?) || nought(value("width")?).unwrap_or(false) => {
                if let (Some(first), Some(last)) = (number(value("min")?), number(value("max")?)) {
                    lines.columns.add(first, last);
                }
            }
            "row" => {
                let row = number(value("r")?).unwrap_or(next);
                next = row.saturating_add(1);
                if hidden(value("hidden")?) || nought(value("ht")?).unwrap_or(flat) {
                    lines.rows.add(row, row);
                }
            }
            "sheetData" => return Ok(rows),
            _ => {}
        }
        Ok(true)
    })?;
    Ok(lines)
}

/// The part in which a sheet stands.
fn path_of(archive: &mut ZipArchive<BufReader<File>>, sheet: &str, name: &str) -> Result<Option<String>, ReadError> {
    let is_book = |relation: &Relation| relation.kind.ends_with("/officeDocument");
    let book = relations(archive, "_rels/.rels", name)?.into_values().find(is_book);
    let book = book.map_or_else(|| "xl/workbook.xml".to_owned(), |book| book.target.trim_start_matches('/').to_owned());
    let (folder, file) = book.rsplit_once('/').map_or(("", book.as_str()), |(folder, file)| (folder, file));
    let beside = |path: &str| if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
    let relations = relations(archive, &beside(&format!("_rels/{file}.rels")), name)?;
    let mut id = None;
    let Some(part) = part(archive, &book) else { return Ok(None) };
    each_start(part, name, |start, value| {
        if start.local_name().as_ref() == "sheet" && value("name")?.as_deref() == Some(sheet) {
            id = own_id(start, name)?;
        }
        Ok(true)
    })?;
    let target = id.and_then(|id| relations.get(&id)).map(|relation| relation.target.as_str());
    Ok(target.map(|target| target.strip_prefix('/').map_or_else(|| beside(target), str::to_owned)))
}

/// What a part is related to.
struct Relation {
    kind: String,
    target: String,
}

fn relations(
    archive: &mut ZipArchive<BufReader<File>>,
    path: &str,
    name: &str,
) -> Result<HashMap<String, Relation>, ReadError> {
    let mut relations = HashMap::new();
    let Some(part) = part(archive, path) else { return Ok(relations) };
    each_start(part, name, |_, value| {
        if let (Some(id), Some(kind), Some(target)) = (value("Id")?, value("Type")?, value("Target")?) {
            relations.insert(id, Relation { kind, target });
        }
        Ok(true)
    })?;
    Ok(relations)
}

/// A part by its name, in any case as Excel takes it; none if there is no such part.
fn part<'a>(
    archive: &'a mut ZipArchive<BufReader<File>>,
    path: &str,
) -> Option<BufReader<ZipFile<'a, BufReader<File>>>> {
    let found = (0..archive.len()).find(|at| {
        let named = archive.name_for_index(*at);
        named.is_some_and(|named| named.is_ok_and(|named| named.eq_ignore_ascii_case(path)))
    })?;
    archive.by_index(found).ok().map(BufReader::new)
}

/// Hands over every element of a part with its attributes, up to the last row where it is a sheet, as long as it is asked
/// for more.
fn each_start(
    mut part: impl BufRead,
    name: &str,
    mut take: impl FnMut(&BytesStart<'_>, &dyn Fn(&str) -> Result<Option<String>, ReadError>) -> Result<bool, ReadError>,
) -> Result<(), ReadError> {
    let damaged = |error: &dyn std::fmt::Display| ReadError::damaged(name, XLSX, error);
    let mut tag = Vec::new();
    while next_tag(&mut part, &mut tag).map_err(|error| damaged(&error))? {
        let tag = str::from_utf8(&tag).map_err(|error| damaged(&error))?;
        let content = tag.strip_suffix('/').unwrap_or(tag);
        if content.strip_prefix('/').is_some_and(|name| name.rsplit(':').next() == Some("sheetData")) {
            return Ok(());
        }
        if !content.starts_with(['/', '?', '!']) {
            let start = BytesStart::from_content(content, content.find(char::is_whitespace).unwrap_or(content.len()));
            if !take(&start, &|key| value(start.try_get_attribute(key), name, XLSX))? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Reads on to the next tag, comment or section, and what stands between its brackets; answers whether there is one.
fn next_tag(xml: &mut impl BufRead, tag: &mut Vec<u8>) -> io::Result<bool> {
    tag.clear();
    xml.skip_until(b'<')?;
    // Each byte is looked at once, however many brackets stand in quotation marks.
    let (mut seen, mut quote) = (0, None);
    while xml.read_until(b'>', tag)? > 0 {
        if tag.pop_if(|byte| *byte == b'>').is_none() {
            break;
        }
        quote = tag.get(seen..).unwrap_or_default().iter().fold(quote, |quote, byte| quote_after(quote, *byte));
        let is_whole = match tag.as_slice() {
            [b'!', b'-', b'-', comment @ ..] => comment.ends_with(b"--"),
            [b'!', b'[', section @ ..] => section.ends_with(b"]]"),
            _ => quote.is_none(),
        };
        if is_whole {
            return Ok(true);
        }
        tag.push(b'>');
        seen = tag.len();
    }
    Ok(false)
}

/// The quotation mark that is open behind a byte of a tag.
fn quote_after(open: Option<u8>, byte: u8) -> Option<u8> {
    match open {
        Some(quote) => open.filter(|_| byte != quote),
        None => Some(byte).filter(|byte| matches!(byte, b'"' | b'\'')),
    }
}

/// The id by which a sheet's part is found, whatever its namespace is called.
fn own_id(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, ReadError> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == "id");
    value(Ok(found), name, XLSX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells beside it are passed over, comments and what stands in quotation marks included.
    #[test]
    fn what_is_hidden_is_found_whatever_stands_around_it() {
        for (xml, rows) in [
            ("<row r='1'/><row r='2' hidden='1'/>", "row 2"),
            ("<row/><row hidden=\"true\"><c><v>1</v></c></row><row/>", "row 2"),
            ("<row r='3' spans='>' hidden='1'><c t=\"inlineStr\"><is><t>a > b</t></is></c></row>", "row 3"),
            ("<x:row r='1'\n hidden='1' /><x:row r='2' hidden='0'/>", "row 1"),
            ("<!-- <row r='1' hidden='1'/> --><row r='4' ht='0'/><![CDATA[<row r='5' hidden='1'/>]]>", "row 4"),
            ("<!----><row r='1' hidden='1'/>", "row 1"),
            ("<row r='1' hidden='1'/></x:sheetData><row r='2' hidden='1'/>", "row 1"),
        ] {
            let sheet = format!("<?xml version='1.0'?><worksheet><x:sheetData>{xml}");
            for room in [1, 7, 4096] {
                let part = BufReader::with_capacity(room, sheet.as_bytes());
                let mut held = Lines::default();
                held.rows.add(0, 9);
                let found = read(part, true, "book.xlsx").expect("a sheet").finding(held, "Data").expect("hidden rows");
                assert!(found.message.starts_with(&format!("in sheet `Data` {rows} is hidden")), "{xml}: {found:?}");
            }
        }
        let long = format!("<row r='1' spans='{}' hidden='1'/>", ">".repeat(500_000));
        assert!(read(long.as_bytes(), true, "book.xlsx").is_ok(), "in no time that grows with the square");
        for cut in ["", "<", "<row r='1", "<row r='1' hidden='1'", "<!-- ", "text"] {
            assert!(
                read(cut.as_bytes(), true, "book.xlsx").expect("nothing").finding(Lines::default(), "Data").is_none()
            );
        }
    }
}

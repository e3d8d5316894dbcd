//! Which rows and columns of a sheet of an `.xlsx` file are hidden.
//!
//! Where the package says that nothing is, this costs nothing; where only columns may be, next to nothing; otherwise the
//! sheet is read once more up to its last row. What has no height or width is hidden too.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
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
    part: impl BufRead,
    name: &str,
    mut take: impl FnMut(&BytesStart<'_>, &dyn Fn(&str) -> Result<Option<String>, ReadError>) -> Result<bool, ReadError>,
) -> Result<(), ReadError> {
    let mut xml = Reader::from_reader(part);
    // As those read it who take the cells out.
    xml.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer).map_err(|error| ReadError::damaged(name, XLSX, error))? {
            Event::Eof => return Ok(()),
            Event::End(end) if end.local_name().as_ref() == "sheetData" => return Ok(()),
            Event::Start(start) | Event::Empty(start)
                if !take(&start, &|key| value(start.try_get_attribute(key), name, XLSX))? =>
            {
                return Ok(());
            }
            _ => {}
        }
    }
}

/// The id by which a sheet's part is found, whatever its namespace is called.
fn own_id(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, ReadError> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == "id");
    value(Ok(found), name, XLSX)
}

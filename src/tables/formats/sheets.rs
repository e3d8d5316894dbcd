//! Which of several tables in one file is meant: the sheet of a workbook, the member of an archive.

use std::collections::HashSet;

use calamine::{Sheet, SheetType, SheetVisible};

use super::super::{
    ReadError, TableSpec, header,
    row::{Row, Rows},
    settings::SheetChoice,
};

/// Reads the rows in which a header is searched.
pub(in crate::tables) fn head_of(rows: &mut dyn Rows) -> Result<Vec<Row>, ReadError> {
    read_head(&mut |row| rows.read(row))
}

/// As [`head_of`], from anything that reads rows.
pub(super) fn read_head(read: &mut dyn FnMut(&mut Row) -> Result<bool, ReadError>) -> Result<Vec<Row>, ReadError> {
    let (mut head, mut bytes) = (Vec::new(), 0);
    while head.len() < header::SEARCHED_ROWS && bytes < header::SEARCHED_BYTES {
        let mut row = Row::default();
        if !read(&mut row)? {
            break;
        }
        bytes += row.bytes();
        head.push(row);
    }
    Ok(head)
}

/// Those that answer best, if any answers at all.
pub(super) fn pick<'a, T>(candidates: &'a [T], likeness: &[usize]) -> Vec<&'a T> {
    let best = likeness.iter().copied().max().unwrap_or(0);
    let among = candidates.iter().zip(likeness);
    if best == 0 { Vec::new() } else { among.filter(|(_, likeness)| **likeness == best).map(|(one, _)| one).collect() }
}

/// The names of all sheets that are shown.
pub(super) fn shown(file: &str, sheets: &[Sheet]) -> Result<Vec<String>, ReadError> {
    told_apart(file, sheets)?;
    let shown = |sheet: &&Sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible;
    let names: Vec<String> = sheets.iter().filter(shown).map(|sheet| sheet.name.clone()).collect();
    if names.is_empty() { Err(ReadError::NoSheet { file: file.to_owned() }) } else { Ok(names) }
}

/// Refuses a workbook in which two sheets have one name.
fn told_apart(file: &str, sheets: &[Sheet]) -> Result<(), ReadError> {
    let mut names = HashSet::new();
    match sheets.iter().find(|sheet| !names.insert(sheet.name.to_lowercase())) {
        Some(twice) => {
            let reason = format!("two of its sheets are called `{}`", twice.name);
            Err(ReadError::damaged(file, "a workbook", reason))
        }
        None => Ok(()),
    }
}

/// The name of the sheet to read: the one that the dataset names, or the only one, or the one whose header answers to
/// most of the columns. Hidden sheets count only where they are named. `answers` says how many columns a sheet answers to.
pub(super) fn choose(
    file: &str,
    sheets: &[Sheet],
    spec: &TableSpec,
    mut answers: impl FnMut(&str) -> Result<usize, ReadError>,
) -> Result<String, ReadError> {
    told_apart(file, sheets)?;
    let tables = || sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let listed = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let visible = || tables().filter(|sheet| sheet.visible == SheetVisible::Visible);
    let candidates: Vec<&str> = match &spec.table.sheet {
        None => visible().map(|sheet| sheet.name.as_str()).collect(),
        Some(SheetChoice::Position(position)) => {
            visible().nth(position.get() - 1).map(|sheet| sheet.name.as_str()).into_iter().collect()
        }
        Some(choice @ SheetChoice::Named { .. }) => {
            let exact = tables().find(|sheet| choice.is(&sheet.name)).map(|sheet| vec![sheet.name.as_str()]);
            exact.unwrap_or_else(|| {
                tables().map(|sheet| sheet.name.as_str()).filter(|name| choice.matches(name)).collect()
            })
        }
    };
    match (candidates.as_slice(), &spec.table.sheet) {
        ([only], _) => Ok((*only).to_owned()),
        ([], Some(wanted)) => {
            let sheets = listed(&tables().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>());
            Err(ReadError::NoSuchSheet { file: file.to_owned(), wanted: wanted.to_string(), sheets })
        }
        ([], None) => Err(ReadError::NoSheet { file: file.to_owned() }),
        (several, _) => {
            let found = several.iter().map(|name| answers(name)).collect::<Result<Vec<_>, ReadError>>()?;
            match pick(several, &found).as_slice() {
                [only] => Ok((**only).to_owned()),
                [] => Err(ReadError::NoSheetAnswers {
                    file: file.to_owned(),
                    sheets: listed(several),
                    wanted: header::wanted_texts(spec),
                }),
                equal => {
                    let sheets = listed(&equal.iter().map(|name| **name).collect::<Vec<_>>());
                    Err(ReadError::WhichSheet { file: file.to_owned(), sheets })
                }
            }
        }
    }
}

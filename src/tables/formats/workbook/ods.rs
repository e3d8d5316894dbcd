//! `OpenDocument` spreadsheets, read in two passes: which sheets there are and how they answer, then the one chosen.
//!
//! In memory are one row and the names of the sheets, at most a thousand: a few MB, whatever the file claims. A row or
//! cell that says it is repeated is repeated as it is handed on, and only if it holds something; what is repeated into
//! more than five hundred times the size of the file is refused.

use std::{
    fs::File,
    io::{BufReader, Read},
};

use calamine::{Sheet, SheetType, SheetVisible};
use zip::{ZipArchive, read::ZipFile};

use super::{
    super::{
        super::{ReadError, row::Rows},
        Opening, apart,
        apart::{Halt, Sink},
        input::swells,
        likeness, package,
        sheets::{choose, read_head, shown},
    },
    NextRow, ODS, Reading, SheetRows,
    hidden::Lines,
    ods_content::{Content, OdsRow},
    prepare,
    rows::CellAt,
    sheets_limit,
};

/// What a repeated cell counts besides its text: about what it takes where it is written out.
const CELL: u64 = 32;

/// Opens an `OpenDocument` spreadsheet.
pub(in super::super) fn open_ods(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let (file, reading) = prepare(opening)?;
    let mut archive = package::open(&file, &reading.name, ODS)?;
    refuse_encrypted(&mut archive, &reading)?;
    package::inspect(&mut archive, &file, &reading.name, ODS, &reading.limits)?;
    let packed = file.metadata().map_or(0, |file| file.len());
    apart::read(&reading.name.clone(), ODS, move |sink| {
        if reading.each.is_some() {
            return every_sheet(&mut archive, &reading, packed, sink);
        }
        let found = sheets(&mut archive, &reading, packed)?;
        let listed: Vec<Sheet> = found.iter().map(|(sheet, _)| sheet.clone()).collect();
        let sheet = choose(&reading.name, &listed, &reading.spec, |name| {
            Ok(found.iter().find(|(sheet, _)| sheet.name == name).map_or(0, |(_, likeness)| *likeness))
        })?;
        let mut content = content(&mut archive, &reading)?;
        while let Some((name, _)) = content.next_sheet()? {
            if name == sheet {
                break;
            }
        }
        sink.opened(Some(&sheet))?;
        let ((), held) = rows(&mut content, &reading, packed, |rows| reading.send(rows, sink))?;
        sink.found(content.hidden().finding(held, &sheet));
        Ok(())
    })
}

/// Hands over the rows of every sheet that is shown, in one pass.
fn every_sheet(
    archive: &mut ZipArchive<BufReader<File>>,
    reading: &Reading,
    packed: u64,
    sink: &mut Sink,
) -> Result<(), Halt> {
    let (mut content, mut listed) = (content(archive, reading)?, Vec::new());
    while let Some((name, is_shown)) = content.next_sheet()? {
        let visible = if is_shown { SheetVisible::Visible } else { SheetVisible::Hidden };
        listed.push(Sheet { name: name.clone(), typ: SheetType::WorkSheet, visible });
        sheets_limit(listed.len(), &reading.name)?;
        if is_shown {
            sink.opened(Some(&name))?;
            rows(&mut content, reading, packed, |rows| reading.send(rows, sink))?;
        }
    }
    Ok(shown(&reading.name, &listed).map(drop)?)
}

/// Every sheet, and how many of the dataset's columns its head answers to.
fn sheets(
    archive: &mut ZipArchive<BufReader<File>>,
    reading: &Reading,
    packed: u64,
) -> Result<Vec<(Sheet, usize)>, ReadError> {
    let mut content = content(archive, reading)?;
    let mut sheets = Vec::new();
    while let Some((name, shown)) = content.next_sheet()? {
        let (head, _) = rows(&mut content, reading, packed, |rows| read_head(rows))?;
        let visible = if shown { SheetVisible::Visible } else { SheetVisible::Hidden };
        sheets.push((Sheet { name, typ: SheetType::WorkSheet, visible }, likeness(&head, &reading.spec)));
        sheets_limit(sheets.len(), &reading.name)?;
    }
    Ok(sheets)
}

type Part<'a> = BufReader<ZipFile<'a, BufReader<File>>>;

fn content<'a>(
    archive: &'a mut ZipArchive<BufReader<File>>,
    reading: &'a Reading,
) -> Result<Content<'a, Part<'a>>, ReadError> {
    let part = archive.by_name("content.xml").map_err(|error| ReadError::damaged(&reading.name, ODS, &error))?;
    Ok(Content::new(BufReader::new(part), &reading.name, reading.limits))
}

/// An encrypted spreadsheet says so in its list of parts.
fn refuse_encrypted(archive: &mut ZipArchive<BufReader<File>>, reading: &Reading) -> Result<(), ReadError> {
    /// No list of parts is longer.
    const MANIFEST: u64 = 16 << 20;
    let mut manifest = Vec::new();
    if let Ok(part) = archive.by_name("META-INF/manifest.xml") {
        // A list that cannot be read is found damaged with all other parts.
        let _ = part.take(MANIFEST).read_to_end(&mut manifest);
    }
    let word = b"encryption-data";
    if manifest.windows(word.len()).any(|window| window == word) {
        return Err(ReadError::Protected { file: reading.name.clone(), what: ODS });
    }
    Ok(())
}

/// Reads the rows of the sheet that `content` has come to, repeated as they say. Says too which rows and columns hold
/// something.
fn rows<R: std::io::BufRead, T, E>(
    content: &mut Content<'_, R>,
    reading: &Reading,
    packed: u64,
    take: impl FnOnce(NextRow<'_>) -> Result<T, E>,
) -> Result<(T, Lines), E> {
    let mut row = OdsRow::default();
    // The copy of the row, the cell, the copy of the cell.
    let (mut down, mut cell, mut across) = (0_u32, 0_usize, 0_u32);
    let mut repeated = 0_u64;
    let next = || {
        loop {
            if let Some(found) = row.cells.get(cell) {
                if across < found.repeated {
                    if down > 0 || across > 0 {
                        repeated += CELL + found.value.bytes() as u64;
                        if swells(repeated, packed) {
                            let reason = "its cells are repeated into far more than any table of its size".to_owned();
                            return Err(ReadError::TooLarge { file: reading.name.clone(), reason });
                        }
                    }
                    let (value, style) = found.value.data();
                    let (row, column) = (row.at.saturating_add(down), found.column.saturating_add(across));
                    across += 1;
                    return Ok(Some(CellAt { row, column, spans: found.spans, value, style }));
                }
                (cell, across) = (cell + 1, 0);
            } else if down + 1 < row.repeated {
                (down, cell, across) = (down + 1, 0, 0);
            } else {
                (down, cell, across) = (0, 0, 0);
                if !content.next_row(&mut row)? {
                    return Ok(None);
                }
            }
        }
    };
    let mut rows = SheetRows::new(next, &reading.name, reading.limits, false);
    let taken = take(&mut |row| rows.read(row))?;
    Ok((taken, rows.held()))
}

//! Excel's binary workbooks, of Excel 5 to 2003.
//!
//! In memory are the stream of the workbook, 4 bytes a text of its table of texts, and 12 bytes a cell of the sheet that is
//! being read: less than five times the size of the file, which may have 128 MB. What the file says of its own extents
//! is not believed, and not needed.

use std::fs::File;

use crate::model::Finding;

use super::{
    super::{
        super::{ReadError, error::Limits, row::Rows},
        Format, Opening, apart,
        input::megabytes,
        likeness,
        named::{Kind, open_as},
        sheets::read_head,
    },
    Merged, NextRow, SheetRows, XLS, XLSX,
    compound::{Compound, CompoundError},
    prepare,
    xls_book::Book,
    xls_cells::Cells,
};

/// Excel's binary format, up to Excel 2003, and encrypted workbooks of any kind.
pub(in super::super) const OLD_FORMAT: Format = Format {
    recognises: |head| head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
    open: |opening| open_as(Kind::Xls, opening, open),
};

/// A workbook of this kind may be so large.
const MOST: u64 = 128 << 20;

fn open(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let (file, reading) = prepare(opening)?;
    let most = MOST.min(reading.limits.unpacked_bytes);
    let size = file.metadata().map_err(|source| ReadError::Open { file: reading.name.clone(), source })?.len();
    if size > most {
        let reason = format!("it is larger than {}; save it as .xlsx", megabytes(most));
        return Err(ReadError::TooLarge { file: reading.name.clone(), reason });
    }
    apart::read(&reading.name.clone(), XLS, move |sink| {
        let book = Book::read(stream(file, &reading.name)?, &reading.name)?;
        let chosen = reading.chosen(&book.sheets, |sheet| {
            let (head, _) = rows(&book, sheet, &reading.name, reading.limits, |rows| read_head(rows))?;
            Ok(likeness(&head, &reading.spec))
        })?;
        for sheet in chosen {
            sink.opened(Some(&sheet))?;
            let ((), found) = rows(&book, &sheet, &reading.name, reading.limits, |rows| reading.send(rows, sink))?;
            sink.found(found);
        }
        Ok(())
    })
}

/// The stream that holds the workbook, or what the file is instead.
fn stream(file: File, name: &str) -> Result<Vec<u8>, ReadError> {
    let damaged = |error: CompoundError| ReadError::damaged(name, XLS, error);
    let mut compound = Compound::open(file).map_err(damaged)?;
    for title in ["Workbook", "Book"] {
        if let Some(stream) = compound.stream(title).map_err(damaged)? {
            return Ok(stream);
        }
    }
    let other = |looks_like| ReadError::NotText { file: name.to_owned(), looks_like };
    Err(if compound.names("EncryptedPackage") {
        ReadError::Protected { file: name.to_owned(), what: XLSX }
    } else if compound.names("WordDocument") {
        other("a Word document")
    } else if compound.names("PowerPoint Document") {
        other("a PowerPoint presentation")
    } else if compound.names("__substg1.0_") {
        other("an Outlook message")
    } else {
        ReadError::damaged(name, XLS, "there is no workbook in it")
    })
}

/// Reads a sheet. Says too what is hidden of what was read.
fn rows<T, E: From<ReadError>>(
    book: &Book,
    sheet: &str,
    name: &str,
    limits: Limits,
    take: impl FnOnce(NextRow<'_>) -> Result<T, E>,
) -> Result<(T, Option<Finding>), E> {
    let named = book.sheets.iter().zip(&book.places).find(|(found, _)| found.name == sheet);
    let begins = named.map_or(usize::MAX, |(_, begins)| *begins);
    let mut cells = Cells::of_sheet(book, begins, name)?;
    let merged = Merged::new(&std::mem::take(&mut cells.merged));
    let hidden = std::mem::take(&mut cells.hidden);
    let mut rows = SheetRows::new(|| cells.next_cell(), name, limits, book.epoch_1904).with_merged(merged);
    let taken = take(&mut |row| rows.read(row))?;
    Ok((taken, hidden.finding(rows.held(), sheet)))
}

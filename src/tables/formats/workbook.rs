//! Workbooks: those of Excel, old and new, and `OpenDocument` spreadsheets.
//!
//! A sheet of an `.xlsx` file is read cell by cell: in memory are its distinct texts (at most 512 MB of XML) and the rows
//! on their way. An `.ods` file is read row by row in a few MB; an `.xls` file, at most 128 MB of it, takes less than five
//! times its size.
//! What is hidden in a sheet is read and said. Of merged cells the first holds the value, and the rows know how far it
//! reaches, for the groups of a header; a formula's value is the one that was saved with it.

mod attribute;
mod biff;
mod compound;
mod hidden;
mod ods;
mod ods_cell;
mod ods_content;
mod ods_styles;
mod rows;
mod xls;
mod xls_book;
mod xls_cells;
mod xlsx_hidden;

use std::{fs::File, io::BufReader};

use calamine::{Reader, Sheet, Xlsx, XlsxError};

use super::{
    super::{
        ReadError, TableSpec,
        error::Limits,
        row::{Row, Rows},
    },
    Opening,
    apart::{self, Halt, Sink},
    cell_text::Style,
    likeness, package,
    sheets::{choose, read_head, shown},
};
use hidden::Lines;
pub(super) use ods::open_ods;
use rows::{CellAt, Merged, SheetRows};
pub(super) use xls::OLD_FORMAT;

const XLSX: &str = "an Excel workbook";
const XLS: &str = "an Excel workbook of the old kind (.xls)";
const ODS: &str = "an OpenDocument spreadsheet";

/// No workbook has more sheets.
const SHEETS: usize = 1000;

/// Refuses a workbook of more sheets than anyone makes: each may have to be looked into.
fn sheets_limit(sheets: usize, name: &str) -> Result<(), ReadError> {
    let reason = || format!("it has more than {SHEETS} sheets");
    if sheets > SHEETS { Err(ReadError::TooLarge { file: name.to_owned(), reason: reason() }) } else { Ok(()) }
}

/// What every workbook is read with.
struct Reading {
    name: String,
    spec: TableSpec,
    limits: Limits,
    /// See [`Opening::each`].
    each: Option<usize>,
}

/// Opens a workbook of Excel 2007 and later.
pub(super) fn open_xlsx(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let (file, reading) = prepare(opening)?;
    let mut archive = package::open(&file, &reading.name, XLSX)?;
    let hiding = package::inspect(&mut archive, &file, &reading.name, XLSX, &reading.limits)?;
    apart::read(&reading.name.clone(), XLSX, move |sink| {
        let mut book = Xlsx::new(BufReader::new(file)).map_err(|error| reading.xlsx_refusal(error))?;
        let sheets = book.sheets_metadata().to_vec();
        sheets_limit(sheets.len(), &reading.name)?;
        let chosen = reading.chosen(&sheets, |sheet| {
            let (head, _) = reading.xlsx_rows(&mut book, sheet, Merged::default(), |rows| read_head(rows))?;
            Ok(likeness(&head, &reading.spec))
        })?;
        for sheet in chosen {
            // They stand behind the cells, so that the sheet is read twice: only for those that a header can need.
            let merged = if reading.has_groups() { book.merge_cells_by_sheet_name(&sheet).ok() } else { None };
            // They stand beside the cells, in what the reader of the cells passes over.
            let hidden = xlsx_hidden::lines(&mut archive, &hiding, &sheet, &reading.name)?;
            sink.opened(Some(&sheet))?;
            let merged = Merged::new(&merged.unwrap_or_default());
            let ((), held) = reading.xlsx_rows(&mut book, &sheet, merged, |rows| reading.send(rows, sink))?;
            sink.found(hidden.finding(held, &sheet));
        }
        Ok(())
    })
}

fn prepare(opening: Opening<'_>) -> Result<(File, Reading), ReadError> {
    let Opening { input, name, spec, limits, each, .. } = opening;
    let file = input.into_file(limits.unpacked_bytes).map_err(|source| ReadError::unpacking(&name, 0, source))?;
    Ok((file, Reading { name, spec: spec.clone(), limits, each }))
}

/// A reader of one row after the other.
type NextRow<'a> = &'a mut dyn FnMut(&mut Row) -> Result<bool, ReadError>;

impl Reading {
    /// Reads a sheet cell by cell. Says too which rows and columns it came to hold something.
    fn xlsx_rows<T, E: From<ReadError>>(
        &self,
        book: &mut Xlsx<BufReader<File>>,
        sheet: &str,
        merged: Merged,
        take: impl FnOnce(NextRow<'_>) -> Result<T, E>,
    ) -> Result<(T, Lines), E> {
        let epoch_1904 = book.has_1904_epoch();
        let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| self.xlsx_refusal(error))?;
        let styles: Vec<Style> = cells.styles().iter().map(style_of).collect();
        let next = || {
            let next = cells.next_cell_with_style_id().map_err(|error| self.xlsx_refusal(error))?;
            Ok(next.map(|(cell, style)| {
                let (row, column) = cell.get_position();
                let style = styles.get(style).copied().unwrap_or_default();
                CellAt { row, column, spans: 1, value: cell.get_value().clone(), style }
            }))
        };
        let mut rows = SheetRows::new(next, &self.name, self.limits, epoch_1904).with_merged(merged);
        let taken = take(&mut |row| rows.read(row))?;
        Ok((taken, rows.held()))
    }

    /// The sheets to read. `answers` says how many columns a sheet answers to.
    fn chosen(
        &self,
        sheets: &[Sheet],
        answers: impl FnMut(&str) -> Result<usize, ReadError>,
    ) -> Result<Vec<String>, ReadError> {
        match self.each {
            Some(_) => shown(&self.name, sheets),
            None => choose(&self.name, sheets, &self.spec, answers).map(|sheet| vec![sheet]),
        }
    }

    /// Hands over the rows of a sheet.
    fn send(&self, read: NextRow<'_>, sink: &mut Sink) -> Result<(), Halt> {
        for _ in 0..self.each.unwrap_or(usize::MAX) {
            let mut row = Row::default();
            if !read(&mut row)? {
                break;
            }
            sink.push(row)?;
        }
        Ok(())
    }

    /// Whether the header has rows in which groups of columns can stand.
    fn has_groups(&self) -> bool {
        self.spec.table.header_rows.0 > 1
    }

    fn xlsx_refusal(&self, error: XlsxError) -> ReadError {
        match error {
            XlsxError::Password => ReadError::Protected { file: self.name.clone(), what: XLSX },
            error => ReadError::damaged(&self.name, XLSX, &error),
        }
    }
}

fn style_of(style: &calamine::Style) -> Style {
    style.number_format.as_ref().map_or(Style::Plain, |format| Style::of_format(&format.format_code))
}

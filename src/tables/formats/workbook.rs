//! Workbooks: those of Excel, old and new, and `OpenDocument` spreadsheets.
//!
//! A sheet of an `.xlsx` file is read cell by cell: in memory are its distinct texts and the rows on their way. The
//! older formats are held in memory as a whole, up to 128 MB of file (`.xls`) or of unpacked parts (`.ods`).
//! Of merged cells the first holds the value, and the rows of `.xlsx` and `.xls` know how far it reaches, for the groups of
//! a header; a formula's value is the one that was saved with it.

mod rows;

use std::{
    fs::File,
    io::{BufReader, Read, Seek},
};

use calamine::{Data, DataRef, Dimensions, Ods, OdsError, Range, Reader, Sheet, Xls, XlsError, Xlsx, XlsxError};

use super::{
    super::{
        ReadError, TableSpec,
        error::Limits,
        row::{Row, Rows},
    },
    Format, Opening,
    apart::{self, Halt, Sink},
    cell_text::Style,
    input::megabytes,
    named::{Kind, open_as},
    package,
    sheets::{choose, read_head},
};
use rows::{CellAt, Merged, SheetRows};

/// Excel's binary format, up to Excel 2003, and encrypted workbooks of any kind.
pub(super) const OLD_FORMAT: Format = Format {
    recognises: |head| head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
    open: |opening| open_as(Kind::Xls, opening, open_xls),
};

const XLSX: &str = "an Excel workbook";
const XLS: &str = "an Excel workbook of the old kind (.xls)";
const ODS: &str = "an OpenDocument spreadsheet";

/// Workbooks that are held in memory as a whole may be this large.
const HELD: u64 = 128 << 20;

/// What every workbook is read with.
struct Reading {
    name: String,
    spec: TableSpec,
    limits: Limits,
}

/// Opens a workbook of Excel 2007 and later.
pub(super) fn open_xlsx(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let (file, reading) = prepare(opening)?;
    package::inspect(&mut package::open(&file, &reading.name, XLSX)?, &reading.name, XLSX, &reading.limits)?;
    apart::read(&reading.name.clone(), XLSX, move |sink| {
        let mut book = Xlsx::new(BufReader::new(file)).map_err(|error| reading.xlsx_refusal(error))?;
        let sheets = book.sheets_metadata().to_vec();
        let sheet = choose(&reading.name, &sheets, &reading.spec, |sheet| {
            reading.xlsx_rows(&mut book, sheet, Merged::default(), |rows| read_head(rows))
        })?;
        // They stand behind the cells, so that the sheet is read twice: only for those that a header can need.
        let merged = if reading.has_groups() { book.merge_cells_by_sheet_name(&sheet).ok() } else { None };
        sink.opened(Some(&sheet))?;
        reading.xlsx_rows(&mut book, &sheet, Merged::new(&merged.unwrap_or_default()), |rows| send(rows, sink))
    })
}

/// Opens a workbook of Excel 2003 and earlier.
fn open_xls(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let (file, reading) = prepare(opening)?;
    reading.hold(&file)?;
    apart::read(&reading.name.clone(), XLS, move |sink| {
        let again = file.try_clone();
        let mut book = Xls::new(BufReader::new(file)).map_err(|error| match error {
            XlsError::Password => ReadError::Protected { file: reading.name.clone(), what: XLS },
            error => what_else(again, &reading.name).unwrap_or_else(|| ReadError::damaged(&reading.name, XLS, &error)),
        })?;
        let (sheets, epoch_1904) = (book.sheets_metadata().to_vec(), book.has_1904_epoch());
        let damaged = |error: XlsError| ReadError::damaged(&reading.name, XLS, &error);
        reading.held(&sheets, epoch_1904, sink, |sheet| {
            let merged = book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
            Ok((book.worksheet_range(sheet).map_err(damaged)?, merged))
        })
    })
}

/// Opens an `OpenDocument` spreadsheet.
pub(super) fn open_ods(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let (file, reading) = prepare(opening)?;
    let mut archive = package::open(&file, &reading.name, ODS)?;
    package::inspect(&mut archive, &reading.name, ODS, &Limits { unpacked_bytes: HELD, ..reading.limits })?;
    apart::read(&reading.name.clone(), ODS, move |sink| {
        let refused = |error: OdsError| match error {
            OdsError::Password => ReadError::Protected { file: reading.name.clone(), what: ODS },
            error => ReadError::damaged(&reading.name, ODS, &error),
        };
        let mut book = Ods::new(BufReader::new(file)).map_err(refused)?;
        let sheets = book.sheets_metadata().to_vec();
        reading.held(&sheets, false, sink, |sheet| Ok((book.worksheet_range(sheet).map_err(refused)?, Vec::new())))
    })
}

fn prepare(opening: Opening<'_>) -> Result<(File, Reading), ReadError> {
    let Opening { input, name, spec, limits, .. } = opening;
    let file = input.into_file(limits.unpacked_bytes).map_err(|source| ReadError::unpacking(&name, 0, source))?;
    Ok((file, Reading { name, spec: spec.clone(), limits }))
}

/// A reader of one row after the other.
type NextRow<'a> = &'a mut dyn FnMut(&mut Row) -> Result<bool, ReadError>;

impl Reading {
    /// Reads a sheet cell by cell.
    fn xlsx_rows<T, E: From<ReadError>>(
        &self,
        book: &mut Xlsx<BufReader<File>>,
        sheet: &str,
        merged: Merged,
        take: impl FnOnce(NextRow<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let epoch_1904 = book.has_1904_epoch();
        let mut cells = book.worksheet_cells_reader(sheet).map_err(|error| self.xlsx_refusal(error))?;
        let styles: Vec<Style> = cells.styles().iter().map(style_of).collect();
        let next = || {
            let next = cells.next_cell_with_style_id().map_err(|error| self.xlsx_refusal(error))?;
            Ok(next.map(|(cell, style)| {
                let (row, column) = cell.get_position();
                let style = styles.get(style).copied().unwrap_or_default();
                CellAt { row, column, value: cell.get_value().clone(), style }
            }))
        };
        let mut rows = SheetRows::new(next, &self.name, self.limits, epoch_1904).with_merged(merged);
        take(&mut |row| rows.read(row))
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

    /// Refuses a workbook that is too large to be held in memory.
    fn hold(&self, file: &File) -> Result<(), ReadError> {
        let size = file.metadata().map_err(|source| ReadError::Open { file: self.name.clone(), source })?.len();
        let reason = || format!("it is larger than {}; save it as .xlsx", megabytes(HELD));
        if size > HELD { Err(ReadError::TooLarge { file: self.name.clone(), reason: reason() }) } else { Ok(()) }
    }

    /// Sends the rows of a workbook whose sheets are held in memory.
    fn held(
        &self,
        sheets: &[Sheet],
        epoch_1904: bool,
        sink: &mut Sink,
        mut range: impl FnMut(&str) -> Result<(Range<Data>, Vec<Dimensions>), ReadError>,
    ) -> Result<(), Halt> {
        let sheet = choose(&self.name, sheets, &self.spec, |sheet| {
            let (range, merged) = range(sheet)?;
            self.range_rows(&range, &merged, epoch_1904, |rows| read_head(rows))
        })?;
        let (range, merged) = range(&sheet)?;
        sink.opened(Some(&sheet))?;
        self.range_rows(&range, &merged, epoch_1904, |rows| send(rows, sink))
    }

    fn range_rows<T, E>(
        &self,
        range: &Range<Data>,
        merged: &[Dimensions],
        epoch_1904: bool,
        take: impl FnOnce(NextRow<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        let mut cells = range.used_cells();
        let place = |first: u32, offset: usize| first.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
        let next = || {
            Ok(cells.next().map(|(row, column, data)| CellAt {
                row: place(first_row, row),
                column: place(first_column, column),
                value: borrowed(data),
                style: Style::Plain,
            }))
        };
        let rows = SheetRows::new(next, &self.name, self.limits, epoch_1904);
        let mut rows = rows.with_merged(Merged::new(merged));
        take(&mut |row| rows.read(row))
    }
}

/// Hands over every row.
fn send(read: NextRow<'_>, sink: &mut Sink) -> Result<(), Halt> {
    loop {
        let mut row = Row::default();
        if !read(&mut row)? {
            return Ok(());
        }
        sink.push(row)?;
    }
}

fn style_of(style: &calamine::Style) -> Style {
    style.number_format.as_ref().map_or(Style::Plain, |format| Style::of_format(&format.format_code))
}

fn borrowed(data: &Data) -> DataRef<'_> {
    match data {
        Data::String(text) => DataRef::SharedString(text),
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(value) => DataRef::DateTime(*value),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// What a compound document is, if no workbook: an encrypted one, a text, a message.
fn what_else(file: std::io::Result<File>, name: &str) -> Option<ReadError> {
    let mut bytes = Vec::new();
    let mut file = file.ok()?;
    file.rewind().ok()?;
    file.take(HELD).read_to_end(&mut bytes).ok()?;
    let names = |word: &str| {
        let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    let other = |looks_like| ReadError::NotText { file: name.to_owned(), looks_like };
    if names("EncryptedPackage") {
        Some(ReadError::Protected { file: name.to_owned(), what: XLSX })
    } else if names("WordDocument") {
        Some(other("a Word document"))
    } else if names("PowerPoint Document") {
        Some(other("a PowerPoint presentation"))
    } else if names("__substg1.0_") {
        Some(other("an Outlook message"))
    } else {
        None
    }
}

//! What stands at the beginning of a binary workbook: its sheets, formats and texts.

use std::collections::HashMap;

use calamine::{Sheet, SheetType, SheetVisible};

use super::{
    super::{super::ReadError, cell_text::Style},
    XLS,
    biff::{Cursor, Record, Records, SharedTexts, Texts},
    compound::{u16_at, u32_at},
    sheets_limit,
};

/// Kinds of records ([MS-XLS] 2.3).
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const PASSWORD: u16 = 0x002F;
const CODE_PAGE: u16 = 0x0042;
const DATE_MODE: u16 = 0x0022;
const NUMBER_FORMAT: u16 = 0x041E;
const CELL_FORMAT: u16 = 0x00E0;
const SHEET: u16 = 0x0085;
const SHARED_TEXTS: u16 = 0x00FC;

/// A binary workbook: the stream that holds it, and what its beginning says.
pub(super) struct Book {
    pub(super) stream: Vec<u8>,
    pub(super) texts: Texts,
    pub(super) shared: SharedTexts,
    /// How the cells of each format are shown.
    pub(super) styles: Vec<Style>,
    pub(super) epoch_1904: bool,
    pub(super) sheets: Vec<Sheet>,
    /// Where in the stream each sheet begins.
    pub(super) places: Vec<usize>,
}

impl Book {
    /// Reads the beginning of a workbook.
    pub(super) fn read(stream: Vec<u8>, name: &str) -> Result<Self, ReadError> {
        let damaged = |reason: &str| ReadError::damaged(name, XLS, reason);
        let mut book = Self {
            texts: Texts::Unicode,
            shared: SharedTexts::default(),
            styles: Vec::new(),
            epoch_1904: false,
            sheets: Vec::new(),
            places: Vec::new(),
            stream: Vec::new(),
        };
        let (mut formats, mut used) = (HashMap::new(), Vec::new());
        let mut ended = false;
        for record in (Records { stream: &stream, at: 0 }) {
            let data = stream.get(record.start..record.end).unwrap_or_default();
            match record.kind {
                BEGIN => match u16_at(data, 0) {
                    0x0600 => book.texts = Texts::Unicode,
                    0x0500 => book.texts = Texts::Bytes(Texts::of_code_page(1252)),
                    _ => return Err(damaged("it is of a version before Excel 5, or of none")),
                },
                PASSWORD => return Err(ReadError::Protected { file: name.to_owned(), what: XLS }),
                CODE_PAGE if matches!(book.texts, Texts::Bytes(_)) => {
                    book.texts = Texts::Bytes(Texts::of_code_page(u16_at(data, 0)));
                }
                DATE_MODE => book.epoch_1904 = u16_at(data, 0) == 1,
                NUMBER_FORMAT => {
                    let long = matches!(book.texts, Texts::Unicode);
                    // A format that cannot be read shows a number as it is.
                    let code = Cursor::new(&stream, record.start + 2, record.end).text(book.texts, long);
                    formats.insert(u16_at(data, 0), Style::of_format(&code.unwrap_or_default()));
                }
                CELL_FORMAT => used.push(u16_at(data, 2)),
                SHEET => {
                    let sheet = book.sheet(&stream, record).ok_or_else(|| damaged("the name of a sheet is cut off"))?;
                    book.sheets.push(sheet);
                    book.places.push(u32_at(data, 0) as usize);
                    sheets_limit(book.sheets.len(), name)?;
                }
                SHARED_TEXTS => book.shared = SharedTexts::read(&stream, record),
                END => {
                    ended = true;
                    break;
                }
                _ => {}
            }
        }
        if !ended {
            return Err(damaged("its beginning is cut off"));
        }
        let style = |format: &u16| formats.get(format).copied().unwrap_or_else(|| Style::of_builtin(*format));
        book.styles = used.iter().map(style).collect();
        book.stream = stream;
        Ok(book)
    }

    fn sheet(&self, stream: &[u8], record: Record) -> Option<Sheet> {
        let data = stream.get(record.start..record.end)?;
        let visible = match data.get(4)? & 3 {
            0 => SheetVisible::Visible,
            1 => SheetVisible::Hidden,
            _ => SheetVisible::VeryHidden,
        };
        let typ = match data.get(5)? {
            0 => SheetType::WorkSheet,
            1 => SheetType::MacroSheet,
            2 => SheetType::ChartSheet,
            _ => SheetType::Vba,
        };
        let name = Cursor::new(stream, record.start + 6, record.end).text(self.texts, false)?;
        Some(Sheet { name: name.replace('\0', ""), typ, visible })
    }
}

//! The cells of a sheet of a binary workbook, in the order of the sheet, whatever order they were written in.

use calamine::{CellErrorType, DataRef, Dimensions};

use super::{
    super::super::ReadError,
    XLS,
    biff::{Cursor, Record, Records, long_number, short_number},
    compound::{u16_at, u32_at},
    hidden::Lines,
    rows::CellAt,
    xls_book::Book,
};

/// Kinds of records that hold cells ([MS-XLS] 2.3), and of what stands between them.
const NUMBER: u16 = 0x0203;
const TEXT: u16 = 0x0204;
const RICH_TEXT: u16 = 0x00D6;
const TRUTH_OR_ERROR: u16 = 0x0205;
const SHORT_NUMBER: u16 = 0x027E;
const SHORT_NUMBERS: u16 = 0x00BD;
const SHARED_TEXT: u16 = 0x00FD;
const FORMULA: u16 = 0x0006;
const FORMULA_TEXT: u16 = 0x0207;
const MERGED: u16 = 0x00E5;
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
/// What is said of a row or of columns, and the bit in it that hides them; a height or width of nought does too.
const ROW: u16 = 0x0208;
const ROW_HIDDEN: u16 = 0x0020;
const COLUMNS: u16 = 0x007D;
const COLUMNS_HIDDEN: u16 = 0x0001;

/// Where a cell is written.
#[derive(Debug, Clone, Copy)]
struct Place {
    row: u16,
    column: u16,
    /// Which of several numbers in one record.
    part: u16,
    /// Where its record's header stands.
    at: u32,
}

/// The cells of a sheet: 12 bytes a cell, until each is asked for.
pub(super) struct Cells<'a> {
    book: &'a Book,
    name: &'a str,
    places: std::vec::IntoIter<Place>,
    /// The ranges of cells that are merged.
    pub(super) merged: Vec<Dimensions>,
    /// The rows and columns that are hidden.
    pub(super) hidden: Lines,
}

impl<'a> Cells<'a> {
    /// Finds the cells of the sheet that begins at this place of the stream.
    pub(super) fn of_sheet(book: &'a Book, begins: usize, name: &'a str) -> Result<Self, ReadError> {
        let (mut places, mut merged, mut hidden, mut depth) = (Vec::new(), Vec::new(), Lines::default(), 0_u32);
        for record in (Records { stream: &book.stream, at: begins }) {
            let data = || book.stream.get(record.start..record.end).unwrap_or_default();
            match record.kind {
                BEGIN => depth += 1,
                _ if depth == 0 => break,
                END if depth == 1 => {
                    depth = 0;
                    break;
                }
                END => depth -= 1,
                // A chart within the sheet has cells of its own.
                _ if depth > 1 => {}
                MERGED => merged.extend(ranges(data())),
                ROW if u16_at(data(), 12) & ROW_HIDDEN != 0 || u16_at(data(), 6) == 0 => {
                    let row = u16_at(data(), 0).into();
                    hidden.rows.add(row, row);
                }
                COLUMNS if u16_at(data(), 8) & COLUMNS_HIDDEN != 0 || u16_at(data(), 4) == 0 => {
                    hidden.columns.add(u16_at(data(), 0).into(), u16_at(data(), 2).into());
                }
                _ => find(&book.stream, record, &mut places),
            }
        }
        if depth > 0 || places.is_empty() && book.stream.get(begins..).is_none_or(<[u8]>::is_empty) {
            return Err(ReadError::damaged(name, XLS, "a sheet of it is cut off"));
        }
        let order = |place: &Place| (place.row, place.column);
        if !places.is_sorted_by_key(order) {
            places.sort_unstable_by_key(order);
        }
        Ok(Self { book, name, places: places.into_iter(), merged, hidden })
    }

    /// The next cell.
    pub(super) fn next_cell(&mut self) -> Result<Option<CellAt<'static>>, ReadError> {
        let Some(place) = self.places.next() else { return Ok(None) };
        let value = self.value(place).ok_or_else(|| {
            let (row, column) = (u32::from(place.row) + 1, u32::from(place.column) + 1);
            ReadError::damaged(
                self.name,
                XLS,
                format!("the cell in row {row}, column {column} is cut off or misses its text"),
            )
        })?;
        let data = self.book.stream.get(place.at as usize + 4..).unwrap_or_default();
        let format = u16_at(data, 4 + usize::from(place.part) * 6);
        let style = self.book.styles.get(usize::from(format)).copied().unwrap_or_default();
        Ok(Some(CellAt { row: place.row.into(), column: place.column.into(), spans: 1, value, style }))
    }

    fn value(&self, place: Place) -> Option<DataRef<'static>> {
        let stream = &self.book.stream;
        let record = Records { stream, at: place.at as usize }.next()?;
        let data = stream.get(record.start..record.end)?;
        Some(match record.kind {
            NUMBER => DataRef::Float(long_number(data, 6)?),
            SHORT_NUMBER => DataRef::Float(short_number(data.get(6..10)?)),
            SHORT_NUMBERS => {
                let at = 6 + usize::from(place.part) * 6;
                DataRef::Float(short_number(data.get(at..at + 4)?))
            }
            SHARED_TEXT => DataRef::String(self.book.shared.get(stream, u32_at(data, 6) as usize)?),
            TRUTH_OR_ERROR if *data.get(7)? == 0 => DataRef::Bool(*data.get(6)? != 0),
            TRUTH_OR_ERROR => error(*data.get(6)?),
            FORMULA => self.result(record, data.get(6..14)?)?,
            _ => DataRef::String(Cursor::new(stream, record.start + 6, record.end).text(self.book.texts, true)?),
        })
    }

    /// What was saved as the value of a formula. A text stands in one of the next records.
    fn result(&self, formula: Record, value: &[u8]) -> Option<DataRef<'static>> {
        if u16_at(value, 6) != 0xFFFF {
            return long_number(value, 0).map(DataRef::Float);
        }
        Some(match value.first()? {
            0 => {
                let mut next = Records { stream: &self.book.stream, at: formula.end }.take(4);
                match next.find(|record| matches!(record.kind, FORMULA_TEXT | FORMULA)) {
                    Some(text) if text.kind == FORMULA_TEXT => {
                        let mut cursor = Cursor::new(&self.book.stream, text.start, text.end);
                        DataRef::String(cursor.text(self.book.texts, true)?)
                    }
                    _ => DataRef::Empty,
                }
            }
            1 => DataRef::Bool(*value.get(2)? != 0),
            2 => error(*value.get(2)?),
            _ => DataRef::Empty,
        })
    }
}

/// The ranges of a record of merged cells: a count, then first and last row, first and last column of each.
fn ranges(data: &[u8]) -> impl Iterator<Item = Dimensions> {
    let count = usize::from(u16_at(data, 0));
    data.get(2..).unwrap_or_default().chunks_exact(8).take(count).map(|range| {
        let at = |at: usize| u32::from(u16_at(range, at));
        Dimensions::new((at(0), at(4)), (at(2), at(6)))
    })
}

/// Adds the cells of a record, if it holds any.
fn find(stream: &[u8], record: Record, places: &mut Vec<Place>) {
    let data = stream.get(record.start..record.end).unwrap_or_default();
    let several = match record.kind {
        SHORT_NUMBERS => data.len().saturating_sub(6) / 6,
        NUMBER | TEXT | RICH_TEXT | TRUTH_OR_ERROR | SHORT_NUMBER | SHARED_TEXT | FORMULA => 1,
        _ => return,
    };
    let at = u32::try_from(record.start.saturating_sub(4)).unwrap_or(u32::MAX);
    let first = u16_at(data, 2);
    for part in 0..u16::try_from(several).unwrap_or(u16::MAX) {
        places.push(Place { row: u16_at(data, 0), column: first.saturating_add(part), part, at });
    }
}

fn error(code: u8) -> DataRef<'static> {
    DataRef::Error(match code {
        0x00 => CellErrorType::Null,
        0x07 => CellErrorType::Div0,
        0x0F => CellErrorType::Value,
        0x17 => CellErrorType::Ref,
        0x1D => CellErrorType::Name,
        0x24 => CellErrorType::Num,
        0x2A => CellErrorType::NA,
        0x2B => CellErrorType::GettingData,
        other => return DataRef::String(format!("#ERROR {other}!")),
    })
}

//! Cells in the order of a sheet → rows.

use std::collections::BTreeMap;

use calamine::{DataRef, Dimensions};

use super::{
    super::{
        super::{ReadError, error::Limits, row::Row},
        cell_text::{self, Style},
    },
    hidden::{Lines, Ranges},
};

/// A cell and where it stands, from 0.
pub(super) struct CellAt<'a> {
    pub(super) row: u32,
    pub(super) column: u32,
    /// Over how many columns it is merged, where that is known with it; otherwise see [`Merged`].
    pub(super) spans: u32,
    pub(super) value: DataRef<'a>,
    pub(super) style: Style,
}

/// Blank rows that are passed on between two that are not. A sheet can have a million of them.
const GAP: u64 = 16;

/// Rows made of the cells that a function gives, one after the other.
pub(super) struct SheetRows<'a, F> {
    next: F,
    name: &'a str,
    limits: Limits,
    epoch_1904: bool,
    /// The first cell of a row that has not been begun, and the row that is complete.
    pending: Option<CellAt<'a>>,
    gathered: Vec<CellAt<'a>>,
    begun: bool,
    /// The number of the next row, from 1, and how many blank ones were passed on before it.
    number: u64,
    blank: u64,
    rows: u64,
    /// The most cells of a row so far: rows are filled up to it, because a sheet leaves out blank cells.
    width: usize,
    merged: Merged,
    /// The rows that hold something, and whether each column does.
    rows_held: Ranges,
    columns_held: Vec<bool>,
}

/// The cells that are merged across columns.
#[derive(Debug, Default)]
pub(super) struct Merged(BTreeMap<u32, Vec<(usize, usize)>>);

impl Merged {
    pub(super) fn new(ranges: &[Dimensions]) -> Self {
        let mut rows: BTreeMap<u32, Vec<(usize, usize)>> = BTreeMap::new();
        for Dimensions { start: (row, first), end: (_, last) } in
            ranges.iter().filter(|range| range.start.1 < range.end.1)
        {
            rows.entry(*row).or_default().push((*first as usize, *last as usize));
        }
        Self(rows)
    }
}

impl<'a, F: FnMut() -> Result<Option<CellAt<'a>>, ReadError>> SheetRows<'a, F> {
    pub(super) fn new(next: F, name: &'a str, limits: Limits, epoch_1904: bool) -> Self {
        Self {
            next,
            name,
            limits,
            epoch_1904,
            pending: None,
            gathered: Vec::new(),
            begun: false,
            number: 1,
            blank: 0,
            rows: 0,
            width: 0,
            merged: Merged::default(),
            rows_held: Ranges::default(),
            columns_held: Vec::new(),
        }
    }

    /// The same, telling each row which of its cells are merged.
    pub(super) fn with_merged(self, merged: Merged) -> Self {
        Self { merged, ..self }
    }

    /// The rows and columns read so far that hold something.
    pub(super) fn held(self) -> Lines {
        let mut columns = Ranges::default();
        for (at, _) in (0..).zip(&self.columns_held).filter(|(_, held)| **held) {
            columns.add(at, at);
        }
        Lines { rows: self.rows_held, columns }
    }

    /// Reads the next row, blank ones included; false at the end.
    pub(super) fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        if self.gathered.is_empty() && !self.gather()? {
            return Ok(false);
        }
        let number = self.gathered.first().map_or(0, |cell| u64::from(cell.row) + 1);
        if self.number < number && self.blank < GAP {
            row.clear(self.number);
            self.number += 1;
            self.blank += 1;
        } else {
            self.write(row, number)?;
            self.number = number + 1;
            self.blank = 0;
        }
        self.rows += 1;
        if self.rows > self.limits.rows {
            return Err(ReadError::TooManyRows { file: self.name.to_owned(), limit: self.limits.rows });
        }
        Ok(true)
    }

    /// Takes the cells of the next row that has any.
    fn gather(&mut self) -> Result<bool, ReadError> {
        if !self.begun {
            self.begun = true;
            self.pending = self.filled()?;
        }
        let Some(first) = self.pending.take() else { return Ok(false) };
        let row = first.row;
        if u64::from(row) + 1 < self.number {
            let reason = format!("row {} stands below row {}", row + 1, self.number - 1);
            return Err(ReadError::damaged(self.name, "a workbook", reason));
        }
        let mut bytes = held(&first.value);
        self.gathered.push(first);
        while let Some(cell) = self.filled()? {
            if cell.row != row {
                self.pending = Some(cell);
                break;
            }
            if self.gathered.len() >= self.limits.columns {
                let (file, limit) = (self.name.to_owned(), self.limits.columns);
                return Err(ReadError::TooManyColumns { file, row: u64::from(row) + 1, limit });
            }
            bytes += held(&cell.value);
            if bytes > self.limits.row_bytes {
                return Err(self.too_long(u64::from(row) + 1));
            }
            self.gathered.push(cell);
        }
        self.gathered.sort_by_key(|cell| cell.column);
        let twice = self.gathered.windows(2).any(|pair| matches!(pair, [a, b] if a.column == b.column));
        if twice {
            return Err(ReadError::damaged(self.name, "a workbook", format!("a cell of row {} stands twice", row + 1)));
        }
        Ok(true)
    }

    /// The next cell that holds anything.
    fn filled(&mut self) -> Result<Option<CellAt<'a>>, ReadError> {
        loop {
            match (self.next)()? {
                Some(CellAt { value: DataRef::Empty, .. }) => {}
                other => return Ok(other),
            }
        }
    }

    fn write(&mut self, row: &mut Row, number: u64) -> Result<(), ReadError> {
        row.clear(number);
        let first = self.gathered.first().map(|first| first.row);
        if let Some(first) = first {
            self.rows_held.add(first, first);
        }
        let merged = first.and_then(|first| self.merged.0.get(&first));
        for (first, last) in merged.into_iter().flatten() {
            row.merge(*first, *last);
        }
        for cell in std::mem::take(&mut self.gathered) {
            let column = cell.column as usize;
            if column >= self.limits.columns {
                let (file, limit) = (self.name.to_owned(), self.limits.columns);
                return Err(ReadError::TooManyColumns { file, row: number, limit });
            }
            while row.len() < column {
                row.end_cell();
            }
            if self.columns_held.len() <= column {
                self.columns_held.resize(column + 1, false);
            }
            if let Some(held) = self.columns_held.get_mut(column) {
                *held = true;
            }
            if cell.spans > 1 {
                row.merge(column, column + cell.spans as usize - 1);
            }
            push(row, &cell, self.epoch_1904);
            row.end_cell();
            if row.bytes() > self.limits.row_bytes {
                return Err(self.too_long(number));
            }
        }
        self.width = self.width.max(row.len());
        while row.len() < self.width {
            row.end_cell();
        }
        Ok(())
    }

    fn too_long(&self, row: u64) -> ReadError {
        ReadError::RowTooLong { file: self.name.to_owned(), row, limit: self.limits.row_bytes }
    }
}

/// The bytes of a text that a cell has to itself.
fn held(value: &DataRef<'_>) -> usize {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
        _ => 0,
    }
}

fn push(row: &mut Row, cell: &CellAt<'_>, epoch_1904: bool) {
    let is_date = matches!(cell.style, Style::Date | Style::Month | Style::Time);
    match &cell.value {
        DataRef::SharedString(text) => row.push_str(text),
        DataRef::String(text) => row.push_str(text),
        DataRef::Int(number) => row.push_str(&number.to_string()),
        DataRef::Float(serial) if is_date => cell_text::push_serial(row, *serial, epoch_1904, cell.style),
        DataRef::Float(number) => cell_text::push_number(row, *number, cell.style),
        DataRef::DateTime(value) if is_date => {
            cell_text::push_serial(row, value.as_f64(), epoch_1904, cell.style);
        }
        DataRef::DateTime(value) => cell_text::push_excel_date(row, value, epoch_1904),
        DataRef::DateTimeIso(text) => cell_text::push_iso(row, text),
        DataRef::DurationIso(text) => cell_text::push_iso_duration(row, text),
        DataRef::Bool(true) => row.push_str("TRUE"),
        DataRef::Bool(false) => row.push_str("FALSE"),
        DataRef::Error(error) => row.push_str(&error.to_string()),
        DataRef::Empty => {}
    }
}

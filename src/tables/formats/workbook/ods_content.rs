//! The sheets of an `OpenDocument` spreadsheet (`content.xml`), row by row as the XML passes.
//!
//! In memory are one row, as it is written and not as it is repeated, the names of the styles that hide, and which rows are
//! hidden, as ranges.

use std::io::BufRead;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::{
    super::super::{ReadError, error::Limits},
    ODS,
    attribute::value,
    hidden::Lines,
    ods_cell::{CellStart, OdsCell, Shown},
    ods_styles::Styles,
};

/// A row that holds something.
#[derive(Debug, Default)]
pub(super) struct OdsRow {
    /// Where it stands, from 0, and how many rows from there on are like it.
    pub(super) at: u32,
    pub(super) repeated: u32,
    pub(super) cells: Vec<OdsCell>,
}

/// The XML of `content.xml`.
pub(super) struct Content<'a, R> {
    xml: Reader<R>,
    buffer: Vec<u8>,
    /// How many elements are open; among them that of the sheets, and that of the sheet which is being read.
    depth: usize,
    sheets: Option<usize>,
    sheet: Option<usize>,
    styles: Styles,
    /// What is hidden of the sheet which is being read, and the column that is said next, from 0.
    hidden: Lines,
    column: u64,
    /// The row that comes next, from 0.
    row: u64,
    name: &'a str,
    limits: Limits,
}

impl<'a, R: BufRead> Content<'a, R> {
    pub(super) fn new(content: R, name: &'a str, limits: Limits) -> Self {
        let mut xml = Reader::from_reader(content);
        xml.config_mut().expand_empty_elements = true;
        Self {
            xml,
            buffer: Vec::new(),
            depth: 0,
            sheets: None,
            sheet: None,
            styles: Styles::default(),
            hidden: Lines::default(),
            column: 0,
            row: 0,
            name,
            limits,
        }
    }

    /// Goes to the next sheet: its name, and whether it is shown. None after the last.
    pub(super) fn next_sheet(&mut self) -> Result<Option<(String, bool)>, ReadError> {
        loop {
            let (depth, sheets, name) = (self.depth, self.sheets, self.name);
            match self.event()? {
                Event::Eof => return Ok(None),
                Event::Start(start) => match start.name().0 {
                    "office:spreadsheet" => self.sheets = Some(depth + 1),
                    // A table elsewhere is a copy of one in another file, or of what was deleted.
                    "table:table" if sheets == Some(depth) => {
                        let title = attribute(&start, "table:name", name)?.unwrap_or_default();
                        let start = start.into_owned();
                        self.sheet = Some(depth + 1);
                        (self.row, self.column, self.hidden) = (0, 0, Lines::default());
                        return Ok(Some((title, !self.styles.hide_sheet(&start, name)?)));
                    }
                    style if style.starts_with("style:") => {
                        let start = start.into_owned();
                        self.styles.take(&start, name)?;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// Reads the next row of the sheet that holds something; false after its last.
    pub(super) fn next_row(&mut self, row: &mut OdsRow) -> Result<bool, ReadError> {
        let Some(sheet) = self.sheet else { return Ok(false) };
        while self.depth >= sheet {
            let name = self.name;
            let (repeated, hidden) = match self.event()? {
                Event::Eof => break,
                Event::Start(start) => match start.name().0 {
                    "table:table-row" => {
                        let start = start.into_owned();
                        (count(&start, "table:number-rows-repeated", name)?, self.styles.hide_row(&start, name)?)
                    }
                    "table:table-column" => {
                        let count = count(&start, "table:number-columns-repeated", name)?;
                        let start = start.into_owned();
                        let hidden = self.styles.hide_column(&start, name)?;
                        self.pass_columns(count, hidden);
                        continue;
                    }
                    "table:table-row-group"
                    | "table:table-rows"
                    | "table:table-header-rows"
                    | "table:table-column-group"
                    | "table:table-columns"
                    | "table:table-header-columns" => continue,
                    _ => {
                        self.skip()?;
                        continue;
                    }
                },
                _ => continue,
            };
            row.cells.clear();
            self.cells(&mut row.cells)?;
            let at = self.row;
            self.row = at.saturating_add(repeated);
            if row.cells.is_empty() {
                continue;
            }
            let (Ok(first), Ok(_)) = (u32::try_from(at), u32::try_from(self.row)) else {
                return Err(ReadError::TooManyRows { file: self.name.to_owned(), limit: self.limits.rows });
            };
            (row.at, row.repeated) = (first, u32::try_from(repeated).unwrap_or(u32::MAX));
            if hidden {
                self.hidden.rows.add(first, first.saturating_add(row.repeated - 1));
            }
            return Ok(true);
        }
        self.sheet = None;
        Ok(false)
    }

    /// What is hidden of the sheet, as far as it was read.
    pub(super) fn hidden(&mut self) -> Lines {
        std::mem::take(&mut self.hidden)
    }

    /// Passes the description of so many columns.
    fn pass_columns(&mut self, count: u64, hidden: bool) {
        let (first, next) = (self.column, self.column.saturating_add(count));
        self.column = next;
        if let (true, Ok(first), Some(last)) = (hidden, u32::try_from(first), next.checked_sub(1)) {
            self.hidden.columns.add(first, u32::try_from(last).unwrap_or(u32::MAX));
        }
    }

    /// Reads the cells of the row that was just opened, those that hold something.
    fn cells(&mut self, cells: &mut Vec<OdsCell>) -> Result<(), ReadError> {
        let (row, mut column, mut bytes) = (self.depth, 0_u64, 0_usize);
        while self.depth >= row {
            let name = self.name;
            let (start, repeated, spans) = match self.event()? {
                Event::Eof => return Err(self.damaged("its last row is not closed")),
                Event::Start(start) => {
                    // What lies under a merged cell is a cell like any other, as it is in Excel's files.
                    if !matches!(start.name().0, "table:table-cell" | "table:covered-table-cell") {
                        self.skip()?;
                        continue;
                    }
                    let repeated = count(&start, "table:number-columns-repeated", name)?;
                    let spans = count(&start, "table:number-columns-spanned", name)?;
                    (CellStart::read(&start, name)?, repeated, spans)
                }
                _ => continue,
            };
            let shown = self.shown(bytes)?;
            let at = column;
            column = column.saturating_add(repeated);
            let Some(value) = start.value(&shown) else { continue };
            if column > self.limits.columns as u64 {
                let (file, limit) = (self.name.to_owned(), self.limits.columns);
                return Err(ReadError::TooManyColumns { file, row: self.row + 1, limit });
            }
            bytes = bytes.saturating_add(value.bytes().saturating_mul(usize::try_from(repeated).unwrap_or(usize::MAX)));
            if bytes > self.limits.row_bytes {
                return Err(self.too_long());
            }
            let place = |place: u64| u32::try_from(place).unwrap_or(u32::MAX);
            let spans = place(spans.min(self.limits.columns as u64));
            cells.push(OdsCell { column: place(at), repeated: place(repeated), spans, value });
        }
        Ok(())
    }

    /// Reads what the cell that was just opened shows: its paragraphs, without notes and drawings.
    fn shown(&mut self, before: usize) -> Result<Shown, ReadError> {
        let cell = self.depth;
        let mut shown = Shown::default();
        while self.depth >= cell {
            let (depth, name) = (self.depth, self.name);
            match self.event()? {
                Event::Eof => return Err(self.damaged("its last cell is not closed")),
                Event::Start(start) => match start.name().0 {
                    "text:p" if depth == cell => shown.paragraph(),
                    "text:s" => {
                        let spaces = match attribute(&start, "text:c", name)? {
                            None => 1,
                            Some(spaces) => spaces.parse().unwrap_or(usize::MAX),
                        };
                        // More than a row may hold is refused below.
                        shown.spaces(spaces.min(self.limits.row_bytes + 1));
                    }
                    "text:tab" => shown.spaces(1),
                    "text:line-break" => shown.line(),
                    "text:ruby-text" | "text:note" => self.skip()?,
                    text if text.starts_with("text:") => {}
                    _ => self.skip()?,
                },
                Event::Text(text) if depth > cell => shown.text(&text.xml10_content()),
                Event::CData(text) if depth > cell => shown.text(&text.xml10_content()),
                Event::GeneralRef(entity) if depth > cell => match entity_text(&entity) {
                    Some(text) => shown.literal(text),
                    None => return Err(self.damaged("it refers to an entity that XML does not have")),
                },
                _ => {}
            }
            if before + shown.len() > self.limits.row_bytes {
                return Err(self.too_long());
            }
        }
        Ok(shown)
    }

    /// Goes past the element that was just opened.
    fn skip(&mut self) -> Result<(), ReadError> {
        let element = self.depth;
        while self.depth >= element {
            if matches!(self.event()?, Event::Eof) {
                return Err(self.damaged("it ends in the middle"));
            }
        }
        Ok(())
    }

    fn event(&mut self) -> Result<Event<'_>, ReadError> {
        self.buffer.clear();
        let event = self.xml.read_event_into(&mut self.buffer);
        let event = event.map_err(|error| ReadError::damaged(self.name, ODS, error))?;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(event)
    }

    fn too_long(&self) -> ReadError {
        ReadError::RowTooLong { file: self.name.to_owned(), row: self.row + 1, limit: self.limits.row_bytes }
    }

    fn damaged(&self, reason: &str) -> ReadError {
        ReadError::damaged(self.name, ODS, reason)
    }
}

/// The value of an attribute.
pub(super) fn attribute(start: &BytesStart<'_>, key: &str, name: &str) -> Result<Option<String>, ReadError> {
    value(start.try_get_attribute(key), name, ODS)
}

/// How often something is repeated: 1 unless it says so.
fn count(start: &BytesStart<'_>, key: &str, name: &str) -> Result<u64, ReadError> {
    let Some(count) = attribute(start, key, name)? else { return Ok(1) };
    // Digits beyond any number are beyond any limit too.
    let digits = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    match count.parse() {
        Ok(count) => Ok(count),
        Err(_) if digits => Ok(u64::MAX),
        Err(_) => Err(ReadError::damaged(name, ODS, format!("`{key}` is no count"))),
    }
}

/// What a reference in text stands for: a character, or one of the five names of XML.
fn entity_text(entity: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Some(c) = entity.resolve_char_ref().ok()? {
        return Some(c);
    }
    Some(match entity.xml10_content().as_ref() {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

//! Cells of regular rows → a column of a batch, kept as it costs least.

use std::sync::Arc;

use crate::model::{
    Cell, Column, Missing,
    table::{Cells, Coded, Numbers, Printed},
};

use super::{super::column::ColumnReader, intern::Interner, number, word::Word};

/// A dictionary that grows beyond this, in entries or bytes, is begun anew …
const MOST_ENTRIES: usize = 1 << 16;
const MOST_BYTES: usize = 8 << 20;
/// … and one whose entries stand in fewer rows than this each is not worth having.
const ROWS_AN_ENTRY: usize = 4;

/// Consecutive rows of a piece of a file that all have as many cells as the header.
pub(super) struct Run<'a> {
    pub(super) printed: &'a Arc<Printed>,
    /// The first cell of the first row, counted through all rows of the piece.
    pub(super) first: usize,
    /// The number of each row in the file.
    pub(super) rows: &'a [u64],
    /// Whether rows may end with a carriage return before the line feed.
    pub(super) returns: bool,
}

impl<'a> Run<'a> {
    /// Calls `each` with the place of every row among these, and where its cell in a column begins and ends.
    #[inline]
    fn each(&self, position: usize, mut each: impl FnMut(usize, usize, usize)) {
        let (width, bytes, ends) = (self.printed.width, self.bytes(), self.printed.ends.as_slice());
        let may_return = self.returns && position + 1 == width;
        let mut at = self.first + position;
        for row in 0..self.rows.len() {
            // Nothing ends before the first cell of all.
            let start = ends.get(at.wrapping_sub(1)).map_or(self.printed.start, |end| *end as usize + 1);
            let mut end = ends.get(at).map_or(start, |end| *end as usize);
            if may_return && end > start && bytes.get(end - 1) == Some(&b'\r') {
                end -= 1;
            }
            each(row, start, end);
            at += width;
        }
    }

    fn bytes(&self) -> &'a [u8] {
        &self.printed.bytes
    }

    fn row(&self, at: usize) -> u64 {
        self.rows.get(at).copied().unwrap_or(0)
    }

    /// The text of a cell, of which it is known where it begins and ends.
    fn text<'t>(&self, start: usize, end: usize, unquoted: &'t mut String) -> &'t str
    where
        'a: 't,
    {
        text(self.bytes().get(start..end).unwrap_or_default(), unquoted)
    }
}

/// How one column is filled.
pub(super) struct Fill {
    /// Where it stands in the file.
    position: Option<usize>,
    way: Way,
    /// For cells whose quotation marks are doubled.
    unquoted: String,
}

enum Way {
    NotRead,
    Numbers,
    Coded(Box<Codes>),
    Plain,
}

#[derive(Default)]
struct Codes {
    interner: Interner,
    /// Whether an entry is doubtful, so that the reader must hear of every row that has it.
    doubtful: Vec<bool>,
    any_doubtful: bool,
    /// The rows since the dictionary was begun.
    rows: usize,
}

impl Fill {
    pub(super) fn new(position: Option<usize>, wanted: bool, reader: &ColumnReader) -> Self {
        let way = match position {
            _ if !wanted && !reader.has_doubts() => Way::NotRead,
            Some(_) if reader.takes_plain_figures() => Way::Numbers,
            _ => Way::Coded(Box::default()),
        };
        Self { position, way, unquoted: String::new() }
    }

    /// The column of a batch that this will fill.
    pub(super) fn column(&self) -> Column {
        let cells = match &self.way {
            Way::NotRead => Cells::NotRead(0),
            Way::Numbers => Cells::Numbers(Numbers::default()),
            Way::Coded(_) => Cells::Coded(Coded::default()),
            Way::Plain => Cells::default(),
        };
        cells.into()
    }

    /// Fills the column with the cells of these rows.
    pub(super) fn fill(&mut self, run: &Run<'_>, reader: &mut ColumnReader, column: &mut Column) {
        let Self { position, way, unquoted } = self;
        match (way, column.cells_mut(), *position) {
            (Way::NotRead, Cells::NotRead(rows), _) => *rows = run.rows.len(),
            (Way::Numbers, Cells::Numbers(numbers), Some(position)) => {
                numbers.begin(Arc::clone(run.printed), run.first + position);
                run.each(position, |row, start, end| {
                    if let Some(number) = Word::of(run.bytes(), start, end).and_then(number::plain) {
                        numbers.push(number);
                        return;
                    }
                    let (text, cell) = reader.read(run.row(row), run.text(start, end, unquoted), None);
                    numbers.push_apart(text, cell);
                });
            }
            (Way::Coded(known), Cells::Coded(coded), Some(position)) => {
                known.fill(run, position, reader, coded, unquoted);
                if known.is_useless(coded) {
                    self.way = Way::Plain;
                    // What was just filled stands; the next rows find a plain column.
                }
            }
            (Way::Coded(_), Cells::Coded(coded), None) => {
                if coded.dictionary.is_empty() {
                    coded.dictionary.push("", Cell::Missing(Missing::Absent));
                }
                coded.codes.clear();
                coded.codes.resize(run.rows.len(), 0);
            }
            (Way::Plain, _, position) => {
                column.clear();
                let Some(position) = position else { return };
                run.each(position, |row, start, end| {
                    let (text, cell) = reader.read(run.row(row), run.text(start, end, unquoted), None);
                    column.push(text, cell);
                });
            }
            // Someone else has had the column in between.
            _ => {
                *column = self.column();
                self.fill(run, reader, column);
            }
        }
    }

    /// Lets go of the piece of the file.
    pub(super) fn release(column: &mut Column) {
        if let Cells::Numbers(numbers) = column.cells_mut() {
            numbers.clear();
        }
    }
}

impl Codes {
    fn fill(
        &mut self,
        run: &Run<'_>,
        position: usize,
        reader: &mut ColumnReader,
        coded: &mut Coded,
        unquoted: &mut String,
    ) {
        coded.codes.clear();
        if coded.dictionary.len() > MOST_ENTRIES || coded.dictionary.bytes() > MOST_BYTES {
            *coded = Coded::default();
            self.interner.clear();
            self.doubtful.clear();
            (self.any_doubtful, self.rows) = (false, 0);
        }
        self.rows += run.rows.len();
        coded.codes.reserve(run.rows.len());
        run.each(position, |row, start, end| {
            let code = match self.interner.find(run.bytes(), start, end) {
                Ok(code) => {
                    if self.any_doubtful && self.doubtful.get(code as usize) == Some(&true) {
                        reader.read(run.row(row), run.text(start, end, unquoted), None);
                    }
                    code
                }
                Err(new) => {
                    let doubts = reader.doubts();
                    let (text, cell) = reader.read(run.row(row), run.text(start, end, unquoted), None);
                    coded.dictionary.push(text, cell);
                    let doubtful = reader.doubts() > doubts;
                    self.doubtful.push(doubtful);
                    self.any_doubtful |= doubtful;
                    self.interner.add(run.bytes().get(start..end).unwrap_or_default(), new)
                }
            };
            coded.codes.push(code);
        });
    }

    fn is_useless(&self, coded: &Coded) -> bool {
        let large = coded.dictionary.len() > MOST_ENTRIES || coded.dictionary.bytes() > MOST_BYTES;
        large && self.rows < coded.dictionary.len() * ROWS_AN_ENTRY
    }
}

/// The text of a cell without its quotation marks.
pub(super) fn text<'a>(raw: &'a [u8], unquoted: &'a mut String) -> &'a str {
    let Some(inner) = raw.strip_prefix(b"\"") else { return str::from_utf8(raw).unwrap_or("") };
    let inner = str::from_utf8(inner.strip_suffix(b"\"").unwrap_or(inner)).unwrap_or("");
    if !inner.contains('"') {
        return inner;
    }
    *unquoted = inner.replace("\"\"", "\"");
    unquoted
}

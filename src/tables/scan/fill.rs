//! Cells of regular rows → a column of a batch, kept as it costs least.

use std::sync::Arc;

use crate::model::{
    Cell, Column, Missing,
    table::{Cells, Coded, Numbers, Printed},
};

use super::{super::column::ColumnReader, intern::Interner, number};

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
    /// Each row's number and the bytes of its cell in a column.
    #[inline]
    fn cells(&self, position: usize) -> impl Iterator<Item = (u64, &'a [u8])> {
        let printed: &'a Printed = self.printed;
        let (width, first) = (printed.width, self.first + position);
        let may_return = self.returns && position + 1 == width;
        self.rows.iter().enumerate().map(move |(row, number)| {
            let raw = printed.raw(first + row * width);
            (*number, if may_return { raw.strip_suffix(b"\r").unwrap_or(raw) } else { raw })
        })
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
                for (row, raw) in run.cells(position) {
                    if let Some(number) = number::plain(raw) {
                        numbers.push(number);
                    } else {
                        let (text, cell) = reader.read(row, text(raw, unquoted), None);
                        numbers.push_apart(text, cell);
                    }
                }
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
                for (row, raw) in position.into_iter().flat_map(|position| run.cells(position)) {
                    let (text, cell) = reader.read(row, text(raw, unquoted), None);
                    column.push(text, cell);
                }
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
        for (row, raw) in run.cells(position) {
            let code = match self.interner.find(raw) {
                Ok(code) => {
                    if self.any_doubtful && self.doubtful.get(code as usize) == Some(&true) {
                        reader.read(row, text(raw, unquoted), None);
                    }
                    code
                }
                Err(hash) => {
                    let doubts = reader.doubts();
                    let (text, cell) = reader.read(row, text(raw, unquoted), None);
                    coded.dictionary.push(text, cell);
                    let doubtful = reader.doubts() > doubts;
                    self.doubtful.push(doubtful);
                    self.any_doubtful |= doubtful;
                    self.interner.add(raw, hash)
                }
            };
            coded.codes.push(code);
        }
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

//! Cells of regular rows → a column of a batch, kept as it costs least.

use std::sync::Arc;

use crate::model::{
    Cell, Column, Missing,
    table::{Cells, Coded, Numbers, Printed},
};

use super::{
    super::column::ColumnReader,
    intern::Interner,
    number,
    word::{BLOCK, Words},
};

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
    /// Where a row's cell in a column begins and ends.
    #[inline]
    fn place(&self, position: usize, row: usize) -> (u32, u32) {
        let Printed { bytes, ends, width, start } = &**self.printed;
        let at = self.first + row * width + position;
        let (start, end) = match at.checked_sub(1).map(|before| ends.get(before..=at)) {
            Some(Some([before, end])) => (before + 1, *end),
            Some(_) => (0, 0),
            // Nothing ends before the first cell of all.
            None => (*start, ends.first().copied().unwrap_or(*start)),
        };
        let may_return = self.returns && position + 1 == *width;
        if may_return && end > start && bytes.get(end as usize - 1) == Some(&b'\r') {
            return (start, end - 1);
        }
        (start, end)
    }

    /// The cells of a column from this row on.
    fn words(&self, position: usize, from: usize, words: &mut Words) {
        let Printed { bytes, ends, width, .. } = &**self.printed;
        let mut places = [(0, 0); BLOCK];
        let rows = from..self.rows.len().min(from + BLOCK);
        let before = (self.first + from * width + position).checked_sub(1);
        let may_return = self.returns && position + 1 == *width;
        if let Some(mut ends) = before.and_then(|before| ends.get(before..)).filter(|_| !may_return) {
            for place in places.iter_mut().take(rows.len()) {
                *place = if let [before, end, ..] = ends { (before + 1, *end) } else { (0, 0) };
                ends = ends.get(*width..).unwrap_or_default();
            }
        } else {
            for (place, row) in places.iter_mut().zip(rows.clone()) {
                *place = self.place(position, row);
            }
        }
        words.set(bytes, places.get(..rows.len()).unwrap_or_default());
    }

    /// A cell with its quotation marks.
    fn raw(&self, position: usize, row: usize) -> &'a [u8] {
        let (start, end) = self.place(position, row);
        self.printed.bytes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Reads a cell as the careful reader does.
    fn read<'t>(
        &self,
        position: usize,
        row: usize,
        reader: &mut ColumnReader,
        unquoted: &'t mut String,
    ) -> (&'t str, Cell)
    where
        'a: 't,
    {
        let text = text(self.raw(position, row), unquoted);
        reader.read(self.rows.get(row).copied().unwrap_or(0), text, None)
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
                let (mut words, mut figures) = (Words::default(), [0.0; BLOCK]);
                for from in (0..run.rows.len()).step_by(BLOCK) {
                    run.words(position, from, &mut words);
                    let others = number::read(&mut words, &mut figures);
                    numbers.extend(figures.get(..words.rows()).unwrap_or_default());
                    for row in words.of(others) {
                        let (text, cell) = run.read(position, from + row, reader, unquoted);
                        numbers.set_apart(from + row, text, cell);
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
                let Some(position) = position else { return };
                for row in 0..run.rows.len() {
                    let (text, cell) = run.read(position, row, reader, unquoted);
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
        let (mut words, mut block) = (Words::default(), [0; BLOCK]);
        for from in (0..run.rows.len()).step_by(BLOCK) {
            run.words(position, from, &mut words);
            let unknown = self.interner.codes(&words, &mut block);
            // The reader hears of every doubtful cell, in the order of the rows.
            for row in words.of(if self.any_doubtful { u64::MAX } else { unknown }) {
                let raw = run.raw(position, from + row);
                let code = match self.interner.find(raw, words.halves(row)) {
                    Ok(code) => {
                        if self.doubtful.get(code as usize) == Some(&true) {
                            run.read(position, from + row, reader, unquoted);
                        }
                        code
                    }
                    Err(new) => {
                        let doubts = reader.doubts();
                        let (text, cell) = run.read(position, from + row, reader, unquoted);
                        coded.dictionary.push(text, cell);
                        let doubtful = reader.doubts() > doubts;
                        self.doubtful.push(doubtful);
                        self.any_doubtful |= doubtful;
                        self.interner.add(raw, new)
                    }
                };
                if let Some(slot) = block.get_mut(row) {
                    *slot = code;
                }
            }
            coded.codes.extend_from_slice(block.get(..words.rows()).unwrap_or_default());
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

//! Cells of regular rows → a column of a batch, kept as it costs least.

use std::sync::Arc;

use crate::model::{
    Cell, Column, Missing,
    table::{Cells, Coded, Numbers, Printed},
};

use super::{
    super::{column::ColumnReader, row::join},
    intern::Interner,
    number,
    word::{BLOCK, Word, Words},
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

    /// As [`Run::read`], what is joined from these columns.
    fn read_joined<'t>(
        &self,
        parts: &[usize],
        row: usize,
        reader: &mut ColumnReader,
        joined: &'t mut String,
    ) -> (&'t str, Cell) {
        let texts = parts.iter().map(|part| text(self.raw(*part, row), &mut String::new()).to_owned());
        *joined = join(texts.collect::<Vec<_>>().iter().map(String::as_str));
        reader.read(self.rows.get(row).copied().unwrap_or(0), joined, None)
    }
}

/// Where the cells of a column stand in the file.
pub(super) enum Place {
    Nowhere,
    At(usize),
    /// They are the texts of these columns, side by side.
    Joined(Vec<usize>),
}

/// How one column is filled.
pub(super) struct Fill {
    place: Place,
    way: Way,
    /// For cells whose text does not stand in the file as it is: quotation marks in it are doubled, or it is joined.
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
    pub(super) fn new(place: Place, wanted: bool, reader: &ColumnReader) -> Self {
        let way = match place {
            _ if !wanted && !reader.has_doubts() => Way::NotRead,
            Place::At(_) if reader.takes_plain_figures() => Way::Numbers,
            _ => Way::Coded(Box::default()),
        };
        Self { place, way, unquoted: String::new() }
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
        let Self { place, way, unquoted } = self;
        match (way, column.cells_mut(), &*place) {
            (Way::NotRead, Cells::NotRead(rows), _) => *rows = run.rows.len(),
            (Way::Numbers, Cells::Numbers(numbers), &Place::At(position)) => {
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
            (Way::Coded(_), Cells::Coded(coded), Place::Nowhere) => {
                if coded.dictionary.is_empty() {
                    coded.dictionary.push("", Cell::Missing(Missing::Absent));
                }
                coded.codes.clear();
                coded.codes.resize(run.rows.len(), 0);
            }
            (Way::Coded(known), Cells::Coded(coded), place) => {
                known.begin(run.rows.len(), coded);
                match place {
                    Place::At(position) => known.fill(run, *position, reader, coded, unquoted),
                    Place::Joined(parts) => known.fill_joined(run, parts, reader, coded, unquoted),
                    Place::Nowhere => {}
                }
                if known.is_useless(coded) {
                    self.way = Way::Plain;
                    // What was just filled stands; the next rows find a plain column.
                }
            }
            (Way::Plain, _, place) => {
                column.clear();
                for row in 0..run.rows.len() {
                    let (text, cell) = match place {
                        Place::At(position) => run.read(*position, row, reader, unquoted),
                        Place::Joined(parts) => run.read_joined(parts, row, reader, unquoted),
                        Place::Nowhere => return,
                    };
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
    /// Begins with more rows; with a new dictionary where the one at hand has grown too large.
    fn begin(&mut self, rows: usize, coded: &mut Coded) {
        coded.codes.clear();
        if coded.dictionary.len() > MOST_ENTRIES || coded.dictionary.bytes() > MOST_BYTES {
            *coded = Coded::default();
            self.interner.clear();
            self.doubtful.clear();
            (self.any_doubtful, self.rows) = (false, 0);
        }
        self.rows += rows;
    }

    fn fill(
        &mut self,
        run: &Run<'_>,
        position: usize,
        reader: &mut ColumnReader,
        coded: &mut Coded,
        unquoted: &mut String,
    ) {
        let (mut words, mut block) = (Words::default(), [0; BLOCK]);
        for from in (0..run.rows.len()).step_by(BLOCK) {
            run.words(position, from, &mut words);
            let unknown = self.interner.codes(&words, &mut block);
            // The reader hears of every doubtful cell, in the order of the rows.
            for row in words.of(if self.any_doubtful { u64::MAX } else { unknown }) {
                let (raw, short) = (run.raw(position, from + row), words.halves(row));
                let code = self
                    .code(raw, short, reader, coded, |reader| run.read(position, from + row, reader, &mut *unquoted));
                if let Some(slot) = block.get_mut(row) {
                    *slot = code;
                }
            }
            coded.codes.extend_from_slice(block.get(..words.rows()).unwrap_or_default());
        }
    }

    /// As [`Codes::fill`], by the bytes of all parts: each distinct group of them is joined and read once.
    fn fill_joined(
        &mut self,
        run: &Run<'_>,
        parts: &[usize],
        reader: &mut ColumnReader,
        coded: &mut Coded,
        joined: &mut String,
    ) {
        let mut raw = Vec::new();
        for row in 0..run.rows.len() {
            raw.clear();
            for part in parts {
                raw.extend_from_slice(run.raw(*part, row));
                // It stands in no cell that is not in quotation marks.
                raw.push(b'\n');
            }
            let short = Word::of(&raw, 0, raw.len()).map(Word::halves);
            let code =
                self.code(&raw, short, reader, coded, |reader| run.read_joined(parts, row, reader, &mut *joined));
            coded.codes.push(code);
        }
    }

    /// The code of a cell by its bytes; `read` reads it, where it is not known or the reader must hear of it.
    fn code<'t>(
        &mut self,
        raw: &[u8],
        short: Option<[u64; 2]>,
        reader: &mut ColumnReader,
        coded: &mut Coded,
        read: impl FnOnce(&mut ColumnReader) -> (&'t str, Cell),
    ) -> u32 {
        match self.interner.find(raw, short) {
            Ok(code) => {
                if self.doubtful.get(code as usize) == Some(&true) {
                    read(reader);
                }
                code
            }
            Err(new) => {
                let doubts = reader.doubts();
                let (text, cell) = read(reader);
                coded.dictionary.push(text, cell);
                let doubtful = reader.doubts() > doubts;
                self.doubtful.push(doubtful);
                self.any_doubtful |= doubtful;
                self.interner.add(raw, new)
            }
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

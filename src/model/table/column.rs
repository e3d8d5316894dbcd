//! One column of a batch. How its cells are kept is the reader's choice; what they are is the same.

use super::{Asked, Cell, CellPlace, Dictionary, Numbers};
use crate::model::Missing;

/// One column of a batch.
#[derive(Debug, Clone, Default)]
pub struct Column {
    cells: Cells,
    /// Shorter than the column where no cell has a place of its own.
    places: Vec<Option<CellPlace>>,
}

/// How the cells of a column are kept.
#[derive(Debug, Clone)]
pub enum Cells {
    /// Each with its text.
    Plain(Plain),
    /// As codes of the distinct cells.
    Coded(Coded),
    /// As numbers.
    Numbers(Numbers),
    /// Not at all: so many cells that nothing looks at.
    NotRead(usize),
}

impl Default for Cells {
    fn default() -> Self {
        Self::Plain(Plain::default())
    }
}

/// Cells as codes of the distinct ones.
#[derive(Debug, Clone, Default)]
pub struct Coded {
    /// The code of each row.
    pub codes: Vec<u32>,
    /// What the codes stand for; it lasts from batch to batch.
    pub dictionary: Dictionary,
}

/// Cells one by one, each with its text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plain {
    text: String,
    ends: Vec<usize>,
    cells: Vec<Cell>,
}

impl Plain {
    /// Appends a cell.
    pub fn push(&mut self, text: &str, cell: Cell) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.cells.push(cell);
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.cells.clear();
    }

    pub(super) fn text(&self, row: usize) -> &str {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(row).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }

    pub(super) fn cell(&self, row: usize) -> Cell {
        self.cells.get(row).copied().unwrap_or(Cell::Missing(Missing::Absent))
    }
}

/// Columns are equal when their cells are, however they are kept.
impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.iter().eq(other.iter())
            && (0..self.len()).all(|row| self.place(row) == other.place(row))
    }
}

impl From<Cells> for Column {
    fn from(cells: Cells) -> Self {
        Self { cells, places: Vec::new() }
    }
}

impl Column {
    /// Appends a cell: its text as printed and what it was read as. A column that keeps its cells otherwise becomes a
    /// plain one.
    pub fn push(&mut self, text: &str, cell: Cell) {
        if let Cells::Plain(plain) = &mut self.cells {
            plain.push(text, cell);
            return;
        }
        let mut plain = Plain::default();
        self.iter().chain([(text, cell)]).for_each(|(text, cell)| plain.push(text, cell));
        self.cells = Cells::Plain(plain);
    }

    /// As [`Column::push`], for a cell that stands elsewhere than its row.
    pub fn push_at(&mut self, text: &str, cell: Cell, place: CellPlace) {
        self.places.resize(self.len(), None);
        self.places.push(Some(place));
        self.push(text, cell);
    }

    /// Empties a plain column and keeps its memory; one that keeps its cells otherwise becomes a plain one.
    pub fn clear(&mut self) {
        self.places.clear();
        match &mut self.cells {
            Cells::Plain(plain) => plain.clear(),
            other => *other = Cells::default(),
        }
    }

    /// Where a cell stands, when that is not simply its row.
    #[must_use]
    pub fn place(&self, row: usize) -> Option<&CellPlace> {
        self.places.get(row).and_then(Option::as_ref)
    }

    /// The text of a cell as printed; empty beyond the last row.
    #[must_use]
    pub fn text(&self, row: usize) -> &str {
        match &self.cells {
            Cells::Plain(plain) => plain.text(row),
            Cells::Coded(coded) => coded.codes.get(row).map_or("", |code| coded.dictionary.text(*code)),
            Cells::Numbers(numbers) => numbers.text(row),
            Cells::NotRead(_) => not_read(""),
        }
    }

    /// What a cell was read as; [`Missing::Absent`] beyond the last row.
    #[must_use]
    pub fn cell(&self, row: usize) -> Cell {
        const ABSENT: Cell = Cell::Missing(Missing::Absent);
        match &self.cells {
            Cells::Plain(plain) => plain.cell(row),
            Cells::Coded(coded) => coded.codes.get(row).map_or(ABSENT, |code| coded.dictionary.cell(*code)),
            Cells::Numbers(numbers) => numbers.cell(row),
            Cells::NotRead(_) => not_read(ABSENT),
        }
    }

    /// How many cells it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.cells {
            Cells::Plain(plain) => plain.cells.len(),
            Cells::Coded(coded) => coded.codes.len(),
            Cells::Numbers(numbers) => numbers.len(),
            Cells::NotRead(cells) => *cells,
        }
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every cell with its text, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cell)> {
        (0..self.len()).map(|row| (self.text(row), self.cell(row)))
    }

    /// How its cells are kept.
    #[must_use]
    pub fn cells(&self) -> &Cells {
        &self.cells
    }

    /// As [`Column::cells`], for a reader that fills it.
    pub fn cells_mut(&mut self) -> &mut Cells {
        &mut self.cells
    }

    /// The codes of its rows and what they stand for, where it keeps its cells so.
    #[must_use]
    pub fn coded(&self) -> Option<(&[u32], &Dictionary)> {
        match &self.cells {
            Cells::Coded(coded) => Some((&coded.codes, &coded.dictionary)),
            _ => None,
        }
    }

    /// Its figures side by side, where it keeps its cells so.
    #[must_use]
    pub fn numbers(&self) -> Option<&Numbers> {
        match &self.cells {
            Cells::Numbers(numbers) => Some(numbers),
            _ => None,
        }
    }

    /// Calls `each` with every row whose cell fails, ascending. Of coded cells each distinct one is asked about once:
    /// `asked` remembers the answers and goes with this column and this question.
    pub fn failing(&self, asked: &mut Asked, fails: impl Fn(&str, Cell) -> bool, mut each: impl FnMut(usize)) {
        if let Cells::Coded(Coded { codes, dictionary }) = &self.cells {
            failing_codes(codes, asked.ask(dictionary, fails), each);
            return;
        }
        for (row, (text, cell)) in self.iter().enumerate() {
            if fails(text, cell) {
                each(row);
            }
        }
    }

    /// As [`Column::failing`], for a question about numbers; nothing else fails.
    #[inline]
    pub fn failing_numbers(&self, asked: &mut Asked, fails: impl Fn(f64) -> bool, each: impl FnMut(usize)) {
        if let Cells::Numbers(numbers) = &self.cells {
            numbers.failing(fails, each);
        } else {
            self.failing(asked, |_, cell| matches!(cell, Cell::Number(number) if fails(number)), each);
        }
    }

    /// As [`Column::failing`], for a question about cells that hold no value; nothing else fails.
    pub fn failing_missing(&self, asked: &mut Asked, fails: impl Fn(Missing) -> bool, mut each: impl FnMut(usize)) {
        let fails = |cell| matches!(cell, Cell::Missing(missing) if fails(missing));
        if let Cells::Numbers(numbers) = &self.cells {
            numbers.apart().filter(|(_, cell)| fails(*cell)).for_each(|(row, _)| each(row));
        } else {
            self.failing(asked, |_, cell| fails(cell), each);
        }
    }
}

fn failing_codes(codes: &[u32], failing: Option<&[bool]>, mut each: impl FnMut(usize)) {
    let Some(failing) = failing else { return };
    for (row, code) in codes.iter().enumerate() {
        if failing.get(*code as usize).is_some_and(|fails| *fails) {
            each(row);
        }
    }
}

/// Whoever looks at a column must have named it before the file was read.
fn not_read<T>(nothing: T) -> T {
    debug_assert!(false, "a column is looked at that was not asked for");
    nothing
}

//! The distinct cells of a column, and what was asked of each of them once.

use std::sync::Arc;

use super::Cell;
use crate::model::Missing;

/// The distinct cells of one column as one reader has met them; a cell is a code into it. Entries are added and never
/// changed, so that an answer about one holds for every row that has its code. Two entries may be one value in two
/// spellings (`1,000` and `1000`).
#[derive(Debug, Default)]
pub struct Dictionary {
    text: String,
    ends: Vec<usize>,
    cells: Vec<Cell>,
    identity: Identity,
}

/// Tells one dictionary from another.
#[derive(Debug, Clone, Default)]
struct Identity(Arc<()>);

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A copy goes its own way, so it is another dictionary.
impl Clone for Dictionary {
    fn clone(&self) -> Self {
        let Self { text, ends, cells, .. } = self;
        Self { text: text.clone(), ends: ends.clone(), cells: cells.clone(), identity: Identity::default() }
    }
}

impl Dictionary {
    /// Adds a cell and answers with its code.
    pub fn push(&mut self, text: &str, cell: Cell) -> u32 {
        let code = u32::try_from(self.cells.len()).unwrap_or(u32::MAX);
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.cells.push(cell);
        code
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The bytes that its texts take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The text of an entry as printed; empty for a code that it does not have.
    #[must_use]
    pub fn text(&self, code: u32) -> &str {
        let code = code as usize;
        let start = code.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(code).and_then(|end| self.text.get(start..*end)).unwrap_or("")
    }

    /// What an entry was read as; [`Missing::Absent`] for a code that it does not have.
    #[must_use]
    pub fn cell(&self, code: u32) -> Cell {
        self.cells.get(code as usize).copied().unwrap_or(Cell::Missing(Missing::Absent))
    }
}

/// The answers to one question about the entries of a dictionary: each entry is asked about once. It goes with one
/// column, and begins anew when that has another dictionary.
#[derive(Debug, Clone)]
pub struct Memo<T> {
    of: Option<Identity>,
    answers: Vec<T>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { of: None, answers: Vec::new() }
    }
}

impl<T> Memo<T> {
    /// The answers in the order of the codes; `ask` is called for entries that are new.
    pub fn ask(&mut self, dictionary: &Dictionary, mut ask: impl FnMut(&str, Cell) -> T) -> &[T] {
        if self.of.as_ref() != Some(&dictionary.identity) {
            self.answers.clear();
            self.of = Some(dictionary.identity.clone());
        }
        for code in self.answers.len()..dictionary.len() {
            let code = u32::try_from(code).unwrap_or(u32::MAX);
            self.answers.push(ask(dictionary.text(code), dictionary.cell(code)));
        }
        &self.answers
    }

    /// How many entries have been asked about.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }
}

/// As [`Memo`], for a question whose answer is nearly always no: while no entry was answered with yes, rows need not be
/// looked at.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    memo: Memo<bool>,
    /// How many of the memo's entries have been counted in `any`.
    counted: usize,
    any: bool,
}

impl Asked {
    /// The answers in the order of the codes; none when all of them are no.
    pub(super) fn ask(&mut self, dictionary: &Dictionary, ask: impl FnMut(&str, Cell) -> bool) -> Option<&[bool]> {
        if self.memo.of.as_ref() != Some(&dictionary.identity) {
            (self.counted, self.any) = (0, false);
        }
        let answers = self.memo.ask(dictionary, ask);
        self.any |= answers.get(self.counted..).unwrap_or_default().contains(&true);
        self.counted = answers.len();
        self.any.then_some(answers)
    }
}

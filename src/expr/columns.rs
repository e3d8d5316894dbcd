//! A lowered condition over the columns of batches: where its numbers and texts are taken from, and which rows are not
//! what it was lowered for.

use std::borrow::Cow;

use super::{
    Truth,
    lowered::{self, Columns, LONGEST_TEXT, Leaves, NO, Named, Pool, Program, STOPPED, Source, Vocabulary, YES},
    row::RowExpression,
};
use crate::model::{Asked, Batch, Cell, Column, ColumnKind, Memo, Schema, table::Cells};

/// A row in which a cell holds no value, until the interpreter gives its reason.
const CANNOT_TELL: u8 = 3;
/// A row that the interpreter has to answer.
const INTERPRETED: u8 = 4;

/// Columns as variables: the slots are places in the schema.
pub(super) struct Variables<'a>(pub(super) &'a Schema);

impl Vocabulary for Variables<'_> {
    type Slot = usize;

    fn variable(&self, name: &str) -> Option<Named<usize>> {
        let place = self.0.position(name)?;
        let kind = self.0.columns.get(place)?.kind;
        Some(if is_text(kind) { Named::Text(place) } else { Named::Number(place) })
    }
}

pub(super) fn is_text(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Text | ColumnKind::Period)
}

/// What answering batch after batch remembers and uses again. It goes with one expression and one reader's batches.
#[derive(Debug, Default)]
pub struct Work {
    numbers: Vec<Kept<f64>>,
    lengths: Vec<Kept<f64>>,
    tests: Vec<Kept<u8>>,
    unfit: Vec<Asked>,
    pool: Pool,
    answers: Vec<u8>,
}

/// The answers to one question: of the distinct cells of a column, or of rows.
#[derive(Debug, Default)]
struct Kept<T> {
    distinct: Memo<T>,
    rows: Vec<T>,
}

/// The answers of a condition to the rows of a batch.
#[derive(Debug, Clone, Copy)]
pub struct Truths<'a> {
    expression: &'a RowExpression,
    batch: &'a Batch,
    answers: &'a [u8],
}

/// As [`Truth`], for those who do not ask why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The condition holds.
    True,
    /// It does not hold.
    False,
    /// A cell that it names holds no value.
    CannotTell,
    /// The expression itself went wrong.
    Failed,
}

impl Truths<'_> {
    /// The rows (from 0) whose answer is not "true", ascending.
    pub fn others(&self) -> impl Iterator<Item = (usize, Answer)> {
        self.answers.chunks(64).enumerate().filter(|(_, rows)| !all_hold(rows)).flat_map(|(chunk, rows)| {
            let others = rows.iter().enumerate().filter(|(_, answer)| **answer != YES);
            others.map(move |(row, answer)| (chunk * 64 + row, said(*answer)))
        })
    }

    /// The answer to a row (from 0).
    #[must_use]
    pub fn answer(&self, row: usize) -> Answer {
        self.answers.get(row).map_or(Answer::CannotTell, |answer| said(*answer))
    }

    /// The answer to a row in full; the words are those of [`RowExpression::evaluate`], which is asked for them.
    #[must_use]
    pub fn truth(&self, row: usize) -> Truth {
        match self.answer(row) {
            Answer::True => Truth::True,
            Answer::False => Truth::False,
            Answer::CannotTell | Answer::Failed => self.expression.evaluate(self.batch, row),
        }
    }
}

fn said(answer: u8) -> Answer {
    match answer {
        YES => Answer::True,
        NO => Answer::False,
        CANNOT_TELL => Answer::CannotTell,
        _ => Answer::Failed,
    }
}

/// Asked of many rows at once, without a branch for each.
fn all_hold(rows: &[u8]) -> bool {
    rows.iter().fold(YES, |all, answer| all & u8::from(*answer == YES)) == YES
}

/// Answers every row of a batch.
pub(super) fn evaluate_all<'a>(expression: &'a RowExpression, batch: &'a Batch, work: &'a mut Work) -> Truths<'a> {
    work.answers.clear();
    work.answers.resize(batch.rows.len(), INTERPRETED);
    let mut whole = false;
    if let Some(program) = expression.program().filter(|_| are_as_long(expression, batch)) {
        program.answer(batch, work);
        whole = work.set_unfit(expression, batch);
    }
    if !whole {
        for (row, answer) in work.answers.iter_mut().enumerate().filter(|(_, answer)| **answer == INTERPRETED) {
            *answer = match expression.evaluate(batch, row) {
                Truth::True => YES,
                Truth::False => NO,
                Truth::CannotTell(_) => CANNOT_TELL,
                Truth::Failed(_) => STOPPED,
            };
        }
    }
    Truths { expression, batch, answers: &work.answers }
}

/// Whether every column has a cell in every row.
fn are_as_long(expression: &RowExpression, batch: &Batch) -> bool {
    let rows = batch.rows.len();
    expression.columns().iter().all(|place| batch.columns.get(*place).is_some_and(|column| column.len() == rows))
}

impl Program<usize> {
    /// Sets the answers as if every cell held what its column is declared to hold.
    fn answer(&self, batch: &Batch, work: &mut Work) {
        let Work { numbers, lengths, tests, pool, answers, .. } = work;
        let columns = Columns {
            numbers: sources(numbers, &self.numbers, |kept, place| numbers_of(batch.columns.get(*place), kept)),
            lengths: sources(lengths, &self.lengths, |kept, text| {
                self.texts_of(batch, text.only_slot(), kept, |leaves| lowered::length(text, leaves))
            }),
            tests: sources(tests, &self.tests, |kept, test| {
                let slot = test.only_slot();
                self.texts_of(batch, slot, kept, |leaves| lowered::test(test, leaves).map_or(STOPPED, u8::from))
            }),
        };
        self.answer_all(&columns, answers, pool);
    }

    /// What is asked about texts: of each distinct one where they are of one coded column, otherwise row by row.
    fn texts_of<'a, T>(
        &self,
        batch: &'a Batch,
        only_slot: Option<usize>,
        kept: &'a mut Kept<T>,
        ask: impl Fn(&RowTexts<'_>) -> T,
    ) -> Source<'a, T> {
        let column = only_slot.and_then(|slot| self.texts.get(slot)).and_then(|place| batch.columns.get(*place));
        if let Some(Cells::Coded(coded)) = column.map(Column::cells) {
            let answers = kept.distinct.ask(&coded.dictionary, |text, cell| ask(&RowTexts::Entry(text, cell)));
            return Source::Coded(&coded.codes, answers);
        }
        kept.rows.clear();
        kept.rows.extend((0..batch.rows.len()).map(|row| ask(&RowTexts::Row(batch, &self.texts, row))));
        Source::Flat(&kept.rows)
    }
}

fn sources<'a, T: Default, Q>(
    kept: &'a mut Vec<Kept<T>>,
    questions: &[Q],
    source: impl Fn(&'a mut Kept<T>, &Q) -> Source<'a, T>,
) -> Vec<Source<'a, T>> {
    kept.resize_with(questions.len(), Kept::default);
    kept.iter_mut().zip(questions).map(|(kept, question)| source(kept, question)).collect()
}

fn numbers_of<'a>(column: Option<&'a Column>, kept: &'a mut Kept<f64>) -> Source<'a, f64> {
    let number = |cell| if let Cell::Number(number) = cell { number } else { f64::NAN };
    match column.map(Column::cells) {
        Some(Cells::Numbers(numbers)) => Source::Flat(numbers.values()),
        Some(Cells::Coded(coded)) => {
            Source::Coded(&coded.codes, kept.distinct.ask(&coded.dictionary, |_, cell| number(cell)))
        }
        _ => {
            kept.rows.clear();
            kept.rows.extend(column.into_iter().flat_map(|all| (0..all.len()).map(|row| number(all.cell(row)))));
            Source::Flat(&kept.rows)
        }
    }
}

/// Texts of a distinct cell, or of a row.
enum RowTexts<'a> {
    Entry(&'a str, Cell),
    Row(&'a Batch, &'a [usize], usize),
}

impl Leaves for RowTexts<'_> {
    fn number(&self, _slot: usize) -> f64 {
        f64::NAN
    }

    fn text(&self, slot: usize) -> Option<Cow<'_, str>> {
        let (text, cell) = match self {
            Self::Entry(text, cell) => (*text, *cell),
            Self::Row(batch, places, row) => {
                let column = batch.columns.get(*places.get(slot)?)?;
                (column.text(*row), column.cell(*row))
            }
        };
        match cell {
            Cell::Text => Some(Cow::Borrowed(text)).filter(|text| text.len() <= LONGEST_TEXT),
            Cell::Period(period) => Some(Cow::Owned(period.to_string())),
            Cell::Number(_) | Cell::Missing(_) => None,
        }
    }
}

impl Work {
    /// Takes back the answers to rows in which a cell is not what its column is declared to hold; whether all rows have
    /// their answers still.
    fn set_unfit(&mut self, expression: &RowExpression, batch: &Batch) -> bool {
        let Self { unfit, answers, .. } = self;
        unfit.resize_with(expression.columns().len(), Asked::default);
        let mut whole = true;
        for ((place, is_text), asked) in expression.declared().zip(unfit) {
            let Some(column) = batch.columns.get(place) else { continue };
            let mut set = |row, cell| {
                let Some(answer) = answers.get_mut(row) else { return };
                if matches!(cell, Cell::Missing(_)) {
                    *answer = CANNOT_TELL;
                } else if *answer != CANNOT_TELL {
                    (*answer, whole) = (INTERPRETED, false);
                }
            };
            if is_text {
                column.failing(asked, is_no_text, |row| set(row, column.cell(row)));
            } else if let Some(numbers) = column.numbers() {
                numbers.apart().filter(|(_, cell)| is_no_number(*cell)).for_each(|(row, cell)| set(row, cell));
            } else {
                column.failing(asked, |_, cell| is_no_number(cell), |row| set(row, column.cell(row)));
            }
        }
        whole
    }
}

fn is_no_number(cell: Cell) -> bool {
    !matches!(cell, Cell::Number(_))
}

fn is_no_text(text: &str, cell: Cell) -> bool {
    match cell {
        Cell::Text => text.len() > LONGEST_TEXT,
        Cell::Period(_) => false,
        Cell::Number(_) | Cell::Missing(_) => true,
    }
}

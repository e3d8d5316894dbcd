//! A lowered condition answered for many rows: each operation runs over a block of them, which fits into the
//! processor's first cache with the blocks before it.

use super::{
    Program,
    loops::{Seen, among, apply, combine, compare, zip},
    tree::{Condition, Number},
};

/// The answer to a row: it holds.
pub(in crate::expr) const YES: u8 = 1;
/// It does not.
pub(in crate::expr) const NO: u8 = 0;
/// The interpreter would stop.
pub(in crate::expr) const STOPPED: u8 = 2;

/// Rows of a block.
const BLOCK: usize = 1024;

/// What a slot holds, row by row.
#[derive(Debug)]
pub(in crate::expr) enum Source<'a, T> {
    /// As it is.
    Flat(&'a [T]),
    /// As codes of what stands behind them.
    Coded(&'a [u32], &'a [T]),
}

/// What a program is about, in the order of its slots: each of as many rows.
#[derive(Debug)]
pub(in crate::expr) struct Columns<'a> {
    /// NaN where there is no number.
    pub(in crate::expr) numbers: Vec<Source<'a, f64>>,
    pub(in crate::expr) lengths: Vec<Source<'a, f64>>,
    /// The answers to the questions about texts: [`YES`], [`NO`] or [`STOPPED`].
    pub(in crate::expr) tests: Vec<Source<'a, u8>>,
}

/// The answers of rows, [`YES`], [`NO`] or [`STOPPED`].
type Answers = Vec<u8>;

/// Blocks to use again.
#[derive(Debug, Default)]
pub(in crate::expr) struct Pool {
    numbers: Vec<Vec<f64>>,
    answers: Vec<Answers>,
}

impl<S> Program<S> {
    /// Sets the answer of every row.
    pub(in crate::expr) fn answer_all(&self, columns: &Columns<'_>, answers: &mut [u8], pool: &mut Pool) {
        for (block, answers) in answers.chunks_mut(BLOCK).enumerate() {
            let mut run = Run { columns, start: block * BLOCK, rows: answers.len(), pool: &mut *pool };
            run.condition(&self.condition, answers);
        }
    }
}

/// One block.
struct Run<'a, 'c> {
    columns: &'a Columns<'c>,
    start: usize,
    rows: usize,
    pool: &'a mut Pool,
}

/// The numbers of a block.
enum Numbers<'c> {
    /// The same in every row.
    One(f64),
    Lent(&'c [f64]),
    Own(Vec<f64>),
}

impl Numbers<'_> {
    fn seen(&self) -> Seen<'_> {
        match self {
            Self::One(number) => Seen::One(*number),
            Self::Lent(numbers) => Seen::Many(numbers),
            Self::Own(numbers) => Seen::Many(numbers),
        }
    }
}

impl<'c> Run<'_, 'c> {
    fn condition(&mut self, condition: &Condition, out: &mut [u8]) {
        match condition {
            Condition::Constant(value) => out.fill(u8::from(*value)),
            Condition::Compare(order, pair) => {
                let (a, b) = (self.number(&pair.0), self.number(&pair.1));
                compare(*order, &a.seen(), &b.seen(), out);
                self.give_back([a, b]);
            }
            Condition::Among(number, all) => {
                let number = self.number(number);
                among(&number.seen(), all, out);
                self.give_back([number]);
            }
            Condition::Test(which) => self.test(*which, out),
            Condition::Not(condition) => {
                self.condition(condition, out);
                for answer in out.iter_mut() {
                    *answer = (*answer ^ YES) & !(*answer >> 1);
                }
            }
            // Where all before it hold, the next one decides.
            Condition::All(parts) => {
                self.joined(parts, out, |so_far, next| (so_far & STOPPED) | (next & (so_far & YES).wrapping_neg()));
            }
            Condition::Any(parts) => {
                self.joined(parts, out, |so_far, next| so_far | (next & u8::from(so_far == NO).wrapping_neg()));
            }
            Condition::Same(pair) => {
                self.condition(&pair.0, out);
                let second = self.answers(&pair.1);
                for (a, b) in out.iter_mut().zip(&second) {
                    let stopped = (*a | *b) & STOPPED;
                    *a = stopped | (u8::from(*a == *b) & !(stopped >> 1));
                }
                self.pool.answers.push(second);
            }
            Condition::If(parts) => {
                self.condition(&parts.0, out);
                let (then, otherwise) = (self.answers(&parts.1), self.answers(&parts.2));
                for ((answer, then), otherwise) in out.iter_mut().zip(&then).zip(&otherwise) {
                    *answer = match *answer {
                        YES => *then,
                        NO => *otherwise,
                        _ => STOPPED,
                    };
                }
                self.pool.answers.extend([then, otherwise]);
            }
        }
    }

    fn joined(&mut self, parts: &[Condition], out: &mut [u8], join: impl Fn(u8, u8) -> u8) {
        let Some((first, rest)) = parts.split_first() else { return };
        self.condition(first, out);
        for part in rest {
            let next = self.answers(part);
            out.iter_mut().zip(&next).for_each(|(so_far, next)| *so_far = join(*so_far, *next));
            self.pool.answers.push(next);
        }
    }

    /// The answers to a condition in a block of its own.
    fn answers(&mut self, condition: &Condition) -> Answers {
        let mut answers = self.pool.answers.pop().unwrap_or_default();
        answers.resize(self.rows, STOPPED);
        self.condition(condition, &mut answers);
        answers
    }

    fn test(&self, which: usize, out: &mut [u8]) {
        match self.columns.tests.get(which).map(|source| self.part(source)) {
            Some(Source::Flat(answers)) if answers.len() == out.len() => out.copy_from_slice(answers),
            Some(Source::Coded(codes, answers)) => {
                for (out, code) in out.iter_mut().zip(codes) {
                    *out = answers.get(*code as usize).copied().unwrap_or(STOPPED);
                }
            }
            _ => out.fill(STOPPED),
        }
    }

    fn number(&mut self, number: &Number) -> Numbers<'c> {
        match number {
            Number::Constant(constant) => Numbers::One(*constant),
            Number::Slot(slot) => self.read(self.columns.numbers.get(*slot)),
            Number::Length(which) => self.read(self.columns.lengths.get(*which)),
            Number::Apply(function, of) => {
                let (of, mut out) = (self.number(of), self.block());
                apply(*function, &of.seen(), &mut out);
                self.give_back([of]);
                Numbers::Own(out)
            }
            Number::Combine(operator, pair) => {
                let (a, b, mut out) = (self.number(&pair.0), self.number(&pair.1), self.block());
                combine(*operator, &a.seen(), &b.seen(), &mut out);
                self.give_back([a, b]);
                Numbers::Own(out)
            }
            Number::If(parts) => {
                let (answers, mut out) = (self.answers(&parts.0), self.block());
                let (a, b) = (self.number(&parts.1), self.number(&parts.2));
                zip(&a.seen(), &b.seen(), &mut out, |a, _| a);
                let mut otherwise = self.block();
                zip(&a.seen(), &b.seen(), &mut otherwise, |_, b| b);
                for ((out, otherwise), answer) in out.iter_mut().zip(&otherwise).zip(&answers) {
                    *out = match *answer {
                        YES => *out,
                        NO => *otherwise,
                        _ => f64::NAN,
                    };
                }
                self.pool.answers.push(answers);
                self.give_back([a, b, Numbers::Own(otherwise)]);
                Numbers::Own(out)
            }
        }
    }

    fn read(&mut self, source: Option<&Source<'c, f64>>) -> Numbers<'c> {
        match source.map(|source| self.part(source)) {
            Some(Source::Flat(numbers)) => Numbers::Lent(numbers),
            Some(Source::Coded(codes, numbers)) => {
                let mut out = self.block();
                for (out, code) in out.iter_mut().zip(codes) {
                    *out = numbers.get(*code as usize).copied().unwrap_or(f64::NAN);
                }
                Numbers::Own(out)
            }
            None => Numbers::One(f64::NAN),
        }
    }

    /// The rows of this block.
    fn part<T>(&self, source: &Source<'c, T>) -> Source<'c, T> {
        let rows = self.start..self.start + self.rows;
        match source {
            Source::Flat(all) => Source::Flat(all.get(rows).unwrap_or_default()),
            Source::Coded(codes, all) => Source::Coded(codes.get(rows).unwrap_or_default(), all),
        }
    }

    fn block(&mut self) -> Vec<f64> {
        let mut block = self.pool.numbers.pop().unwrap_or_default();
        block.resize(self.rows, f64::NAN);
        block
    }

    fn give_back<const N: usize>(&mut self, used: [Numbers<'_>; N]) {
        for numbers in used {
            if let Numbers::Own(block) = numbers {
                self.pool.numbers.push(block);
            }
        }
    }
}

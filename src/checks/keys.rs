//! The keys of rows: one hash for the cells of several columns, and which of the hashes stand in more than one row.
//!
//! Values are hashed, not spellings. Hashes have secret seeds, so that no file can be made to collide.

mod repeats;
mod slabs;

use std::hash::{BuildHasher, Hash, RandomState};

pub(super) use repeats::{Keys, Repeated, kept};

use super::columns::Field;
use crate::model::{Batch, Cell, Column, Memo, Missing};

/// The hash of a key.
pub(super) type KeyHash = u128;

/// The keys of the rows of a batch.
#[derive(Debug, Default)]
pub(super) struct RowKeys {
    hashes: Vec<KeyHash>,
    /// Whether a row has none.
    none: Vec<bool>,
}

impl RowKeys {
    /// The hash of a row's key; none where it has none.
    #[inline]
    pub(super) fn get(&self, row: usize) -> Option<KeyHash> {
        if *self.none.get(row)? { None } else { self.hashes.get(row).copied() }
    }

    /// Begins with rows that have the same key so far.
    fn begin(&mut self, rows: usize) {
        self.hashes.resize(rows, 0);
        self.hashes.fill(0);
        self.none.resize(rows, false);
        self.none.fill(false);
    }

    /// Each row's hash, and whether it has no key.
    #[inline]
    fn rows(&mut self) -> impl Iterator<Item = (&mut KeyHash, &mut bool)> {
        self.hashes.iter_mut().zip(&mut self.none)
    }
}

/// Makes hashes of keys; those of one maker can be compared.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyHasher {
    seeds: [RandomState; 2],
    /// Whether a blank cell is a value like any other, instead of making a row one without a key.
    blanks: bool,
}

/// What is remembered of one column of a key from batch to batch: the hash of each distinct cell.
#[derive(Debug, Default)]
pub(super) struct KeyColumn(Memo<KeyHash>);

/// In place of the hash of a cell that is no value; all others are odd.
const NONE: KeyHash = 0;

impl KeyHasher {
    /// To which a blank cell is a value like any other.
    pub(super) fn with_blanks() -> Self {
        Self { blanks: true, ..Self::default() }
    }

    /// Finds the key of each row; none where a cell of it is blank. The columns are the fields' own.
    pub(super) fn hashes(&self, fields: &[Field], columns: &mut [KeyColumn], batch: &Batch, keys: &mut RowKeys) {
        keys.begin(batch.rows.len());
        for (at, (field, known)) in fields.iter().zip(columns).enumerate() {
            match field.in_batch(batch) {
                Some(column) => self.add(&Part::new(self, at), column, known, keys),
                None if self.blanks => {}
                None => keys.none.fill(true),
            }
        }
    }

    /// Hashes of different columns are independent, so their sum is as good as a hash of all cells.
    fn add(&self, part: &Part, column: &Column, known: &mut KeyColumn, keys: &mut RowKeys) {
        let sum = |(hash, none): (&mut KeyHash, &mut bool), more: KeyHash| {
            *hash = hash.wrapping_add(more);
            *none |= more == NONE;
        };
        if let Some((codes, dictionary)) = column.coded() {
            let known = known.0.ask(dictionary, |text, cell| self.of_cell(part, text, cell));
            for (row, code) in keys.rows().zip(codes) {
                sum(row, known.get(*code as usize).copied().unwrap_or(NONE));
            }
        } else if let Some(numbers) = column.numbers() {
            for (at, (row, number)) in keys.rows().zip(numbers.values()).enumerate() {
                let more = if number.is_nan() {
                    self.of_cell(part, column.text(at), column.cell(at))
                } else {
                    part.of_number(*number)
                };
                sum(row, more);
            }
        } else {
            for (row, (text, cell)) in keys.rows().zip(column.iter()) {
                sum(row, self.of_cell(part, text, cell));
            }
        }
        let beyond = self.of_cell(part, "", Cell::Missing(Missing::Absent));
        keys.rows().skip(column.len()).for_each(|row| sum(row, beyond));
    }

    /// The hash of a cell; [`NONE`] for a blank one, unless that is a value.
    fn of_cell(&self, part: &Part, text: &str, cell: Cell) -> KeyHash {
        let at = part.at;
        // Each kind of cell has a mark of its own.
        match cell {
            Cell::Missing(Missing::Blank | Missing::Absent) if !self.blanks => NONE,
            Cell::Missing(Missing::Blank | Missing::Absent) => self.hash((at, 4_u8)),
            Cell::Number(number) => part.of_number(number),
            Cell::Period(period) => self.hash((at, 2_u8, period)),
            Cell::Text | Cell::Missing(_) => self.hash((at, 3_u8, text)),
        }
    }

    fn hash(&self, value: impl Hash) -> KeyHash {
        let [one, other] = &self.seeds;
        (u128::from(one.hash_one(&value)) << 64) | u128::from(other.hash_one(&value)) | 1
    }
}

/// A column's place in a key, with secrets of its own for its numbers: nearly all of them differ, so they are hashed by
/// less work than texts.
struct Part {
    at: usize,
    secrets: [[u64; 4]; 2],
}

impl Part {
    fn new(hasher: &KeyHasher, at: usize) -> Self {
        let [seed, _] = &hasher.seeds;
        let secrets = [0_u8, 1].map(|half| [0_u8, 1, 2, 3].map(|which| seed.hash_one((at, half, which))));
        Self { at, secrets }
    }

    #[inline]
    fn of_number(&self, number: f64) -> KeyHash {
        let bits = number_bits(number);
        let half = |[first, second, third, fourth]: &[u64; 4]| fold(fold(bits ^ first, *second) ^ third, *fourth);
        let [one, other] = &self.secrets;
        (u128::from(half(one)) << 64) | u128::from(half(other)) | 1
    }
}

/// The halves of a product, folded into one.
#[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    (product as u64) ^ (product >> 64) as u64
}

/// Zero and minus zero are one number.
fn number_bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

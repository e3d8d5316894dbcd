//! The keys of rows: one hash for the cells of several columns, and which of the hashes stand in more than one row.
//!
//! Values are hashed, not spellings. Hashes have secret seeds, so that no file can be made to collide.

mod repeats;

use std::hash::{BuildHasher, Hash, RandomState};

pub(super) use repeats::{Keys, Repeated, kept};

use super::columns::Field;
use crate::model::{Batch, Cell, Column, Memo, Missing};

/// The hash of a key.
pub(super) type KeyHash = u128;

/// Makes hashes of keys; those of one maker can be compared.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyHasher {
    seeds: [RandomState; 2],
    /// Whether a blank cell is a value like any other, instead of making a row one without a key.
    blanks: bool,
}

/// What is remembered of one column of a key from batch to batch.
#[derive(Debug, Default)]
pub(super) struct KeyColumn {
    memo: Memo<Option<KeyHash>>,
    /// The hashes of some numbers: figures in keys repeat.
    numbers: Vec<(u64, KeyHash)>,
}

/// A power of two.
const NUMBERS_KEPT: usize = 1024;

impl KeyHasher {
    /// To which a blank cell is a value like any other.
    pub(super) fn with_blanks() -> Self {
        Self { blanks: true, ..Self::default() }
    }

    /// The hash of each row's key; none where a cell of the key is blank. The columns are the fields' own.
    pub(super) fn hashes(
        &self,
        fields: &[Field],
        columns: &mut [KeyColumn],
        batch: &Batch,
        hashes: &mut Vec<Option<KeyHash>>,
    ) {
        hashes.clear();
        hashes.resize(batch.rows.len(), Some(0));
        for (at, (field, known)) in fields.iter().zip(columns).enumerate() {
            match field.in_batch(batch) {
                Some(column) => self.add(at, column, known, hashes),
                None if self.blanks => {}
                None => hashes.fill(None),
            }
        }
    }

    /// Hashes of different columns are independent, so their sum is as good as a hash of all cells.
    fn add(&self, at: usize, column: &Column, known: &mut KeyColumn, hashes: &mut [Option<KeyHash>]) {
        let sum = |hash: &mut Option<KeyHash>, more: Option<KeyHash>| {
            *hash = hash.and_then(|hash| Some(hash.wrapping_add(more?)));
        };
        if let Some((codes, dictionary)) = column.coded() {
            let known = known.memo.ask(dictionary, |text, cell| self.of_cell(at, text, cell));
            for (hash, code) in hashes.iter_mut().zip(codes) {
                sum(hash, known.get(*code as usize).copied().flatten());
            }
        } else if let Some(numbers) = column.numbers() {
            known.numbers.resize(NUMBERS_KEPT, (f64::NAN.to_bits(), 0));
            for (row, (hash, number)) in hashes.iter_mut().zip(numbers.values()).enumerate() {
                let more = if number.is_nan() {
                    self.of_cell(at, column.text(row), column.cell(row))
                } else {
                    Some(self.of_number(at, *number, &mut known.numbers))
                };
                sum(hash, more);
            }
        } else {
            for (hash, (text, cell)) in hashes.iter_mut().zip(column.iter()) {
                sum(hash, self.of_cell(at, text, cell));
            }
        }
        let beyond = self.of_cell(at, "", Cell::Missing(Missing::Absent));
        hashes.iter_mut().skip(column.len()).for_each(|hash| sum(hash, beyond));
    }

    fn of_number(&self, at: usize, number: f64, known: &mut [(u64, KeyHash)]) -> KeyHash {
        let bits = number_bits(number);
        let slot = (bits.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize % NUMBERS_KEPT;
        match known.get_mut(slot) {
            Some((known, hash)) if *known == bits => *hash,
            Some(slot) => {
                *slot = (bits, self.hash((at, 1_u8, bits)));
                slot.1
            }
            None => self.hash((at, 1_u8, bits)),
        }
    }

    /// None for a blank cell, unless that is a value.
    fn of_cell(&self, at: usize, text: &str, cell: Cell) -> Option<KeyHash> {
        // Each kind of cell has a mark of its own.
        match cell {
            Cell::Missing(Missing::Blank | Missing::Absent) => self.blanks.then(|| self.hash((at, 4_u8))),
            Cell::Number(number) => Some(self.hash((at, 1_u8, number_bits(number)))),
            Cell::Period(period) => Some(self.hash((at, 2_u8, period))),
            Cell::Text | Cell::Missing(_) => Some(self.hash((at, 3_u8, text))),
        }
    }

    fn hash(&self, value: impl Hash) -> KeyHash {
        let [one, other] = &self.seeds;
        (u128::from(one.hash_one(&value)) << 64) | u128::from(other.hash_one(&value))
    }
}

/// Zero and minus zero are one number.
fn number_bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

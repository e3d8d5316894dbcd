//! The cells of a column that were met before, by their bytes.

use std::hash::{BuildHasher, RandomState};

use super::word::Word;

/// Bytes → code. Hashes have a secret seed, so that no file can make look-ups slow. What a look-up touches is kept small:
/// 4 bytes a slot and 16 a cell stay in a core's cache with the piece of the file.
#[derive(Debug)]
pub(super) struct Interner {
    seeds: [u64; 2],
    /// One above a code; nought is free. Their number is a power of two, and at least four times that of the cells.
    slots: Vec<u32>,
    /// By code.
    keys: Vec<Key>,
    /// The cells that are too long for a key, one after the other; nothing for the others.
    long: Vec<u8>,
    /// Where each cell ends in `long`.
    ends: Vec<u32>,
    /// The code of the row before: many cells repeat.
    last: u32,
}

/// A short cell's bytes, of which none is NUL; of a long cell a hash whose first byte is NUL and whose second is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key([u64; 2]);

/// Cells of so many bytes are their own keys.
const SHORT: usize = 16;
const FIRST_SLOTS: usize = 256;

/// A cell that was not met before.
pub(super) struct New(Key);

impl Default for Interner {
    fn default() -> Self {
        let seeds = [0_u8, 1].map(|which| RandomState::new().hash_one(which));
        let (slots, keys) = (vec![0; FIRST_SLOTS], Vec::new());
        Self { seeds, slots, keys, long: Vec::new(), ends: Vec::new(), last: 0 }
    }
}

impl Interner {
    /// The code of the cell that stands from here to there, if it was met before; its bytes are not NUL.
    #[inline]
    pub(super) fn find(&mut self, bytes: &[u8], start: usize, end: usize) -> Result<u32, New> {
        let short = Word::of(bytes, start, end).map(|word| Key(word.halves()));
        let long = if short.is_some() { &[] } else { bytes.get(start..end).unwrap_or_default() };
        let key = short.unwrap_or_else(|| self.key_of_long(long));
        if self.is(self.last, key, long) {
            return Ok(self.last);
        }
        let mask = self.slots.len() - 1;
        let mut at = self.place(key) & mask;
        while let Some(code) = self.slots.get(at).and_then(|slot| slot.checked_sub(1)) {
            if self.is(code, key, long) {
                self.last = code;
                return Ok(code);
            }
            at = (at + 1) & mask;
        }
        Err(New(key))
    }

    /// Adds a cell that was not found; answers with its code.
    pub(super) fn add(&mut self, cell: &[u8], New(key): New) -> u32 {
        if (self.keys.len() + 1) * 4 > self.slots.len() {
            self.grow();
        }
        let code = u32::try_from(self.keys.len()).unwrap_or(u32::MAX - 1);
        if cell.len() > SHORT {
            self.long.extend_from_slice(cell);
        }
        self.ends.push(u32::try_from(self.long.len()).unwrap_or(u32::MAX));
        self.keys.push(key);
        self.put(code, key);
        self.last = code;
        code
    }

    /// Forgets all cells.
    pub(super) fn clear(&mut self) {
        *self = Self { seeds: self.seeds, ..Self::default() };
    }

    /// Whether a code is this cell's; `long` is empty for a short one.
    #[inline]
    fn is(&self, code: u32, key: Key, long: &[u8]) -> bool {
        self.keys.get(code as usize) == Some(&key) && (long.is_empty() || self.known_long(code) == Some(long))
    }

    fn known_long(&self, code: u32) -> Option<&[u8]> {
        let code = code as usize;
        let start = code.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.long.get(start as usize..*self.ends.get(code)? as usize)
    }

    fn put(&mut self, code: u32, key: Key) {
        let mask = self.slots.len() - 1;
        let mut at = self.place(key) & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 {
                *slot = code + 1;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let slots = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(slots, 0);
        for (code, key) in (0..).zip(std::mem::take(&mut self.keys)) {
            self.put(code, key);
            self.keys.push(key);
        }
    }

    /// Where a search for a key begins, before the mask.
    #[expect(clippy::cast_possible_truncation, reason = "any bits do")]
    #[inline]
    fn place(&self, Key([first, last]): Key) -> usize {
        let [seed, other] = self.seeds;
        fold(fold(first ^ seed, last ^ other), seed) as usize
    }

    /// Multiplication folds 16 bytes at a time into each half.
    fn key_of_long(&self, cell: &[u8]) -> Key {
        let ([seed, other], length) = (self.seeds, cell.len());
        let mut halves = [seed ^ length as u64, other ^ length as u64];
        let mut at = 0;
        while at < length {
            // The last 16 bytes overlap those before them.
            let start = at.min(length - SHORT);
            let [first, last] = Word::of(cell, start, start + SHORT).unwrap_or_default().halves();
            let [one, two] = halves;
            halves = [fold(first ^ one, last ^ other), fold(first ^ seed, last ^ two)];
            at += SHORT;
        }
        let [one, two] = halves;
        Key([(one & !0xFF) | 0x100, two])
    }
}

#[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    (product as u64) ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_cell_keeps_its_code(cells in prop::collection::vec("[ab]{0,3}|[a-z]{0,40}", 0..600)) {
            let (mut interner, mut codes) = (Interner::default(), HashMap::new());
            for cell in &cells {
                let code = match interner.find(cell.as_bytes(), 0, cell.len()) {
                    Ok(code) => code,
                    Err(new) => interner.add(cell.as_bytes(), new),
                };
                prop_assert_eq!(*codes.entry(cell).or_insert(code), code);
            }
            let mut distinct: Vec<_> = codes.values().copied().collect();
            distinct.sort_unstable();
            prop_assert_eq!(distinct, (0..).take(codes.len()).collect::<Vec<u32>>());
        }
    }
}

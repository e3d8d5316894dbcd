//! The cells of a column that were met before, by their bytes.

use std::hash::{BuildHasher, RandomState};

use super::word::{BLOCK, Word, Words};

/// Bytes → code. Hashes have a secret seed, so that no file can make look-ups slow. What a look-up touches is kept small:
/// 4 bytes a slot and 16 a cell stay in a core's cache with the piece of the file.
#[derive(Debug)]
pub(super) struct Interner {
    seeds: [u64; 2],
    /// One above a code; nought is free. Their number is a power of two, and at least twice that of the cells.
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
    /// The codes of cells, and a bit for each whose code is not known or takes longer to find out ([`Interner::find`]).
    pub(super) fn codes(&mut self, words: &Words, codes: &mut [u32; BLOCK]) -> u64 {
        if words.long == 0 && self.are_last(words) {
            codes.fill(self.last);
            return 0;
        }
        let cells = || words.low.iter().zip(&words.high);
        // Where their codes may be is asked for all of them before any is looked at: nothing waits for memory in turn.
        let mask = self.slots.len() - 1;
        for ((low, high), code) in cells().zip(&mut *codes) {
            let slot = self.slots.get(self.place(Key([*low, *high])) & mask);
            *code = slot.map_or(u32::MAX, |slot| slot.wrapping_sub(1));
        }
        let mut unknown = words.long;
        for (row, ((low, high), code)) in cells().zip(&*codes).enumerate() {
            let key = self.keys.get(*code as usize);
            let is_known = key.is_some_and(|Key([first, last])| (first ^ low) | (last ^ high) == 0);
            unknown |= u64::from(!is_known) << row;
        }
        if unknown == 0 {
            self.last = words.rows().checked_sub(1).and_then(|last| codes.get(last)).copied().unwrap_or(self.last);
        }
        unknown
    }

    /// Whether all of these cells are the one before them.
    fn are_last(&self, words: &Words) -> bool {
        let Some(Key([first, last])) = self.keys.get(self.last as usize) else { return false };
        let cells = words.low.iter().zip(&words.high).take(words.rows());
        cells.fold(0, |differ, (low, high)| differ | (low ^ first) | (high ^ last)) == 0
    }

    /// The code of a cell, if it was met before; its bytes are not NUL. `short` are the halves of its word, if it has one.
    #[inline]
    pub(super) fn find(&mut self, cell: &[u8], short: Option<[u64; 2]>) -> Result<u32, New> {
        let long = if short.is_some() { &[] } else { cell };
        let key = short.map_or_else(|| self.key_of_long(long), Key);
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
        if (self.keys.len() + 1) * 2 > self.slots.len() {
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

    fn short(cell: &[u8]) -> Option<[u64; 2]> {
        Word::of(cell, 0, cell.len()).map(Word::halves)
    }

    proptest! {
        #[test]
        fn each_cell_keeps_its_code(cells in prop::collection::vec("[ab]{0,3}|[a-z]{0,40}", 0..600)) {
            let (mut interner, mut codes) = (Interner::default(), HashMap::new());
            for cell in &cells {
                let code = match interner.find(cell.as_bytes(), short(cell.as_bytes())) {
                    Ok(code) => code,
                    Err(new) => interner.add(cell.as_bytes(), new),
                };
                prop_assert_eq!(*codes.entry(cell).or_insert(code), code);
            }
            let mut distinct: Vec<_> = codes.values().copied().collect();
            distinct.sort_unstable();
            prop_assert_eq!(distinct, (0..).take(codes.len()).collect::<Vec<u32>>());
        }

        /// Cells of columns that repeat, go round and never come again.
        #[test]
        fn many_cells_at_a_time_have_the_codes_that_each_has(
            cells in prop::collection::vec(("[ab]{0,3}|[a-z]{0,40}", 1_usize..70), 1..40),
        ) {
            let cells: Vec<_> = cells.into_iter().flat_map(|(cell, times)| vec![cell; times]).collect();
            let (mut interner, mut words, mut codes) = (Interner::default(), Words::default(), [0; BLOCK]);
            let mut known = HashMap::new();
            for cells in cells.chunks(BLOCK) {
                let text = cells.concat();
                let mut end = 0;
                let places = cells.iter().map(|cell| {
                    end += u32::try_from(cell.len()).expect("short");
                    (end - u32::try_from(cell.len()).expect("short"), end)
                });
                words.set(text.as_bytes(), &places.collect::<Vec<_>>());
                let unknown = interner.codes(&words, &mut codes);
                for row in words.of(unknown) {
                    let cell = cells[row].as_bytes();
                    codes[row] = interner.find(cell, short(cell)).unwrap_or_else(|new| interner.add(cell, new));
                }
                for (cell, code) in cells.iter().zip(codes) {
                    prop_assert_eq!(*known.entry(cell.clone()).or_insert(code), code);
                }
            }
            let mut distinct: Vec<_> = known.values().copied().collect();
            distinct.sort_unstable();
            prop_assert_eq!(distinct, (0..).take(known.len()).collect::<Vec<u32>>());
        }
    }
}

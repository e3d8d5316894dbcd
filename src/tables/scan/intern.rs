//! The cells of a column that were met before, by their bytes.

use std::hash::{BuildHasher, RandomState};

/// Bytes → code. Hashes have a secret seed, so that no file can make look-ups slow.
#[derive(Debug)]
pub(super) struct Interner {
    seeds: [u64; 2],
    /// Half of a hash above, a code and one below; zero is free. Their number is a power of two.
    slots: Vec<u64>,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// The code of the row before: many cells repeat.
    last: u32,
}

const FIRST_SLOTS: usize = 256;
const CODE: u64 = 0xFFFF_FFFF;

impl Default for Interner {
    fn default() -> Self {
        let seeds = [0_u8, 1].map(|which| RandomState::new().hash_one(which));
        Self { seeds, slots: vec![0; FIRST_SLOTS], bytes: Vec::new(), ends: Vec::new(), last: 0 }
    }
}

impl Interner {
    /// The code of a cell that was met before, or the hash to add it with.
    #[inline]
    pub(super) fn find(&mut self, cell: &[u8]) -> Result<u32, u64> {
        if self.known(self.last) == Some(cell) {
            return Ok(self.last);
        }
        let hash = self.hash(cell);
        let mask = self.slots.len() - 1;
        let mut at = place(hash) & mask;
        loop {
            let slot = self.slots.get(at).copied().unwrap_or(0);
            if slot == 0 {
                return Err(hash);
            }
            if slot >> 32 == hash >> 32 {
                let code = (slot & CODE) as u32 - 1;
                if self.known(code) == Some(cell) {
                    self.last = code;
                    return Ok(code);
                }
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a cell that was not found; answers with its code.
    pub(super) fn add(&mut self, cell: &[u8], hash: u64) -> u32 {
        if (self.ends.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let code = u32::try_from(self.ends.len()).unwrap_or(u32::MAX - 1);
        self.bytes.extend_from_slice(cell);
        self.ends.push(u32::try_from(self.bytes.len()).unwrap_or(u32::MAX));
        self.put((hash & !CODE) | (u64::from(code) + 1), hash);
        self.last = code;
        code
    }

    /// Forgets all cells.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.slots.resize(FIRST_SLOTS, 0);
        self.bytes.clear();
        self.ends.clear();
        self.last = 0;
    }

    #[inline]
    fn known(&self, code: u32) -> Option<&[u8]> {
        let code = code as usize;
        let end = *self.ends.get(code)? as usize;
        let start = if code == 0 { 0 } else { *self.ends.get(code - 1)? as usize };
        self.bytes.get(start..end)
    }

    fn put(&mut self, entry: u64, hash: u64) {
        let mask = self.slots.len() - 1;
        let mut at = place(hash) & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if *slot == 0 {
                *slot = entry;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        self.slots.clear();
        self.slots.resize(((self.ends.len() + 1) * 4).next_power_of_two(), 0);
        for code in 0..u32::try_from(self.ends.len()).unwrap_or(u32::MAX) {
            let hash = self.hash(self.known(code).unwrap_or_default());
            self.put((hash & !CODE) | (u64::from(code) + 1), hash);
        }
    }

    /// Multiplication folds 16 bytes at a time into the hash.
    #[inline]
    fn hash(&self, cell: &[u8]) -> u64 {
        let [seed, other] = self.seeds;
        let mut hash = seed ^ cell.len() as u64;
        let mut rest = cell;
        while let Some((block, after)) = rest.split_first_chunk::<16>() {
            hash = fold(word(block.first_chunk()) ^ hash, word(block.last_chunk()) ^ other);
            rest = after;
        }
        let (first, last) = match (rest.first_chunk::<8>(), rest.first_chunk::<4>()) {
            (Some(first), _) => (u64::from_le_bytes(*first), word(rest.last_chunk())),
            (None, Some(first)) => {
                let last = rest.last_chunk::<4>().copied().unwrap_or_default();
                (u64::from(u32::from_le_bytes(*first)), u64::from(u32::from_le_bytes(last)))
            }
            (None, None) => (rest.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)), 0),
        };
        fold(fold(first ^ hash, last ^ other) ^ seed, other)
    }
}

#[inline]
fn word(bytes: Option<&[u8; 8]>) -> u64 {
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Where a search for a hash begins, before the mask.
#[expect(clippy::cast_possible_truncation, reason = "any bits do")]
#[inline]
fn place(hash: u64) -> usize {
    hash as usize
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
                let code = match interner.find(cell.as_bytes()) {
                    Ok(code) => code,
                    Err(hash) => interner.add(cell.as_bytes(), hash),
                };
                prop_assert_eq!(*codes.entry(cell).or_insert(code), code);
            }
            let mut distinct: Vec<_> = codes.values().copied().collect();
            distinct.sort_unstable();
            prop_assert_eq!(distinct, (0..).take(codes.len()).collect::<Vec<u32>>());
        }
    }
}

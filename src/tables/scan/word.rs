//! Short cells as one number, so that they are compared, hashed and read without a loop over their bytes.

/// The bytes of a short cell as one number, the first byte lowest; noughts beyond its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Word {
    pub(super) bits: u128,
    /// How many bytes it has, 16 at most.
    pub(super) length: usize,
}

const LONGEST: usize = 16;

impl Word {
    /// The cell from here to there; none for one that is longer.
    #[inline]
    pub(super) fn of(bytes: &[u8], start: usize, end: usize) -> Option<Self> {
        let length = end.checked_sub(start).filter(|length| *length <= LONGEST)?;
        let bits = match bytes.get(start..).and_then(|rest| rest.first_chunk::<LONGEST>()) {
            Some(sixteen) => u128::from_le_bytes(*sixteen) & MASKS.get(length)?,
            // The last cells of all.
            None => bytes.get(start..end)?.iter().rev().fold(0, |bits, byte| (bits << 8) | u128::from(*byte)),
        };
        Some(Self { bits, length })
    }

    /// Its first eight bytes, and those behind them.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    pub(super) fn halves(self) -> [u64; 2] {
        [self.bits as u64, (self.bits >> 64) as u64]
    }
}

/// So many cells of a column are looked at together: what is asked of one does not wait for the answer about another.
pub(super) const BLOCK: usize = 64;

/// The cells of a column in rows that follow each other, as words; one that is too long for a word is an empty one here.
/// What stands beyond the last row says nothing.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// The first eight bytes of each.
    pub(super) low: [u64; BLOCK],
    /// Those behind them.
    pub(super) high: [u64; BLOCK],
    /// How many bytes each has.
    pub(super) lengths: [u64; BLOCK],
    /// A bit for each that is too long for a word.
    pub(super) long: u64,
    rows: usize,
}

impl Default for Words {
    fn default() -> Self {
        Self { low: [0; BLOCK], high: [0; BLOCK], lengths: [0; BLOCK], long: 0, rows: 0 }
    }
}

impl Words {
    /// Sets the cells to those that stand from here to there.
    pub(super) fn set(&mut self, bytes: &[u8], places: &[(u32, u32)]) {
        let Self { low, high, lengths, long, rows } = self;
        (*long, *rows) = (0, places.len().min(BLOCK));
        for (row, (((low, high), length), place)) in low.iter_mut().zip(high).zip(lengths).zip(places).enumerate() {
            let (start, end) = (place.0 as usize, place.1 as usize);
            let sixteen = bytes.get(start..).and_then(|rest| rest.first_chunk::<LONGEST>());
            let word = if let (Some(sixteen), Some(mask)) = (sixteen, MASKS.get(end.wrapping_sub(start))) {
                Word { bits: u128::from_le_bytes(*sixteen) & mask, length: end.wrapping_sub(start) }
            } else {
                let word = Word::of(bytes, start, end);
                *long |= u64::from(word.is_none()) << row;
                word.unwrap_or_default()
            };
            [*low, *high] = word.halves();
            *length = word.length as u64;
        }
    }

    /// How many cells there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The first eight bytes of a row's cell and those behind them; none of one that is too long for a word.
    pub(super) fn halves(&self, row: usize) -> Option<[u64; 2]> {
        let is_long = self.long >> (row % BLOCK) & 1 == 1;
        if is_long { None } else { Some([*self.low.get(row)?, *self.high.get(row)?]) }
    }

    /// The rows whose bits are set, ascending.
    pub(super) fn of(&self, bits: u64) -> impl Iterator<Item = usize> + use<> {
        let mut left = if self.rows < BLOCK { bits & ((1 << self.rows) - 1) } else { bits };
        std::iter::from_fn(move || {
            let row = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(row)
        })
    }
}

/// As many low bytes as the place says.
const MASKS: [u128; LONGEST + 1] = {
    let mut masks = [0; LONGEST + 1];
    let mut length = 1;
    while length <= LONGEST {
        masks[length] = (masks[length - 1] << 8) | 0xFF;
        length += 1;
    }
    masks
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_word_is_the_bytes_of_its_cell(bytes in prop::collection::vec(1_u8.., 0..40), start in 0_usize..40, length in 0_usize..20) {
            let (start, end) = (start.min(bytes.len()), (start + length).min(bytes.len()).max(start.min(bytes.len())));
            let cell = &bytes[start..end];
            let word = Word::of(&bytes, start, end);
            prop_assert_eq!(word.is_some(), cell.len() <= 16);
            if let Some(word) = word {
                prop_assert_eq!(&word.bits.to_le_bytes()[..word.length], cell);
                prop_assert!(word.bits.to_le_bytes()[word.length..].iter().all(|byte| *byte == 0));
            }
        }
    }
}

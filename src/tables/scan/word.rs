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

//! Figures as nearly all are printed: digits, perhaps a minus sign, perhaps decimals. All bytes are read at once.

use super::word::Word;

/// So many digits are exact in a floating-point number, whatever they are.
const MOST_DIGITS: usize = 15;

const POWERS: [f64; MOST_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The number; none for what is printed in any other way. Both the digits and the power of ten are exact, so that their
/// quotient is the number nearest to what is printed.
#[inline]
pub(super) fn plain(text: Word) -> Option<f64> {
    let negative = text.bits & 0xFF == u128::from(b'-');
    let text = if negative { Word { bits: text.bits >> 8, length: text.length - 1 } } else { text };
    let (digits, decimals) = if text.length <= 8 { short(text) } else { long(text) }?;
    let number = if decimals == 0 { digits as f64 } else { digits as f64 / POWERS.get(decimals)? };
    Some(if negative { -number } else { number })
}

const EACH: u64 = 0x0101_0101_0101_0101;
const NOUGHTS: u64 = EACH * b'0' as u64;

/// The digits of up to 16 bytes as one number, and how many of them are decimals.
#[inline]
fn long(text: Word) -> Option<(u64, usize)> {
    let [first, last] = text.halves().map(points);
    let (mut bits, mut length, mut decimals) = (text.bits, text.length, 0);
    if first | last != 0 {
        let at = if first == 0 { 8 + last.trailing_zeros() / 8 } else { first.trailing_zeros() / 8 };
        length -= 1;
        decimals = length.checked_sub(at as usize)?;
        if at == 0 || decimals == 0 {
            return None;
        }
        // The point is taken out.
        let before = (1_u128 << (8 * at)) - 1;
        bits = (bits & before) | ((bits >> 8) & !before);
    }
    if length > MOST_DIGITS {
        return None;
    }
    // To the highest bytes, and noughts before it.
    let free = 8 * (16 - u32::try_from(length).ok()?);
    let noughts = (u128::from(NOUGHTS) << 64) | u128::from(NOUGHTS);
    let bits = (bits << free) | (noughts & ((1 << free) - 1));
    let [high, low] = Word { bits, length }.halves();
    (are_digits(high) & are_digits(low)).then(|| (eight(high) * 100_000_000 + eight(low), decimals))
}

/// As [`long`], for eight bytes at most.
#[inline]
fn short(text: Word) -> Option<(u64, usize)> {
    let [mut word, _] = text.halves();
    let (mut length, mut decimals) = (text.length, 0);
    let points = points(word);
    if points != 0 {
        let at = points.trailing_zeros() / 8;
        length -= 1;
        decimals = length.checked_sub(at as usize)?;
        if at == 0 || decimals == 0 {
            return None;
        }
        // The point is taken out.
        let before = (1 << (8 * at)) - 1;
        word = (word & before) | ((word >> 8) & !before);
    }
    // To the highest bytes, and noughts before it.
    let free = 8_u32.checked_sub(u32::try_from(length).ok()?)?;
    if free == 8 {
        return None;
    }
    let word = (word << (8 * free)) | (NOUGHTS & ((1 << (8 * free)) - 1));
    are_digits(word).then(|| (eight(word), decimals))
}

/// The highest bit of each byte that is a point; what stands above the first one says nothing.
#[inline]
fn points(word: u64) -> u64 {
    let differs = word ^ (EACH * u64::from(b'.'));
    differs.wrapping_sub(EACH) & !differs & (EACH * 0x80)
}

/// Whether all eight bytes are digits: one is 0x3_ and stays so with six added.
#[inline]
fn are_digits(word: u64) -> bool {
    ((word & (EACH * 0xF0)) == EACH * 0x30) & ((word.wrapping_add(EACH * 6) & (EACH * 0xF0)) == EACH * 0x30)
}

/// Eight digits as a number; the lowest byte is the first of them.
#[inline]
fn eight(word: u64) -> u64 {
    // Pairs, fours, eight: each with the half beside it.
    let pairs = (word & (EACH * 0x0F)).wrapping_mul(2561) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
    (fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::read_cell;
    use super::*;
    use crate::model::{Cell, ColumnKind};

    fn plain(text: &str) -> Option<f64> {
        Word::of(text.as_bytes(), 0, text.len()).and_then(super::plain)
    }

    proptest! {
        #[test]
        fn a_plain_figure_is_what_any_figure_is(text in "-?[0-9]{0,17}\\.?[0-9]{0,9}|[-0-9.,eE£()%: ]{0,8}") {
            if let Some(number) = plain(&text) {
                for kind in [ColumnKind::Number, ColumnKind::Figure, ColumnKind::Target] {
                    let Cell::Number(read) = read_cell(kind, &text) else { panic!("{text} as {kind:?}") };
                    prop_assert_eq!(number.to_bits(), read.to_bits(), "{}", text);
                }
            }
        }
    }

    proptest! {
        /// As the standard library reads it.
        #[test]
        fn digits_are_read_whatever_their_number(text in "-?[0-9]{1,15}|-?[0-9]{1,14}\\.[0-9]|-?[0-9]{1,7}\\.[0-9]{1,8}") {
            let expected = (text.len() <= 16).then(|| text.parse().ok()).flatten();
            prop_assert_eq!(plain(&text).map(f64::to_bits), expected.map(f64::to_bits), "{}", text);
        }
    }

    #[test]
    fn plain_figures_are_taken() {
        for (text, number) in
            [("0", 0.0), ("1332", 1332.0), ("-5", -5.0), ("0.96", 0.96), ("123456789012345", 123_456_789_012_345.0)]
        {
            assert_eq!(plain(text), Some(number), "{text}");
        }
        for text in ["", "-", ".", "5.", ".5", "1,332", "1e3", "+3", " 3", "1234567890123456", "--5", "1.2.3"] {
            assert_eq!(plain(text), None, "{text}");
        }
    }
}

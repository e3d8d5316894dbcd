//! Figures as nearly all are printed: digits, perhaps a minus sign, perhaps decimals.

/// So many digits are exact in a floating-point number, whatever they are.
const MOST_DIGITS: usize = 15;

const POWERS: [f64; MOST_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The number; none for what is printed in any other way. Both the digits and the power of ten are exact, so that their
/// quotient is the number nearest to what is printed.
#[inline]
pub(super) fn plain(text: &[u8]) -> Option<f64> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let (digits, decimals) = if text.len() <= 8 { short(text) } else { long(text) }?;
    let number = if decimals == 0 { digits as f64 } else { digits as f64 / POWERS.get(decimals)? };
    Some(if negative { -number } else { number })
}

/// The digits as one number, and how many of them are decimals; byte by byte.
fn long(text: &[u8]) -> Option<(u64, usize)> {
    if text.len() > MOST_DIGITS + 1 {
        return None;
    }
    let (mut digits, mut point) = (0_u64, None);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() && at > 0 && at + 1 < text.len() => point = Some(at),
            _ => return None,
        }
    }
    match point {
        None if text.is_empty() || text.len() > MOST_DIGITS => None,
        None => Some((digits, 0)),
        Some(point) => Some((digits, text.len() - point - 1)),
    }
}

/// As [`long`], for eight bytes at most: all at once, as one word whose lowest byte is the first.
#[inline]
fn short(text: &[u8]) -> Option<(u64, usize)> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let mut word = word(text);
    let (mut length, mut decimals) = (text.len(), 0);
    let differs = word ^ (EACH * u64::from(b'.'));
    let points = differs.wrapping_sub(EACH) & !differs & (EACH * 0x80);
    if points != 0 {
        let at = points.trailing_zeros() / 8;
        length -= 1;
        decimals = length - at as usize;
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
    let word = (word << (8 * free)) | ((EACH * u64::from(b'0')) & ((1 << (8 * free)) - 1));
    // A digit is 0x3_ and stays so with six added.
    if (word & (EACH * 0xF0)) != EACH * 0x30 || (word.wrapping_add(EACH * 6) & (EACH * 0xF0)) != EACH * 0x30 {
        return None;
    }
    // Pairs, fours, eight: each with the half beside it.
    let pairs = (word & (EACH * 0x0F)).wrapping_mul(2561) >> 8;
    let fours = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
    let eight = (fours & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32;
    Some((eight, decimals))
}

/// Up to eight bytes, the first lowest.
#[inline]
fn word(text: &[u8]) -> u64 {
    if let Some(all) = text.first_chunk::<8>() {
        return u64::from_le_bytes(*all);
    }
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        // They overlap, and are alike where they do.
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | (u64::from(u32::from_le_bytes(*last)) << (8 * (text.len() - 4)))
        }
        _ => text.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::read_cell;
    use super::*;
    use crate::model::{Cell, ColumnKind};

    proptest! {
        #[test]
        fn a_plain_figure_is_what_any_figure_is(text in "-?[0-9]{0,17}\\.?[0-9]{0,9}|[-0-9.,eE£()%: ]{0,8}") {
            if let Some(number) = plain(text.as_bytes()) {
                for kind in [ColumnKind::Number, ColumnKind::Figure, ColumnKind::Target] {
                    let Cell::Number(read) = read_cell(kind, &text) else { panic!("{text} as {kind:?}") };
                    prop_assert_eq!(number.to_bits(), read.to_bits(), "{}", text);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn eight_bytes_at_once_are_read_as_one_by_one(text in "[0-9]{0,8}|[0-9]{0,4}\\.[0-9]{0,4}|[0-9./:;eE+ é-]{0,8}") {
            if text.len() <= 8 {
                prop_assert_eq!(short(text.as_bytes()), long(text.as_bytes()), "{}", text);
            }
        }
    }

    #[test]
    fn plain_figures_are_taken() {
        for (text, number) in
            [("0", 0.0), ("1332", 1332.0), ("-5", -5.0), ("0.96", 0.96), ("123456789012345", 123_456_789_012_345.0)]
        {
            assert_eq!(plain(text.as_bytes()), Some(number), "{text}");
        }
        for text in ["", "-", ".", "5.", ".5", "1,332", "1e3", "+3", " 3", "1234567890123456", "--5", "1.2.3"] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
    }
}

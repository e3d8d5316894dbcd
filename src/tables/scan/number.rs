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
    let number = match point {
        None if text.is_empty() || text.len() > MOST_DIGITS => return None,
        None => digits as f64,
        Some(point) => digits as f64 / POWERS.get(text.len() - point - 1)?,
    };
    Some(if negative { -number } else { number })
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

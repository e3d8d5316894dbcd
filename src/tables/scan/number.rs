//! Figures as nearly all are printed: digits, perhaps a minus sign, perhaps decimals. Each step of reading them is made for
//! many cells before the next, so that a processor makes it for several at a time.

use fearless_simd::{Level, Simd, dispatch};

use super::word::{BLOCK, Words};

/// So many digits are exact in a floating-point number, whatever they are.
const MOST_DIGITS: u64 = 15;

const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

const EACH: u64 = 0x0101_0101_0101_0101;
const NOUGHTS: u64 = EACH * b'0' as u64;

/// The numbers of cells, and a bit for each that is printed in any other way and has none here. Both the digits and the
/// power of ten are exact, so that their quotient is the number nearest to what is printed. The words are used up.
pub(super) fn read(words: &mut Words, numbers: &mut [f64; BLOCK]) -> u64 {
    // What the processor offers is known only where the program runs.
    dispatch!(Level::new(), simd => read_with(simd, words, numbers))
}

/// All of it is one function for each kind of processor.
#[expect(clippy::inline_always, reason = "what is not inlined does not use what the processor offers")]
#[inline(always)]
fn read_with<S: Simd>(_: S, words: &mut Words, numbers: &mut [f64; BLOCK]) -> u64 {
    let Words { low, high, lengths, .. } = words;
    let mut cells = Cells { low, high, lengths, decimals: [0; BLOCK] };
    if cells.high.iter().fold(0, |all, high| all | high) == 0 {
        cells.read::<false>(numbers)
    } else {
        cells.read::<true>(numbers)
    }
}

/// What is left of the cells from step to step. Where they are not `LONG`, there is nothing in `high`.
struct Cells<'a> {
    low: &'a mut [u64; BLOCK],
    high: &'a mut [u64; BLOCK],
    lengths: &'a mut [u64; BLOCK],
    decimals: [u64; BLOCK],
}

impl Cells<'_> {
    #[expect(clippy::inline_always, reason = "as of the caller")]
    #[inline(always)]
    fn read<const LONG: bool>(&mut self, numbers: &mut [f64; BLOCK]) -> u64 {
        let negative = self.take_signs();
        let have_points = self.take_points::<LONG>();
        let plain = self.take_digits::<LONG>(numbers);
        if have_points {
            for (number, decimals) in numbers.iter_mut().zip(&self.decimals) {
                *number /= POWERS[(*decimals % 16) as usize];
            }
        }
        if negative != 0 {
            for (row, number) in numbers.iter_mut().enumerate() {
                *number = if negative >> row & 1 == 1 { -*number } else { *number };
            }
        }
        !plain
    }

    /// Takes minus signs off; answers with a bit for each cell that had one.
    #[expect(clippy::inline_always, reason = "as of the caller")]
    #[inline(always)]
    fn take_signs(&mut self) -> u64 {
        let is_negative = |low: &u64| low & 0xFF == u64::from(b'-');
        let negative = bits(self.low.iter().map(is_negative));
        if negative != 0 {
            for ((low, high), length) in self.low.iter_mut().zip(&mut *self.high).zip(&mut *self.lengths) {
                if is_negative(low) {
                    (*low, *high) = ((*low >> 8) | (*high << 56), *high >> 8);
                    *length -= 1;
                }
            }
        }
        negative
    }

    /// Takes points out and counts the decimals behind them; answers whether there were any.
    #[expect(clippy::inline_always, reason = "as of the caller")]
    #[inline(always)]
    fn take_points<const LONG: bool>(&mut self) -> bool {
        let points_in = |half: &[u64; BLOCK]| half.iter().fold(0, |all, bytes| all | points(*bytes));
        if points_in(self.low) == 0 && (!LONG || points_in(self.high) == 0) {
            return false;
        }
        let Self { low, high, lengths, decimals } = self;
        for (((low, high), length), decimals) in low.iter_mut().zip(&mut **high).zip(&mut **lengths).zip(decimals) {
            let before = before_point(*low);
            let before_in_high = if points(*low) == 0 { before_point(*high) } else { 0 };
            let mut place = u64::from(before.count_ones()) / 8;
            let next = if LONG { *high << 56 } else { 0 };
            *low = (*low & before) | (((*low >> 8) | next) & !before);
            if LONG {
                place += u64::from(before_in_high.count_ones()) / 8;
                *high = (*high & before_in_high) | ((*high >> 8) & !before_in_high);
            }
            let has_point = place < *length;
            *length -= u64::from(has_point);
            *decimals = if has_point { *length - place } else { 0 };
            // Digits stand on both sides of it; what has no digits is no number.
            *length = if has_point && (place == 0 || *decimals == 0) { 0 } else { *length };
        }
        true
    }

    /// The digits as whole numbers, and a bit for each cell that has nothing else.
    #[expect(clippy::inline_always, reason = "as of the caller")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "of digits, they are small enough")]
    #[inline(always)]
    fn take_digits<const LONG: bool>(&self, numbers: &mut [f64; BLOCK]) -> u64 {
        let mut plain = [false; BLOCK];
        let cells = self.low.iter().zip(&*self.high).zip(&*self.lengths).zip(numbers).zip(&mut plain);
        for ((((low, high), length), number), plain) in cells {
            // To the highest bytes, and noughts before it.
            if LONG {
                let free = 128_u64.wrapping_sub(8 * length);
                let last =
                    left(*high, free) | left(*low, free.wrapping_sub(64)) | right(*low, 64_u64.wrapping_sub(free));
                let last = last | (NOUGHTS & ones(free.saturating_sub(64)));
                let first = left(*low, free) | (NOUGHTS & ones(free));
                *plain = (length.wrapping_sub(1) < MOST_DIGITS) & are_digits(first) & are_digits(last);
                *number = (eight(first) * 100_000_000 + eight(last)) as i64 as f64;
            } else {
                let free = 64_u64.wrapping_sub(8 * length);
                let word = left(*low, free) | (NOUGHTS & ones(free));
                *plain = (length.wrapping_sub(1) < 8) & are_digits(word);
                *number = f64::from(eight(word) as u32);
            }
        }
        bits(plain.into_iter())
    }
}

/// A bit for each that is so.
#[expect(clippy::inline_always, reason = "as of the callers")]
#[inline(always)]
fn bits(are: impl Iterator<Item = bool>) -> u64 {
    are.enumerate().fold(0, |all, (row, is)| all | (u64::from(is) << row))
}

/// Moved to higher bits; nothing is left beyond the highest.
#[expect(clippy::inline_always, reason = "as of the callers")]
#[inline(always)]
fn left(word: u64, bits: u64) -> u64 {
    if bits < 64 { word << bits } else { 0 }
}

#[expect(clippy::inline_always, reason = "as of the callers")]
#[inline(always)]
fn right(word: u64, bits: u64) -> u64 {
    if bits < 64 { word >> bits } else { 0 }
}

/// So many low bits.
#[expect(clippy::inline_always, reason = "as of the callers")]
#[inline(always)]
fn ones(bits: u64) -> u64 {
    left(1, bits).wrapping_sub(1)
}

/// The highest bit of each byte that is a point; what stands above the first one says nothing.
#[expect(clippy::inline_always, reason = "as of the callers")]
#[inline(always)]
fn points(word: u64) -> u64 {
    let differs = word ^ (EACH * u64::from(b'.'));
    differs.wrapping_sub(EACH) & !differs & (EACH * 0x80)
}

/// The bits of the bytes before the first point, of all without one.
#[expect(clippy::inline_always, reason = "as of the callers")]
#[inline(always)]
fn before_point(word: u64) -> u64 {
    let points = points(word);
    ((points & points.wrapping_neg()) >> 7).wrapping_sub(1)
}

/// Whether all eight bytes are digits: one is 0x3_ and stays so with six added.
#[expect(clippy::inline_always, reason = "as of the callers")]
#[inline(always)]
fn are_digits(word: u64) -> bool {
    ((word & (EACH * 0xF0)) == EACH * 0x30) & ((word.wrapping_add(EACH * 6) & (EACH * 0xF0)) == EACH * 0x30)
}

/// Eight digits as a number; the lowest byte is the first of them.
#[expect(clippy::inline_always, reason = "as of the callers")]
#[inline(always)]
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

    /// The number of a cell: alone, as the last of its piece, and beside longer ones.
    fn plain(text: &str) -> Option<f64> {
        let all = format!("{text}\n1234567890.25\n{text}\n-3\n{text}");
        let places = |wanted: &[usize]| {
            let mut end = 0;
            let cells = all.split('\n').map(|cell| {
                end += cell.len() + 1;
                (u32::try_from(end - cell.len() - 1).expect("short"), u32::try_from(end - 1).expect("short"))
            });
            let cells: Vec<_> = cells.collect();
            wanted.iter().map(|at| cells[*at]).collect::<Vec<_>>()
        };
        let numbers = |wanted: &[usize]| {
            let (mut words, mut numbers) = (Words::default(), [0.0; BLOCK]);
            words.set(all.as_bytes(), &places(wanted));
            let others = read(&mut words, &mut numbers);
            let number = |row: usize| (others >> row & 1 == 0).then_some(numbers[row]);
            (0..wanted.len()).map(number).collect::<Vec<_>>()
        };
        let [alone, _] = numbers(&[0, 3])[..] else { panic!("two cells") };
        let together = numbers(&[0, 1, 2, 3, 4]);
        assert_eq!((together[1], together[3]), (Some(1_234_567_890.25), Some(-3.0)), "{text}");
        let same = [together[0], together[2], together[4]].map(|number| number.map(f64::to_bits));
        assert_eq!(same, [alone.map(f64::to_bits); 3], "{text}");
        alone
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

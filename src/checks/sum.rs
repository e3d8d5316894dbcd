//! Sums that are exact, so that a control total does not depend on the order of the rows.

/// The exact sum of figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ExactSum {
    /// Of ordinary figures, in units of 2^-72: those from a millionth to ten thousand billions are whole in it.
    fixed: i128,
    /// Of all others, after Shewchuk (1997): parts that do not overlap, at most some forty.
    parts: Vec<f64>,
}

/// The unit of fixed sums is two to the power of minus this.
const FRACTION: u64 = 72;
/// The unit as a floating-point number.
const UNIT: f64 = 1.0 / (1_u128 << FRACTION) as f64;
/// The bits of a floating-point number that are its digits.
const DIGITS: u64 = 52;

impl ExactSum {
    /// Adds a finite figure.
    #[inline]
    pub(super) fn add(&mut self, figure: f64) {
        match fixed(figure).and_then(|fixed| self.fixed.checked_add(fixed)) {
            Some(sum) => self.fixed = sum,
            None => self.add_part(figure),
        }
    }

    #[cold]
    fn add_part(&mut self, figure: f64) {
        let mut carried = figure;
        let mut kept = 0;
        for at in 0..self.parts.len() {
            let Some(part) = self.parts.get(at).copied() else { break };
            let (large, small) = if carried.abs() < part.abs() { (part, carried) } else { (carried, part) };
            let sum = large + small;
            let lost = small - (sum - large);
            if lost != 0.0
                && let Some(slot) = self.parts.get_mut(kept)
            {
                *slot = lost;
                kept += 1;
            }
            carried = sum;
        }
        self.parts.truncate(kept);
        self.parts.push(carried);
    }

    /// Adds what another has summed up.
    pub(super) fn merge(&mut self, other: &Self) {
        other.parts.iter().for_each(|part| self.add_part(*part));
        match self.fixed.checked_add(other.fixed) {
            Some(sum) => self.fixed = sum,
            None => in_parts(other.fixed).for_each(|part| self.add_part(part)),
        }
    }

    /// The sum, rounded once.
    pub(super) fn total(&self) -> f64 {
        let mut all = Self { fixed: 0, parts: self.parts.clone() };
        in_parts(self.fixed).for_each(|part| all.add_part(part));
        let mut parts = all.parts.into_iter().rev();
        let mut total = parts.next().unwrap_or(0.0);
        let mut lost = 0.0;
        for part in parts.by_ref() {
            let before = total;
            total = before + part;
            lost = part - (total - before);
            if lost != 0.0 {
                break;
            }
        }
        // What was lost may be half of the last place: the next part says to which side it is.
        if let Some(next) = parts.next()
            && (lost < 0.0) == (next < 0.0)
            && lost != 0.0
        {
            let twice = lost * 2.0;
            let rounded = total + twice;
            // Exactly the half: only then nothing is lost in the other direction.
            if (rounded - total).to_bits() == twice.to_bits() {
                total = rounded;
            }
        }
        total
    }
}

/// A figure in units of 2^-72; none where it is too large, or not whole in it.
#[inline]
#[expect(clippy::cast_possible_wrap, reason = "the digits are 53 bits")]
fn fixed(figure: f64) -> Option<i128> {
    let bits = figure.to_bits();
    let (exponent, digits) = ((bits >> DIGITS) & 0x7FF, bits & ((1 << DIGITS) - 1));
    if exponent == 0 {
        return (digits == 0).then_some(0);
    }
    let digits = (digits | (1 << DIGITS)) as i64;
    let digits = i128::from(if figure < 0.0 { -digits } else { digits });
    // The digits are in units of two to the power of the exponent less 1075.
    match (exponent + FRACTION).checked_sub(1075) {
        Some(shift) if shift <= FRACTION => Some(digits << shift),
        Some(_) => None,
        None => {
            let shift = 1075 - FRACTION - exponent;
            (u64::from(digits.trailing_zeros()) >= shift).then(|| digits >> shift.min(127))
        }
    }
}

/// A fixed sum as floating-point numbers.
fn in_parts(fixed: i128) -> impl Iterator<Item = f64> {
    let (sign, size) = (if fixed < 0 { -1.0 } else { 1.0 }, fixed.unsigned_abs());
    [0_u32, 48, 96].into_iter().map(move |at| {
        let digits = (size >> at) & ((1 << 48) - 1);
        sign * digits as f64 * (1_u128 << at) as f64 * UNIT
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ExactSum;

    fn sum(figures: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        for figure in figures {
            sum.add(*figure);
        }
        sum.total()
    }

    #[test]
    fn sums_are_those_of_exact_arithmetic() {
        for (figures, total) in [
            (vec![0.1; 10], 1.0),
            (vec![1e16, 1.0, -1e16], 1.0),
            (vec![1e100, 1.0, -1e100, 1e-100], 1.0),
            (vec![2_f64.powi(53), 1.0, 2_f64.powi(-80)], 2_f64.powi(53) + 2.0),
            (vec![0.0, -0.0], 0.0),
            (vec![3e13, 3e13, -3e13, 2_f64.powi(-1074)], 3e13),
            (vec![2_f64.powi(-72), 2_f64.powi(-73), 1.0], 1.0),
            (vec![5e-324, 5e-324], 1e-323),
            (vec![], 0.0),
        ] {
            assert_eq!(sum(&figures).to_bits(), total.to_bits(), "{figures:?}");
        }
    }

    proptest! {
        /// Twice each figure of a list and its opposite come to nothing, and one more is left.
        #[test]
        fn nothing_is_lost_between_the_small_and_the_great(
            figures in prop::collection::vec((-1.0_f64..1.0, -90_i32..60), 0..100), left in -1e6_f64..1e6,
        ) {
            let figures: Vec<f64> = figures.into_iter().map(|(digits, power)| digits * 2_f64.powi(power)).collect();
            let opposite = figures.iter().map(|figure| -figure);
            let all: Vec<f64> = figures.iter().copied().chain([left]).chain(opposite).collect();
            prop_assert_eq!(sum(&all).to_bits(), (left + 0.0).to_bits());
        }

        #[test]
        fn whole_numbers_of_pence_in_any_order_and_share(pence in prop::collection::vec(-1_000_000_i64..1_000_000, 0..200)) {
            // Each is a multiple of a power of two, so that the sum of the integers is the truth.
            let exact = pence.iter().sum::<i64>() as f64 / 64.0;
            let (mut left, mut right) = (ExactSum::default(), ExactSum::default());
            for (at, figure) in pence.iter().enumerate() {
                let half = if at % 2 == 0 { &mut left } else { &mut right };
                half.add(*figure as f64 / 64.0);
            }
            right.merge(&left);
            prop_assert!((right.total() - exact).abs() < 1e-300, "{} {exact}", right.total());
        }
    }
}

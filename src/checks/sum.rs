//! Sums that are exact, so that a control total does not depend on the order of the rows.

/// The exact sum of figures, after Shewchuk (1997): parts that do not overlap, at most some forty.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ExactSum(Vec<f64>);

impl ExactSum {
    /// Adds a finite figure.
    pub(super) fn add(&mut self, figure: f64) {
        let mut carried = figure;
        let mut kept = 0;
        for at in 0..self.0.len() {
            let Some(part) = self.0.get(at).copied() else { break };
            let (large, small) = if carried.abs() < part.abs() { (part, carried) } else { (carried, part) };
            let sum = large + small;
            let lost = small - (sum - large);
            if lost != 0.0
                && let Some(slot) = self.0.get_mut(kept)
            {
                *slot = lost;
                kept += 1;
            }
            carried = sum;
        }
        self.0.truncate(kept);
        self.0.push(carried);
    }

    /// Adds what another has summed up.
    pub(super) fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|part| self.add(*part));
    }

    /// The sum, rounded once.
    pub(super) fn total(&self) -> f64 {
        let mut parts = self.0.iter().rev().copied();
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
            (vec![], 0.0),
        ] {
            assert_eq!(sum(&figures).to_bits(), total.to_bits(), "{figures:?}");
        }
    }

    proptest! {
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

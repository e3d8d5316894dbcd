//! How figures are spread: quantiles and deviations.

use super::sum::ExactSum;

/// Between the two figures next to the rank that `at` (0 to 1) says, in proportion, as `PERCENTILE_CONT` and spreadsheets
/// do; none of no figures. Puts them in another order.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank among the figures at hand")]
pub(super) fn quantile(figures: &mut [f64], at: f64) -> Option<f64> {
    // 0.8 of five ranks is 3.2 to people and 3.2000000000000002 to a computer.
    let rank = at * figures.len().checked_sub(1)? as f64;
    let rank = if (rank - rank.round()).abs() < 1e-9 { rank.round() } else { rank };
    let (_, low, above) = figures.select_nth_unstable_by(rank.floor() as usize, f64::total_cmp);
    let (low, beyond) = (*low, rank.fract());
    let high = above.iter().copied().min_by(f64::total_cmp).filter(|_| beyond > 0.0);
    Some(high.map_or(low, |high| low + (high - low) * beyond))
}

/// The mean and the standard deviation of a sample; of fewer than two figures there is none.
pub(super) fn deviation(figures: &[f64]) -> Option<(f64, f64)> {
    let others = figures.len().checked_sub(2)? + 1;
    let mean = sum(figures.iter().copied()) / figures.len() as f64;
    Some((mean, (sum(figures.iter().map(|figure| (figure - mean).powi(2))) / others as f64).sqrt()))
}

fn sum(figures: impl Iterator<Item = f64>) -> f64 {
    let mut sum = ExactSum::default();
    figures.for_each(|figure| sum.add(figure));
    sum.total()
}

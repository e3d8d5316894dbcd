//! Figures to heights, with round numbers at the side.

use crate::model::{ChartPoint, Unit};

/// About how many stretches the side has.
const STRETCHES: f64 = 3.0;
/// Lowest figures below this share of the highest stand on zero; only what would otherwise lie flat is cut off below.
const NEAR_ZERO: f64 = 2.0 / 3.0;
/// What lies between two numbers at the side, of lengths of time, in seconds: what clocks have.
const SECONDS: [f64; 14] =
    [1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 43_200.0, 86_400.0];

/// The figures that a picture holds, from a round number to a round number.
pub(super) struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    /// None where all figures are zero, or too far apart to be drawn.
    pub(super) fn of(points: &[ChartPoint], unit: Unit) -> Option<Self> {
        let numbers = points.iter().flat_map(|point| {
            let lines = point.lines.into_iter().flatten();
            point.value.into_iter().chain(point.plan).chain(lines)
        });
        let (mut low, mut high) =
            numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > 0.0 && (low < high * NEAR_ZERO || low >= high) {
            low = 0.0;
        } else if low >= high {
            high = 0.0;
        }
        let span = high - low;
        if !(span.is_finite() && span > 0.0) {
            return None;
        }
        let step = step(span / STRETCHES, unit);
        let scale = Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step };
        ((scale.high - scale.low).is_finite() && scale.high > scale.low).then_some(scale)
    }

    /// Where a figure stands between the lowest number (0) and the highest (1).
    pub(super) fn share(&self, figure: f64) -> f64 {
        (figure - self.low) / (self.high - self.low)
    }

    /// The round numbers at the side, lowest first.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let stretches = ((self.high - self.low) / self.step).round();
        let count = (1..=8_u8).find(|n| f64::from(*n) >= stretches).unwrap_or(8);
        (0..=count).map(|n| f64::from(n).mul_add(self.step, self.low)).collect()
    }
}

/// The next round number from here.
fn step(at_least: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Duration if at_least <= 86_400.0 => {
            SECONDS.into_iter().find(|step| *step >= at_least).unwrap_or(86_400.0)
        }
        Unit::Category(_) => at_least.ceil().max(1.0),
        _ => {
            let ten = 10_f64.powf(at_least.log10().floor());
            [1.0, 2.0, 5.0, 10.0]
                .into_iter()
                .map(|times| times * ten)
                .find(|step| *step >= at_least)
                .unwrap_or(at_least)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ChartMark;

    fn ticks(figures: &[f64], unit: Unit) -> Option<Vec<f64>> {
        let point = |(at, value): (i32, &f64)| ChartPoint {
            period: "2025-01".parse::<crate::model::Period>().expect("a month").minus(-at),
            value: Some(*value),
            plan: None,
            lines: None,
            mark: ChartMark::CommonCause,
        };
        let points: Vec<ChartPoint> = (0..).zip(figures).map(point).collect();
        Scale::of(&points, unit).map(|scale| scale.ticks())
    }

    #[test]
    fn the_side_has_a_few_round_numbers_around_the_figures() {
        assert_eq!(ticks(&[66.0, 182.0, 254.0], Unit::Number), Some(vec![0.0, 100.0, 200.0, 300.0]));
        assert_eq!(ticks(&[10_303.0, 12_702.0, 27_455.0], Unit::Number), Some(vec![0.0, 10_000.0, 20_000.0, 30_000.0]));
        // Three minutes to eleven, by clocks.
        assert_eq!(ticks(&[180.0, 660.0], Unit::Duration), Some(vec![0.0, 300.0, 600.0, 900.0]));
        // Close together and far from zero.
        assert_eq!(ticks(&[1000.0, 1006.0], Unit::Number), Some(vec![1000.0, 1002.0, 1004.0, 1006.0]));
        assert_eq!(ticks(&[-10.0, 10.0], Unit::Number), Some(vec![-10.0, 0.0, 10.0]));
    }

    #[test]
    fn what_cannot_be_drawn_has_no_scale() {
        for figures in [vec![], vec![0.0], vec![0.0, 0.0], vec![f64::MIN, f64::MAX], vec![f64::NEG_INFINITY, 1.0]] {
            assert_eq!(ticks(&figures, Unit::Number), None, "{figures:?}");
        }
        // A span of the smallest kind still ends.
        assert!(ticks(&[1e300, 1.1e300], Unit::Duration).is_some_and(|ticks| ticks.len() < 10));
    }
}

//! A series' last figures in a line of text: blocks, and the figures themselves.

use serde::Serialize;

use crate::model::{Period, Unit, Value};

use super::words;

/// How many periods are shown at most.
const PERIODS: i32 = 13;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The last figures of a series, drawn to one scale that holds zero and the plan.
#[derive(Debug, Serialize)]
pub(super) struct Trend {
    /// `▂▅▆▃▂▂`; a dot where there is no figure.
    pub(super) spark: String,
    /// The plan on the same scale.
    pub(super) plan_spark: Option<char>,
    /// The plan as a figure.
    pub(super) plan: Option<String>,
    /// `May 2025 to October 2025`.
    pub(super) range: String,
    /// `66; 151; 182; 92; 84; 72`: the same for those who see no picture.
    pub(super) figures: String,
}

impl Trend {
    /// None with fewer than two periods, or when every figure is missing: there is nothing to compare.
    pub(super) fn of(trail: &[(Period, Value)], plan: Value, unit: Unit) -> Option<Self> {
        let points = without_gaps(trail);
        let [(first, _), .., (last, _)] = points.as_slice() else { return None };
        let plan = plan.get();
        let scale = Scale::of(points.iter().filter_map(|(_, value)| value.get()), plan)?;
        let figures: Vec<String> = points.iter().map(|(_, value)| words::figure(*value, unit)).collect();
        Some(Self {
            spark: points.iter().map(|(_, value)| value.get().map_or('·', |figure| scale.block(figure))).collect(),
            plan_spark: plan.map(|plan| scale.block(plan)),
            plan: plan.map(|plan| words::quantity(plan, unit)),
            range: format!("{} to {}", first.label(), last.label()),
            figures: figures.join("; "),
        })
    }
}

/// Every period up to the last one, so that a gap is seen as a gap.
pub(super) fn without_gaps(trail: &[(Period, Value)]) -> Vec<(Period, Value)> {
    let (Some((first, _)), Some((last, _))) = (trail.first(), trail.last()) else { return Vec::new() };
    let back = last.since(*first).unwrap_or(0).clamp(0, PERIODS - 1);
    (0..=back)
        .rev()
        .map(|back| {
            let period = last.minus(back);
            let found = trail.iter().rev().find(|(of, _)| *of == period);
            (period, found.map_or(Value::ABSENT, |(_, value)| *value))
        })
        .collect()
}

struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn of(figures: impl Iterator<Item = f64>, plan: Option<f64>) -> Option<Self> {
        let mut figures = figures.peekable();
        figures.peek()?;
        let (low, high) =
            figures.chain(plan).fold((0.0_f64, 0.0_f64), |(low, high), figure| (low.min(figure), high.max(figure)));
        ((high - low).is_finite() && high > low).then_some(Self { low, high })
    }

    /// Where the figure stands between the lowest (0) and the highest (1).
    fn share(&self, figure: f64) -> f64 {
        ((figure - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    fn block(&self, figure: f64) -> char {
        let eighths = self.share(figure) * BLOCKS.len() as f64;
        // Each block stands for the eighth below its top.
        BLOCKS.iter().enumerate().find(|(i, _)| eighths <= (i + 1) as f64).map_or('█', |(_, block)| *block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(trail: &[(Period, Value)], plan: Value) -> Option<Trend> {
        Trend::of(trail, plan, Unit::Number)
    }

    fn trail(first: &str, figures: &[Option<f64>]) -> Vec<(Period, Value)> {
        let first: Period = first.parse().expect("a period");
        (0..).zip(figures).map(|(i, figure)| (first.minus(-i), figure.map_or(Value::ABSENT, Value::number))).collect()
    }

    #[test]
    fn blocks_stand_on_zero_and_reach_to_the_plan() {
        let trend = of(&trail("2025-05", &[Some(0.0), Some(50.0), None, Some(100.0)]), Value::number(200.0));
        let trend = trend.expect("a trend");
        assert_eq!((trend.spark.as_str(), trend.plan_spark), ("▁▂·▄", Some('█')));
        assert_eq!(trend.range, "May 2025 to August 2025");
        assert_eq!(trend.figures, "0; 50; not reported; 100");
    }

    #[test]
    fn nothing_to_compare_makes_no_picture() {
        assert!(of(&trail("2025-05", &[Some(10.0)]), Value::number(5.0)).is_none());
        assert!(of(&trail("2025-05", &[None, None]), Value::number(5.0)).is_none());
        assert!(of(&trail("2025-05", &[Some(0.0), Some(0.0)]), Value::ABSENT).is_none());
        assert!(of(&trail("2025-05", &[Some(f64::MAX), Some(f64::MIN)]), Value::ABSENT).is_none());
        assert!(of(&[], Value::ABSENT).is_none());
    }

    #[test]
    fn months_left_out_are_gaps_and_only_thirteen_are_shown() {
        let mut long = trail("2015-05", &[Some(1.0)]);
        long.extend(trail("2025-09", &[Some(2.0), Some(3.0)]));
        let trend = of(&long, Value::ABSENT).expect("a trend");
        assert_eq!(trend.range, "October 2024 to October 2025");
        assert_eq!(trend.spark, "···········▆█");
    }
}

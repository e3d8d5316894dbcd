//! Charts against published ones, against hand calculations, and against what must hold of every chart.

mod causes;
mod declared;
mod lines;
mod properties;
mod published;
mod rebasing;

use super::{Baseline, Chart, Limits, Point, Settings, Side, Test};

/// Consecutive periods that all have a figure.
fn all(figures: &[f64]) -> Vec<Option<f64>> {
    figures.iter().copied().map(Some).collect()
}

/// Whole numbers, `-` for a gap.
fn periods(text: &str) -> Vec<Option<f64>> {
    text.split_whitespace().map(|word| word.parse().ok()).collect()
}

fn chart(figures: &[Option<f64>]) -> Chart {
    Chart::of(figures, &[], &Settings::default())
}

/// Limits fixed after so many figures.
fn baseline(figures: usize) -> Settings {
    Settings { baseline: Baseline::try_from(figures).ok(), ..Settings::default() }
}

/// Twelve figures around 10 with a moving range of 3 throughout: mean 10, limits 10 ± 7.98, near limits 10 ± 5.32.
fn steady() -> Vec<f64> {
    [8.5, 11.5].repeat(6)
}

/// One letter a period: `.` common cause, `-` gap, `b` beyond a limit, `t` trend, `n` two of three (near), `s` shift; upper
/// case for high.
fn marks(chart: &Chart) -> String {
    letters(chart.points())
}

fn letters(points: &[Point]) -> String {
    let mark = |point: &Point| match (point.figure, point.special) {
        (None, _) => '-',
        (_, None) => '.',
        (_, Some(special)) => {
            let letter = match special.test {
                Test::BeyondLimit => 'b',
                Test::Trend => 't',
                Test::TwoOfThree => 'n',
                Test::Shift => 's',
            };
            if special.side == Side::High { letter.to_ascii_uppercase() } else { letter }
        }
    };
    points.iter().map(mark).collect()
}

#[track_caller]
fn limits(chart: &Chart) -> Limits {
    let Some(Some(limits)) = chart.segments().last().map(|segment| segment.limits) else { panic!("no limits") };
    limits
}

/// Holds lower limit, centre and upper limit against figures that were printed rounded.
#[track_caller]
fn assert_lines(limits: &Limits, expected: [f64; 3], rounding: f64) {
    for (is, expected) in [limits.lower, limits.centre, limits.upper].into_iter().zip(expected) {
        assert!((is - expected).abs() <= rounding, "{limits:?} is not {expected} within {rounding}");
    }
}

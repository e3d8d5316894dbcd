//! What must hold of every chart.

use proptest::prelude::*;

use crate::spc::{
    AsOf, Baseline, Chart, Limits, Point, RunLength, Settings, Side, SpecialCause, Test, latest,
    settings::SettingsError,
};

fn settings() -> impl Strategy<Value = Settings> {
    let length = || prop_oneof![Just(RunLength::Six), Just(RunLength::Seven)];
    let baseline = proptest::option::of((12_usize..20).prop_map(Baseline::try_from));
    (baseline, length(), length(), any::<bool>()).prop_map(|(baseline, trend, shift, screen_outliers)| Settings {
        baseline: baseline.and_then(Result::<_, SettingsError>::ok),
        trend,
        shift,
        screen_outliers,
    })
}

/// Small whole numbers, so that ties and points on the centre are common; drifting, so that runs are; some gaps.
fn figures() -> impl Strategy<Value = Vec<Option<f64>>> {
    let step = (-3_i32..=3, proptest::bool::weighted(0.06));
    (proptest::collection::vec(step, 0..60), 0_i32..2).prop_map(|(steps, drift)| {
        let mut level = 0;
        let figure = |(step, gap): (i32, bool)| {
            level += step + drift * i32::from(step > 0);
            (!gap).then_some(f64::from(level % 17))
        };
        steps.into_iter().map(figure).collect()
    })
}

fn rebase() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0_usize..60, 0..3)
}

fn map(figures: &[Option<f64>], change: impl Fn(f64) -> f64) -> Vec<Option<f64>> {
    figures.iter().map(|figure| figure.map(&change)).collect()
}

fn specials(chart: &Chart) -> Vec<Option<SpecialCause>> {
    chart.points().iter().map(|point| point.special).collect()
}

/// Whether a figure lies so close to a limit that rounding decides.
fn is_on_edge(chart: &Chart) -> bool {
    let on_edge = |point: &Point| {
        let (Some(figure), Some(lines)) = (point.figure, chart.segments()[point.segment].limits) else { return false };
        let edges = [lines.lower, lines.near_lower, lines.near_upper, lines.upper];
        edges.iter().any(|edge| (figure - edge).abs() < 1e-9)
    };
    chart.points().iter().any(on_edge)
}

/// The tests as they are defined, point by point over all windows that hold the point, as the R package goes about it.
fn by_definition(figures: &[Option<f64>], lines: &Limits, settings: &Settings) -> Vec<Option<SpecialCause>> {
    let windows = |at: usize, length: usize| {
        let first = (at + 1).saturating_sub(length)..=at;
        first.filter_map(move |first| figures.get(first..first + length)?.iter().copied().collect::<Option<Vec<f64>>>())
    };
    let one_side = |window: &[f64]| {
        if window.iter().all(|figure| *figure > lines.centre) {
            return Some(Side::High);
        }
        window.iter().all(|figure| *figure < lines.centre).then_some(Side::Low)
    };
    let one_way = |window: &[f64]| {
        if window.is_sorted_by(|a, b| a < b) {
            return Some(Side::High);
        }
        window.is_sorted_by(|a, b| a > b).then_some(Side::Low)
    };
    let beyond = |figure: f64| figure > lines.upper || figure < lines.lower;
    let near = |figure: f64| !beyond(figure) && (figure > lines.near_upper || figure < lines.near_lower);
    let name = |at: usize| {
        let figure = figures[at]?;
        let beyond = beyond(figure).then(|| one_side(&[figure])).flatten();
        let trend = windows(at, settings.trend.points()).filter_map(|window| one_way(&window)).next_back();
        let mut two = windows(at, 3).filter(|window| window.iter().filter(|figure| near(**figure)).count() >= 2);
        let two = two.find_map(|window| one_side(&window)).filter(|_| near(figure));
        let shift = windows(at, settings.shift.points()).find_map(|window| one_side(&window));
        let tests = [(Test::BeyondLimit, beyond), (Test::Trend, trend), (Test::TwoOfThree, two), (Test::Shift, shift)];
        tests.into_iter().find_map(|(test, side)| Some(SpecialCause { test, side: side? }))
    };
    (0..figures.len()).map(name).collect()
}

proptest! {
    #[test]
    fn marks_are_as_defined(figures in figures(), settings in settings()) {
        let chart = Chart::of(&figures, &[], &settings);
        let expected = match chart.segments().first().and_then(|segment| segment.limits) {
            Some(lines) => by_definition(&figures, &lines, &settings),
            None => vec![None; figures.len()],
        };
        prop_assert_eq!(specials(&chart), expected);
    }

    #[test]
    fn the_newest_period_alone_is_as_in_its_chart(figures in figures(), rebase in rebase(), settings in settings()) {
        let mut chart = Chart::default();
        for t in 0..figures.len() {
            chart.fill(&figures[..=t], &rebase, &settings);
            prop_assert_eq!(latest(&figures[..=t], &rebase, &settings), chart.latest());
        }
    }

    #[test]
    fn all_periods_at_once_are_as_each_was_when_it_was_the_newest(
        first in figures(),
        figures in prop_oneof![figures(), proptest::collection::vec(proptest::option::of(any::<f64>()), 0..40)],
        rebase in rebase(),
        settings in settings(),
    ) {
        let mut as_of = AsOf::default();
        as_of.fill(first, &[], &Settings::default());
        as_of.fill(figures.iter().copied(), &rebase, &settings);
        let alone: Vec<_> = (0..figures.len()).map(|t| latest(&figures[..=t], &rebase, &settings)).collect();
        prop_assert_eq!(as_of.periods(), alone);
    }

    #[test]
    fn a_chart_filled_again_is_a_new_one(first in figures(), second in figures(), rebase in rebase(), settings in settings()) {
        let mut chart = Chart::of(&first, &rebase, &Settings::default());
        chart.fill(&second, &rebase, &settings);
        prop_assert_eq!(chart, Chart::of(&second, &rebase, &settings));
    }

    #[test]
    fn segments_are_charts_of_their_own(figures in figures(), at in 1_usize..60, settings in settings()) {
        prop_assume!(at < figures.len());
        let (older, newer) = figures.split_at(at);
        let alone = [older, newer].map(|figures| specials(&Chart::of(figures, &[], &settings))).concat();
        prop_assert_eq!(specials(&Chart::of(&figures, &[at], &settings)), alone);
    }

    #[test]
    fn reversed_signs_swap_high_and_low(figures in figures(), rebase in rebase(), settings in settings()) {
        let turn = |special: SpecialCause| {
            let side = if special.side == Side::High { Side::Low } else { Side::High };
            SpecialCause { side, ..special }
        };
        let (plain, reversed) =
            (Chart::of(&figures, &rebase, &settings), Chart::of(&map(&figures, |figure| -figure), &rebase, &settings));
        let expected: Vec<_> = specials(&plain).into_iter().map(|special| special.map(turn)).collect();
        prop_assert_eq!(specials(&reversed), expected);
        prop_assert_eq!(reversed.suggested_rebase(), plain.suggested_rebase());
        for (plain, reversed) in plain.segments().iter().zip(reversed.segments()) {
            let swapped = reversed.limits.map(|lines| (-lines.upper, -lines.centre, -lines.lower));
            prop_assert_eq!(swapped, plain.limits.map(|lines| (lines.lower, lines.centre, lines.upper)));
        }
    }

    #[test]
    fn units_do_not_matter(figures in figures(), rebase in rebase(), settings in settings(), power in -20_i32..20) {
        let scale = 2_f64.powi(power);
        let (plain, scaled) =
            (Chart::of(&figures, &rebase, &settings), Chart::of(&map(&figures, |figure| figure * scale), &rebase, &settings));
        prop_assert_eq!(specials(&scaled), specials(&plain));
        prop_assert_eq!(scaled.suggested_rebase(), plain.suggested_rebase());
    }

    #[test]
    fn where_zero_lies_does_not_matter(figures in figures(), rebase in rebase(), settings in settings(), by in -1000_i32..1000) {
        let moved = map(&figures, |figure| figure + f64::from(by));
        let (plain, moved) = (Chart::of(&figures, &rebase, &settings), Chart::of(&moved, &rebase, &settings));
        prop_assume!(!is_on_edge(&plain));
        prop_assert_eq!(specials(&moved), specials(&plain));
        for (plain, moved) in plain.segments().iter().zip(moved.segments()) {
            let centres = plain.limits.zip(moved.limits).map(|(plain, moved)| moved.centre - plain.centre);
            prop_assert!(centres.is_none_or(|difference| (difference - f64::from(by)).abs() < 1e-9));
        }
    }

    #[test]
    fn any_figures_at_all_are_charted(figures in proptest::collection::vec(proptest::option::of(any::<f64>()), 0..40), rebase in rebase(), settings in settings()) {
        let chart = Chart::of(&figures, &rebase, &settings);
        prop_assert_eq!(chart.points().len(), figures.len());
        let finite = chart.segments().iter().filter_map(|segment| segment.limits).all(|lines| {
            [lines.lower, lines.near_lower, lines.centre, lines.near_upper, lines.upper].iter().all(|line| line.is_finite())
        });
        prop_assert!(finite);
        prop_assert_eq!(latest(&figures, &rebase, &settings), chart.latest());
        prop_assert!(chart.suggested_rebase().is_none_or(|at| at < figures.len()));
    }
}

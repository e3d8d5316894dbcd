//! Limits, segments and icons worked by hand.

use super::{all, assert_lines, baseline, chart, limits, marks, periods, steady};
use crate::{
    model::Better,
    spc::{Assurance, Baseline, Chart, Limits, RunLength, Settings, SettingsError, Variation, latest},
};

#[test]
fn lines() {
    // Mean (2 + 6 + 4 + 8) / 4 = 5; moving ranges 4, 2, 4, mean 10 / 3; 2.66 * 10 / 3 = 8.8667, two thirds of it 5.9111.
    let lines = limits(&chart(&periods("2 6 4 8")));
    assert_lines(&lines, [-3.866_667, 5., 13.866_667], 5e-7);
    assert!((lines.near_lower - -0.911_111).abs() < 5e-7 && (lines.near_upper - 10.911_111).abs() < 5e-7);
    assert!((lines.moving_range - 3.333_333).abs() < 5e-7);
}

#[test]
fn a_moving_range_of_3267_mean_ones_is_screened_and_a_smaller_one_is_not() {
    let moving_range = |ranges: [f64; 12]| {
        let mut figures = vec![0.0];
        for (at, range) in ranges.into_iter().enumerate() {
            let last = figures[at];
            figures.push(if at % 2 == 0 { last + range } else { last - range });
        }
        let settings = Settings { screen_outliers: true, ..Settings::default() };
        limits(&Chart::of(&all(&figures), &[], &settings)).moving_range
    };
    // Ten of 794, one of 793 and one of 3267 are 12 000; without the last, 8733 / 11 = 793.909.
    let [mut outlier, mut large] = [[794.0; 12]; 2];
    (outlier[1], outlier[6]) = (793.0, 3267.0);
    assert!((moving_range(outlier) - 793.909).abs() < 1e-3);
    large[6] = 3266.0;
    assert!((moving_range(large) - 1000.0).abs() < 1e-9);
}

#[test]
fn no_figures_no_limits() {
    for text in ["", "- - -", "5", "- 5 -", "5 - 6 - 7"] {
        let figures = periods(text);
        let chart = chart(&figures);
        assert_eq!(chart.points().len(), figures.len());
        assert!(chart.segments().iter().all(|segment| segment.limits.is_none()), "{text}");
        assert_eq!((chart.latest(), latest(&figures, &[], &Settings::default())), (None, None), "{text}");
        assert_eq!(chart.suggested_rebase(), None);
    }
}

#[test]
fn two_figures() {
    // Mean 6, moving range 2, limits 6 ± 5.32: neither is beyond 3.5467 away from the mean.
    let chart = chart(&periods("5 7"));
    assert_lines(&limits(&chart), [0.68, 6., 11.32], 1e-9);
    assert_eq!(marks(&chart), "..");
    let Some(latest) = chart.latest() else { panic!("no answer") };
    assert_eq!((latest.figures, latest.is_short()), (2, true));
    assert_eq!(latest.variation(Better::Higher), Variation::CommonCause);
}

#[test]
fn what_is_not_finite_is_a_gap() {
    let figures = [Some(5.), Some(7.), Some(f64::NAN), Some(f64::INFINITY), Some(6.)];
    assert_eq!(marks(&chart(&figures)), "..--.");
    assert_lines(&limits(&chart(&figures)), [0.68, 6., 11.32], 1e-9);
    assert_eq!(latest(&figures[..4], &[], &Settings::default()), None);
}

#[test]
fn figures_too_large_to_add_up_have_no_limits() {
    let huge = f64::MAX;
    for figures in [[huge, huge, 1., 2.], [huge, -huge, 1., 2.], [1., huge, 1., 2.]] {
        for screen_outliers in [false, true] {
            let settings = Settings { screen_outliers, ..Settings::default() };
            assert_eq!(latest(&all(&figures), &[], &settings), None, "{figures:?}");
        }
    }
}

#[test]
fn a_gap_has_no_moving_range_and_does_not_count() {
    // Moving ranges 2 and 4, mean 3; mean of figures (1 + 3 + 11 + 7) / 4 = 5.5; the 8 from 3 to 11 is no moving range.
    let chart = chart(&periods("1 3 - 11 7"));
    assert_lines(&limits(&chart), [5.5 - 7.98, 5.5, 5.5 + 7.98], 1e-9);
    assert_eq!(chart.segments()[0].figures, 4);
}

#[test]
fn the_newest_period_without_a_figure_has_no_answer() {
    assert_eq!(chart(&periods("5 7 -")).latest(), None);
    assert_eq!(latest(&periods("5 7 -"), &[], &Settings::default()), None);
}

#[test]
fn a_constant_is_common_cause() {
    // 0.1 thirty times adds up to more than 3 in binary; the mean must still be 0.1.
    for screen_outliers in [false, true] {
        let chart = Chart::of(&all(&[0.1; 30]), &[], &Settings { screen_outliers, ..Settings::default() });
        assert_lines(&limits(&chart), [0.1, 0.1, 0.1], 0.);
        assert_eq!(marks(&chart), ".".repeat(30));
    }
}

#[test]
fn a_baseline_counts_figures() {
    let mut figures = all(&[steady(), vec![40.; 3]].concat());
    figures.insert(12, None);
    figures.insert(5, None);
    let chart = Chart::of(&figures, &[], &baseline(12));
    // Ten moving ranges of 3 are left.
    assert_lines(&limits(&chart), [2.02, 10., 17.98], 1e-9);
    assert_eq!(marks(&chart), ".....-.......-BBB");
}

#[test]
fn a_baseline_longer_than_its_segment_takes_all_of_it() {
    let figures = periods("2 6 4 8");
    assert_eq!(Chart::of(&figures, &[], &baseline(20)).segments(), chart(&figures).segments());
}

#[test]
fn a_baseline_starts_anew_with_each_segment() {
    let figures =
        all(&[steady(), vec![11.; 4], steady().iter().map(|figure| figure + 100.).collect(), vec![111.; 4]].concat());
    let chart = Chart::of(&figures, &[16], &baseline(12));
    assert_lines(&limits(&chart), [102.02, 110., 117.98], 1e-9);
    assert_eq!(chart.segments()[1].periods, 16..32);
}

#[test]
fn rebases_come_in_any_order_and_may_lie_outside() {
    let figures = periods("1 2 3 4 5 6 7 8");
    let expected = Chart::of(&figures, &[3, 5], &Settings::default());
    assert_eq!(Chart::of(&figures, &[99, 5, 0, 3, 5, 8], &Settings::default()), expected);
    assert_eq!(
        expected.segments().iter().map(|segment| segment.periods.clone()).collect::<Vec<_>>(),
        [0..3, 3..5, 5..8]
    );
    assert_eq!(expected.points()[4].segment, 1);
    assert_eq!(expected.limits(4), expected.segments()[1].limits.as_ref());
    assert_eq!(expected.limits(8), None);
}

#[test]
fn a_segment_of_one_point_has_no_answer_and_the_older_one_does_not_stand_in() {
    let figures = periods("5 7 5 7");
    assert_eq!(latest(&figures, &[3], &Settings::default()), None);
    assert_eq!(Chart::of(&figures, &[3], &Settings::default()).latest(), None);
}

#[test]
fn thirteen_figures_are_enough() {
    let figures = all(&[steady(), vec![8.5]].concat());
    let is_short = |figures: &[Option<f64>]| latest(figures, &[], &Settings::default()).map(|latest| latest.is_short());
    assert_eq!(is_short(&figures[..12]), Some(true));
    assert_eq!(is_short(&figures), Some(false));
    assert!(!chart(&figures).segments()[0].is_short());
}

#[test]
fn a_target_on_a_limit_is_hit_or_miss() {
    let limits = limits(&chart(&all(&[75., 125.].repeat(6))));
    assert_lines(&limits, [-33., 100., 233.], 0.);
    let of = |target: f64| Assurance::of(&limits, Better::Higher, Some(target));
    assert_eq!([of(233.), of(-33.), of(100.)], [Some(Assurance::HitOrMiss); 3]);
    assert_eq!(of(233.5), Some(Assurance::ConsistentlyFailing));
    assert_eq!(of(-33.5), Some(Assurance::ConsistentlyPassing));
    assert_eq!(of(f64::NAN), None);
}

#[test]
fn settings_that_are_none_say_so() {
    let short = Baseline::try_from(11).map_err(|error| error.to_string());
    assert_eq!(short, Err("limits cannot be fixed after 11 figures: give 12 or more".to_owned()));
    assert_eq!(RunLength::try_from(8), Err(SettingsError::RunLength(8)));
    assert_eq!((RunLength::try_from(6), RunLength::try_from(7)), (Ok(RunLength::Six), Ok(RunLength::Seven)));
    let tool = Settings { baseline: None, trend: RunLength::Seven, shift: RunLength::Seven, screen_outliers: false };
    assert_eq!(Settings::default(), tool);
}

#[test]
fn limits_of_a_segment_are_those_of_its_chart() {
    let figures = all(&steady());
    assert_eq!(Limits::of(&figures, &Settings::default()), chart(&figures).segments()[0].limits);
}

#[test]
fn as_seen_at_each_period() {
    // A step from 10 to 20 after 13 figures, limits fixed: each period is judged by what was known then.
    let figures = all(&[steady(), vec![8.5], vec![20.; 3]].concat());
    let history: Vec<Option<Variation>> = (0..figures.len())
        .map(|t| latest(&figures[..=t], &[], &baseline(12)).map(|latest| latest.variation(Better::Lower)))
        .collect();
    assert_eq!(history[0], None);
    assert!(history[1..13].iter().all(|variation| *variation == Some(Variation::CommonCause)));
    assert_eq!(history[13..], [Some(Variation::ConcerningHigh); 3]);
}

//! Special causes worked by hand.

use super::{all, assert_lines, baseline, limits, marks, steady};
use crate::{
    model::Better,
    spc::{Chart, RunLength, Settings, Variation},
};

/// What a chart fixed on [`steady`] says of the figures that follow.
fn after(figures: &[f64]) -> String {
    let chart = Chart::of(&all(&[steady(), figures.to_vec()].concat()), &[], &baseline(12));
    assert_lines(&limits(&chart), [2.02, 10., 17.98], 1e-9);
    marks(&chart)[12..].to_owned()
}

#[test]
fn nothing_crosses_a_gap() {
    let gap = |figures: &[f64], at: usize| {
        let mut figures = all(&[steady(), figures.to_vec()].concat());
        figures.insert(12 + at, None);
        marks(&Chart::of(&figures, &[], &baseline(12)))[12..].to_owned()
    };
    let side = [vec![9.], vec![11.; 13]].concat();
    assert_eq!(gap(&side, 7), ".......-SSSSSSS");
    assert_eq!(gap(&side[..13], 7), ".......-......");
    assert_eq!(gap(&[8., 8.5, 9., 9.5, 10., 11., 12.], 3), "...-....");
    assert_eq!(gap(&[16., 16.], 1), ".-.");
}

#[test]
fn after_a_constant_baseline_every_change_is_beyond() {
    for screen_outliers in [false, true] {
        let figures = all(&[vec![7.; 12], vec![7., 7.5, 6.5]].concat());
        let settings = Settings { screen_outliers, ..baseline(12) };
        assert_eq!(marks(&Chart::of(&figures, &[], &settings)), ".............Bb");
    }
}

#[test]
fn beyond_a_limit_is_strictly_beyond() {
    // Mean 100, moving ranges of 50, 2.66 * 50 = 133: a thirteenth figure may lie at 100 + 133.
    let even: Vec<f64> = [75., 125.].repeat(6);
    let with = |figure: f64| marks(&Chart::of(&all(&[even.clone(), vec![figure]].concat()), &[], &baseline(12)));
    assert_eq!(with(233.), ".............");
    assert_eq!(with(233.001), "............B");
    assert_eq!(with(-33.), ".............");
    assert_eq!(with(-33.001), "............b");
}

#[test]
fn a_trend_is_seven_points() {
    assert_eq!(after(&[8., 8.5, 9., 9.5, 10.5, 11., 12., 9.]), "TTTTTTT.");
    assert_eq!(after(&[8., 8.5, 9., 9.5, 10.5, 11., 10.8]), ".......");
    assert_eq!(after(&[8., 8.5, 9., 9., 10.5, 11., 12.]), ".......");
    // The last of the baseline, 11.5, is the first of the fall: eight points, seven of them here.
    assert_eq!(after(&[11., 10.9, 10.8, 10.7, 9., 8.5, 8.]), "ttttttt");
}

#[test]
fn a_trend_is_coloured_by_its_direction() {
    // Rising, and below the centre for the first part: improvement all the same where higher is better.
    let figures = all(&[steady(), vec![8., 8.5, 9., 9.5, 10.5, 11., 12.]].concat());
    let chart = Chart::of(&figures, &[], &baseline(12));
    let low = &chart.points()[12];
    assert_eq!(low.variation(Better::Higher), Variation::ImprovingHigh);
    assert_eq!(low.variation(Better::Lower), Variation::ConcerningHigh);
    assert_eq!(low.variation(Better::Neither), Variation::NeutralHigh);
}

#[test]
fn the_point_where_two_trends_meet_has_the_later_one() {
    assert_eq!(after(&[8., 8.5, 9., 9.5, 10.5, 11., 12., 11., 10.5, 9.5, 9.3, 9.2, 9.1, 9.8]), "TTTTTTttttttt.");
}

#[test]
fn a_trend_that_ends_in_a_tie_keeps_its_direction() {
    let rise = [8., 8.5, 9., 9.5, 10.5, 11., 12.];
    let fall = [12., 11., 10.5, 9.5, 9., 8.5, 8.];
    assert_eq!(after(&[rise, fall].concat()), "TTTTTTTttttttt");
    let higher = [12., 12.5, 13., 13.5, 14., 14.5, 15.];
    assert_eq!(after(&[rise, higher].concat()), "TTTTTTTTTTTTTT");
}

#[test]
fn two_of_three() {
    // Near is beyond 15.32 and not beyond 17.98.
    assert_eq!(after(&[16., 16., 9.]), "NN.");
    assert_eq!(after(&[16., 11., 16.]), "N.N");
    assert_eq!(after(&[4., 9., 4., 11.]), "n.n.");
    assert_eq!(after(&[16., 9., 16.]), "...");
    assert_eq!(after(&[16., 10., 16.]), "...");
    // 18 lies beyond: one near point beside it is not enough, and two have it as their third.
    assert_eq!(after(&[16., 18., 11., 9.]), ".B..");
    assert_eq!(after(&[16., 18., 16.]), "NBN");
}

#[test]
fn a_shift_is_seven_points_on_one_side() {
    assert_eq!(after(&[9., 11., 12., 11., 12., 11., 12., 11., 9.]), ".SSSSSSS.");
    assert_eq!(after(&[9., 11., 12., 11., 12., 11., 12., 9.]), "........");
    // 11.5 is the last of the baseline: with six more it is a shift.
    assert_eq!(after(&[11., 12., 11., 12., 11., 12., 9.]), "SSSSSS.");
}

#[test]
fn a_point_on_the_centre_ends_a_shift() {
    assert_eq!(after(&[9., 11., 12., 11., 10., 12., 11., 12., 9.]), ".........");
    assert_eq!(after(&[9., 11., 12., 11., 12., 11., 12., 11., 10., 11.]), ".SSSSSSS..");
}

#[test]
fn the_first_test_that_holds_names_a_point() {
    // A trend whose last point lies beyond, whose last but one and two are near, above the centre all along.
    assert_eq!(after(&[9., 11., 12., 13., 14., 16., 17., 18.]), "TTTTTTTB");
    // A shift with two near points and one beyond.
    assert_eq!(after(&[9., 11., 12., 16., 11., 16., 18., 12.]), ".SSNSNBS");
}

#[test]
fn runs_of_six() {
    let six = Settings { trend: RunLength::Six, shift: RunLength::Six, ..baseline(12) };
    let marked = |settings: &Settings, figures: &[f64]| {
        marks(&Chart::of(&all(&[steady(), figures.to_vec()].concat()), &[], settings))[12..].to_owned()
    };
    let (rise, side) = ([8., 8.5, 9., 9.5, 10.5, 11., 9.], [9., 11., 12., 11., 12., 11., 12., 9.]);
    assert_eq!(marked(&six, &rise), "TTTTTT.");
    assert_eq!(marked(&six, &side), ".SSSSSS.");
    assert_eq!(marked(&Settings { shift: RunLength::Seven, ..six }, &side), "........");
    assert_eq!(marked(&Settings { trend: RunLength::Seven, ..six }, &rise), ".......");
    assert_eq!(marked(&six, &rise[1..]), "......");
}

#[test]
fn nothing_crosses_a_rebase() {
    let figures = all(&[steady(), vec![11.; 13]].concat());
    let at = |rebase: &[usize]| marks(&Chart::of(&figures, rebase, &baseline(12)))[12..].to_owned();
    assert_eq!(at(&[]), "SSSSSSSSSSSSS");
    // The second segment is constant; in the first, 11.5 and six 11s make seven.
    assert_eq!(at(&[18]), "SSSSSS.......");
    assert_eq!(at(&[17]), ".............");
}

//! Cases of the R package `NHSRplotthedots` (NHS-R Community, MIT licence): its tests, their snapshots, its vignettes and
//! the chart in its README, with the results that are printed there.

use super::{Chart, Limits, Settings, all, assert_lines, letters, limits, marks, periods};
use crate::{
    model::Better,
    spc::{Assurance, Baseline, Point, Variation, chart::mark},
};

/// What the package does unless told otherwise.
const PACKAGE: Settings = Settings {
    baseline: None,
    trend: crate::spc::RunLength::Seven,
    shift: crate::spc::RunLength::Seven,
    screen_outliers: true,
};

/// `set.seed(123); rnorm(48)` of R, to eight places: what the package's tests draw on.
const RANDOM: &str = "
    -0.56047565 -0.23017749 1.55870831 0.07050839 0.12928774 1.71506499 0.46091621 -1.26506123
    -0.68685285 -0.44566197 1.22408180 0.35981383 0.40077145 0.11068272 -0.55584113 1.78691314
    0.49785048 -1.96661716 0.70135590 -0.47279141 -1.06782371 -0.21797491 -1.02600445 -0.72889123
    -0.62503927 -1.68669331 0.83778704 0.15337312 -1.13813694 1.25381492 0.42646422 -0.29507148
    0.89512566 0.87813349 0.82158108 0.68864025 0.55391765 -0.06191171 -0.30596266 -0.38047100
    -0.69470698 -0.20791728 -1.26539635 2.16895597 1.20796200 -1.12310858 -0.40288484 -0.46665535
";

/// A&E breaches of the four-hour target, type 1 departments, April 2016 to March 2018 (NHS England, Open Government Licence
/// v3.0, by way of the R package `NHSRdatasets`).
const RQM: [f64; 24] = [
    1199., 929., 970., 1178., 1110., 1388., 2061., 1985., 2675., 3141., 1942., 2030., 1309., 1960., 1169., 1117.,
    1085., 1492., 1280., 1197., 1569., 1406., 1328., 1564.,
];
const RRK: [f64; 24] = [
    1195., 1843., 1397., 1333., 1771., 1751., 2013., 1759., 2179., 2585., 1654., 1543., 1632., 1558., 1190., 1357.,
    1279., 1683., 2190., 1804., 986., 2181., 2048., 2154.,
];
/// A&E attendances of England, April 2016 to March 2019, of the same source.
const ENGLAND: [f64; 36] = [
    1_867_781., 2_070_340., 1_958_802., 2_079_034., 1_932_901., 1_952_464., 2_001_816., 1_907_871., 1_944_567.,
    1_895_272., 1_735_619., 2_015_834., 1_949_762., 2_066_789., 1_994_056., 2_073_944., 1_924_663., 1_925_961.,
    2_044_137., 1_976_971., 2_003_954., 2_000_086., 1_820_012., 2_049_785., 1_984_369., 2_164_458., 2_093_942.,
    2_179_896., 1_997_854., 2_005_695., 2_079_492., 2_037_847., 2_047_518., 2_113_413., 1_954_947., 2_167_550.,
];

fn random(range: std::ops::Range<usize>) -> Vec<f64> {
    periods(RANDOM)[range].iter().flatten().copied().collect()
}

/// The marks of figures held against lines at -3, -2, 0, 2 and 3.
fn marked(figures: &[f64]) -> String {
    let lines = Limits { centre: 0., moving_range: 0., lower: -3., upper: 3., near_lower: -2., near_upper: 2. };
    let mut points: Vec<Point> =
        figures.iter().map(|figure| Point { figure: Some(*figure), special: None, segment: 0 }).collect();
    mark(&mut points, &lines, &PACKAGE);
    letters(&points)
}

fn repeated(figure: f64, times: usize, then: &[f64]) -> Vec<f64> {
    [vec![figure; times], then.to_vec()].concat()
}

// ptd_spc_standard: "it returns expected values", and its snapshot

#[test]
fn lines_of_random_figures() {
    let mut figures = random(0..20);
    assert_lines(&limits(&Chart::of(&all(&figures), &[], &PACKAGE)), [-3.01138, 0.141_623_8, 3.294_627], 5e-6);
    figures[14] = 10.;
    assert_lines(&limits(&Chart::of(&all(&figures), &[], &PACKAGE)), [-2.383_666, 0.669_415_9, 3.722_497], 5e-7);
    let unscreened = Settings::default();
    assert_lines(&limits(&Chart::of(&all(&figures), &[], &unscreened)), [-4.596_625, 0.669_415_9, 5.935_457], 5e-7);
}

// ptd_spc: the snapshots of summary()

#[test]
fn twenty_random_figures_are_common_cause() {
    let chart = Chart::of(&all(&random(0..20)), &[], &PACKAGE);
    assert_eq!(marks(&chart), ".".repeat(20));
    assert_lines(&limits(&chart), [-3.01, 0.142, 3.29], 5e-3);
}

#[test]
fn groups_have_lines_of_their_own() {
    // There the groups are facets; here, segments.
    let chart = Chart::of(&all(&random(0..20)), &[10], &PACKAGE);
    let lines: Vec<Limits> = chart.segments().iter().filter_map(|segment| segment.limits).collect();
    assert_lines(&lines[0], [-2.60, 0.0746, 2.75], 5e-3);
    assert_lines(&lines[1], [-3.28, 0.209, 3.70], 5e-3);
    assert_eq!(marks(&chart), ".".repeat(20));
    assert!(chart.segments().iter().all(super::super::Segment::is_short));
}

#[test]
fn a_rebase_before_all_figures_changes_nothing() {
    assert_eq!(Chart::of(&all(&random(0..20)), &[0], &PACKAGE), Chart::of(&all(&random(0..20)), &[], &PACKAGE));
}

// ptd_spc_standard: "setting fix_after_n_points changes the calculations"; ptd_spc_options: 12 or more

#[test]
fn a_baseline_changes_the_lines() {
    let fixed = Settings { baseline: Baseline::try_from(12).ok(), ..PACKAGE };
    let (free, fixed) = (Chart::of(&all(&random(0..20)), &[], &PACKAGE), Chart::of(&all(&random(0..20)), &[], &fixed));
    assert!((limits(&free).lower - limits(&fixed).lower).abs() > 0.01);
    assert!((limits(&free).upper - limits(&fixed).upper).abs() > 0.01);
    assert!(Baseline::try_from(11).is_err());
}

// ptd_spc_standard: "only reports special cause for 2of3 points close to limits when they are on the same side"

#[test]
fn two_near_points_on_two_sides_are_common_cause() {
    let mut figures = [1., -1.].repeat(8);
    (figures[14], figures[15]) = (5.5, -5.5);
    assert!(marks(&Chart::of(&all(&figures), &[], &PACKAGE)).ends_with(".."));
}

// ptd_calculate_point_type: ptd_seven_point_one_side_mean and ptd_part_of_seven_trend

#[test]
fn shifts() {
    assert_eq!(marked(&[1.; 6]), "......");
    assert_eq!(marked(&repeated(1., 6, &[-1.])), ".......");
    assert_eq!(marked(&repeated(1., 8, &[-1.])), "SSSSSSSS.");
    assert_eq!(marked(&repeated(-1., 8, &[1.])), "ssssssss.");
}

// ptd_seven_point_trend, a tenth of its figures and centred

#[test]
fn trends() {
    let tenths = |figures: &[i32]| figures.iter().map(|figure| f64::from(figure - 4) / 10.).collect::<Vec<_>>();
    assert_eq!(marked(&tenths(&[1, 2, 3, 4, 5, 6])), "......");
    assert_eq!(marked(&tenths(&[1, 2, 3, 3, 4, 5, 6])), ".......");
    assert_eq!(marked(&tenths(&[1, 2, 3, 4, 5, 6, 7])), "TTTTTTT");
    assert_eq!(marked(&tenths(&[2, 1, 2, 3, 4, 5, 6, 7, 3])), ".TTTTTTT.");
    assert_eq!(marked(&tenths(&[7, 6, 5, 4, 3, 2, 1])), "ttttttt");
    assert_eq!(marked(&tenths(&[2, 7, 6, 5, 4, 3, 2, 1, 3])), ".ttttttt.");
}

// ptd_two_in_three and ptd_part_of_two_in_three: 1 there is near (2.5) here, 0 is not (1.0)

#[test]
fn two_of_three() {
    let (near, not) = (2.5, 1.0);
    assert_eq!(marked(&[near, not, near]), "N.N");
    assert_eq!(marked(&[not, near, near]), ".NN");
    assert_eq!(marked(&[near, near, not]), "NN.");
    assert_eq!(marked(&[near, not, not, near]), "....");
    assert_eq!(marked(&[near, not, not, near, near]), "...NN");
    // There the tests stand alone; a chart marks these seven on one side as a shift too.
    assert_eq!(marked(&[not, not, near, not, near, not, not]), "SSNSNSS");
    assert_eq!(marked(&[not, not, near, near, not, not, not]), "SSNNSSS");
}

#[test]
fn two_of_three_on_two_sides() {
    let (near, not) = (2.5, 1.0);
    assert_eq!(marked(&[near, -not, near]), "...");
    assert_eq!(marked(&[not, -near, near]), "...");
    assert_eq!(marked(&[near, -near, not]), "...");
    assert_eq!(marked(&[not, -not, near, -not, near, -not, not]), ".......");
    assert_eq!(marked(&[-not, not, -near, near, -not, not, -not]), ".......");
}

// ptd_calculate_assurance_type

#[test]
fn assurance() {
    let lines =
        |lower, centre, upper| Limits { centre, moving_range: 0., lower, upper, near_lower: lower, near_upper: upper };
    let of = |better| {
        [lines(1., 2., 3.), lines(5., 6., 7.), lines(1., 4., 5.)].map(|lines| Assurance::of(&lines, better, Some(4.)))
    };
    let (pass, fail, miss) =
        (Some(Assurance::ConsistentlyPassing), Some(Assurance::ConsistentlyFailing), Some(Assurance::HitOrMiss));
    assert_eq!(of(Better::Higher), [fail, pass, miss]);
    assert_eq!(of(Better::Lower), [pass, fail, miss]);
    assert_eq!(of(Better::Neither), [None; 3]);
    assert_eq!(Assurance::of(&lines(1., 2., 3.), Better::Higher, None), None);
}

// geom_ptd_icon: "ptd_get_icons transforms the data correctly"

#[track_caller]
fn icons(figures: &[f64], better: Better, target: Option<f64>) -> (Variation, Option<Assurance>) {
    let Some(latest) = Chart::of(&all(figures), &[], &PACKAGE).latest() else { panic!("no icons") };
    (latest.variation(better), latest.assurance(better, target))
}

#[test]
fn icons_of_random_figures() {
    let figures = random(0..24);
    let miss = (Variation::CommonCause, Some(Assurance::HitOrMiss));
    assert_eq!(icons(&figures, Better::Higher, None), (Variation::CommonCause, None));
    assert_eq!(icons(&figures, Better::Higher, Some(0.5)), miss);
    assert_eq!(icons(&figures[..12], Better::Higher, Some(0.5)), miss);
    assert_eq!(icons(&figures[12..], Better::Higher, Some(0.5)), miss);
}

#[test]
fn icons_of_a_step() {
    let step = |by: f64, second: std::ops::Range<usize>| -> Vec<f64> {
        random(0..12).into_iter().chain(random(second).into_iter().map(|figure| figure + by)).collect()
    };
    let (up, down) = (step(5., 24..36), step(-5., 36..48));
    let (pass, fail) = (Some(Assurance::ConsistentlyPassing), Some(Assurance::ConsistentlyFailing));
    assert_eq!(icons(&up, Better::Higher, Some(-3.)), (Variation::ImprovingHigh, pass));
    assert_eq!(icons(&up, Better::Lower, Some(-3.)), (Variation::ConcerningHigh, fail));
    assert_eq!(icons(&down, Better::Higher, Some(3.)), (Variation::ConcerningLow, fail));
    assert_eq!(icons(&down, Better::Lower, Some(3.)), (Variation::ImprovingLow, pass));
    assert_eq!(icons(&down, Better::Neither, Some(3.)), (Variation::NeutralLow, None));
}

// The vignette "Deviations from Excel defaults"

#[test]
fn screened_and_not() {
    let figures = [vec![1., 2., 1., 2., 10.], [1., 2.].repeat(6), vec![1.]].concat();
    let (package, excel) =
        (Chart::of(&all(&figures), &[], &PACKAGE), Chart::of(&all(&figures), &[], &Settings::default()));
    assert_lines(&limits(&package), [-0.72, 1.94, 4.6], 5e-3);
    assert_lines(&limits(&excel), [-3.06, 1.94, 6.95], 5e-3);
    assert_eq!(marks(&package), "....B.............");
    assert_eq!(marks(&excel), "....B.............");
}

#[test]
fn three_years_of_attendances_rebased_each_april() {
    assert_eq!(marks(&Chart::of(&all(&ENGLAND), &[12, 24], &PACKAGE)), ".".repeat(36));
}

// README, the chart with annotated limits and summary() with a target of 1200

#[test]
fn breaches_of_rqm() {
    let chart = Chart::of(&all(&RQM), &[], &PACKAGE);
    assert_lines(&limits(&chart), [740., 1545., 2350.], 0.5);
    assert_eq!(marks(&chart), ".nn.....BB..............");
    assert_eq!(chart.points()[8].variation(Better::Lower), Variation::ConcerningHigh);
    assert_eq!(chart.points()[1].variation(Better::Lower), Variation::ImprovingLow);
    let missed = (Variation::CommonCause, Some(Assurance::HitOrMiss));
    assert_eq!(icons(&RQM, Better::Lower, Some(1200.)), missed);
}

// The package's vignette: "8 sequential points coloured in blue"

#[test]
fn breaches_of_rrk() {
    let chart = Chart::of(&all(&RRK), &[], &PACKAGE);
    let variations = chart.points().iter().map(|point| point.variation(Better::Lower));
    let blue: Vec<usize> =
        variations.enumerate().filter(|(_, is)| is.colour() == "#00b0f0").map(|(at, _)| at).collect();
    assert_eq!(blue, (10..18).collect::<Vec<_>>());
    assert!(marks(&chart).contains("ssssssss"));
}

//! What charts cost: three years of months a series, as a rule asks of them and as a picture does.
//!
//! `cargo bench --bench spc` prints times and rates of one run; compare figures of the same run only, machines are noisy.

use std::hint::black_box;

use bellwether::spc::{Chart, Settings, latest};
use divan::{Bencher, counter::ItemsCount};

const SERIES: usize = 1000;
const MONTHS: usize = 36;

fn main() {
    divan::main();
}

/// Series that wander, one month in fifty without a figure.
fn series() -> Vec<Vec<Option<f64>>> {
    let mut state = 1_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let mut month = || (next(50) > 0).then(|| f64::from(100 + next(40) + next(40)));
    (0..SERIES).map(|_| (0..MONTHS).map(|_| month()).collect()).collect()
}

fn settings(screen_outliers: bool) -> Settings {
    Settings { screen_outliers, ..Settings::default() }
}

/// Charts of whole series, in one buffer.
#[divan::bench(args = [false, true])]
fn charts(bencher: Bencher, screen_outliers: bool) {
    let (series, settings, mut chart) = (series(), settings(screen_outliers), Chart::default());
    bencher.counter(ItemsCount::new(SERIES)).bench_local(|| {
        for figures in &series {
            chart.fill(black_box(figures), &[], &settings);
            black_box(chart.latest());
        }
    });
}

/// The newest month alone.
#[divan::bench(args = [false, true])]
fn newest(bencher: Bencher, screen_outliers: bool) {
    let (series, settings) = (series(), settings(screen_outliers));
    bencher.counter(ItemsCount::new(SERIES)).bench_local(|| {
        for figures in &series {
            black_box(latest(black_box(figures), &[], &settings));
        }
    });
}

/// Every month as it was seen when it was the newest: series a second, each of 36 answers.
#[divan::bench(args = [false, true])]
fn histories(bencher: Bencher, screen_outliers: bool) {
    let (series, settings) = (series(), settings(screen_outliers));
    bencher.counter(ItemsCount::new(SERIES)).bench_local(|| {
        for figures in &series {
            for t in 0..MONTHS {
                black_box(latest(black_box(&figures[..=t]), &[], &settings));
            }
        }
    });
}

/// Whether a rebase may be due.
#[divan::bench]
fn suggestions(bencher: Bencher) {
    let charts: Vec<Chart> = series().iter().map(|figures| Chart::of(figures, &[], &Settings::default())).collect();
    bencher.counter(ItemsCount::new(SERIES)).bench_local(|| {
        for chart in &charts {
            black_box(chart.suggested_rebase());
        }
    });
}

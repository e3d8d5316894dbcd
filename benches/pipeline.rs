//! What one delivery costs: reading and checking a file, and evaluating rules over a history.
//!
//! `cargo bench` prints times and rates of one run; compare figures of the same run only, machines are noisy.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::{path::Path, sync::Arc};

use bellwether::{
    app::{evaluate::evaluate, examine::examine},
    config::Config,
    model::{Better, Cause, Figure, History, Period, SeriesKey, Value},
    rules::Rule,
};
use divan::{Bencher, counter::ItemsCount};

fn main() {
    divan::main();
}

/// The shipped configuration.
fn config() -> Config {
    Config::load(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the shipped configuration")
}

/// A published month of fourteen contracts, read, checked and turned into figures.
#[divan::bench]
fn examine_a_small_file(bencher: Bencher) {
    let (config, name) = (config(), "les-activity-2025-10.csv");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/les-activity").join(name);
    bencher.bench(|| examine(&config, &path, name));
}

/// Twenty-four months of so many practices, with a fall now and then.
fn history(practices: u32) -> History {
    let mut history = History::default();
    let first = Period::month(2023, 11).expect("a month");
    for practice in 0..practices {
        let labels = [("contract", format!("P{practice:05}")), ("contract_type", "capitated".to_owned())];
        let key = SeriesKey { measure: "activity".to_owned(), labels: labels.into_iter().collect() };
        for month in 0..24 {
            let value = f64::from(100 + (practice * 7 + u32::try_from(month).expect("few") * 13) % 90);
            let figure = Figure { value: Value::Number(value), plan: Value::Number(200.0), unit: None };
            history.insert(key.clone(), Better::Higher, first.minus(-month), figure);
        }
    }
    history
}

/// One rule over every period of every series, with the life of its alerts. Items are periods judged.
fn evaluate_rule(bencher: Bencher, rule: &str, practices: u32) {
    let config = config();
    let rules: Vec<Arc<Rule>> = vec![Arc::clone(&config.rules[rule])];
    let history = history(practices);
    bencher
        .counter(ItemsCount::new(u64::from(practices) * 24))
        .bench(|| evaluate("les-activity", &rules, &history, Vec::new(), Cause::New, None));
}

/// `value < share * plan`
#[divan::bench(args = [14, 1000], sample_count = 20)]
fn evaluate_a_comparison(bencher: Bencher, practices: u32) {
    evaluate_rule(bencher, "les-below-60-percent-of-plan", practices);
}

/// A condition that calls functions of a script.
#[divan::bench(args = [14, 1000], sample_count = 20)]
fn evaluate_a_script(bencher: Bencher, practices: u32) {
    evaluate_rule(bencher, "les-deterioration", practices);
}

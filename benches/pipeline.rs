//! What one delivery costs: reading and checking a file, and evaluating rules over a history.
//!
//! `cargo bench` prints times and rates of one run; compare figures of the same run only, machines are noisy.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path, sync::Arc};

use bellwether::{
    app::{
        evaluate::{Matter, evaluate},
        examine::examine,
    },
    config::Config,
    model::{Better, Cause, Figure, History, Period, SeriesKey, Value},
    rules::Rule,
};
use divan::{
    Bencher,
    counter::{BytesCount, ItemsCount},
};

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

/// A dataset of many rows without measures.
const APPOINTMENTS: &str = "
title: Appointments
steward: performance-team
files: ['appointments-*.csv']
period: { column: day }
columns:
  day: { kind: period }
  practice: {}
  name: {}
  kind: {}
  booked: { kind: number }
  attended: { kind: number }
checks:
  - unique: { columns: [day, practice, kind] }
  - not_null: { columns: [practice, booked] }
  - pattern: { column: practice, matches: '[A-Y][0-9]{5}' }
  - allowed_values: { column: kind, values: [GP, Nurse, Pharmacist] }
  - range: { column: booked, min: 0, max: 5000 }
  - row_expression: { expression: attended <= booked }
  - aggregate: { column: booked, of: sum, min: 1 }
";

/// Who is told.
const GROUPS: &str = "
groups:
  performance-team:
    name: Performance team
    channels:
      - email: { to: [performance@example.org] }
route:
  to: [performance-team]
";

/// Half a million rows of appointments, read and checked by all cores.
#[divan::bench(sample_count = 10)]
fn examine_a_large_file(bencher: Bencher) {
    let home = tempfile::tempdir().expect("a folder");
    let (shipped, own) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("config"), home.path().join("config"));
    fs::create_dir_all(own.join("datasets")).expect("a folder");
    fs::create_dir_all(home.path().join("rules")).expect("a folder");
    fs::copy(shipped.join("bellwether.yaml"), own.join("bellwether.yaml")).expect("a copy");
    fs::write(own.join("groups.yaml"), GROUPS).expect("the groups");
    fs::write(own.join("datasets/appointments.yaml"), APPOINTMENTS).expect("a dataset");
    let config = Config::load(home.path()).expect("a configuration");
    let mut text = "day,practice,name,kind,booked,attended\n".to_owned();
    for row in 0..500_000_u32 {
        let (kind, practice, day) = (["GP", "Nurse", "Pharmacist"][row as usize % 3], row / 3 % 6000, row / 18_000);
        let booked = 10 + row * 7 % 50;
        let attended = booked - row % 10;
        let _ = writeln!(
            text,
            "2025-10-{:02},A{practice:05},\"Surgery {practice}, The\",{kind},{booked},{attended}",
            day + 1
        );
    }
    let name = "appointments-2025-10.csv";
    let path = home.path().join(name);
    fs::write(&path, &text).expect("a file");
    let examined = examine(&config, &path, name);
    assert!(examined.iter().all(|examined| examined.findings.is_empty()), "{examined:?}");
    bencher.counter(BytesCount::of_str(&text)).bench(|| examine(&config, &path, name));
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
    let (history, elsewhere) = (Arc::new(history(practices)), BTreeMap::new());
    let matter = Matter {
        dataset: "les-activity",
        rules: &rules,
        history: &history,
        elsewhere: &elsewhere,
        cause: Cause::New,
        delivery: None,
    };
    bencher.counter(ItemsCount::new(u64::from(practices) * 24)).bench(|| evaluate(&matter, &[]));
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

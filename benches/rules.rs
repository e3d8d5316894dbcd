//! What rules over the history of a measure cost, by the way in which they are said, and what a national month costs:
//! 6,200 practices, 100 measures, 36 months, 20 rules.
//!
//! `cargo bench --bench rules` prints, for each way, how many rules over series are judged in a second of one processor
//! (36 periods each, with labels and with the alerts that are known), and for the month the time on the wall and of the
//! processors, and the most memory that was held. Compare figures of one run only: machines are noisy.

#![expect(clippy::expect_used, clippy::panic, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bellwether::{
    app::evaluate::{Evaluation, Matter, evaluate},
    config::Config,
    model::{Alert, Better, Cause, Figure, History, Period, SeriesKey, Value},
    rules::Rule,
};

const PRACTICES: u32 = 6_200;
const MEASURES: u32 = 100;
const MONTHS: i32 = 36;

/// Each way of saying a rule, with the conditions whose mean cost is printed.
const WAYS: [(&str, &[&str]); 6] = [
    ("kinds", &["{ against_plan: { below: 20% } }", "{ against_plan: { below: 30%, cumulative: true } }"]),
    ("a comparison", &["value < 0.2 * plan", "value > 0.95 * plan || value < 20"]),
    (
        "what came before",
        &["value < 0.55 * mean(3)", "value > previous() * 1.9", "value < 0.6 * same_period_last_year()"],
    ),
    (
        "labels",
        &["labels.sub_icb == \"S07\" && value < 0.51 * plan", "labels.practice.starts_with(\"P000\") && value < 101"],
    ),
    ("control charts", &["{ spc: { concern: [beyond_limit] } }", "{ spc: failing }", "value < spc_lower()"]),
    ("scripts", &["below(value, 0.2 * plan)"]),
];

/// How often each way stands among the twenty rules of the month.
const OF_MONTH: [usize; 5] = [3, 3, 2, 2, 1];

const DATASET: &str = "
title: National
steward: performance-team
files: ['national-*.csv']
period: { column: month }
columns:
  month: { kind: period }
  practice: {}
  sub_icb: {}
  value: { kind: number }
  plan: { kind: number }
measures:
  activity: { value: value, plan: plan, labels: [practice, sub_icb], better: higher }
";

const GROUPS: &str = "
groups:
  performance-team:
    name: Performance team
    channels:
      - email: { to: [team@example.org] }
route:
  to: [performance-team]
";

fn main() {
    let mut conditions: Vec<String> =
        WAYS.iter().flat_map(|(_, all)| all.iter().map(|one| (*one).to_owned())).collect();
    let rules_of = |way: usize| -> usize { WAYS.iter().take(way).map(|(_, all)| all.len()).sum() };
    let month_from = conditions.len();
    for (way, times) in OF_MONTH.into_iter().enumerate() {
        let all = WAYS[way].1;
        conditions.extend(all.iter().cycle().take(times * all.len()).map(|one| (*one).to_owned()));
    }
    conditions.truncate(month_from + 20);
    let rules = rules(&conditions);
    let history = Arc::new(history());

    println!("{:<20} {:>10} {:>10}   thousand rules over series a second of one processor", "", "quiet", "with known");
    for (way, (name, all)) in WAYS.iter().enumerate() {
        let rules = &rules[rules_of(way)..rules_of(way) + all.len()];
        let count = f64::from(PRACTICES) * all.len() as f64;
        let known = judged(rules, &history, &[]).alerts.into_iter().map(|told| told.alert).collect::<Vec<_>>();
        let quiet = best(|| judged(rules, &history, &[]));
        let with_known = best(|| judged(rules, &history, &known));
        let rate = |took: Duration| count / took.as_secs_f64() / 1e3;
        println!("{name:<20} {:>10.0} {:>10.0}   {} alerts", rate(quiet), rate(with_known), known.len());
    }

    let rules = &rules[month_from..];
    let known: Vec<Alert> = judged(rules, &history, &[]).alerts.into_iter().map(|told| told.alert).collect();
    let (wall, used, own) = (Instant::now(), processors("self"), processors("thread-self"));
    for _ in 0..MEASURES {
        judged(rules, &history, &known);
    }
    println!(
        "\na national month, measure by measure: {} rules, {} alerts known of each; {:.1} s on the wall, {:.1} s of processors, {:.1} s of them by the thread that shares the work out; at most {} MB",
        rules.len(),
        known.len(),
        wall.elapsed().as_secs_f64(),
        (processors("self").saturating_sub(used)).as_secs_f64(),
        (processors("thread-self").saturating_sub(own)).as_secs_f64(),
        most_memory() / 1024,
    );
}

fn judged(rules: &[Arc<Rule>], history: &Arc<History>, known: &[Alert]) -> Evaluation {
    let elsewhere = BTreeMap::new();
    let matter =
        Matter { dataset: "national", rules, history, elsewhere: &elsewhere, cause: Cause::New, delivery: None };
    evaluate(&matter, known)
}

/// The processors' time of the best of some rounds.
fn best<T>(run: impl Fn() -> T) -> Duration {
    let round = || {
        let before = processors("self");
        for _ in 0..10 {
            run();
        }
        processors("self").saturating_sub(before) / 10
    };
    (0..5).map(|_| round()).min().unwrap_or_default()
}

/// The time of all processors that this program (`self`) or thread (`thread-self`) has used, in hundredths of a second.
fn processors(of: &str) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{of}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// The most memory that was held, in KB.
fn most_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn rules(conditions: &[String]) -> Vec<Arc<Rule>> {
    let home = tempfile::tempdir().expect("a folder");
    let own = home.path().join("config");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/bellwether.yaml");
    fs::create_dir_all(own.join("datasets")).expect("a folder");
    fs::create_dir_all(home.path().join("rules")).expect("a folder");
    fs::copy(shipped, own.join("bellwether.yaml")).expect("a copy");
    fs::write(own.join("groups.yaml"), GROUPS).expect("the groups");
    fs::write(own.join("datasets/national.yaml"), DATASET).expect("a dataset");
    fs::write(home.path().join("rules/below.rhai"), "fn below(a, b) { a < b }").expect("a script");
    let mut text = "rules:\n".to_owned();
    for (n, condition) in conditions.iter().enumerate() {
        let _ = write!(
            text,
            "  r{n:03}:\n    summary: s\n    dataset: national\n    measure: activity\n    severity: warning\n    when: {condition}\n    message: \"{{subject}}: {{value}}\"\n"
        );
    }
    fs::write(home.path().join("rules/rules.yaml"), text).expect("the rules");
    let config = Config::load(home.path()).unwrap_or_else(|problems| panic!("{problems}"));
    (0..conditions.len()).map(|n| Arc::clone(&config.rules[&format!("r{n:03}")])).collect()
}

/// Three years of every practice: figures from 100 to 189 against a plan of 200, and now and then a collapse.
fn history() -> History {
    let mut history = History::default();
    let first = Period::month(2022, 11).expect("a month");
    let mut random = 1_u64;
    for practice in 0..PRACTICES {
        let labels = [("practice", format!("P{practice:05}")), ("sub_icb", format!("S{:02}", practice % 42))];
        let key = SeriesKey { measure: "activity".to_owned(), labels: labels.into_iter().collect() };
        for month in 0..MONTHS {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let collapse = (random >> 40_u32).is_multiple_of(50_000);
            let value = if collapse { 10.0 } else { 100.0 + ((random >> 33) % 90) as f64 };
            let figure = Figure { value: Value::Number(value), plan: Value::Number(200.0), unit: None };
            history.insert(key.clone(), Better::Higher, first.minus(-month), figure);
        }
    }
    history
}

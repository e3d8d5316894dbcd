//! `bellwether test`.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use crate::{
    app::{
        home::Home,
        rule_tests::{self, Outcome, Sheet},
    },
    config::Config,
};

use super::{Exit, Failure, named, output, test_junit};

const LONG: &str = "\
Run tests of rules: those that stand inside the rule files, and recorded cases

Without a name, every test of every rule is run. A RULE is the id of one rule. A FILE (anything that ends in .yaml) is a file \
of recorded cases: figures of several series, several rules together, and what must be seen:

  cases:
    - name: Dementia falls below its plan
      rules: [les-below-60-percent-of-plan, les-deterioration]
      series:
        - { labels: { contract: Dementia }, from: 2025-09, value: 813 694, plan: 1332x2 }
      expect:
        - { rule: les-below-60-percent-of-plan, at: 2025-10, labels: { contract: Dementia } }

`bellwether backtest --record FILE` writes one from the figures that are known.

The series of a test: `_` is a period without a figure, `*` a suppressed one, `100x3` three times the same, `100+10x3` rising \
by ten. `each: { contract: [Dementia, ECGs] }` makes a series for each value; `measures: { NAME: { value: 5 6, plan: 7x2 } }` \
gives other measures of the dataset.

What differs is shown as the ledger of the alert: `-` before what was expected, `+` before what was found.

Exit codes: 0 when every test passed, 1 when one failed or (with --require-tests) a rule has none, 2 when a rule, a file or the \
configuration is wrong.";

#[derive(Debug, Args)]
#[command(long_about = LONG)]
pub(super) struct TestArguments {
    /// Only the tests of these rules, or the cases of these files
    #[arg(value_name = "RULE|FILE")]
    what: Vec<String>,
    /// A rule without a test is a failure
    #[arg(long)]
    require_tests: bool,
    /// How the answer is printed
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: TestFormat,
}

/// What the outcome of tests is printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum TestFormat {
    /// Lines for people.
    #[default]
    #[value(alias = "table")]
    Text,
    /// One JSON document for programs.
    Json,
    /// XML that CI systems read.
    Junit,
}

/// All that was run, as programs read it.
#[derive(Debug, Serialize)]
struct Report<'a> {
    passed: usize,
    failed: usize,
    /// Of how many rules that were asked for, how many have a test.
    rules: usize,
    rules_tested: usize,
    untested: &'a [&'a str],
    tests: Vec<Entry<'a>>,
}

/// A test as programs read it.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    rules: &'a [String],
    test: &'a str,
    place: &'a str,
    passed: bool,
    differences: Vec<String>,
    ledger: &'a [Sheet],
}

pub(super) fn test(home: &Home, options: &TestArguments) -> Result<Exit, Failure> {
    let config = Config::load(home.root()).map_err(Failure::configuration)?;
    let is_file = |what: &&String| Path::new(what).extension().is_some_and(|extension| extension == "yaml");
    let wanted: Vec<String> = options.what.iter().filter(|what| !is_file(what)).cloned().collect();
    let rules =
        if wanted.is_empty() && !options.what.is_empty() { Vec::new() } else { named::rules(&config.rules, &wanted)? };
    let mut outcomes: Vec<Outcome> = rules.iter().flat_map(|rule| rule_tests::run(&config, rule)).collect();
    for file in options.what.iter().filter(is_file) {
        let cases = config.load_cases(Path::new(file)).map_err(Failure::configuration)?;
        outcomes.extend(cases.iter().map(|case| rule_tests::run_case(&config, case)));
    }
    let untested: Vec<&str> = rules.iter().filter(|rule| rule.tests().is_empty()).map(|rule| rule.id()).collect();
    match options.format {
        TestFormat::Json => output::print_json(&report(&outcomes, rules.len(), &untested))?,
        TestFormat::Junit => {
            output::say(test_junit::document(&outcomes, &untested, options.require_tests)?)?;
        }
        TestFormat::Text => print(&outcomes, rules.len(), &untested, options.require_tests)?,
    }
    let all_well = outcomes.iter().all(Outcome::passed) && (untested.is_empty() || !options.require_tests);
    Ok(if all_well { Exit::Fine } else { Exit::Findings })
}

fn report<'a>(outcomes: &'a [Outcome], rules: usize, untested: &'a [&'a str]) -> Report<'a> {
    let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
    let tests = outcomes.iter().map(|outcome| Entry {
        rules: &outcome.rules,
        test: &outcome.test,
        place: &outcome.place,
        passed: outcome.passed(),
        differences: outcome.differences(),
        ledger: &outcome.sheets,
    });
    Report {
        passed,
        failed: outcomes.len() - passed,
        rules,
        rules_tested: rules - untested.len(),
        untested,
        tests: tests.collect(),
    }
}

fn print(outcomes: &[Outcome], rules: usize, untested: &[&str], is_required: bool) -> std::io::Result<()> {
    for outcome in outcomes {
        let mark = if outcome.passed() { output::good("ok    ") } else { output::bad("FAILED") };
        output::say(format!("{mark}  {}: {}", outcome.rules.join(", "), output::clean(&outcome.test)))?;
        if !outcome.passed() {
            output::say(format!("        {}", output::faint(&outcome.place)))?;
        }
        for fault in &outcome.faults {
            output::say(format!("        {}", output::clean(fault)))?;
        }
        for line in outcome.sheets.iter().flat_map(|sheet| sheet.to_string().lines().map(paint).collect::<Vec<_>>()) {
            output::say(format!("        {line}"))?;
        }
    }
    for rule in untested {
        let mark = if is_required { output::bad("NO TEST") } else { output::doubtful("no test") };
        output::say(format!("{mark} {rule}"))?;
    }
    let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
    let failed = outcomes.len() - passed;
    let coverage = match rules {
        0 => String::new(),
        _ => format!("; {} of {rules} rules have a test", rules - untested.len()),
    };
    output::say(format!("\n{passed} passed, {failed} failed{coverage}"))
}

/// A line of a ledger: what was expected is good, what was found instead is not.
fn paint(line: &str) -> String {
    let line = output::clean(line);
    match line.as_bytes().get(13) {
        Some(b'-') => output::good(&line),
        Some(b'+') => output::bad(&line),
        _ => line,
    }
}

//! The tests that stand inside a rule: series in, the alerts that must (and must not) be there out.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    model::{Alert, AlertState, Cause, History, Labels, Period, Series},
    rules::{Expectation, Rule, RuleTest},
};

use super::evaluate::{Matter, evaluate};

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The rule's id.
    pub rule: String,
    /// The test's name.
    pub test: String,
    /// What is otherwise than expected; nothing when the test passed.
    pub differences: Vec<String>,
}

/// Runs the tests of a rule through the same evaluation that the daemon does, period after period.
#[must_use]
pub fn run(rule: &Arc<Rule>) -> Vec<Outcome> {
    rule.tests()
        .iter()
        .map(|test| Outcome {
            rule: rule.id().to_owned(),
            test: test.name.value.clone(),
            differences: differences(rule, test),
        })
        .collect()
}

/// How every alert stood after each period.
type Ledger = BTreeMap<Period, Vec<Alert>>;

fn differences(rule: &Arc<Rule>, test: &RuleTest) -> Vec<String> {
    let (ledger, failures) = play(rule, test);
    let mut differences = failures;
    for expectation in &test.expect {
        differences.extend(compare(&ledger, expectation));
    }
    differences.extend(unexpected(&ledger, &test.expect));
    differences
}

/// Lets the periods of a test arrive one after another.
fn play(rule: &Arc<Rule>, test: &RuleTest) -> (Ledger, Vec<String>) {
    let series = test.series.iter().map(|series| series.series(rule.measure(), rule.better(), rule.unit()));
    let series: Vec<Series> = series.collect();
    let mut history = History::default();
    let mut ledger = Ledger::new();
    let mut failures = Vec::new();
    let mut known: Vec<Alert> = Vec::new();
    let periods: BTreeSet<Period> = series.iter().flat_map(|series| series.iter().map(|(period, _)| period)).collect();
    for period in periods {
        history.periods.insert(period);
        for one in &series {
            if let Some(figure) = one.at(period) {
                history.insert(one.key.clone(), one.better, period, figure);
            }
        }
        let rules = [Arc::clone(rule)];
        let matter = Matter {
            dataset: rule.dataset(),
            rules: &rules,
            history: &Arc::new(history.clone()),
            elsewhere: &BTreeMap::new(),
            cause: Cause::New,
            delivery: None,
        };
        let evaluation = evaluate(&matter, known);
        failures.extend(evaluation.unjudged.iter().filter(|unjudged| unjudged.failed).map(|unjudged| {
            format!("{period}: the rule went wrong for {}: {}", unjudged.line.labels, unjudged.line.reason)
        }));
        known = evaluation.alerts.into_iter().map(|told| told.alert).collect();
        ledger.insert(period, known.clone());
    }
    (ledger, failures)
}

fn compare(ledger: &Ledger, expectation: &Expectation) -> Vec<String> {
    let (at, labels) = (expectation.at.value, expectation.labels.labels());
    let Some(alerts) = ledger.get(&at) else {
        return vec![format!("{at}: the test has no figures for this period")];
    };
    // An alert with just these labels is meant, as that of a parent, before others that have more.
    let just_these = alerts.iter().find(|alert| alert.labels == labels);
    let matching: Vec<&Alert> = match just_these {
        Some(alert) => vec![alert],
        None => alerts.iter().filter(|alert| expectation.matches(&alert.labels)).collect(),
    };
    let [alert] = matching.as_slice() else {
        return vec![match matching.len() {
            0 => format!("{at} {labels}: expected {}, found no alert", expectation.state),
            n => format!("{at} {labels}: expected one alert, found {n}: name more labels"),
        }];
    };
    let mut differences = Vec::new();
    let mut differ = |what: &str, expected: &str, found: &str| {
        if expected != found {
            differences.push(format!("{at} {labels}: expected {what} {expected}, found {found}"));
        }
    };
    differ("state", expectation.state.code(), alert.state.code());
    if let Some(since) = expectation.since {
        differ("since", &since.to_string(), &alert.since.to_string());
    }
    if let Some(message) = &expectation.message {
        differ("message", &format!("{message:?}"), &format!("{:?}", alert.reading.message));
    }
    differences
}

/// An alert that fires although no expectation speaks of its series is a failure: what is not expected must not fire.
fn unexpected(ledger: &Ledger, expected: &[Expectation]) -> Vec<String> {
    let mut seen: Vec<&Labels> = Vec::new();
    let mut differences = Vec::new();
    for (period, alerts) in ledger {
        for alert in alerts.iter().filter(|alert| alert.state == AlertState::Firing) {
            let spoken_of = expected.iter().any(|expectation| expectation.matches(&alert.labels));
            if !spoken_of && !seen.contains(&&alert.labels) {
                seen.push(&alert.labels);
                differences.push(format!("{period} {}: fires, and nothing is expected of it", alert.labels));
            }
        }
    }
    differences
}

//! A recorded case made of the figures that are known: a test that the rules go on saying what they say of them now.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

use crate::{
    model::{Alert, AlertId, AlertState, History, Labels, Period, Series, Value},
    rules::{Figures, Rule, with_derived},
};

use super::{
    backtest::{Hindsight, Range},
    replay::{Played, replay},
};

/// What is known of datasets, by their ids.
pub type Histories = BTreeMap<String, Arc<History>>;

/// The text of a case file: every series that the rules look at, and every change of an alert.
#[must_use]
pub fn record(name: &str, hindsight: Hindsight<'_>) -> String {
    let Hindsight { config, dataset, rules, histories, range } = hindsight;
    let rests_on = config.rests_on(dataset);
    let mut histories = histories.clone();
    histories.retain(|id, _| rests_on.contains(id));
    let histories = &with_derived(&config.derived, histories);
    let Some(history) = histories.get(dataset) else { return String::new() };
    let is_within = |period: Period| {
        range.from.is_none_or(|from| period.end() >= from.start())
            && range.to.is_none_or(|to| period.start() <= to.end())
    };
    let mut kept = History::default();
    let named: BTreeSet<String> = rules.iter().flat_map(|rule| rule.needs()).collect();
    let looked_at = |series: &&Series| {
        let is_other = || rules.iter().all(|rule| rule.measure() != series.key.measure);
        rules.iter().any(|rule| rule.applies_to(series))
            || (is_other() && named.contains(&format!("{dataset}/{}", series.key.measure)))
    };
    for series in history.series().filter(looked_at) {
        for (period, figure) in series.iter().filter(|(period, _)| is_within(*period)) {
            if history.periods.contains(&period) {
                kept.insert(series.key.clone(), series.better, period, figure);
            }
        }
    }
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id()).collect();
    let mut text = format!(
        "# Recorded from the accepted figures of {dataset}; `bellwether test` runs it. `bellwether schema case` prints its schema.\n\ncases:\n  - name: {}\n    rules: [{}]\n    series:\n",
        quoted(name),
        ids.join(", ")
    );
    for one in kept.series() {
        series(&mut text, &one.key.measure, one);
    }
    let others = others(dataset, rules, histories, &range);
    for (id, other) in &others {
        other.series().for_each(|one| series(&mut text, &format!("{id}/{}", one.key.measure), one));
    }
    text.push_str("    expect:");
    let expected = expectations(hindsight, &kept, &others);
    text.push_str(if expected.is_empty() { " []\n" } else { "\n" });
    text.push_str(&expected);
    text
}

/// What rules ask for of other datasets, as far as it is known at the end.
fn others(dataset: &str, rules: &[Arc<Rule>], histories: &Histories, range: &Range) -> Histories {
    let begun = |period: Period| range.to.is_none_or(|to| period.start() <= to.end());
    let mut others: BTreeMap<String, History> = BTreeMap::new();
    for need in rules.iter().flat_map(|rule| rule.needs()) {
        let Some((id, measure)) = need.split_once('/').filter(|(id, _)| *id != dataset) else { continue };
        let of_measure = histories.get(id).into_iter().flat_map(|history| history.of_measure(measure));
        for series in of_measure {
            for (period, figure) in series.iter().filter(|(period, _)| begun(*period)) {
                let other = others.entry(id.to_owned()).or_default();
                other.insert(series.key.clone(), series.better, period, figure);
            }
        }
    }
    others.into_iter().map(|(id, history)| (id, Arc::new(history))).collect()
}

fn series(text: &mut String, measure: &str, series: &Series) {
    let Some((from, _)) = series.iter().next() else { return };
    let newest = series.iter().next_back().map_or(from, |(period, _)| period);
    let (mut values, mut plans, mut has_plan) = (Vec::new(), Vec::new(), false);
    let mut period = from;
    while period <= newest {
        let figure = series.at(period);
        values.push(figure.map_or(Value::ABSENT, |figure| figure.value));
        plans.push(figure.map_or(Value::ABSENT, |figure| figure.plan));
        has_plan |= figure.is_some_and(|figure| figure.plan != Value::ABSENT);
        period = period.next();
    }
    let plan = if has_plan { format!(", plan: {}", notation(&plans)) } else { String::new() };
    let labels = labels(&series.key.labels);
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "      - labels: {labels}\n        from: {from}\n        measures: {{ {}: {{ value: {}{plan} }} }}",
        quoted(measure),
        notation(&values)
    );
}

/// Every period at which an alert stands otherwise than after the one before.
fn expectations(hindsight: Hindsight<'_>, history: &History, elsewhere: &Histories) -> String {
    let Hindsight { config, dataset, rules, .. } = hindsight;
    let mut text = String::new();
    let mut before: BTreeMap<AlertId, AlertState> = BTreeMap::new();
    let played = Played { dataset, rules, history, elsewhere, derived: &config.derived, from: None, to: None };
    replay(played, |period, evaluation| {
        for told in &evaluation.alerts {
            let alert = &told.alert;
            if before.insert(alert.id.clone(), alert.state) == Some(alert.state) || alert.state == AlertState::Inactive
            {
                continue;
            }
            // A test has no files to learn a unit from: a message with another one would read otherwise.
            let measure = rules.iter().find(|rule| rule.id() == alert.rule).map_or("", |rule| rule.measure());
            let knows_unit = config.measure_traits(dataset, measure, &alert.labels).1 == alert.reading.unit;
            expectation(&mut text, period, alert, knows_unit);
        }
    });
    text
}

fn expectation(text: &mut String, period: Period, alert: &Alert, with_message: bool) {
    let mut rest = String::new();
    if alert.state == AlertState::Firing {
        rest = format!(", since: {}", alert.since);
        if with_message {
            rest = format!("{rest}, message: {}", quoted(&alert.reading.message));
        }
    }
    let _ = writeln!(
        text,
        "      - {{ rule: {}, at: {period}, labels: {}, state: {}{rest} }}",
        alert.rule,
        labels(&alert.labels),
        alert.state
    );
}

fn labels(labels: &Labels) -> String {
    let pairs: Vec<String> =
        labels.iter().map(|(name, value)| format!("{}: {}", quoted(name), quoted(value))).collect();
    if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
}

/// Figures in the notation of tests, as YAML.
fn notation(values: &[Value]) -> String {
    let figures = Figures::notation(values);
    // An asterisk at the beginning would be an alias.
    if figures.starts_with('*') { format!("\"{figures}\"") } else { figures }
}

/// Text as YAML reads it back whatever is in it: JSON's strings are YAML's.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ');
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic()) && !text.ends_with(' ');
    if begins && text.chars().all(is_plain) && !matches!(text, "true" | "false" | "null") {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

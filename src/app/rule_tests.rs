//! Tests of rules: series in, the alerts that must (and must not) be there out. Those that stand inside a rule, and recorded
//! cases of several rules.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use serde::Serialize;

use crate::{
    config::Config,
    model::{Alert, AlertId, AlertState, History, Labels, Period, SeriesKey},
    rules::{Case, Expectation, Rule, TestSeries},
    yaml::Located,
};

use super::replay::{Played, replay};

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The ids of its rules; one, unless it is a recorded case.
    pub rules: Vec<String>,
    /// The test's name.
    pub test: String,
    /// Where it is written: `rules/les.yaml:18:15`.
    pub place: String,
    /// The alerts that are otherwise than expected; nothing when the test passed.
    pub sheets: Vec<Sheet>,
    /// Where a rule went wrong.
    pub faults: Vec<String>,
}

/// One alert over the periods of a test, where it is otherwise than expected somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sheet {
    /// Which alert, by its labels; with several rules, by its rule too.
    pub alert: String,
    /// Its periods in order.
    pub lines: Vec<Line>,
}

/// How an alert stood after one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The period.
    pub period: Period,
    /// How it stood: `firing, since 2025-08`, `quiet`.
    pub found: String,
    /// What was expected, where that is something else.
    pub expected: Option<String>,
}

impl Outcome {
    /// Whether all was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.sheets.is_empty() && self.faults.is_empty()
    }

    /// Every difference in a line of its own.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let mut differences = self.faults.clone();
        for sheet in &self.sheets {
            differences.extend(sheet.lines.iter().filter_map(|line| {
                let expected = line.expected.as_ref()?;
                Some(format!("{} {}: expected {expected}, found {}", line.period, sheet.alert, line.found))
            }));
        }
        differences
    }
}

impl fmt::Display for Sheet {
    /// The ledger of the alert: `-` before what was expected and `+` before what was found instead.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.alert)?;
        for line in &self.lines {
            match &line.expected {
                Some(expected) => {
                    writeln!(f, "  {:<10} - {expected}", line.period.to_string())?;
                    writeln!(f, "  {:<10} + {}", "", line.found)?;
                }
                None => writeln!(f, "  {:<10}   {}", line.period.to_string(), line.found)?,
            }
        }
        Ok(())
    }
}

/// Runs the tests of a rule through the same evaluation that the daemon does, period after period.
#[must_use]
pub fn run(config: &Config, rule: &Arc<Rule>) -> Vec<Outcome> {
    let rules = [Arc::clone(rule)];
    rule.tests().iter().map(|test| played(config, &rules, &test.name, &test.series, &test.expect)).collect()
}

/// Runs a recorded case likewise.
#[must_use]
pub fn run_case(config: &Config, case: &Case) -> Outcome {
    let settings = &case.settings;
    played(config, &case.rules, &settings.name, &settings.series, &settings.expect)
}

fn played(
    config: &Config,
    rules: &[Arc<Rule>],
    name: &Located<String>,
    series: &[TestSeries],
    expect: &[Expectation],
) -> Outcome {
    let (dataset, measure) = rules.first().map_or(("", ""), |rule| (rule.dataset(), rule.measure()));
    let mut elsewhere = histories(config, dataset, measure, series);
    let history = elsewhere.remove(dataset).unwrap_or_default();
    let (mut ledger, mut faults) = (Ledger::default(), Vec::new());
    let (elsewhere, derived) = (&elsewhere, config.derived.as_slice());
    replay(
        Played { dataset, rules, history: &history, elsewhere, derived, from: None, to: None },
        |period, evaluation| {
            let failed = evaluation.unjudged.iter().filter(|unjudged| unjudged.failed);
            faults.extend(failed.map(|unjudged| {
                let line = &unjudged.line;
                format!("{period}: {} went wrong for {}: {}", line.rule, line.labels, line.reason)
            }));
            let alerts = evaluation.alerts.iter().map(|told| (told.alert.id.clone(), told.alert.clone()));
            ledger.0.insert(period, alerts.collect());
        },
    );
    let mut sheets = Sheets { ledger: &ledger, several: rules.len() > 1, by_alert: BTreeMap::new() };
    for expectation in expect {
        sheets.compare(expectation);
    }
    sheets.unexpected(expect);
    Outcome {
        rules: rules.iter().map(|rule| rule.id().to_owned()).collect(),
        test: name.value.clone(),
        place: name.place.to_string(),
        sheets: sheets.finished(),
        faults,
    }
}

/// The histories that the series of a test make, by dataset.
fn histories(config: &Config, dataset: &str, measure: &str, series: &[TestSeries]) -> BTreeMap<String, Arc<History>> {
    let traits = |name: &str, labels: &Labels| {
        let (dataset, measure) = name.split_once('/').unwrap_or((dataset, name));
        config.measure_traits(dataset, measure, labels)
    };
    let mut histories: BTreeMap<String, History> = BTreeMap::new();
    for one in series.iter().flat_map(|series| series.series(measure, traits)) {
        let (dataset, measure) = one.key.measure.split_once('/').unwrap_or((dataset, &one.key.measure));
        let history = histories.entry(dataset.to_owned()).or_default();
        let key = SeriesKey { measure: measure.to_owned(), labels: one.key.labels.clone() };
        for (period, figure) in one.iter() {
            history.insert(key.clone(), one.better, period, figure);
        }
    }
    histories.into_iter().map(|(dataset, history)| (dataset, Arc::new(history))).collect()
}

/// How every alert stood after each period.
#[derive(Default)]
struct Ledger(BTreeMap<Period, BTreeMap<AlertId, Alert>>);

/// The differences as they are found, by alert.
struct Sheets<'a> {
    ledger: &'a Ledger,
    several: bool,
    /// By what the alert is called: the alert, where there is one, and the lines that differ.
    by_alert: BTreeMap<String, (Option<AlertId>, Vec<Line>)>,
}

impl Sheets<'_> {
    fn compare(&mut self, expectation: &Expectation) {
        let at = expectation.at.value;
        let wanted =
            self.called(expectation.rule.as_ref().map(|rule| rule.value.as_str()), &expectation.labels.labels());
        let expected = Standing::expected(expectation);
        let Some(alerts) = self.ledger.0.get(&at) else {
            return self.differ(wanted, None, at, &expected, "the test has no figures for this period");
        };
        // An alert with just these labels is meant, as that of a parent, before others that have more.
        let labels = expectation.labels.labels();
        let spoken_of = || alerts.values().filter(|alert| speaks_of(expectation, alert));
        let mut just_these = spoken_of().filter(|alert| alert.labels == labels);
        let matching: Vec<&Alert> = match (just_these.next(), just_these.next()) {
            (Some(alert), None) => vec![alert],
            _ => spoken_of().collect(),
        };
        match matching.as_slice() {
            [] => self.differ(wanted, None, at, &expected, "quiet"),
            [alert] => {
                let found = Standing::found(alert, &expected);
                if found != expected {
                    let called = self.called(Some(&alert.rule), &alert.labels);
                    self.differ(called, Some(&alert.id), at, &expected, &found.to_string());
                }
            }
            several => {
                let found = format!("{} alerts: name more labels", several.len());
                self.differ(wanted, None, at, &expected, &found);
            }
        }
    }

    /// An alert that fires although no expectation speaks of its series: what is not expected must not fire.
    fn unexpected(&mut self, expected: &[Expectation]) {
        let mut seen: BTreeSet<&AlertId> = BTreeSet::new();
        for (period, alerts) in &self.ledger.0 {
            for alert in alerts.values().filter(|alert| alert.state == AlertState::Firing) {
                if !expected.iter().any(|expectation| speaks_of(expectation, alert)) && seen.insert(&alert.id) {
                    let called = self.called(Some(&alert.rule), &alert.labels);
                    self.differ(
                        called,
                        Some(&alert.id),
                        *period,
                        &Standing::default(),
                        &Standing::plain(alert).to_string(),
                    );
                }
            }
        }
    }

    fn called(&self, rule: Option<&str>, labels: &Labels) -> String {
        let labels = if labels.is_empty() { "(any labels)".to_owned() } else { labels.to_string() };
        match rule.filter(|_| self.several) {
            Some(rule) => format!("{rule}: {labels}"),
            None => labels,
        }
    }

    fn differ(&mut self, called: String, id: Option<&AlertId>, period: Period, expected: &Standing, found: &str) {
        let line = Line { period, found: found.to_owned(), expected: Some(expected.to_string()) };
        let (known, lines) = self.by_alert.entry(called).or_default();
        if known.is_none() {
            *known = id.cloned();
        }
        lines.push(line);
    }

    /// The sheets, each with the periods around its differences.
    fn finished(self) -> Vec<Sheet> {
        let ledger = self.ledger;
        let sheet = |(alert, (id, mut lines)): (String, (Option<AlertId>, Vec<Line>))| {
            for (period, alerts) in &ledger.0 {
                let Some(id) = id.as_ref().filter(|_| lines.iter().all(|line| line.period != *period)) else {
                    continue;
                };
                let found = alerts.get(id).map_or_else(Standing::default, Standing::plain);
                lines.push(Line { period: *period, found: found.to_string(), expected: None });
            }
            lines.sort_by_key(|line| line.period);
            Sheet { alert, lines }
        };
        self.by_alert.into_iter().map(sheet).collect()
    }
}

fn speaks_of(expectation: &Expectation, alert: &Alert) -> bool {
    expectation.rule.as_ref().is_none_or(|rule| rule.value == alert.rule) && expectation.matches(&alert.labels)
}

/// How an alert stands, as far as it is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Standing {
    /// None where there is no alert.
    state: Option<AlertState>,
    since: Option<Period>,
    message: Option<String>,
}

impl Standing {
    fn expected(expectation: &Expectation) -> Self {
        Self { state: Some(expectation.state), since: expectation.since, message: expectation.message.clone() }
    }

    /// How an alert stood, as it is told where nothing is expected of it.
    fn plain(alert: &Alert) -> Self {
        let is_open = matches!(alert.state, AlertState::Firing | AlertState::Pending);
        Self { state: Some(alert.state), since: is_open.then_some(alert.since), message: None }
    }

    /// What an expectation speaks of, as it was found.
    fn found(alert: &Alert, expected: &Self) -> Self {
        Self {
            state: Some(alert.state),
            since: expected.since.map(|_| alert.since),
            message: expected.message.as_ref().map(|_| alert.reading.message.clone()),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.state.map_or("quiet", AlertState::code))?;
        if let Some(since) = self.since {
            write!(f, ", since {since}")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {message:?}"),
            None => Ok(()),
        }
    }
}

//! Rules over the history of a dataset → what became of its alerts.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    alerts::{self, Judged, Life, Policy, Subject},
    model::{
        Alert, AlertId, AlertLine, AlertState, Better, Cause, DeliveryId, Figure, History, Labels, Period, Reading,
        Series, Signal, TransitionKind, UnknownLine, Value,
    },
    routing::{Told, Unjudged},
    rules::Rule,
};

/// How many figures a line shows behind the present one, at most: a year and the month before.
const TRAIL: usize = 13;

/// What the rules make of a dataset.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// Every alert that is or was anything but quiet.
    pub alerts: Vec<Told>,
    /// What could not be judged at the newest period.
    pub unjudged: Vec<Unjudged>,
    /// How many series at least one rule looked at.
    pub judged: usize,
    /// The newest period that is known.
    pub newest: Option<Period>,
}

/// Evaluates rules over all that is known of a dataset.
#[must_use]
pub fn evaluate(
    dataset: &str,
    rules: &[Arc<Rule>],
    history: &History,
    known: Vec<Alert>,
    cause: Cause,
    delivery: Option<DeliveryId>,
) -> Evaluation {
    let mut known: BTreeMap<AlertId, Alert> = known.into_iter().map(|alert| (alert.id.clone(), alert)).collect();
    let newest = Period::newest(history.periods.iter().copied());
    let mut evaluation = Evaluation { newest, ..Evaluation::default() };
    for rule in rules {
        for series in history.series().filter(|series| rule.applies_to(series)) {
            let before = known.remove(&AlertId::of(rule.id(), &rule.alert_labels(series)));
            evaluation.follow(dataset, rule, series, &consecutive(history, series), before.as_ref(), cause, delivery);
        }
    }
    evaluation.judged = history.series().filter(|series| rules.iter().any(|rule| rule.applies_to(series))).count();
    // What is left rests on a rule or a series that is no longer there.
    for before in known.into_values() {
        evaluation.forget(&before, cause, delivery);
    }
    evaluation
}

impl Evaluation {
    #[expect(clippy::too_many_arguments, reason = "one series of one rule, with what is known of it")]
    fn follow(
        &mut self,
        dataset: &str,
        rule: &Rule,
        series: &Series,
        periods: &[Period],
        before: Option<&Alert>,
        cause: Cause,
        delivery: Option<DeliveryId>,
    ) {
        let judged = judge(rule, series, periods);
        let newest = judged.last().cloned();
        let policy = Policy { for_periods: rule.for_periods(), resolve_after: rule.resolve_after() };
        let labels = rule.alert_labels(series);
        let subject =
            Subject { rule: rule.id(), dataset, severity: rule.severity(), labels: &labels, better: series.better };
        let mut firing_since = None;
        if let Some(mut advance) = alerts::advance(subject, before, alerts::live(policy, judged), cause, delivery) {
            let describe = |reading: &mut Reading| {
                if reading.message.is_empty() {
                    reading.message = rule.describe(series, reading.period);
                }
            };
            describe(&mut advance.alert.reading);
            advance.alert.episodes.iter_mut().filter_map(|episode| episode.resolved.as_mut()).for_each(describe);
            advance.transitions.iter_mut().for_each(|step| describe(&mut step.reading));
            firing_since = (advance.alert.state == AlertState::Firing).then_some(advance.alert.since);
            self.tell((rule.summary(), rule.counted()), Some(series), before, advance);
        }
        self.unjudged.extend(newest.and_then(|newest| unjudged(rule, labels, newest, firing_since)));
    }

    fn forget(&mut self, before: &Alert, cause: Cause, delivery: Option<DeliveryId>) {
        let subject = Subject {
            rule: &before.rule,
            dataset: &before.dataset,
            severity: before.severity,
            labels: &before.labels,
            better: Better::Neither,
        };
        if let Some(advance) = alerts::advance(subject, Some(before), Life::default(), cause, delivery) {
            self.tell((&before.rule, None), None, Some(before), advance);
        }
    }

    /// `words` are the rule's summary and what its measure counts.
    fn tell(
        &mut self,
        words: (&str, Option<&str>),
        series: Option<&Series>,
        before: Option<&Alert>,
        advance: alerts::Advance,
    ) {
        let alerts::Advance { alert, transitions } = advance;
        // What is taken back is shown with the figures that were said, beside how the alert stands now.
        let gone = transitions.iter().filter(|step| step.kind == TransitionKind::Withdrawn);
        let taken_back = gone.map(|step| line(&alert, words, series, step.since, &step.reading)).collect();
        let line = line(&alert, words, series, alert.since, &alert.reading);
        let before = before.map(|alert| alert.state);
        self.alerts.push(Told { alert, before, transitions, line, taken_back, owner: None });
    }
}

/// The periods in which a series is looked at, from the oldest to the newest that is known. A stretch of periods that
/// nobody reported stands as its first one only: it breaks what must be consecutive, however long it is.
///
/// A dataset may hold months beside quarters; a series is followed in the kind of period that its newest figure has.
fn consecutive(history: &History, series: &Series) -> Vec<Period> {
    let newest = Period::newest(series.iter().map(|(period, _)| period));
    let Some(granularity) = newest.map(Period::granularity) else { return Vec::new() };
    let mut periods: Vec<Period> = Vec::new();
    for period in history.periods.iter().copied().filter(|period| period.granularity() == granularity) {
        if let Some(gap) = periods.last().map(|before| before.next()).filter(|next| *next < period) {
            periods.push(gap);
        }
        periods.push(period);
    }
    periods
}

fn judge(rule: &Rule, series: &Series, periods: &[Period]) -> Vec<Judged> {
    let unit = series.unit();
    periods
        .iter()
        .map(|&period| match series.at(period) {
            Some(Figure { value, plan, .. }) => {
                Judged { period, value, plan, unit, signal: rule.signal(series, period) }
            }
            None => Judged {
                period,
                value: Value::ABSENT,
                plan: Value::ABSENT,
                unit,
                signal: Signal::CannotTell(format!("no figure for {}: not reported", period.label())),
            },
        })
        .collect()
}

fn unjudged(rule: &Rule, labels: Labels, newest: Judged, firing_since: Option<Period>) -> Option<Unjudged> {
    let (reason, failed) = match newest.signal {
        Signal::CannotTell(reason) => (reason, false),
        Signal::Failed(reason) => (reason, true),
        Signal::Breach(_) | Signal::Clear => return None,
    };
    let line = UnknownLine { rule: rule.id().to_owned(), labels, period: newest.period, reason, firing_since };
    Some(Unjudged { line, severity: rule.severity(), failed })
}

fn line(
    alert: &Alert,
    (summary, counted): (&str, Option<&str>),
    series: Option<&Series>,
    since: Period,
    reading: &Reading,
) -> AlertLine {
    let previous = series.and_then(|series| series.at(reading.period.previous()));
    let trail = series.map_or_else(Vec::new, |series| {
        let until = series.iter().rev().filter(|(period, _)| *period <= reading.period).take(TRAIL);
        let mut trail: Vec<(Period, Value)> = until.map(|(period, figure)| (period, figure.value)).collect();
        trail.reverse();
        trail
    });
    let periods = reading.period.since(since).map_or(1, |n| n.unsigned_abs() + 1);
    AlertLine {
        id: alert.id.clone(),
        rule: alert.rule.clone(),
        rule_summary: summary.to_owned(),
        severity: alert.severity,
        labels: alert.labels.clone(),
        message: reading.message.clone(),
        since,
        periods,
        period: reading.period,
        value: reading.value,
        plan: reading.plan,
        unit: reading.unit,
        counted: counted.map(str::to_owned),
        previous: previous.map_or(Value::ABSENT, |figure| figure.value),
        trail,
    }
}

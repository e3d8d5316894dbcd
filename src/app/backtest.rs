//! What rules would have said on the history that is there: nothing is sent and nothing is kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Serialize;

use crate::{
    config::Config,
    model::{
        Alert, AlertId, AlertSeverity, AlertState, Cause, Exceptions, Figure, History, Labels, Period, TransitionKind,
        Value,
    },
    routing::{Delivered, Mutes, Told, Traits, compose},
    rules::{Rule, with_derived},
};

use super::{
    evaluate::Evaluation,
    replay::{Played, replay},
};

/// Which periods are told of; all when left at its default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range {
    /// The first.
    pub from: Option<Period>,
    /// The last.
    pub to: Option<Period>,
}

/// What rules on one dataset would have said, period after period.
#[derive(Debug, Clone, Serialize)]
pub struct Backtest {
    /// The dataset's id.
    pub dataset: String,
    /// The periods, oldest first.
    pub periods: Vec<Period>,
    /// Each rule.
    pub rules: Vec<OfRule>,
    /// Each group that would have been told something, by id.
    pub groups: Vec<OfGroup>,
}

/// What one rule would have said.
#[derive(Debug, Clone, Serialize)]
pub struct OfRule {
    /// Its id.
    pub rule: String,
    /// One line for people.
    pub summary: String,
    /// How many series it looks at.
    pub series: usize,
    /// How many alerts there would have been after each period.
    pub periods: Vec<Counts>,
    /// Each stretch that would have fired.
    pub alerts: Vec<Stretch>,
    /// Why series could not be judged: where the rule went wrong, then the most frequent reason first.
    pub reasons: Vec<Reason>,
}

/// Why series could not be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Whether the rule itself went wrong.
    pub failed: bool,
    /// Why, as people are told.
    pub reason: String,
    /// How many times, over all series and periods.
    pub count: usize,
    /// The first period.
    pub period: Period,
    /// A series of that period.
    pub labels: Labels,
}

/// The alerts of a rule after one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// The period.
    pub period: Period,
    /// How many began to fire.
    pub new: usize,
    /// How many went on firing.
    pub continuing: usize,
    /// How many ended.
    pub resolved: usize,
    /// How many series could not be judged.
    pub cannot_tell: usize,
    /// For how many the rule went wrong.
    pub failed: usize,
}

/// One alert, from its first period in breach to its last.
#[derive(Debug, Clone, Serialize)]
pub struct Stretch {
    /// The alert's id.
    pub alert: AlertId,
    /// Its labels.
    pub labels: Labels,
    /// Its severity.
    pub severity: AlertSeverity,
    /// The first period in breach.
    pub since: Period,
    /// The last period in breach, if it is over.
    pub until: Option<Period>,
    /// How many periods that are.
    pub periods: u32,
    /// The figure of its last period in breach.
    pub value: Value,
    /// The plan of that period.
    pub plan: Value,
    /// The message of that period.
    pub message: String,
    /// The groups that would be told of it.
    pub groups: Vec<String>,
    /// The figures of the series over the periods.
    pub figures: Vec<(Period, Value)>,
}

/// What one group would have been told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfGroup {
    /// Its id.
    pub group: String,
    /// How many notices; at most one for each period.
    pub notices: usize,
    /// How many messages: one for each recipient and channel.
    pub messages: usize,
}

impl Backtest {
    /// So many for each period; nought where there is none.
    #[must_use]
    pub fn a_period(&self, count: usize) -> f64 {
        if self.periods.is_empty() { 0.0 } else { count as f64 / self.periods.len() as f64 }
    }

    /// How many messages would have been sent.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.groups.iter().map(|group| group.messages).sum()
    }
}

impl OfRule {
    /// How many alerts would have fired at once, at most.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.periods.iter().map(|counts| counts.new + counts.continuing).max().unwrap_or(0)
    }
}

/// Rules on one dataset, with what is known for them to look at.
#[derive(Debug, Clone, Copy)]
pub struct Hindsight<'a> {
    /// What they are routed and worked out by.
    pub config: &'a Config,
    /// The dataset.
    pub dataset: &'a str,
    /// The rules, all on this dataset.
    pub rules: &'a [Arc<Rule>],
    /// What is known of datasets, by their ids.
    pub histories: &'a BTreeMap<String, Arc<History>>,
    /// The periods that are told of.
    pub range: Range,
}

/// What rules would have said had the periods of their dataset arrived one after another.
#[must_use]
pub fn backtest(hindsight: Hindsight<'_>) -> Backtest {
    let Hindsight { config, dataset, rules, histories, range } = hindsight;
    let rests_on = config.rests_on(dataset);
    let mut histories = histories.clone();
    histories.retain(|id, _| rests_on.contains(id));
    let nothing = Arc::new(History::default());
    let history = histories.get(dataset).unwrap_or(&nothing);
    let mut counts: BTreeMap<&str, Vec<Counts>> = rules.iter().map(|rule| (rule.id(), Vec::new())).collect();
    let mut reasons = Reasons::new();
    let (mut periods, mut groups, mut last) = (Vec::new(), BTreeMap::<String, OfGroup>::new(), Vec::new());
    let (derived, from) = (&config.derived, range.from);
    replay(Played { dataset, rules, history, elsewhere: &histories, derived, from, to: None }, |period, evaluation| {
        if range.to.is_some_and(|to| period.start() > to.end()) {
            return;
        }
        periods.push(period);
        for (rule, counts) in &mut counts {
            counts.push(count(rule, period, evaluation));
        }
        note_reasons(&mut reasons, period, evaluation);
        for group in told(config, dataset, period, evaluation) {
            let known = groups.entry(group.clone()).or_insert(OfGroup { group, notices: 0, messages: 0 });
            known.notices += 1;
            known.messages += recipients(config, &known.group);
        }
        last = evaluation.alerts.iter().map(|told| told.alert.clone()).collect();
    });
    let shown: BTreeSet<Period> = periods.iter().copied().collect();
    let histories = with_derived(&config.derived, histories);
    let history = histories.get(dataset).unwrap_or(&nothing);
    let rules = rules.iter().map(|rule| OfRule {
        rule: rule.id().to_owned(),
        summary: rule.summary().to_owned(),
        series: history.series().filter(|series| rule.applies_to(series)).count(),
        periods: counts.remove(rule.id()).unwrap_or_default(),
        alerts: stretches(config, rule, history, &last, &shown),
        reasons: reasons.remove(rule.id()).map(by_frequency).unwrap_or_default(),
    });
    Backtest { dataset: dataset.to_owned(), rules: rules.collect(), periods, groups: groups.into_values().collect() }
}

fn count(rule: &str, period: Period, evaluation: &Evaluation) -> Counts {
    let of_rule = || evaluation.alerts.iter().filter(|told| told.alert.rule == rule);
    let with = |told: &&Told, kind| told.transitions.iter().any(|step| step.kind == kind);
    let new =
        of_rule().filter(|told| with(told, TransitionKind::Firing) && told.alert.state == AlertState::Firing).count();
    let firing = of_rule().filter(|told| told.alert.state == AlertState::Firing).count();
    let unjudged = |failed: bool| {
        let of_rule = evaluation.unjudged.iter().filter(|one| one.line.rule == rule && one.line.period == period);
        of_rule.filter(|one| one.failed == failed).count()
    };
    Counts {
        period,
        new,
        continuing: firing - new,
        resolved: of_rule().filter(|told| with(told, TransitionKind::Resolved)).count(),
        cannot_tell: unjudged(false),
        failed: unjudged(true),
    }
}

/// The reasons of each rule, by what they say.
type Reasons = BTreeMap<String, BTreeMap<(bool, String), Reason>>;

fn note_reasons(reasons: &mut Reasons, period: Period, evaluation: &Evaluation) {
    for unjudged in evaluation.unjudged.iter().filter(|unjudged| unjudged.line.period == period) {
        let line = &unjudged.line;
        let said = reasons.entry(line.rule.clone()).or_default();
        let reason = said.entry((unjudged.failed, line.reason.clone())).or_insert_with(|| Reason {
            failed: unjudged.failed,
            reason: line.reason.clone(),
            count: 0,
            period,
            labels: line.labels.clone(),
        });
        reason.count += 1;
    }
}

fn by_frequency(reasons: BTreeMap<(bool, String), Reason>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = reasons.into_values().collect();
    reasons.sort_by_key(|reason| (!reason.failed, std::cmp::Reverse(reason.count), reason.period));
    reasons
}

/// The groups that would have been told after a period.
fn told(config: &Config, dataset: &str, period: Period, evaluation: &Evaluation) -> Vec<String> {
    let title = config.datasets.get(dataset).map_or(dataset, |dataset| &dataset.title);
    let delivered = Delivered {
        head: Exceptions::empty(dataset.to_owned(), title.to_owned(), period, Cause::New),
        alerts: evaluation.alerts.clone(),
        unjudged: evaluation.unjudged.clone(),
        outstanding: Vec::new(),
    };
    let said = compose(&config.policy, &delivered, &Mutes::default()).said;
    let groups: BTreeSet<String> = said.into_iter().map(|speech| speech.group).collect();
    groups.into_iter().collect()
}

fn recipients(config: &Config, group: &str) -> usize {
    let channels = config.groups.get(group).map_or(&[][..], |group| &group.channels);
    channels.iter().map(|channel| channel.recipients().len()).sum()
}

fn stretches(
    config: &Config,
    rule: &Rule,
    history: &History,
    alerts: &[Alert],
    shown: &BTreeSet<Period>,
) -> Vec<Stretch> {
    let mut found = Vec::new();
    let series = rule.series(history);
    for alert in alerts.iter().filter(|alert| alert.rule == rule.id()) {
        let series = series.get(&alert.labels);
        let figure = |period: &Period| {
            let figure = series.and_then(|series| series.at(*period));
            (*period, figure.map_or(Value::ABSENT, |Figure { value, .. }| value))
        };
        let traits =
            Traits { rule: rule.id(), dataset: rule.dataset(), severity: alert.severity, labels: &alert.labels };
        let groups: Vec<String> =
            config.policy.route.receivers(&traits).into_iter().map(|(group, _)| group.to_owned()).collect();
        for episode in alert.episodes.iter().filter(|episode| episode.fired.is_some()) {
            let last = &episode.last;
            if shown.first().is_some_and(|first| last.period.end() < first.start()) {
                continue;
            }
            found.push(Stretch {
                alert: alert.id.clone(),
                labels: alert.labels.clone(),
                severity: alert.severity,
                since: episode.since,
                until: episode.resolved.as_ref().map(|_| last.period),
                periods: last.period.since(episode.since).map_or(1, |n| n.unsigned_abs() + 1),
                value: last.value,
                plan: last.plan,
                message: last.message.clone(),
                groups: groups.clone(),
                figures: shown.iter().map(figure).collect(),
            });
        }
    }
    found.sort_by(|a, b| (a.since, &a.labels).cmp(&(b.since, &b.labels)));
    found
}

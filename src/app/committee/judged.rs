//! One dataset judged as it stood at a period: alerts, and what was judged at all.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    app::{
        evaluate::Evaluation,
        replay::{Played, replay},
    },
    config::{Config, Dataset},
    model::{
        Alert, AlertLine, AlertSeverity, AlertState, ChartMark, ChartPoint, ControlChart, Handling, History,
        JudgedRule, Labels, Period, Series, SeriesKey, Standing, TabledAlert, ThreeA, TransitionKind, UnknownLine,
        Value,
    },
    routing::{Told, Traits},
    rules::{Derived, Rule, with_derived},
};

use super::{Covered, is_of};

/// How many periods a run chart shows, at most: two years of months.
const SHOWN: i32 = 24;

/// What is judged.
pub(super) struct Matter {
    pub(super) config: Arc<Config>,
    pub(super) covered: Covered,
    pub(super) dataset: Arc<Dataset>,
    /// The rules that the groups hear of.
    pub(super) rules: Vec<Arc<Rule>>,
    /// All that is known of the measures that the rules rest on.
    pub(super) histories: BTreeMap<String, Arc<History>>,
    /// The measures of one's own that are worked out of it.
    pub(super) derived: Vec<Arc<Derived>>,
    /// The period of the dataset that is judged.
    pub(super) newest: Period,
    /// The period of the report.
    pub(super) period: Period,
}

/// What came of it. Each alert comes with itself as silences look at it.
#[derive(Default)]
pub(super) struct Judged {
    /// Those with an answer of at least one rule.
    pub(super) series: BTreeSet<SeriesKey>,
    pub(super) rules: Vec<JudgedRule>,
    pub(super) alerts: Vec<(TabledAlert, Alert)>,
    pub(super) cannot_tell: Vec<UnknownLine>,
    pub(super) failed: Vec<UnknownLine>,
}

impl Matter {
    pub(super) fn judge(&self) -> Judged {
        let nothing = Arc::new(History::default());
        let id = self.dataset.id.as_str();
        let mut evaluation = Evaluation::default();
        let played = Played {
            dataset: id,
            rules: &self.rules,
            history: self.histories.get(id).unwrap_or(&nothing),
            elsewhere: &self.histories,
            derived: &self.derived,
            from: Some(self.newest),
            to: Some(self.newest),
        };
        replay(played, |_, latest| {
            evaluation = Evaluation { alerts: latest.alerts.clone(), unjudged: latest.unjudged.clone(), ..*latest };
        });
        let histories = with_derived(&self.derived, self.histories.clone());
        self.sort(&evaluation, histories.get(id).unwrap_or(&nothing))
    }

    /// What an evaluation has for the groups, and which series were looked at.
    fn sort(&self, evaluation: &Evaluation, history: &History) -> Judged {
        let mut judged = Judged::default();
        for rule in &self.rules {
            let of_rule: HashMap<&Labels, &Told> = evaluation
                .alerts
                .iter()
                .filter(|told| told.alert.rule == rule.id())
                .map(|told| (&told.alert.labels, told))
                .collect();
            let mut counts = self.counts(rule);
            let mut of_series: HashMap<Labels, &Series> = HashMap::new();
            for series in history.series().filter(|series| rule.applies_to(series)) {
                // A series that begins later is not known yet.
                let began = series.iter().next().is_some_and(|(first, _)| first.end() <= self.newest.end());
                let labels = rule.alert_labels(series);
                if began && self.listener(rule, &labels).is_some() {
                    let state = of_rule.get(&labels).map(|told| told.alert.state);
                    let is_unjudged =
                        evaluation.unjudged.iter().any(|one| one.line.rule == rule.id() && one.line.labels == labels);
                    count(&mut counts, state, is_unjudged);
                    judged.series.extend((!is_unjudged).then(|| series.key.clone()));
                    of_series.insert(labels, series);
                }
            }
            judged.rules.extend((counts.series > 0).then_some(counts));
            for told in of_rule.into_values() {
                judged.alerts.extend(self.tabled(told, &of_series));
            }
        }
        for unjudged in &evaluation.unjudged {
            let rule = self.rules.iter().find(|rule| rule.id() == unjudged.line.rule);
            if rule.is_some_and(|rule| self.listener(rule, &unjudged.line.labels).is_some()) {
                if unjudged.failed { &mut judged.failed } else { &mut judged.cannot_tell }.push(unjudged.line.clone());
            }
        }
        judged
    }

    /// The name of the first of the groups that hears of a rule for these labels.
    fn listener(&self, rule: &Rule, labels: &Labels) -> Option<&str> {
        let traits = Traits { rule: rule.id(), dataset: &self.dataset.id, severity: rule.severity(), labels };
        let receivers = self.config.policy.route.receivers(&traits);
        let hears = |group: &String| receivers.iter().any(|(known, _)| known == group);
        let at = self.covered.groups.iter().position(hears)?;
        self.covered.names.get(at).map(String::as_str)
    }

    fn counts(&self, rule: &Rule) -> JudgedRule {
        JudgedRule {
            rule: rule.id().to_owned(),
            rule_summary: rule.summary().to_owned(),
            dataset: self.dataset.id.clone(),
            dataset_title: self.dataset.title.clone(),
            measure: rule.measure().to_owned(),
            period: self.newest,
            is_current: is_of(self.newest, self.period),
            series: 0,
            clear: 0,
            firing: 0,
            pending: 0,
            cannot_tell: 0,
        }
    }

    fn tabled(&self, told: &Told, of_series: &HashMap<Labels, &Series>) -> Option<(TabledAlert, Alert)> {
        let alert = &told.alert;
        let standing = self.standing(told)?;
        let rule = self.rules.iter().find(|rule| rule.id() == alert.rule)?;
        let group_name = self.listener(rule, &alert.labels)?;
        // Who hears of the parent has the names there.
        if told.parent.as_ref().is_some_and(|parent| self.listener(rule, parent).is_some()) {
            return None;
        }
        let mut line = told.line.clone();
        let run = || run_chart(of_series.get(&alert.labels).copied(), &line.trail, line.period);
        let figures = line.chart.clone().unwrap_or_else(run);
        line.chart = None;
        let tabled = TabledAlert {
            line,
            dataset_title: self.dataset.title.clone(),
            standing,
            three_a: ThreeA::of(standing, alert.severity, false),
            group_name: group_name.to_owned(),
            muted: None,
            cannot_tell: alert.cannot_tell.clone(),
            figures,
        };
        Some((tabled, alert.clone()))
    }

    /// None for what was over before the period.
    fn standing(&self, told: &Told) -> Option<Standing> {
        let episode = told.alert.episodes.last()?;
        let has_worsened = || told.transitions.iter().any(|step| step.kind == TransitionKind::Worsened);
        match told.alert.state {
            AlertState::Firing if episode.fired.is_some_and(|fired| is_of(fired, self.period)) => Some(Standing::New),
            // An older figure was told as worse when it was new.
            AlertState::Firing if is_of(self.newest, self.period) && has_worsened() => Some(Standing::Worsened),
            AlertState::Firing => Some(Standing::Continuing),
            AlertState::Pending => Some(Standing::Pending),
            AlertState::Resolved => {
                let over = episode.resolved.as_ref().filter(|_| episode.fired.is_some())?;
                is_of(over.period, self.period).then_some(Standing::Resolved)
            }
            AlertState::Inactive | AlertState::Withdrawn => None,
        }
    }
}

fn count(counts: &mut JudgedRule, state: Option<AlertState>, is_unjudged: bool) {
    counts.series += 1;
    match state {
        Some(AlertState::Firing) => counts.firing += 1,
        Some(AlertState::Pending) => counts.pending += 1,
        _ if is_unjudged => counts.cannot_tell += 1,
        _ => counts.clear += 1,
    }
}

/// The figures with their plans up to a period; of what has no series, such as an alert of a parent, the figures alone.
fn run_chart(series: Option<&Series>, trail: &[(Period, Value)], last: Period) -> ControlChart {
    let first = match series {
        Some(series) => series.iter().map(|(period, _)| period).find(|period| last.since(*period).is_some()),
        None => trail.first().map(|(period, _)| *period),
    };
    let back = first.and_then(|first| last.since(first)).unwrap_or(0).clamp(0, SHOWN - 1);
    let point = |period: Period| {
        let figure = series.and_then(|series| series.at(period));
        let told = trail.iter().find(|(of, _)| *of == period).map(|(_, value)| *value);
        ChartPoint {
            period,
            value: figure.map(|figure| figure.value).or(told).and_then(Value::get),
            plan: figure.and_then(|figure| figure.plan.get()),
            lines: None,
            mark: ChartMark::CommonCause,
        }
    };
    ControlChart {
        points: (0..=back).rev().map(|back| point(last.minus(back))).collect(),
        rebases: Vec::new(),
        suggested_rebase: None,
        variation: None,
        assurance: None,
    }
}

impl TabledAlert {
    /// The same, with what people do about it.
    pub(super) fn handled(self, handling: Handling) -> Self {
        let three_a = ThreeA::of(self.standing, self.line.severity, handling.acknowledged.is_some());
        Self { three_a, line: AlertLine { handling, ..self.line }, ..self }
    }

    /// The order in which alerts are tabled: the most severe and the longest first.
    pub(super) fn urgency(&self) -> (Reverse<AlertSeverity>, Period, &str, &Labels) {
        (Reverse(self.line.severity), self.line.since, &self.line.rule, &self.line.labels)
    }
}

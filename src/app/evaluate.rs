//! Rules over the history of a dataset → what became of its alerts.

use std::{
    collections::{BTreeMap, HashMap},
    num::NonZero,
    sync::Arc,
    thread,
};

use crate::{
    alerts::{self, Answer, Life, Policy, Subject},
    expr::{Around, Lane, View},
    model::{
        Alert, AlertState, Better, Cause, DeliveryId, Figure, Granularity, History, Labels, Period, Reading, Series,
        Signal, UnknownLine,
    },
    routing::{Told, Unjudged},
    rules::Rule,
};

use super::{roll_up::roll_up, tell::tell};

/// Fewer rules over series than this are done before threads would have begun.
const WORTH_SHARING: usize = 4_000;

/// What is evaluated, and why.
#[derive(Debug, Clone)]
pub struct Matter<'a> {
    /// The dataset's id.
    pub dataset: &'a str,
    /// Its rules.
    pub rules: &'a [Arc<Rule>],
    /// All that is known of it.
    pub history: &'a Arc<History>,
    /// All that is known of the other datasets that its rules name.
    pub elsewhere: &'a BTreeMap<String, Arc<History>>,
    /// Why it is evaluated.
    pub cause: Cause,
    /// The delivery that brings the news, if one does.
    pub delivery: Option<DeliveryId>,
}

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

/// Evaluates rules over all that is known of a dataset, against the alerts that are known.
#[must_use]
pub fn evaluate(matter: &Matter<'_>, known: Vec<Alert>) -> Evaluation {
    let mut of_rules = KnownAlerts::new();
    for alert in known {
        of_rules.entry(alert.rule.clone()).or_default().insert(alert.labels.clone(), alert);
    }
    let asked = Asked::new(matter, &of_rules);
    let newest = Period::newest(matter.history.periods.iter().copied());
    let mut evaluation = Evaluation { newest, judged: asked.series.len(), ..Evaluation::default() };
    let mut seen: Vec<(String, Labels)> = Vec::new();
    for Followed { rule, known, told, unjudged } in asked.follow_all() {
        seen.extend(matter.rules.get(rule).map(|rule| rule.id().to_owned()).zip(known));
        evaluation.alerts.extend(told);
        evaluation.unjudged.extend(unjudged);
    }
    for rule in matter.rules.iter().filter(|rule| rule.roll_up().is_some()) {
        let mut of_rule: Vec<&mut Told> =
            evaluation.alerts.iter_mut().filter(|told| told.alert.rule == rule.id()).collect();
        let parents = roll_up(matter, rule, &asked.periods, &mut of_rule, of_rules.get(rule.id()));
        seen.extend(parents.iter().map(|parent| (rule.id().to_owned(), parent.alert.labels.clone())));
        evaluation.alerts.extend(parents);
    }
    for (rule, labels) in seen {
        of_rules.get_mut(&rule).map(|of_rule| of_rule.remove(&labels));
    }
    // What is left rests on a rule or a series that is no longer there.
    let mut left: Vec<Alert> = of_rules.into_values().flat_map(HashMap::into_values).collect();
    left.sort_by(|a, b| a.id.cmp(&b.id));
    evaluation.alerts.extend(left.iter().filter_map(|before| forget(before, matter)));
    evaluation
}

/// The alerts that are known, by rule and labels.
type KnownAlerts = HashMap<String, HashMap<Labels, Alert>>;

/// What one rule made of one series.
struct Followed {
    /// The rule's place among the rules.
    rule: usize,
    /// The labels of the alert, if it was known before.
    known: Option<Labels>,
    told: Option<Told>,
    unjudged: Option<Unjudged>,
}

/// All that one evaluation looks at.
struct Asked<'a> {
    matter: &'a Matter<'a>,
    known: &'a KnownAlerts,
    /// The series that at least one rule looks at.
    series: Vec<&'a Series>,
    /// What surrounds them, for each rule.
    around: Vec<Arc<Around>>,
    /// The periods in which series are looked at, by the kind of period.
    periods: BTreeMap<Granularity, Vec<Period>>,
}

impl<'a> Asked<'a> {
    fn new(matter: &'a Matter<'a>, known: &'a KnownAlerts) -> Self {
        let looked_at = |series: &&Series| matter.rules.iter().any(|rule| rule.applies_to(series));
        let mut periods: BTreeMap<Granularity, Vec<Period>> = BTreeMap::new();
        for period in &matter.history.periods {
            add(periods.entry(period.granularity()).or_default(), *period);
        }
        Self {
            matter,
            known,
            series: matter.history.series().filter(looked_at).collect(),
            around: matter.rules.iter().map(|rule| rule.around(matter.history, matter.elsewhere)).collect(),
            periods,
        }
    }

    /// Follows every series through every rule, by all cores where that is worth it; in the order of rules and series.
    fn follow_all(&self) -> Vec<Followed> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let cores = if self.series.len() * self.matter.rules.len() < WORTH_SHARING { 1 } else { cores };
        let share = self.series.len().div_ceil(cores).max(1);
        let mut followed: Vec<Followed> = thread::scope(|scope| {
            let (first, others) = self.series.split_at(share.min(self.series.len()));
            let others: Vec<_> = others.chunks(share).map(|series| scope.spawn(|| self.follow(series))).collect();
            let mut followed = self.follow(first);
            for other in others {
                followed.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            followed
        });
        followed.sort_by_key(|followed| followed.rule);
        followed
    }

    fn follow(&self, series: &[&'a Series]) -> Vec<Followed> {
        let (mut followed, mut answers) = (Vec::new(), Vec::new());
        let (mut all, mut some) = (Lane::default(), Lane::default());
        let kind = |series: &Series| series.newest().map(Period::granularity);
        for alike in series.chunk_by(|a, b| a.key.measure == b.key.measure && kind(a) == kind(b)) {
            let periods =
                alike.first().and_then(|first| self.periods.get(&kind(first)?)).map_or(&[][..], Vec::as_slice);
            for together in alike.chunks(Lane::together(periods.len())) {
                all.go_on(together, periods);
                for ((at, rule), around) in self.matter.rules.iter().enumerate().zip(&self.around) {
                    let looked_at: Vec<&Series> =
                        together.iter().copied().filter(|series| rule.applies_to(series)).collect();
                    let lane = if looked_at.len() == together.len() { &mut all } else { &mut some };
                    if looked_at.is_empty() {
                        continue;
                    }
                    if looked_at.len() < together.len() {
                        lane.go_on(&looked_at, periods);
                    }
                    rule.answers(lane, around, &mut answers);
                    for (series, answers) in looked_at.iter().zip(answers.chunks(periods.len().max(1))) {
                        followed.extend(self.follow_one(at, rule, (series, periods), answers, around));
                    }
                }
            }
        }
        followed
    }

    fn follow_one(
        &self,
        at: usize,
        rule: &Rule,
        (series, periods): (&Series, &[Period]),
        answers: &[Option<bool>],
        around: &Arc<Around>,
    ) -> Option<Followed> {
        let of_rule = self.known.get(rule.id());
        let is_clear = answers.last().is_none_or(Option::is_some) && !answers.contains(&Some(true));
        if is_clear && of_rule.is_none() {
            return None;
        }
        let labels = rule.alert_labels(series);
        let before = of_rule.and_then(|of_rule| of_rule.get(&labels));
        if is_clear && before.is_none() {
            return None;
        }
        let view = |period| View { series, period, around };
        let newest = periods.last().zip(answers.last()).filter(|(_, answer)| answer.is_none());
        let unjudged = newest.and_then(|(newest, _)| reason(&rule.signal(view(*newest))).map(|why| (*newest, why)));
        let life =
            life(rule, (series, periods), answers, around, unjudged.as_ref().map(|(_, (reason, _))| reason.clone()));
        let subject = Subject {
            rule: rule.id(),
            dataset: self.matter.dataset,
            severity: rule.severity(),
            labels: &labels,
            better: series.better,
        };
        let advance = alerts::advance(subject, before, life, self.matter.cause, self.matter.delivery);
        let told = advance.map(|mut advance| {
            let describe = |reading: &mut Reading| {
                if reading.message.is_empty() {
                    reading.message = rule.describe(view(reading.period));
                }
            };
            describe(&mut advance.alert.reading);
            advance.alert.episodes.iter_mut().filter_map(|episode| episode.resolved.as_mut()).for_each(describe);
            advance.transitions.iter_mut().for_each(|step| describe(&mut step.reading));
            let mut told = tell((rule.summary(), rule.counted()), Some(series), before, advance);
            if told.alert.state == AlertState::Firing {
                told.line.chart = rule.chart(view(told.line.period));
            }
            told
        });
        let firing = told.as_ref().map(|told| &told.alert).filter(|alert| alert.state == AlertState::Firing);
        let firing_since = firing.map(|alert| alert.since);
        let unjudged = unjudged.map(|(period, (reason, failed))| {
            let unknown =
                UnknownLine { rule: rule.id().to_owned(), labels: labels.clone(), period, reason, firing_since };
            Unjudged { line: unknown, severity: rule.severity(), failed }
        });
        Some(Followed { rule: at, known: before.map(|_| labels), told, unjudged })
    }
}

/// The life of an alert, from what was said of every period.
fn life(
    rule: &Rule,
    (series, periods): (&Series, &[Period]),
    answers: &[Option<bool>],
    around: &Arc<Around>,
    cannot_tell: Option<String>,
) -> Life {
    let answer = |answer: &Option<bool>| match answer {
        Some(true) => Answer::Breach,
        Some(false) => Answer::Clear,
        None => Answer::CannotTell,
    };
    let stretches = alerts::stretches(policy(rule), periods.iter().copied().zip(answers.iter().map(answer)));
    if stretches.is_empty() {
        return Life { episodes: Vec::new(), cannot_tell };
    }
    let unit = series.unit();
    let reading = |period: Period| {
        let Figure { value, plan, .. } = series.at(period).unwrap_or(Figure::ABSENT);
        Some(Reading { period, value, plan, unit, message: String::new() })
    };
    let episodes = stretches.into_iter().filter_map(|stretch| {
        let mut episode = stretch.episode(reading)?;
        episode.last.message = rule.describe(View { series, period: episode.last.period, around });
        Some(episode)
    });
    Life { episodes: episodes.collect(), cannot_tell }
}

/// What it takes for an alert of a rule to fire, and to be resolved.
#[must_use]
pub fn policy(rule: &Rule) -> Policy {
    let persistence = rule.persistence();
    Policy { for_periods: persistence.periods, of_last: persistence.of_last, resolve_after: rule.resolve_after() }
}

/// Why a period could not be judged, and whether the rule itself failed.
fn reason(signal: &Signal) -> Option<(String, bool)> {
    match signal {
        Signal::CannotTell(reason) => Some((reason.clone(), false)),
        Signal::Failed(reason) => Some((reason.clone(), true)),
        Signal::Breach(_) | Signal::Clear => None,
    }
}

/// Adds a period to those from the oldest to the newest that is known. A stretch of periods that nobody reported stands as
/// its first one only: it breaks what must be consecutive, however long it is.
///
/// A dataset may hold months beside quarters; a series is followed in the kind of period that its newest figure has.
fn add(periods: &mut Vec<Period>, period: Period) {
    periods.extend(periods.last().map(|before| before.next()).filter(|next| *next < period));
    periods.push(period);
}

/// What becomes of an alert whose rule or series is no longer there.
fn forget(before: &Alert, matter: &Matter<'_>) -> Option<Told> {
    let subject = Subject {
        rule: &before.rule,
        dataset: &before.dataset,
        severity: before.severity,
        labels: &before.labels,
        better: Better::Neither,
    };
    let advance = alerts::advance(subject, Some(before), Life::default(), matter.cause, matter.delivery)?;
    Some(tell((&before.rule, None), None, Some(before), advance))
}

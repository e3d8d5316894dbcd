//! Rules over the history of a dataset → what became of its alerts.

use std::{
    collections::{BTreeMap, HashMap},
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
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

/// Into how many shares the series are cut for each core.
const SHARES: usize = 8;

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

impl Evaluation {
    /// Adds what other rules make of the same dataset.
    pub fn join(&mut self, other: Self) {
        self.alerts.extend(other.alerts);
        self.unjudged.extend(other.unjudged);
        self.judged += other.judged;
        self.newest = Period::newest(self.newest.into_iter().chain(other.newest));
    }
}

/// Evaluates rules over all that is known of a dataset, against the alerts that are known.
#[must_use]
pub fn evaluate(matter: &Matter<'_>, known: &[Alert]) -> Evaluation {
    let before = Before::of(known);
    let asked = Asked::new(matter, &before);
    let newest = Period::newest(matter.history.periods.iter().copied());
    let mut evaluation = Evaluation { newest, judged: asked.series.len(), ..Evaluation::default() };
    let mut seen = vec![false; known.len()];
    let mut see = |place: Option<usize>| {
        if let Some(seen) = place.and_then(|place| seen.get_mut(place)) {
            *seen = true;
        }
    };
    for Followed { known, told, unjudged } in asked.follow_all() {
        see(known);
        evaluation.alerts.extend(told);
        evaluation.unjudged.extend(unjudged);
    }
    for rule in matter.rules.iter().filter(|rule| rule.roll_up().is_some()) {
        let mut of_rule: Vec<&mut Told> =
            evaluation.alerts.iter_mut().filter(|told| told.alert.rule == rule.id()).collect();
        let parents = roll_up(matter, rule, &asked.periods, &mut of_rule, &before);
        for parent in &parents {
            see(before.get(rule.id(), &parent.alert.labels).map(|(place, _)| place));
        }
        evaluation.alerts.extend(parents);
    }
    // What is left rests on a rule or a series that is no longer there.
    let mut left: Vec<&Alert> = known.iter().zip(seen).filter(|(_, seen)| !seen).map(|(alert, _)| alert).collect();
    left.sort_by(|a, b| a.id.cmp(&b.id));
    evaluation.alerts.extend(left.into_iter().filter_map(|before| forget(before, matter)));
    evaluation
}

/// The alerts that are known, each with its place among them, by rule and labels.
#[derive(Debug)]
pub(super) struct Before<'a>(HashMap<&'a str, HashMap<&'a Labels, (usize, &'a Alert)>>);

impl<'a> Before<'a> {
    fn of(known: &'a [Alert]) -> Self {
        let mut of_rules: HashMap<&str, HashMap<_, _>> = HashMap::new();
        for (place, alert) in known.iter().enumerate() {
            of_rules.entry(&alert.rule).or_default().insert(&alert.labels, (place, alert));
        }
        Self(of_rules)
    }

    /// The alert of a rule with these labels, and its place.
    pub(super) fn get(&self, rule: &str, labels: &Labels) -> Option<(usize, &'a Alert)> {
        self.0.get(rule)?.get(labels).copied()
    }

    fn has_any(&self, rule: &str) -> bool {
        self.0.contains_key(rule)
    }
}

/// What one rule made of one series.
struct Followed {
    /// The place of the alert, if it was known before.
    known: Option<usize>,
    told: Option<Told>,
    unjudged: Option<Unjudged>,
}

/// What each rule, in their order, made of some series.
type OfRules = Vec<Vec<Followed>>;

/// All that one evaluation looks at.
struct Asked<'a> {
    matter: &'a Matter<'a>,
    known: &'a Before<'a>,
    /// The series that at least one rule looks at.
    series: Vec<&'a Series>,
    /// What surrounds them, for each rule.
    around: Vec<Arc<Around>>,
    /// The periods in which series are looked at, by the kind of period.
    periods: BTreeMap<Granularity, Vec<Period>>,
}

impl<'a> Asked<'a> {
    fn new(matter: &'a Matter<'a>, known: &'a Before<'a>) -> Self {
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
    fn follow_all(&self) -> impl Iterator<Item = Followed> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let cores = if self.series.len() * self.matter.rules.len() < WORTH_SHARING { 1 } else { cores };
        // A core that is kept busy by others must not make the rest wait for a whole share.
        let shares = if cores == 1 { 1 } else { cores * SHARES };
        let shares: Vec<&[&Series]> = self.series.chunks(self.series.len().div_ceil(shares).max(1)).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let (mut done, mut lanes) = (Vec::new(), (Lane::default(), Lane::default()));
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(series) = shares.get(at) else { return done };
                done.push((at, self.follow(series, &mut lanes)));
            }
        };
        let mut done: Vec<(usize, OfRules)> = thread::scope(|scope| {
            let others: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
            let mut done = work();
            for other in others {
                done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            done
        });
        done.sort_by_key(|(at, _)| *at);
        let mut of_shares: Vec<_> = done.into_iter().map(|(_, of_rules)| of_rules.into_iter()).collect();
        (0..self.matter.rules.len()).flat_map(move |_| {
            let of_rule: Vec<Vec<Followed>> = of_shares.iter_mut().filter_map(Iterator::next).collect();
            of_rule.into_iter().flatten()
        })
    }

    fn follow<'s>(&'s self, series: &[&'s Series], (all, some): &mut (Lane<'s>, Lane<'s>)) -> OfRules {
        let mut answers = Vec::new();
        let mut followed: OfRules = self.matter.rules.iter().map(|_| Vec::new()).collect();
        let kind = |series: &Series| series.newest().map(Period::granularity);
        for alike in series.chunk_by(|a, b| a.key.measure == b.key.measure && kind(a) == kind(b)) {
            let periods =
                alike.first().and_then(|first| self.periods.get(&kind(first)?)).map_or(&[][..], Vec::as_slice);
            for together in alike.chunks(Lane::together(periods.len())) {
                all.go_on(together, periods);
                for ((rule, around), followed) in self.matter.rules.iter().zip(&self.around).zip(&mut followed) {
                    let looked_at: Vec<&Series> =
                        together.iter().copied().filter(|series| rule.applies_to(series)).collect();
                    let lane = if looked_at.len() == together.len() { &mut *all } else { &mut *some };
                    if looked_at.is_empty() {
                        continue;
                    }
                    if looked_at.len() < together.len() {
                        lane.go_on(&looked_at, periods);
                    }
                    rule.answers(lane, around, &mut answers);
                    for (series, answers) in looked_at.iter().zip(answers.chunks(periods.len().max(1))) {
                        followed.extend(self.follow_one(rule, (series, periods), answers, around));
                    }
                }
            }
        }
        followed
    }

    fn follow_one(
        &self,
        rule: &Rule,
        (series, periods): (&Series, &[Period]),
        answers: &[Option<bool>],
        around: &Arc<Around>,
    ) -> Option<Followed> {
        let is_clear = answers.last().is_none_or(Option::is_some) && !answers.contains(&Some(true));
        if is_clear && !self.known.has_any(rule.id()) {
            return None;
        }
        let labels = rule.alert_labels(series);
        let known = self.known.get(rule.id(), &labels);
        if is_clear && known.is_none() {
            return None;
        }
        let before = known.map(|(_, alert)| alert);
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
        Some(Followed { known: known.map(|(place, _)| place), told, unjudged })
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

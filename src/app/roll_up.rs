//! Many alerts of one parent → one alert of the parent, which names them.

use std::collections::BTreeMap;

use crate::{
    alerts::{self, Answer, Life, Policy, Subject},
    model::{Alert, AlertState, Better, Figure, Granularity, Labels, Period, Reading, Series, SeriesKey, Unit, Value},
    routing::Told,
    rules::{RollUp, Rule},
};

use super::{
    evaluate::{Before, Matter},
    tell::tell,
};

/// How many children a message names.
const NAMED: usize = 10;

/// The alerts of the parents of one rule, from those of its series, which learn who speaks for them. `periods` are those in
/// which series are looked at.
pub(super) fn roll_up(
    matter: &Matter<'_>,
    rule: &Rule,
    periods: &BTreeMap<Granularity, Vec<Period>>,
    children: &mut [&mut Told],
    known: &Before<'_>,
) -> Vec<Told> {
    let Some(roll_up) = rule.roll_up() else { return Vec::new() };
    let mut families: BTreeMap<String, Vec<&mut Told>> = BTreeMap::new();
    for child in children.iter_mut().map(|child| &mut **child) {
        if let Some(parent) = child.alert.labels.get(&roll_up.by) {
            families.entry(parent.to_owned()).or_default().push(child);
        }
    }
    let mut parents = Vec::new();
    for (parent, mut children) in families {
        let alerts: Vec<&Alert> = children.iter().map(|child| &child.alert).collect();
        let family = Family::new(matter, rule, roll_up, &parent, alerts);
        let labels = rule.parent_labels(&roll_up.by, &parent);
        let before = known.get(rule.id(), &labels).map(|(_, alert)| alert);
        let subject = Subject {
            rule: rule.id(),
            dataset: matter.dataset,
            severity: rule.severity(),
            labels: &labels,
            better: Better::Lower,
        };
        let kind = family.alerts.first().map(|alert| alert.since.granularity());
        let periods = kind.and_then(|kind| periods.get(&kind)).map_or(&[][..], Vec::as_slice);
        let life = family.life(periods);
        let Some(advance) = alerts::advance(subject, before, life, matter.cause, matter.delivery) else { continue };
        let told = tell((rule.summary(), None), Some(&family.counts(&labels, periods)), before, advance);
        drop(family);
        if told.alert.state == AlertState::Firing {
            for child in &mut children {
                child.parent = Some(labels.clone());
            }
        }
        parents.push(told);
    }
    parents
}

/// The series of one parent, and the alerts among them.
struct Family<'a> {
    roll_up: &'a RollUp,
    parent: &'a str,
    alerts: Vec<&'a Alert>,
    series: Vec<&'a Series>,
}

impl<'a> Family<'a> {
    fn new(
        matter: &'a Matter<'_>,
        rule: &'a Rule,
        roll_up: &'a RollUp,
        parent: &'a str,
        alerts: Vec<&'a Alert>,
    ) -> Self {
        let is_child = |series: &&Series| rule.applies_to(series) && series.key.labels.get(&roll_up.by) == Some(parent);
        Self { roll_up, parent, alerts, series: matter.history.of_measure(rule.measure()).filter(is_child).collect() }
    }

    /// Those that fire in a period, by name.
    fn firing(&self, period: Period) -> Vec<String> {
        let fires = |alert: &&&Alert| {
            alert.episodes.iter().any(|episode| {
                episode.fired.is_some_and(|fired| fired <= period)
                    && episode.resolved.as_ref().is_none_or(|resolved| resolved.period > period)
            })
        };
        let name = |alert: &&Alert| {
            let own = alert.labels.iter().filter(|(name, _)| *name != self.roll_up.by.value);
            own.map(|(_, value)| value).collect::<Vec<_>>().join(" · ")
        };
        self.alerts.iter().filter(fires).map(name).collect()
    }

    /// How many series have a figure in a period.
    fn all(&self, period: Period) -> usize {
        self.series.iter().filter(|series| series.at(period).is_some()).count()
    }

    fn life(&self, periods: &[Period]) -> Life {
        let answer = |period: &Period| {
            let enough = self.roll_up.from.holds(self.firing(*period).len(), self.all(*period));
            (*period, if enough { Answer::Breach } else { Answer::Clear })
        };
        let stretches = alerts::stretches(Policy::default(), periods.iter().map(answer));
        let episodes = stretches.into_iter().filter_map(|stretch| stretch.episode(|period| Some(self.reading(period))));
        Life { episodes: episodes.collect(), cannot_tell: None }
    }

    fn reading(&self, period: Period) -> Reading {
        let names = self.firing(period);
        let more = match names.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let listed = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let colon = if names.is_empty() { "" } else { ": " };
        Reading {
            period,
            value: Value::number(names.len() as f64),
            plan: Value::ABSENT,
            unit: Unit::Number,
            message: format!("{}: {} of {}{colon}{listed}{more}", self.parent, names.len(), self.all(period)),
        }
    }

    /// How many fire, over time.
    fn counts(&self, labels: &Labels, periods: &[Period]) -> Series {
        let key = SeriesKey { measure: String::new(), labels: labels.clone() };
        let mut counts = Series::new(key, Better::Lower);
        for period in periods {
            let value = Value::number(self.firing(*period).len() as f64);
            counts.insert(*period, Figure { value, plan: Value::ABSENT, unit: Some(Unit::Number) });
        }
        counts
    }
}

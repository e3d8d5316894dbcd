//! What a rule means, and how each of its series stands.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    config::Config,
    expr::{Setting, View},
    model::{Alert, AlertSeverity, AlertState, Labels, Period, matcher::Condition},
    routing::Traits,
    rules::Rule,
};

use super::{AtPeriod, Known};

/// A rule for people.
#[derive(Debug, Clone, Serialize)]
pub struct RuleWords {
    /// Its id.
    pub id: String,
    /// What has happened when it fires.
    pub summary: String,
    /// Why there is such a rule.
    pub doc: String,
    /// The dataset that it looks at.
    pub dataset: String,
    /// The measure.
    pub measure: String,
    /// The labels that a series must have.
    #[serde(rename = "where")]
    pub only: Vec<(String, String)>,
    /// How urgent its alerts are.
    pub severity: AlertSeverity,
    /// The condition as a Rhai expression.
    pub condition: String,
    /// The constants of the condition.
    pub settings: Vec<(String, Setting)>,
    /// The message with its expressions.
    pub message: String,
    /// How many periods in breach it takes.
    #[serde(rename = "for")]
    pub for_periods: u32,
    /// Of so many in a row.
    pub of_last: u32,
    /// How many clear ones.
    pub resolve_after: u32,
    /// How many consecutive ones that cannot be judged do as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot_tell_for: Option<u32>,
}

impl RuleWords {
    /// What is said of a rule.
    #[must_use]
    pub fn of(rule: &Rule) -> Self {
        let settings = rule.settings();
        Self {
            id: rule.id().to_owned(),
            summary: rule.summary().to_owned(),
            doc: rule.doc().to_owned(),
            dataset: rule.dataset().to_owned(),
            measure: rule.measure().to_owned(),
            only: settings.only.iter().map(|(name, matcher)| (name.value.clone(), in_words(matcher))).collect(),
            severity: rule.severity(),
            condition: rule.condition().to_owned(),
            settings: settings.settings.iter().map(|(name, value)| (name.value.clone(), value.clone())).collect(),
            message: rule.message().to_owned(),
            for_periods: rule.persistence().periods,
            of_last: rule.persistence().of_last,
            resolve_after: rule.resolve_after(),
            cannot_tell_for: rule.settings().cannot_tell_for.map(std::num::NonZero::get),
        }
    }
}

/// A rule with the last figures filled in.
#[derive(Debug, Clone, Serialize)]
pub struct RuleExplained {
    /// The rule.
    pub rule: RuleWords,
    /// The groups that its alerts go to, by what is known of its series.
    pub groups: Vec<String>,
    /// Its series, those in breach first.
    pub series: Vec<SeriesStanding>,
}

/// How a series stands.
#[derive(Debug, Clone, Serialize)]
pub struct SeriesStanding {
    /// Its labels.
    pub labels: Labels,
    /// What the rule says of its newest period.
    pub now: AtPeriod,
    /// Where its alert stands, if it has one.
    pub state: Option<AlertState>,
    /// Since when it is or was in breach.
    pub since: Option<Period>,
    /// The groups that are told of it.
    pub groups: Vec<String>,
}

/// A rule over what is known of its dataset. Only series whose alerts have the labels `wanted` are told of.
#[must_use]
pub fn explain_rule(config: &Config, rule: &Rule, known: &Known, alerts: &[Alert], wanted: &Labels) -> RuleExplained {
    let of_rule = alerts.iter().filter(|alert| alert.rule == rule.id());
    let alerts: BTreeMap<&Labels, &Alert> = of_rule.map(|alert| (&alert.labels, alert)).collect();
    let mut all = Vec::new();
    for (labels, series) in rule.series(&known.history) {
        let periods = series.iter().map(|(period, _)| period).filter(|period| known.history.periods.contains(period));
        let Some(newest) = Period::newest(periods).filter(|_| labels.contains(wanted)) else { continue };
        let alert = alerts.get(&labels);
        all.push(SeriesStanding {
            now: AtPeriod::of(rule, View { series, period: newest, around: &known.around }),
            state: alert.map(|alert| alert.state),
            since: alert.map(|alert| alert.since),
            groups: groups(config, rule, &labels),
            labels,
        });
    }
    let order = |answer: &str| ["breach", "failed", "cannot tell", "clear"].iter().position(|known| *known == answer);
    all.sort_by(|a, b| (order(a.now.answer), &a.labels).cmp(&(order(b.now.answer), &b.labels)));
    let mut told: BTreeSet<String> = all.iter().flat_map(|series| series.groups.clone()).collect();
    if told.is_empty() {
        told.extend(groups(config, rule, &Labels::default()));
    }
    RuleExplained { rule: RuleWords::of(rule), groups: told.into_iter().collect(), series: all }
}

fn groups(config: &Config, rule: &Rule, labels: &Labels) -> Vec<String> {
    let traits = Traits { rule: rule.id(), dataset: rule.dataset(), severity: rule.severity(), labels };
    config.policy.route.receivers(&traits).into_iter().map(|(group, _)| group.to_owned()).collect()
}

/// What a label must be: `Dementia or Diabetes`, `not Total`.
fn in_words(condition: &Condition) -> String {
    let values: Vec<&str> = condition.values().collect();
    if condition.is_not() { format!("not {}", values.join(" nor ")) } else { values.join(" or ") }
}

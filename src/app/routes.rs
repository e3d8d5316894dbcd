//! Who would be told of something: the home's own routes, or a file with others that are tried.

use std::{path::Path, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;

pub use crate::routing::{
    Branch, Explanation, Manner, Mutes, Other, Outcome, Policy, Receiver, Route, Traits, explain,
};

use crate::{
    config::Config,
    model::{AlertSeverity, Labels},
    routing::{self, Names, PolicySettings, Step},
    store::{Store, StoreError},
    yaml::{Place, Problem, Problems, SourceFile, decode, parse},
};

/// The policy of a file in the form of `config/groups.yaml` or of Alertmanager's own; its groups, labels, rules and datasets
/// may be any.
///
/// # Errors
/// The file cannot be read, or every mistake in it.
pub fn tried(path: &Path) -> Result<Policy, Problems> {
    let holding = |text| Arc::new(SourceFile { path: path.to_owned(), text });
    let text = std::fs::read_to_string(path).map_err(|error| {
        Problem::new(Place::start_of(&holding(String::new())), format!("it cannot be read: {error}"))
    })?;
    let settings = decode::<PolicySettings>(&parse(&holding(text))?)?;
    Policy::compile(&settings, Names { any: true, ..Names::default() })
}

/// Why an alert with these labels would not be told of at a moment: a silence, or another alert that fires.
///
/// # Errors
/// The store fails.
pub async fn muted(
    store: Option<&Store>,
    policy: &Policy,
    labels: &Labels,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let Some(store) = store else { return Ok(None) };
    Ok(mutes(store, policy, now).await?.reason(labels))
}

/// Until when what is said in a manner to a group would wait at a moment because of the time, and why.
#[must_use]
pub fn waits(config: &Config, group: &str, manner: &Manner, now: Timestamp) -> Option<String> {
    let (intervals, calendar) = (&config.policy.intervals, config.calendar_of(group));
    let why = intervals.mutes(&manner.hold, now, calendar)?;
    Some(match intervals.opens(&manner.hold, now, calendar) {
        Some(until) => format!("would wait until {until}: {why}"),
        None => format!("would wait: {why}"),
    })
}

/// A step of an escalation policy as it would be taken of an alert that is told at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedStep {
    /// When, in the policy's words: `after 5 working days without acknowledgement`.
    pub after: String,
    /// Whom it goes to.
    pub to: String,
    /// When that would be, where it hangs on nothing but time.
    pub at: Option<Timestamp>,
}

/// What the escalation policy of a manner, if there is one, would do for a group about an alert that it is told of at a
/// moment and that nobody looks after.
#[must_use]
pub fn escalation(
    config: &Config,
    group: &str,
    manner: &Manner,
    severity: AlertSeverity,
    told: Timestamp,
) -> Option<Vec<PlannedStep>> {
    let policy = config.policy.escalation(manner)?;
    let opens = |step: &Step, moment| {
        let to = config.recipient(step, group);
        to.map_or(&config.calendar, |to| config.calendar_of(&to.group)).at_work(moment)
    };
    let moments = routing::moments(policy, severity, config.calendar_of(group), &opens, told);
    let planned = policy.steps_for(severity).map(|(number, step)| PlannedStep {
        after: step.after.to_string(),
        to: config.recipient(step, group).map_or_else(|| step.to.to_string(), |to| config.in_words(&to)),
        at: moments.get(&number).copied(),
    });
    Some(planned.collect())
}

/// All that mutes alerts at a moment.
///
/// # Errors
/// The store fails.
pub async fn mutes(store: &Store, policy: &Policy, now: Timestamp) -> Result<Mutes, StoreError> {
    let alerts = store.alerts(None).await?;
    Ok(Mutes::at(now, store.silences_in_force().await?, &policy.inhibitions, alerts))
}

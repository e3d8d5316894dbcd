//! An alert: its figures, its condition with values, the deliveries that they come from, its steps, and who was told.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    config::Config,
    expr::View,
    model::{
        Act, Alert, AlertId, AlertSeverity, AlertState, Cause, DeliveryId, Handling, Labels, Period, StepTaken,
        TransitionKind,
    },
    rules::Rule,
    store::{KeptTransition, Store, StoreError},
};

use super::{
    super::unattended::{Escalates, Unattended},
    AtPeriod, Known, RuleWords,
    rests::{self, Rest, Told},
};

/// How many periods of figures are told at most: two years of months.
const PERIODS: usize = 24;

/// All that is known of an alert.
#[derive(Debug, Clone, Serialize)]
pub struct AlertExplained {
    /// Its id.
    pub id: AlertId,
    /// Its rule's id.
    pub rule_id: String,
    /// The dataset whose figures it rests on.
    pub dataset: String,
    /// Where it stands.
    pub state: AlertState,
    /// How urgent it is.
    pub severity: AlertSeverity,
    /// Its labels.
    pub labels: Labels,
    /// The first period of the present (or last) stretch in breach.
    pub since: Period,
    /// The period that decided its state.
    pub period: Period,
    /// The rule's message about that period.
    pub message: String,
    /// Why the newest period could not be judged, while the state is carried over.
    pub cannot_tell: Option<String>,
    /// Its rule as it is now; none when there is no such rule any more, or it is the program's own.
    pub rule: Option<RuleWords>,
    /// What the rule, as it is now, says of the figures that are known now, oldest period first.
    pub figures: Vec<AtPeriod>,
    /// The deliveries that these figures come from, oldest period first.
    pub rests_on: Vec<Rest>,
    /// Every step of its life, oldest first.
    pub steps: Vec<Step>,
    /// How it stands with people.
    pub handling: Handling,
    /// What people did about it, oldest first.
    pub acts: Vec<Act>,
    /// Who was told, oldest first.
    pub told: Vec<Told>,
    /// Whom it was taken to because nobody looked after it, in every stretch of its life, oldest first.
    pub escalations: Vec<StepTaken>,
    /// Whom it goes to next, for each group with an escalation policy.
    pub escalates: Vec<Escalates>,
}

/// A step of an alert's life.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// When it was recorded.
    pub recorded: Timestamp,
    /// What happened.
    pub kind: TransitionKind,
    /// Why it was looked at.
    pub cause: Cause,
    /// The delivery that brought it about.
    pub delivery: Option<DeliveryId>,
    /// The first period of the stretch.
    pub since: Period,
    /// The period that decided it.
    pub period: Period,
    /// What was said of it.
    pub message: String,
}

impl From<KeptTransition> for Step {
    fn from(KeptTransition { transition: step, recorded }: KeptTransition) -> Self {
        Self {
            recorded,
            kind: step.kind,
            cause: step.cause,
            delivery: step.delivery,
            since: step.since,
            period: step.reading.period,
            message: step.reading.message,
        }
    }
}

/// All that is known of an alert, and what is to come of it as seen from a moment.
///
/// # Errors
/// The store fails.
pub async fn explain_alert(
    config: &Config,
    store: &Store,
    alert: Alert,
    now: Timestamp,
) -> Result<AlertExplained, StoreError> {
    let rule = config.rules.get(&alert.rule).filter(|rule| rule.dataset() == alert.dataset);
    let figures = match rule {
        Some(rule) => {
            let known = Known::of(config, store, rule).await?;
            figures(rule, &known, &alert)
        }
        None => Vec::new(),
    };
    let mut periods: Vec<Period> = figures.iter().map(|at| at.period).collect();
    if periods.is_empty() {
        periods = vec![alert.since, alert.reading.period];
    }
    // What is looked back at (the month before, the year) counts as much as the stretch itself.
    let rests_on = rests::deliveries(store, &alert.dataset, &periods).await?;
    let steps = store.transitions(&alert.id).await?.into_iter().map(Step::from).collect();
    let told = rests::told(store, &alert).await?;
    let acts = store.acts(&alert.id).await?;
    let escalations = store.steps_taken(Some(&alert.id)).await?;
    let escalates = Unattended::read(store, config, now).await?.in_words(&alert.id);
    Ok(AlertExplained {
        rule: rule.map(|rule| RuleWords::of(rule)),
        figures,
        rests_on,
        steps,
        told,
        handling: Handling::of(&alert, &acts),
        acts,
        escalations,
        escalates,
        id: alert.id,
        rule_id: alert.rule,
        dataset: alert.dataset,
        state: alert.state,
        severity: alert.severity,
        labels: alert.labels,
        since: alert.since,
        period: alert.reading.period,
        message: alert.reading.message,
        cannot_tell: alert.cannot_tell,
    })
}

fn figures(rule: &Rule, known: &Known, alert: &Alert) -> Vec<AtPeriod> {
    let Known { history, around } = known;
    let Some(&series) = rule.series(history).get(&alert.labels) else { return Vec::new() };
    let told = series.iter().rev().map(|(period, _)| period).filter(|period| history.periods.contains(period));
    let mut periods: Vec<Period> = told.take(PERIODS).collect();
    periods.reverse();
    periods.into_iter().map(|period| AtPeriod::of(rule, View { series, period, around })).collect()
}

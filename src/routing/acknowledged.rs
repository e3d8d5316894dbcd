//! How long an acknowledgement keeps an alert quiet.

use std::fmt;

use serde::Serialize;

use crate::model::{Act, AlertState, TransitionKind};

use super::{Route, Told, Traits};

/// How long an acknowledgement keeps an alert quiet, as long as its review date has not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quiet {
    /// Until a figure is worse than the one before.
    #[default]
    UntilItWorsens,
    /// Until it worsens, or still fires at the next period.
    UntilTheNextPeriod,
}

impl Quiet {
    pub(super) fn read(text: &str) -> Option<Self> {
        [Self::UntilItWorsens, Self::UntilTheNextPeriod].into_iter().find(|quiet| quiet.to_string() == text)
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UntilItWorsens => "until it worsens",
            Self::UntilTheNextPeriod => "until the next period",
        })
    }
}

/// Until what an acknowledgement held that ends by what a delivery changed: `it worsened in November 2025`; none while it
/// goes on holding. It is one for all groups: it ends for all when the branch of one of them says so.
#[must_use]
pub fn lapse(told: &Told, acknowledgement: &Act, route: &Route) -> Option<String> {
    let alert = &told.alert;
    let period = alert.reading.period.label();
    let still_fires = || told.transitions.iter().any(|step| step.kind == TransitionKind::Continuing);
    let until_next = || {
        let receivers = route.receivers(&Traits::of(alert));
        receivers.iter().any(|(_, manner)| manner.acknowledged == Quiet::UntilTheNextPeriod)
    };
    Some(match alert.state {
        AlertState::Resolved => format!("it was resolved in {period}"),
        AlertState::Withdrawn => "it was withdrawn".to_owned(),
        AlertState::Inactive | AlertState::Pending => "it no longer fired".to_owned(),
        AlertState::Firing if !acknowledgement.is_about(alert) => {
            format!("it was over; it fires anew since {}", alert.since.label())
        }
        AlertState::Firing if told.worsened => format!("it worsened in {period}"),
        AlertState::Firing if still_fires() && until_next() => format!("it still fired in {period}"),
        AlertState::Firing => return None,
    })
}

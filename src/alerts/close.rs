//! The end of an alert whose rule is no longer there.

use crate::model::{Alert, AlertState, Cause, DeliveryId, Reading, Transition, TransitionKind};

use super::Advance;

/// Closes an alert for a reason that is not in the figures: "rule removed". `None` when it is not open: what is over stays
/// as it was said.
#[must_use]
pub fn close(alert: &Alert, cause: Cause, delivery: Option<DeliveryId>, reason: &str) -> Option<Advance> {
    let (kind, state) = match alert.state {
        AlertState::Firing => (TransitionKind::Withdrawn, AlertState::Withdrawn),
        AlertState::Pending => (TransitionKind::Cleared, AlertState::Inactive),
        AlertState::Inactive | AlertState::Resolved | AlertState::Withdrawn => return None,
    };
    let mut closed = alert.clone();
    let open = closed.episodes.pop();
    let last = open.as_ref().map_or_else(|| alert.reading.clone(), |episode| episode.last.clone());
    let reading = Reading { message: format!("{reason}: {}", last.message), ..last };
    closed.state = state;
    closed.reading = reading.clone();
    closed.cannot_tell = None;
    if kind == TransitionKind::Withdrawn {
        closed.withdrawn = open.or(closed.withdrawn);
    }
    let step = Transition { alert: alert.id.clone(), kind, cause, delivery, since: alert.since, reading };
    Some(Advance { alert: closed, transitions: vec![step], worsened: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertId, AlertSeverity, Episode, Labels, Period, Unit, Value};

    fn alert(state: AlertState) -> Alert {
        let month = |month| Period::month(2025, month).expect("a month");
        let reading = |period| Reading {
            period,
            value: Value::Number(694.0),
            plan: Value::Number(1332.0),
            unit: Unit::Number,
            message: "Dementia: 694".to_owned(),
        };
        let over = Episode {
            since: month(5),
            fired: Some(month(5)),
            resolved: Some(reading(month(7))),
            last: reading(month(6)),
            before: None,
        };
        let open =
            Episode { since: month(9), fired: Some(month(9)), resolved: None, last: reading(month(10)), before: None };
        Alert {
            id: AlertId::of("rule", &Labels::default()),
            rule: "rule".to_owned(),
            dataset: "dataset".to_owned(),
            severity: AlertSeverity::Warning,
            state,
            labels: Labels::default(),
            since: month(9),
            reading: reading(month(10)),
            cannot_tell: None,
            episodes: vec![over, open],
            withdrawn: None,
        }
    }

    #[test]
    fn what_fires_ends_with_the_reason_and_what_is_over_stays() {
        let advance = close(&alert(AlertState::Firing), Cause::RuleChanged, None, "rule removed").expect("closed");
        assert_eq!(advance.alert.state, AlertState::Withdrawn);
        assert_eq!(advance.alert.reading.message, "rule removed: Dementia: 694");
        assert_eq!(advance.alert.episodes, [alert(AlertState::Firing).episodes[0].clone()]);
        assert_eq!(advance.transitions.len(), 1, "the stretch that was over is not said again");
        assert_eq!(advance.transitions[0].kind, TransitionKind::Withdrawn);
        let quiet = close(&alert(AlertState::Pending), Cause::RuleChanged, None, "rule removed").expect("closed");
        assert_eq!((quiet.alert.state, quiet.transitions[0].kind), (AlertState::Inactive, TransitionKind::Cleared));
        for over in [AlertState::Resolved, AlertState::Withdrawn, AlertState::Inactive] {
            assert_eq!(close(&alert(over), Cause::RuleChanged, None, "rule removed"), None);
        }
    }
}

//! Alerts whose rule is no longer there.

use crate::{
    alerts,
    model::{Alert, AlertLine, Cause, DeliveryId, Period, Reading, TransitionKind, Value},
    routing::Told,
};

/// What is said of an alert whose rule was removed, or has another id now.
const REASON: &str = "rule removed";

/// Closes what is still open of alerts whose rules are no longer there, and says why.
#[must_use]
pub fn close(orphans: &[Alert], cause: Cause, delivery: Option<DeliveryId>) -> Vec<Told> {
    orphans.iter().filter_map(|before| told(before, cause, delivery)).collect()
}

fn told(before: &Alert, cause: Cause, delivery: Option<DeliveryId>) -> Option<Told> {
    let alerts::Advance { alert, transitions } = alerts::close(before, cause, delivery, REASON)?;
    let gone = transitions.iter().filter(|step| step.kind == TransitionKind::Withdrawn);
    let taken_back = gone.map(|step| line(&alert, step.since, &step.reading)).collect();
    let line = line(&alert, alert.since, &alert.reading);
    Some(Told { before: Some(before.state), alert, transitions, line, taken_back, owner: None, parent: None })
}

fn line(alert: &Alert, since: Period, reading: &Reading) -> AlertLine {
    AlertLine {
        id: alert.id.clone(),
        rule: alert.rule.clone(),
        rule_summary: format!("The rule {} was removed", alert.rule),
        severity: alert.severity,
        labels: alert.labels.clone(),
        message: reading.message.clone(),
        since,
        periods: reading.period.since(since).map_or(1, |n| n.unsigned_abs() + 1),
        period: reading.period,
        value: reading.value,
        plan: reading.plan,
        unit: reading.unit,
        counted: None,
        previous: Value::ABSENT,
        trail: Vec::new(),
        chart: None,
    }
}

//! A step of an alert's life → what the groups are told of it, in figures.

use crate::{
    alerts::Advance,
    model::{Alert, AlertLine, Handling, Period, Reading, Series, TransitionKind, Value},
    routing::Told,
};

/// How many figures a line shows behind the present one, at most: a year and the month before.
const TRAIL: usize = 13;

/// What is said of an alert after a step of its life. `words` are the rule's summary and what its measure counts; `series`
/// is the one that it rests on, while it is known.
pub(super) fn tell(
    words: (&str, Option<&str>),
    series: Option<&Series>,
    before: Option<&Alert>,
    advance: Advance,
) -> Told {
    let Advance { alert, transitions, worsened } = advance;
    // What is taken back is shown with the figures that were said, beside how the alert stands now.
    let gone = transitions.iter().filter(|step| step.kind == TransitionKind::Withdrawn);
    let taken_back = gone.map(|step| line(&alert, words, series, step.since, &step.reading)).collect();
    let said = before.filter(|_| transitions.iter().any(|step| step.kind == TransitionKind::Amended));
    let restated =
        |said: &&Alert| said.reading.period == alert.reading.period && said.reading.value != alert.reading.value;
    let line = AlertLine {
        was: said.filter(restated).map(|said| said.reading.value),
        said_since: said.map(|said| said.since).filter(|since| *since != alert.since),
        ..line(&alert, words, series, alert.since, &alert.reading)
    };
    let before = before.map(|alert| alert.state);
    Told { alert, before, transitions, worsened, line, taken_back, owner: None, parent: None }
}

/// What people read of an alert; `words` as in [`tell`].
pub(super) fn line(
    alert: &Alert,
    (summary, counted): (&str, Option<&str>),
    series: Option<&Series>,
    since: Period,
    reading: &Reading,
) -> AlertLine {
    let previous = series.and_then(|series| series.at(reading.period.previous()));
    let trail = series.map_or_else(Vec::new, |series| {
        let until = series.iter().rev().filter(|(period, _)| *period <= reading.period).take(TRAIL);
        let mut trail: Vec<(Period, Value)> = until.map(|(period, figure)| (period, figure.value)).collect();
        trail.reverse();
        trail
    });
    AlertLine {
        id: alert.id.clone(),
        rule: alert.rule.clone(),
        rule_summary: summary.to_owned(),
        severity: alert.severity,
        labels: alert.labels.clone(),
        message: reading.message.clone(),
        since,
        periods: reading.period.since(since).map_or(1, |n| n.unsigned_abs() + 1),
        period: reading.period,
        value: reading.value,
        plan: reading.plan,
        unit: reading.unit,
        counted: counted.map(str::to_owned),
        was: None,
        said_since: None,
        previous: previous.map_or(Value::ABSENT, |figure| figure.value),
        trail,
        chart: None,
        handling: Handling::default(),
    }
}

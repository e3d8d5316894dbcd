//! What is known now against what was known before → the alert and its steps.

use crate::model::{
    Alert, AlertId, AlertSeverity, AlertState, Better, Cause, DeliveryId, Episode, Labels, Period, Reading, Transition,
    TransitionKind, Value,
};

use super::Life;

/// Whose life it is.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// Its dataset.
    pub dataset: &'a str,
    /// Its severity.
    pub severity: AlertSeverity,
    /// The labels of the series.
    pub labels: &'a Labels,
    /// The direction that is good, to tell what is worse.
    pub better: Better,
}

/// An alert as it stands now, and the steps that brought it there.
#[derive(Debug, Clone, PartialEq)]
pub struct Advance {
    /// The alert.
    pub alert: Alert,
    /// Nothing when nothing changed.
    pub transitions: Vec<Transition>,
    /// Whether the stretch that lasts is worse than it was known to be, by a newer figure or by a restated one.
    pub worsened: bool,
}

/// Compares a life with the alert as it was known; `None` when there never was anything to know.
#[must_use]
pub fn advance(
    subject: Subject<'_>,
    before: Option<&Alert>,
    life: Life,
    cause: Cause,
    delivery: Option<DeliveryId>,
) -> Option<Advance> {
    let old = before.map_or(&[][..], |alert| &alert.episodes);
    let mut steps = Vec::new();
    let mut withdrawn = before.and_then(|alert| alert.withdrawn.clone());
    // Another severity of the rule itself is no news of the figures.
    let graver = cause != Cause::RuleChanged && before.is_some_and(|alert| alert.severity < subject.severity);
    // A stretch that was said to fire is true as long as a part of it still fires.
    let holds = |known: &Episode| life.episodes.iter().any(|now| now.fired.is_some() && overlap(known, now));
    for known in old {
        if known.fired.is_some() && !holds(known) {
            steps.push((TransitionKind::Withdrawn, known.since, known.last.clone()));
            withdrawn = Some(known.clone());
        } else if known.fired.is_none() && !life.episodes.iter().any(|now| overlap(known, now)) {
            steps.push((TransitionKind::Cleared, known.since, known.last.clone()));
        }
    }
    for episode in &life.episodes {
        // Where late or restated figures join two stretches into one, the later of them is the one that goes on.
        match old.iter().rfind(|known| overlap(known, episode)) {
            Some(known) if known.fired.is_none() || episode.fired.is_some() => {
                go_on(subject.better, graver, known, episode, &mut steps);
            }
            _ => begin(episode, &mut steps),
        }
    }
    let worsened = steps.iter().any(|(kind, ..)| *kind == TransitionKind::Worsened)
        || old.last().zip(life.episodes.last()).is_some_and(|(known, now)| restated_worse(subject.better, known, now));
    let alert = stand(subject, before, life, withdrawn)?;
    let transitions = steps
        .into_iter()
        .map(|(kind, since, reading)| Transition { alert: alert.id.clone(), kind, cause, delivery, since, reading })
        .collect();
    Some(Advance { alert, transitions, worsened })
}

type Step = (TransitionKind, Period, Reading);

/// Two accounts of the same stretch share at least one period, or both begin at the same one.
fn overlap(a: &Episode, b: &Episode) -> bool {
    a.since <= b.last.period && b.since <= a.last.period
}

fn begin(episode: &Episode, steps: &mut Vec<Step>) {
    let kind = if episode.fired.is_some() { TransitionKind::Firing } else { TransitionKind::Pending };
    steps.push((kind, episode.since, episode.last.clone()));
    if let Some(resolved) = &episode.resolved {
        steps.push((TransitionKind::Resolved, episode.since, resolved.clone()));
    }
}

fn go_on(better: Better, graver: bool, known: &Episode, episode: &Episode, steps: &mut Vec<Step>) {
    use TransitionKind::{Amended, Continuing, Firing, Resolved, Worsened};
    let mut step = |kind, reading: &Reading| steps.push((kind, episode.since, reading.clone()));
    if known.fired.is_none() && episode.fired.is_some() {
        step(Firing, &episode.last);
    }
    match (&known.resolved, &episode.resolved) {
        (None, Some(resolved)) => step(Resolved, resolved),
        (Some(_), None) => step(Firing, &episode.last),
        (None, None) if episode.last.period > known.last.period => {
            if known.fired.is_some() {
                let worse = episode.before.as_ref().is_some_and(|before| is_worse(better, before, &episode.last));
                step(if graver || worse { Worsened } else { Continuing }, &episode.last);
            }
        }
        (None, None) if graver && known.fired.is_some() => step(Worsened, &episode.last),
        _ => {
            if known.fired.is_some() && said(known) != said(episode) {
                step(Amended, &episode.last);
            }
        }
    }
}

/// The figures of a reading: what unit they are in is not news.
type Told = (Period, Value, Value);

/// What was said of a stretch: since when, its last breach in the rule's own words, and the figures that ended it.
fn said(episode: &Episode) -> (Period, Told, &str, Option<Told>) {
    let told = |reading: &Reading| (reading.period, reading.value, reading.plan);
    // The words about a figure that is clear are put in later: they are no part of the comparison.
    (episode.since, told(&episode.last), &episode.last.message, episode.resolved.as_ref().map(told))
}

/// Whether the figures of a stretch's newest period are worse now than they were known to be.
fn restated_worse(better: Better, known: &Episode, now: &Episode) -> bool {
    let lasts = |episode: &Episode| episode.fired.is_some() && episode.resolved.is_none();
    let same_period = known.last.period == now.last.period;
    same_period && lasts(known) && lasts(now) && is_worse(better, &known.last, &now.last)
}

/// Whether figures are worse than others: as a share of plan where both have one.
fn is_worse(better: Better, before: &Reading, last: &Reading) -> bool {
    let share = |reading: &Reading| {
        let value = reading.value.get()?;
        Some(match reading.plan.get() {
            Some(plan) if plan != 0.0 => value / plan,
            _ => value,
        })
    };
    let (Some(before), Some(last)) = (share(before), share(last)) else { return false };
    match better {
        Better::Higher => last < before,
        Better::Lower => last > before,
        Better::Neither => false,
    }
}

fn stand(subject: Subject<'_>, before: Option<&Alert>, life: Life, withdrawn: Option<Episode>) -> Option<Alert> {
    let Life { episodes, cannot_tell } = life;
    // What was taken back counts until something newer happens, and never hides what still lasts.
    let older = |last: &Episode, gone: &Episode| last.resolved.is_some() && last.last.period < gone.since;
    let taken_back = withdrawn.clone().filter(|gone| episodes.last().is_none_or(|last| older(last, gone)));
    let (state, since, reading) = match (taken_back, episodes.last()) {
        (Some(gone), _) => (AlertState::Withdrawn, gone.since, gone.last),
        (None, Some(last)) => match &last.resolved {
            Some(resolved) => (AlertState::Resolved, last.since, resolved.clone()),
            None if last.fired.is_some() => (AlertState::Firing, last.since, last.last.clone()),
            None => (AlertState::Pending, last.since, last.last.clone()),
        },
        // A stretch that never fired is over.
        (None, None) => (AlertState::Inactive, before?.since, before?.reading.clone()),
    };
    let open = matches!(state, AlertState::Firing | AlertState::Pending);
    Some(Alert {
        id: AlertId::of(subject.rule, subject.labels),
        rule: subject.rule.to_owned(),
        dataset: subject.dataset.to_owned(),
        severity: subject.severity,
        state,
        labels: subject.labels.clone(),
        since,
        reading,
        cannot_tell: cannot_tell.filter(|_| open),
        episodes,
        withdrawn,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        alerts::{Judged, Policy, live},
        model::{Signal, Unit},
    };

    fn month(number: i32) -> Period {
        Period::month(2025, number).expect("a month")
    }

    /// Figures by month against a limit of 60, lower is worse.
    fn life(figures: &[(i32, f64)]) -> Life {
        let (first, last) = (figures[0].0, figures[figures.len() - 1].0);
        live(
            Policy::default(),
            (first..=last).map(|number| {
                let value = figures.iter().find(|(at, _)| *at == number).map(|(_, value)| *value);
                Judged {
                    period: month(number),
                    value: value.map_or(Value::ABSENT, Value::Number),
                    plan: Value::Number(100.0),
                    unit: Unit::Number,
                    signal: match value {
                        None => Signal::CannotTell("no figure".to_owned()),
                        Some(value) if value < 60.0 => Signal::Breach(format!("{value}")),
                        Some(_) => Signal::Clear,
                    },
                }
            }),
        )
    }

    fn step(before: Option<&Alert>, figures: &[(i32, f64)], cause: Cause) -> (Option<Alert>, Vec<TransitionKind>) {
        let labels = [("contract", "Dementia")].into_iter().collect();
        let subject = Subject {
            rule: "below",
            dataset: "les",
            severity: AlertSeverity::Warning,
            labels: &labels,
            better: Better::Higher,
        };
        match advance(subject, before, life(figures), cause, None) {
            None => (None, Vec::new()),
            Some(advance) => (Some(advance.alert), advance.transitions.iter().map(|t| t.kind).collect()),
        }
    }

    #[test]
    fn month_by_month() {
        use TransitionKind::{Continuing, Firing, Resolved, Worsened};
        let mut figures = Vec::new();
        let mut alert = None;
        let mut story = Vec::new();
        for (number, value) in [(4, 70.0), (5, 50.0), (6, 55.0), (7, 40.0), (8, 60.0), (9, 59.0)] {
            figures.push((number, value));
            let (now, steps) = step(alert.as_ref(), &figures, Cause::New);
            alert = now;
            story.push((steps, alert.as_ref().map(|a| (a.state, a.since))));
        }
        assert_eq!(
            story,
            [
                (vec![], None),
                (vec![Firing], Some((AlertState::Firing, month(5)))),
                (vec![Continuing], Some((AlertState::Firing, month(5)))),
                (vec![Worsened], Some((AlertState::Firing, month(5)))),
                (vec![Resolved], Some((AlertState::Resolved, month(5)))),
                (vec![Firing], Some((AlertState::Firing, month(9)))),
            ]
        );
    }

    #[test]
    fn the_same_figures_again_are_no_step() {
        let figures = [(4, 50.0), (5, 70.0), (6, 40.0)];
        let (alert, _) = step(None, &figures, Cause::New);
        let (again, steps) = step(alert.as_ref(), &figures, Cause::Restated);
        assert_eq!((&alert, Vec::new()), (&again, steps));
        // The words about the figure that ended a stretch are put in when it is told.
        let mut told = alert.expect("an alert");
        told.episodes.iter_mut().filter_map(|e| e.resolved.as_mut()).for_each(|r| r.message = "70 of 100".to_owned());
        assert_eq!(step(Some(&told), &figures, Cause::Restated).1, []);
    }

    #[test]
    fn what_restated_figures_deny_is_withdrawn() {
        let (alert, _) = step(None, &[(8, 50.0), (9, 70.0), (10, 50.0)], Cause::New);
        let (alert, steps) = step(alert.as_ref(), &[(8, 50.0), (9, 70.0), (10, 90.0)], Cause::Restated);
        let alert = alert.expect("an alert");
        assert_eq!(steps, [TransitionKind::Withdrawn]);
        assert_eq!((alert.state, alert.since), (AlertState::Withdrawn, month(10)));
        // An older month that arrives later does not bring it back, and a newer breach is news.
        let (alert, steps) = step(Some(&alert), &[(7, 50.0), (8, 50.0), (9, 70.0), (10, 90.0)], Cause::Late);
        let alert = alert.expect("an alert");
        assert_eq!((alert.state, steps), (AlertState::Withdrawn, vec![TransitionKind::Amended]));
        let (alert, steps) = step(Some(&alert), &[(10, 90.0), (11, 40.0)], Cause::New);
        assert_eq!(alert.map(|a| a.state), Some(AlertState::Firing));
        assert!(steps.contains(&TransitionKind::Firing), "{steps:?}");
    }

    #[test]
    fn a_long_alert_whose_last_month_is_restated_is_resolved() {
        let (alert, _) = step(None, &[(8, 50.0), (9, 50.0), (10, 50.0)], Cause::New);
        let (alert, steps) = step(alert.as_ref(), &[(8, 50.0), (9, 50.0), (10, 90.0)], Cause::Restated);
        assert_eq!(steps, [TransitionKind::Resolved]);
        assert_eq!(alert.map(|a| (a.state, a.since)), Some((AlertState::Resolved, month(8))));
    }

    #[test]
    fn a_stretch_that_is_no_longer_long_enough_is_withdrawn_and_pending_again() {
        let policy = Policy { for_periods: 2, ..Policy::default() };
        let life = |signals: &str| {
            live(
                policy,
                signals.chars().zip(8..).map(|(signal, number)| Judged {
                    period: month(number),
                    value: Value::Number(1.0),
                    plan: Value::ABSENT,
                    unit: Unit::Number,
                    signal: if signal == 'b' { Signal::Breach(String::new()) } else { Signal::Clear },
                }),
            )
        };
        let labels = Labels::default();
        let subject = Subject {
            rule: "below",
            dataset: "les",
            severity: AlertSeverity::Warning,
            labels: &labels,
            better: Better::Higher,
        };
        let firing = advance(subject, None, life("bb"), Cause::New, None).expect("an alert").alert;
        assert_eq!((firing.state, firing.since), (AlertState::Firing, month(8)));
        let restated = advance(subject, Some(&firing), life("cb"), Cause::Restated, None).expect("an alert");
        let kinds: Vec<_> = restated.transitions.iter().map(|step| step.kind).collect();
        assert_eq!(kinds, [TransitionKind::Withdrawn, TransitionKind::Pending]);
        assert_eq!((restated.alert.state, restated.alert.since), (AlertState::Pending, month(9)));
        // With the month after it fires, and that is news.
        let fires = advance(subject, Some(&restated.alert), life("cbb"), Cause::New, None).expect("an alert");
        assert_eq!(fires.transitions.iter().map(|step| step.kind).collect::<Vec<_>>(), [TransitionKind::Firing]);
    }

    #[test]
    fn a_late_month_is_put_in_its_place() {
        let (alert, _) = step(None, &[(10, 50.0)], Cause::New);
        let (alert, steps) = step(alert.as_ref(), &[(9, 55.0), (10, 50.0)], Cause::Late);
        assert_eq!(steps, [TransitionKind::Amended]);
        assert_eq!(alert.map(|a| a.since), Some(month(9)));
    }

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let figures = [(4, 70.0), (5, 50.0), (6, 65.0), (7, 58.0), (8, 59.0)];
        let (forward, _) = step(None, &figures, Cause::New);
        for order in [[4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [1, 4, 0, 3, 2]] {
            let mut known: Vec<(i32, f64)> = Vec::new();
            let mut alert = None;
            for at in order {
                known.push(figures[at]);
                known.sort_by_key(|(number, _)| *number);
                alert = step(alert.as_ref(), &known, Cause::Late).0.or(alert);
            }
            let alert = alert.expect("an alert");
            let mut expected = forward.clone().expect("an alert");
            expected.withdrawn.clone_from(&alert.withdrawn);
            assert_eq!(alert, expected);
        }
    }
}

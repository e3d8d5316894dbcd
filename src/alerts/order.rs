//! Whatever the order in which figures arrive, are restated or come late, the same alerts stand in the end, and no step
//! that people must hear of is left out.

use proptest::prelude::*;

use super::{Judged, Life, Policy, Subject, advance, live};
use crate::model::{
    Alert, AlertSeverity, AlertState, Better, Cause, Labels, Period, Signal, Transition, TransitionKind, Unit, Value,
};

const MONTHS: usize = 9;

/// What a rule looks at: the figure alone, or its fall against the month before.
#[derive(Debug, Clone, Copy)]
enum Rule {
    BelowSixty,
    FallOfAFifth,
}

/// Figures by month; `None` where nothing was reported.
type Figures = [Option<u8>; MONTHS];

fn month(at: usize) -> Period {
    Period::month(2025, 1).expect("a month").minus(-i32::try_from(at).expect("few months"))
}

fn signal(rule: Rule, figures: &Figures, at: usize) -> Signal {
    let before = at.checked_sub(1).and_then(|before| figures[before]);
    match (rule, figures[at], before) {
        (Rule::BelowSixty, Some(value), _) if value < 60 => Signal::Breach(value.to_string()),
        (Rule::FallOfAFifth, Some(value), Some(before)) if f64::from(value) < 0.8 * f64::from(before) => {
            Signal::Breach(value.to_string())
        }
        (Rule::BelowSixty, Some(_), _) | (Rule::FallOfAFifth, Some(_), Some(_)) => Signal::Clear,
        (_, None, _) | (Rule::FallOfAFifth, _, None) => Signal::CannotTell("no figure".to_owned()),
    }
}

fn life(rule: Rule, policy: Policy, figures: &Figures) -> Life {
    let known: Vec<usize> = (0..MONTHS).filter(|&at| figures[at].is_some()).collect();
    let (Some(&first), Some(&last)) = (known.first(), known.last()) else { return Life::default() };
    live(
        policy,
        (first..=last).map(|at| Judged {
            period: month(at),
            value: figures[at].map_or(Value::ABSENT, |value| Value::Number(value.into())),
            plan: Value::ABSENT,
            unit: Unit::Number,
            signal: signal(rule, figures, at),
        }),
    )
}

fn step(before: Option<&Alert>, life: Life) -> (Option<Alert>, Vec<Transition>) {
    let labels = Labels::default();
    let subject = Subject {
        rule: "rule",
        dataset: "dataset",
        severity: AlertSeverity::Warning,
        labels: &labels,
        better: Better::Higher,
    };
    match advance(subject, before, life, Cause::New, None) {
        Some(advance) => (Some(advance.alert), advance.transitions),
        None => (None, Vec::new()),
    }
}

/// What must be the same in the end. That something was taken back on the way is history, not state.
fn standing(alert: Option<&Alert>) -> (Option<(AlertState, Period)>, Vec<crate::model::Episode>) {
    let open = alert.filter(|alert| matches!(alert.state, AlertState::Firing | AlertState::Pending));
    (open.map(|alert| (alert.state, alert.since)), alert.map_or(Vec::new(), |alert| alert.episodes.clone()))
}

proptest! {
    #[test]
    fn the_order_of_deliveries_and_restatements_does_not_matter(
        rule in prop_oneof![Just(Rule::BelowSixty), Just(Rule::FallOfAFifth)],
        for_periods in 1..4u32,
        spare in 0..3u32,
        resolve_after in 1..4u32,
        deliveries in prop::collection::vec((0..MONTHS, prop_oneof![1 => Just(None), 5 => (30..90u8).prop_map(Some)]), 1..25),
    ) {
        let policy = Policy { for_periods, of_last: for_periods + spare, resolve_after };
        let mut figures = Figures::default();
        let mut alert: Option<Alert> = None;
        for (at, figure) in deliveries {
            figures[at] = figure;
            let (now, steps) = step(alert.as_ref(), life(rule, policy, &figures));
            let has = |kinds: &[TransitionKind]| steps.iter().any(|step| kinds.contains(&step.kind));
            let fires = |alert: Option<&Alert>| alert.is_some_and(|alert| alert.state == AlertState::Firing);
            if fires(alert.as_ref()) && !fires(now.as_ref()) {
                prop_assert!(has(&[TransitionKind::Resolved, TransitionKind::Withdrawn]), "an end unsaid: {steps:?}");
            }
            if !fires(alert.as_ref()) && fires(now.as_ref()) {
                prop_assert!(has(&[TransitionKind::Firing]), "a beginning unsaid: {steps:?}");
            }
            let mut keys: Vec<_> = steps.iter().map(|step| (step.kind.code(), step.since, step.reading.period)).collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            prop_assert_eq!(keys.len(), all, "a step is said twice: {:?}", steps);
            alert = now.or(alert);
        }
        let (at_once, _) = step(None, life(rule, policy, &figures));
        prop_assert_eq!(standing(alert.as_ref()), standing(at_once.as_ref()));
        let (again, steps) = step(alert.as_ref(), life(rule, policy, &figures));
        prop_assert_eq!(steps, [], "the same figures again are no news");
        prop_assert_eq!(again, alert);
    }
}

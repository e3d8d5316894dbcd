//! What has not arrived, as an alert: its life is folded from the moments at which a period became late, was held back,
//! went missing or arrived, as that of any other alert is from the periods of a series.

use jiff::{SignedDuration, Timestamp};

use crate::model::{Alert, AlertSeverity, DueState, Episode, Expected, Period, Reading, Signal, Value};

use super::{
    Judged, Life, Policy, live,
    outstanding::{Event, Outstanding},
};

/// A clock that is set back by less does not take back what was said.
const SET_BACK: SignedDuration = SignedDuration::from_hours(24);

/// What the deliveries of a dataset say of its lateness.
#[derive(Debug, Clone, PartialEq)]
pub struct Lateness {
    /// The stretches in which something was outstanding.
    pub life: Life,
    /// Critical while a period is missing; the alert's own when nothing is outstanding.
    pub severity: AlertSeverity,
}

/// The moment to evaluate at: now, unless the clock was set back a little since a period was said to be late.
#[must_use]
pub fn moment(before: Option<&Alert>, expected: &[Expected], now: Timestamp) -> Timestamp {
    let said = before.and_then(|alert| alert.episodes.last()).map(|episode| episode.last.period);
    let late = expected.iter().find(|one| Some(one.period) == said).map(|one| one.late_at);
    late.filter(|late| *late > now && late.duration_since(now) < SET_BACK).unwrap_or(now)
}

/// The life of a dataset's lateness up to a moment. `title` is what people call the dataset.
#[must_use]
pub fn late(title: &str, expected: &[Expected], before: Option<&Alert>, now: Timestamp) -> Lateness {
    let mut outstanding = Outstanding::default();
    let mut judged: Vec<Judged> = Vec::new();
    // Of a stretch the last words stay: those before it ends, or as it stands now.
    let word = |judged: &mut Vec<Judged>, outstanding: &Outstanding<'_>| {
        if let Some(Judged { signal: Signal::Breach(message), .. }) = judged.last_mut() {
            *message = format!("{title}: {}", outstanding.in_words());
        }
    };
    for (moment, event, one) in events(expected, now) {
        if event == Event::Arrived && outstanding.is_only(one.period) {
            word(&mut judged, &outstanding);
        }
        judged.extend(outstanding.take(moment, event, one));
    }
    word(&mut judged, &outstanding);
    let mut life = live(Policy::default(), judged);
    settle(&mut life, before, expected);
    let severity = match outstanding.any_missing() {
        Some(true) => AlertSeverity::Critical,
        Some(false) => AlertSeverity::Warning,
        None => before.map_or(AlertSeverity::Warning, |alert| alert.severity),
    };
    Lateness { life, severity }
}

/// What is said when a period is no longer outstanding.
#[must_use]
pub fn ended(title: &str, expected: &[Expected], period: Period) -> String {
    let one = expected.iter().find(|one| one.period == period);
    one.map_or_else(
        || format!("{title}: {} is not expected any more", period.label()),
        |one| match one.arrived {
            Some(_) => format!("{title}: {} {}; it was due on {}", period.label(), one.in_words(), one.due_in_words()),
            None => format!("{title}: {} is {}", period.label(), one.in_words()),
        },
    )
}

fn events(expected: &[Expected], now: Timestamp) -> Vec<(Timestamp, Event, &Expected)> {
    let mut events = Vec::new();
    // What was skipped or came in time was never outstanding, nor what came before anything was expected.
    let never = |one: &&Expected| matches!(one.state, DueState::Skipped | DueState::Arrived);
    for one in expected.iter().filter(|one| one.skipped.is_none() && !never(one)) {
        let until = one.arrived.unwrap_or(Timestamp::MAX);
        if until <= one.late_at {
            continue;
        }
        events.extend(one.held_back.iter().map(|held| (held.received, Event::HeldBack, one)));
        events.extend([(one.late_at, Event::Late, one)]);
        events.extend((one.missing_at < until).then_some((one.missing_at, Event::Missing, one)));
        events.extend(one.arrived.map(|arrived| (arrived, Event::Arrived, one)));
    }
    events.retain(|(moment, ..)| *moment <= now);
    events.sort_by_key(|(moment, event, one)| (*moment, *event, one.period));
    events
}

/// A stretch that was said and is not to be seen any more is over, and not taken back, when all its periods have arrived or
/// are declared not to be produced: a file that was held back counts from the day on which it came, once it is released.
fn settle(life: &mut Life, before: Option<&Alert>, expected: &[Expected]) {
    let known = before.map_or(&[][..], |alert| &alert.episodes);
    for episode in known.iter().filter(|episode| episode.fired.is_some()) {
        let touches = |now: &Episode| now.since <= episode.last.period && episode.since <= now.last.period;
        let mut of_it = expected.iter().filter(|one| (episode.since..=episode.last.period).contains(&one.period));
        let is_over = of_it.clone().next().is_some() && of_it.all(|one| one.state.is_settled());
        if is_over && !life.episodes.iter().any(touches) {
            let last = &episode.last;
            let resolved = episode.resolved.clone().or_else(|| {
                let (period, unit) = (last.period, last.unit);
                Some(Reading { period, value: Value::number(0.0), plan: Value::ABSENT, unit, message: String::new() })
            });
            life.episodes.push(Episode { resolved, ..episode.clone() });
        }
    }
    life.episodes.sort_by_key(|episode| (episode.since, episode.last.period));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        alerts::{Subject, advance, expected},
        model::{
            AlertState, Arrival, Better, Calendar, Cause, Days, Due, Granularity, LATE_DELIVERY, Labels,
            TransitionKind, Within, calendar::hour_in_london,
        },
    };

    const MONTHS: i32 = 8;

    fn due() -> Due {
        Due {
            every: Granularity::Month,
            within: Within::Days(Days { count: 20, working: false }),
            grace: None,
            from: Period::month(2025, 1),
            skip: BTreeMap::new(),
        }
    }

    fn noon(day: i64) -> Timestamp {
        let day = date(2025, 1, 31).saturating_add(jiff::Span::new().days(day));
        hour_in_london(day, 12).expect("a time")
    }

    fn step(before: Option<&Alert>, arrivals: &[Arrival], now: Timestamp) -> (Option<Alert>, Vec<TransitionKind>) {
        let arrivals: Vec<Arrival> = arrivals.iter().copied().filter(|arrival| arrival.received <= now).collect();
        let expected = expected(&due(), &Calendar::england(), &arrivals, now);
        let Lateness { life, severity } = late("LES", &expected, before, now);
        let labels = Labels::default();
        let subject = Subject { rule: LATE_DELIVERY, dataset: "les", severity, labels: &labels, better: Better::Lower };
        match advance(subject, before, life, Cause::Due, None) {
            Some(advance) => (Some(advance.alert), advance.transitions.iter().map(|step| step.kind).collect()),
            None => (None, Vec::new()),
        }
    }

    proptest! {
        /// However often one looks, and whatever was missed meanwhile, the alert stands as if one had looked once.
        #[test]
        fn how_often_one_looks_does_not_matter(
            came in prop::collection::vec((prop::option::of(0..120i64), prop::option::of(0..120i64)), MONTHS as usize),
            looks in prop::collection::btree_set(0..330i64, 0..20),
        ) {
            let mut arrivals = Vec::new();
            for (at, (published, held_back)) in came.into_iter().enumerate() {
                let period = Period::month(2025, 1).expect("a month").minus(-i32::try_from(at).expect("few"));
                let begin = 30 * i64::try_from(at).expect("few");
                arrivals.extend(published.map(|days| Arrival { period: Some(period), received: noon(begin + days), held_back: None }));
                arrivals.extend(held_back.map(|days| Arrival { period: Some(period), received: noon(begin + days), held_back: Some(1) }));
            }
            let mut alert: Option<Alert> = None;
            let fires = |alert: Option<&Alert>| alert.is_some_and(|alert| alert.state == AlertState::Firing);
            for day in looks.into_iter().chain([330]) {
                let (now, steps) = step(alert.as_ref(), &arrivals, noon(day));
                prop_assert!(!steps.contains(&TransitionKind::Withdrawn), "nothing was taken back: {steps:?}");
                if fires(alert.as_ref()) != fires(now.as_ref()) {
                    prop_assert!(!steps.is_empty(), "a change unsaid");
                }
                alert = now.or(alert);
                let (_, again) = step(alert.as_ref(), &arrivals, noon(day));
                prop_assert_eq!(again, [], "the same moment again is no news");
            }
            let (at_once, _) = step(None, &arrivals, noon(330));
            let standing = |alert: Option<&Alert>| alert.map(|alert| (alert.state, alert.since, alert.episodes.clone()));
            prop_assert_eq!(standing(alert.as_ref()), standing(at_once.as_ref()));
        }
    }

    #[test]
    fn what_was_held_back_and_is_released_after_it_was_late_is_over_and_not_taken_back() {
        let january = Period::month(2025, 1).expect("a month");
        let of = |held_back| [Arrival { period: Some(january), received: noon(10), held_back }];
        // Due on 20 February, which is 20 days after the end of January.
        let (alert, steps) = step(None, &of(Some(2)), noon(21));
        assert_eq!(steps, [TransitionKind::Firing]);
        let alert = alert.expect("an alert");
        assert_eq!(
            alert.reading.message,
            "LES: January 2025 was due on 20 February 2025; it arrived on 10 February 2025 and was held back: 2 errors"
        );
        // Released: it counts from the day on which it came.
        let (alert, steps) = step(Some(&alert), &of(None), noon(25));
        assert_eq!(steps, [TransitionKind::Resolved]);
        let (_, steps) = step(alert.as_ref(), &of(None), noon(26));
        assert_eq!(steps, []);
    }
}

//! What a dataset's cadence and its deliveries say of each period.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Arrival, Calendar, Due, DueState, Expected, HeldBack, Period, calendar::day_in_london};

/// What came of one period.
#[derive(Debug, Default)]
struct Came {
    published: Option<Timestamp>,
    held_back: Vec<HeldBack>,
}

/// The periods of a dataset that are or were expected up to now, oldest first, the one that is under way included.
#[must_use]
pub fn expected(due: &Due, calendar: &Calendar, arrivals: &[Arrival], now: Timestamp) -> Vec<Expected> {
    let came = by_period(due, arrivals);
    let published = |came: &Came| came.published;
    let first_of_all = came.values().filter_map(published).min();
    let first_delivered = came.iter().find(|(_, came)| came.published.is_some()).map(|(period, _)| *period);
    let (Some(first), Some(current)) = (due.from.or(first_delivered), under_way(due, now)) else { return Vec::new() };
    let mut found = Vec::new();
    let mut period = first;
    while period <= current {
        let one = stand(due, calendar, period, came.get(&period), now);
        // Without a first period of its own, a history with gaps that is loaded today is nobody's delay.
        let was_before = due.from.is_none() && first_of_all.is_some_and(|first| one.due < day_in_london(first));
        match (was_before, one.state) {
            (true, DueState::ArrivedLate) => found.push(Expected { state: DueState::Arrived, ..one }),
            (true, state) if !state.is_settled() => {}
            _ => found.push(one),
        }
        period = period.next();
    }
    found
}

/// The next moment at which something of the dataset becomes late or missing; none while nothing is expected of it.
#[must_use]
pub fn next_moment(due: &Due, calendar: &Calendar, expected: &[Expected], now: Timestamp) -> Option<Timestamp> {
    let waiting = expected.iter().filter(|one| !one.state.is_settled());
    let first = expected.last().map(|newest| newest.period.next()).or(due.from);
    waiting
        .flat_map(|one| [one.late_at, one.missing_at])
        .chain(first.map(|period| due.late_at(period, calendar)))
        .filter(|moment| *moment > now)
        .min()
}

fn under_way(due: &Due, now: Timestamp) -> Option<Period> {
    Period::containing(due.every, day_in_london(now))
}

/// Deliveries by the expected period that they complete. A quarter is complete with its last month.
fn by_period(due: &Due, arrivals: &[Arrival]) -> BTreeMap<Period, Came> {
    let mut came: BTreeMap<Period, Came> = BTreeMap::new();
    let mut sorted: Vec<&Arrival> = arrivals.iter().collect();
    sorted.sort_by_key(|arrival| arrival.received);
    for arrival in sorted {
        let completed = match arrival.period {
            Some(period) => completes(due, period),
            None => under_way(due, arrival.received).map(Period::previous),
        };
        let Some(period) = completed else { continue };
        let came = came.entry(period).or_default();
        match arrival.held_back {
            None => _ = came.published.get_or_insert(arrival.received),
            Some(errors) if came.published.is_none() => {
                let period_known = arrival.period.is_some();
                came.held_back.push(HeldBack { received: arrival.received, errors, period_known });
            }
            Some(_) => {}
        }
    }
    came
}

fn completes(due: &Due, delivered: Period) -> Option<Period> {
    let expected = Period::containing(due.every, delivered.start())?;
    (expected.end() == delivered.end() && expected.start() <= delivered.start()).then_some(expected)
}

fn stand(due: &Due, calendar: &Calendar, period: Period, came: Option<&Came>, now: Timestamp) -> Expected {
    let day = due.day(period, calendar);
    let (late_at, missing_at) = (due.late_at(period, calendar), due.missing_at(period, calendar));
    let arrived = came.and_then(|came| came.published).filter(|arrived| *arrived <= now);
    let held_back: Vec<HeldBack> = came.map(|came| came.held_back.clone()).unwrap_or_default();
    let skipped = due.skip.get(&period).cloned();
    let state = match arrived {
        Some(arrived) if day_in_london(arrived) > day => DueState::ArrivedLate,
        Some(_) => DueState::Arrived,
        None if skipped.is_some() => DueState::Skipped,
        None if !held_back.is_empty() => DueState::HeldBack,
        None if missing_at <= now => DueState::Missing,
        None if late_at <= now => DueState::Late,
        None if period.end() < day_in_london(now) => DueState::Due,
        None => DueState::Expected,
    };
    let holidays_known = calendar.knows(day);
    Expected { period, due: day, holidays_known, late_at, missing_at, arrived, held_back, skipped, state }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Days, Granularity, Within};

    fn states(every: Granularity, from: &str, arrivals: &[(&str, &str, Option<usize>)], now: &str) -> String {
        let due = Due {
            every,
            within: Within::Days(Days { count: 20, working: false }),
            grace: None,
            from: Some(from.parse().expect("a period")),
            skip: [("2025/26-Q3".parse().expect("a period"), "never made".to_owned())].into(),
        };
        let arrivals: Vec<Arrival> = arrivals
            .iter()
            .map(|(period, received, held_back)| Arrival {
                period: period.parse().ok(),
                received: received.parse().expect("a time"),
                held_back: *held_back,
            })
            .collect();
        let found = expected(&due, &Calendar::england(), &arrivals, now.parse().expect("a time"));
        found.iter().map(|one| format!("{} {}", one.period, one.state)).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_quarter_is_complete_with_its_last_month_and_a_year_beside_it_is_not_the_quarter() {
        // Q1 is due on 20 July and Q2 on 20 October; July alone does not complete Q2, nor does a year to date.
        let arrivals = [
            ("2025-06", "2025-07-20T20:00:00Z", None),
            ("2025-07", "2025-08-03T10:00:00Z", None),
            ("2025/26", "2025-08-03T10:00:00Z", None),
        ];
        assert_eq!(
            states(Granularity::Quarter, "2025/26-Q1", &arrivals, "2026-01-21T10:00:00Z"),
            "2025/26-Q1 arrived, 2025/26-Q2 missing, 2025/26-Q3 skipped, 2025/26-Q4 expected"
        );
    }

    #[test]
    fn each_state_has_its_day() {
        let of_march = |now: &str, arrivals: &[(&str, &str, Option<usize>)]| {
            states(Granularity::Month, "2026-03", arrivals, now).split(',').next().unwrap_or("").to_owned()
        };
        // Due on 20 April; May, for the next one, on 20 May. London is an hour ahead of the times given.
        assert_eq!(of_march("2026-03-31T22:59:59Z", &[]), "2026-03 expected");
        assert_eq!(of_march("2026-03-31T23:00:00Z", &[]), "2026-03 due");
        assert_eq!(of_march("2026-04-21T07:59:59Z", &[]), "2026-03 due");
        assert_eq!(of_march("2026-04-21T08:00:00Z", &[]), "2026-03 late");
        assert_eq!(of_march("2026-05-21T08:00:00Z", &[]), "2026-03 missing");
        let held = ("2026-03", "2026-04-02T10:00:00Z", Some(2));
        assert_eq!(of_march("2026-04-03T08:00:00Z", &[held]), "2026-03 held_back");
        let unread = ("unreadable", "2026-04-02T10:00:00Z", Some(2));
        assert_eq!(of_march("2026-04-03T08:00:00Z", &[unread]), "2026-03 held_back");
        let evening = ("2026-03", "2026-04-20T22:59:00Z", None);
        assert_eq!(of_march("2026-04-22T08:00:00Z", &[evening, held]), "2026-03 arrived");
        let midnight = ("2026-03", "2026-04-20T23:00:00Z", None);
        assert_eq!(of_march("2026-04-22T08:00:00Z", &[midnight]), "2026-03 arrived_late");
    }
}

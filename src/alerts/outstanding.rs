//! The periods of a dataset that are outstanding at one moment, and what is said of them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{
    Expected, HeldBack, Period, Signal, Unit, Value,
    calendar::{day_in_london, in_words},
};

use super::Judged;

/// Up to so many periods are named one by one.
const NAMED: usize = 6;
/// Up to so many deliveries that were held back are told one by one.
const HELD: usize = 2;

/// What happens to a period. What happens at one instant is looked at in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    Arrived,
    Late,
    HeldBack,
    Missing,
}

#[derive(Debug, Default)]
pub(super) struct Outstanding<'a>(BTreeMap<Period, One<'a>>);

#[derive(Debug)]
struct One<'a> {
    expected: &'a Expected,
    missing: bool,
    held_back: Option<HeldBack>,
}

impl<'a> Outstanding<'a> {
    /// Takes note of an event; answers with how things stand from then on, without words, if that is news.
    pub(super) fn take(&mut self, moment: Timestamp, event: Event, one: &'a Expected) -> Option<Judged> {
        let held_back = one.held_back.iter().rfind(|held| held.received <= moment).copied();
        match event {
            Event::Arrived => {
                self.0.remove(&one.period)?;
                if self.0.is_empty() {
                    return Some(judged(one.period, 0, Signal::Clear));
                }
            }
            Event::Late => _ = self.0.insert(one.period, One { expected: one, missing: false, held_back }),
            Event::Missing => self.0.get_mut(&one.period)?.missing = true,
            Event::HeldBack => self.0.get_mut(&one.period)?.held_back = held_back,
        }
        let newest = *self.0.keys().next_back()?;
        Some(judged(newest, self.0.len(), Signal::Breach(String::new())))
    }

    /// Whether a period is all that is outstanding.
    pub(super) fn is_only(&self, period: Period) -> bool {
        self.0.len() == 1 && self.0.contains_key(&period)
    }

    /// Whether one of the periods is missing; none when nothing is outstanding.
    pub(super) fn any_missing(&self) -> Option<bool> {
        self.0.values().map(|one| one.missing).max()
    }

    /// What is said of them; nothing in it changes unless something happens.
    pub(super) fn in_words(&self) -> String {
        match (self.0.len(), self.0.first_key_value(), self.0.last_key_value()) {
            (0, ..) | (_, None, _) | (_, _, None) => String::new(),
            (1, Some((_, only)), _) => only.in_words(),
            (count, Some((first, earliest)), Some((last, _))) => {
                let noun = first.granularity().noun(count);
                let (missing, which) = (self.missing_in_words(), self.which(*first, *last));
                let due = earliest.expected.due_in_words();
                let held = self.held_in_words();
                format!("{count} {noun} are outstanding{missing}: {which}; the first was due on {due}{held}")
            }
        }
    }

    /// `August 2025, September 2025`, `all from April 2026 to April 2027`.
    fn which(&self, first: Period, last: Period) -> String {
        let count = self.0.len();
        if count <= NAMED {
            return self.0.keys().map(|period| period.label()).collect::<Vec<_>>().join(", ");
        }
        let all = last.since(first).is_some_and(|gap| usize::try_from(gap).is_ok_and(|gap| gap + 1 == count));
        let which = if all { "all from" } else { "not all from" };
        format!("{which} {} to {}", first.label(), last.label())
    }

    fn missing_in_words(&self) -> String {
        match self.0.values().filter(|one| one.missing && one.held_back.is_none()).count() {
            0 => String::new(),
            n => format!(" ({n} missing)"),
        }
    }

    fn held_in_words(&self) -> String {
        let held: Vec<String> = self
            .0
            .iter()
            .filter_map(|(period, one)| Some(format!("; {} {}", period.label(), one.held_back?.in_words())))
            .collect();
        if held.len() <= HELD { held.concat() } else { format!("; {} of them arrived and were held back", held.len()) }
    }
}

impl One<'_> {
    fn in_words(&self) -> String {
        let (label, due) = (self.expected.period.label(), self.expected.due_in_words());
        match (self.held_back, self.missing) {
            (Some(held), _) => format!("{label} was due on {due}; it {}", held.in_words()),
            (None, false) => format!("{label} has not arrived; it was due on {due}"),
            (None, true) => {
                let next = in_words(day_in_london(self.expected.missing_at));
                format!("{label} is missing; it was due on {due} and had not arrived by {next}")
            }
        }
    }
}

fn judged(period: Period, outstanding: usize, signal: Signal) -> Judged {
    // How many are outstanding tells what is worse.
    let value = u32::try_from(outstanding).map_or(Value::ABSENT, |n| Value::number(f64::from(n)));
    Judged { period, value, plan: Value::ABSENT, unit: Unit::Number, signal }
}

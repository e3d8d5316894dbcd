//! Signals over consecutive periods → episodes.

use std::collections::BTreeMap;

use crate::model::{Episode, Period, Reading, Signal, Unit, Value};

/// How many periods it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Periods in breach before an alert fires; at least 1.
    pub for_periods: u32,
    /// Of how many periods in a row these must be; as many as `for_periods` means all of them.
    pub of_last: u32,
    /// Clear periods in a row before it is resolved; at least 1.
    pub resolve_after: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { for_periods: 1, of_last: 1, resolve_after: 1 }
    }
}

/// What a rule said of one period, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The condition holds.
    Breach,
    /// It does not hold.
    Clear,
    /// The figures do not allow an answer, or the rule failed.
    CannotTell,
}

/// What a rule said of one period, with the figures.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judged {
    /// The period.
    pub(super) period: Period,
    /// The figure.
    pub(super) value: Value,
    /// Its plan.
    pub(super) plan: Value,
    /// The unit of both.
    pub(super) unit: Unit,
    /// The rule's answer.
    pub(super) signal: Signal,
}

/// An unbroken stretch in breach: the periods that an [`Episode`] has the figures of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first period in breach.
    pub since: Period,
    /// The period at which it began to fire; none while it is pending.
    pub fired: Option<Period>,
    /// The period at which it was found clear again; none while it lasts.
    pub resolved: Option<Period>,
    /// The last period in breach.
    pub last: Period,
    /// The period in breach before that one.
    pub before: Option<Period>,
}

/// What all periods together say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Life {
    /// Every stretch that fired, oldest first; the last may still be pending or firing.
    pub episodes: Vec<Episode>,
    /// Why the newest period could not be judged, if so.
    pub cannot_tell: Option<String>,
}

/// A stretch that is being followed.
struct Run {
    stretch: Stretch,
    /// While it is pending: the breaches that may still come to count, each with its place among the periods.
    counted: Vec<(usize, Period)>,
    clears: u32,
}

/// As [`stretches`], with the figures of each.
pub(super) fn live(policy: Policy, periods: impl IntoIterator<Item = Judged>) -> Life {
    let (mut readings, mut answers, mut cannot_tell) = (BTreeMap::new(), Vec::new(), None);
    for Judged { period, value, plan, unit, signal } in periods {
        cannot_tell = None;
        let (answer, message) = match signal {
            Signal::Breach(message) => (Answer::Breach, message),
            Signal::Clear => (Answer::Clear, String::new()),
            Signal::CannotTell(reason) | Signal::Failed(reason) => {
                cannot_tell = Some(reason);
                (Answer::CannotTell, String::new())
            }
        };
        answers.push((period, answer));
        readings.insert(period, Reading { period, value, plan, unit, message });
    }
    let reading = |at| readings.get(&at).cloned();
    let episodes = stretches(policy, answers).into_iter().filter_map(|one| one.episode(reading));
    Life { episodes: episodes.collect(), cannot_tell }
}

impl Stretch {
    /// The stretch with the figures of its periods; none if those of the last breach are not known.
    #[must_use]
    pub fn episode(self, reading: impl Fn(Period) -> Option<Reading>) -> Option<Episode> {
        Some(Episode {
            since: self.since,
            fired: self.fired,
            resolved: self.resolved.and_then(&reading),
            last: reading(self.last)?,
            before: self.before.and_then(&reading),
        })
    }
}

/// Folds what was said of the periods of one series, given in the order of time without gaps.
///
/// A period that cannot be judged changes nothing that fires: an alert is resolved by a figure, never by its absence. It
/// is no breach among the periods that a pending alert is counting, and breaks those that a resolution is counting.
#[must_use]
pub fn stretches(policy: Policy, periods: impl IntoIterator<Item = (Period, Answer)>) -> Vec<Stretch> {
    let mut over = Vec::new();
    let mut run: Option<Run> = None;
    for (at, (period, answer)) in periods.into_iter().enumerate() {
        run = match answer {
            Answer::Breach => Some(breach(policy, run, at, period)),
            Answer::Clear => run.and_then(|run| clear(policy, run, at, period, &mut over)),
            Answer::CannotTell => run.map(|run| Run { clears: 0, ..run }),
        };
    }
    over.extend(run.map(|run| run.stretch));
    over
}

fn breach(policy: Policy, run: Option<Run>, at: usize, period: Period) -> Run {
    let stretch = Stretch { since: period, fired: None, resolved: None, last: period, before: None };
    let mut run = match run {
        Some(run) => {
            let before = Some(run.stretch.last);
            Run { stretch: Stretch { last: period, before, ..run.stretch }, clears: 0, ..run }
        }
        None => Run { stretch, counted: Vec::new(), clears: 0 },
    };
    if run.stretch.fired.is_some() {
        return run;
    }
    run.counted.push((at, period));
    forget(policy, &mut run.counted, at);
    if let [(_, first), ..] = run.counted[..] {
        run.stretch.since = first;
    }
    if run.counted.len() == 1 {
        run.stretch.before = None;
    }
    if run.counted.len() >= policy.for_periods as usize {
        run.stretch.fired = Some(period);
        run.counted.clear();
    }
    run
}

fn clear(policy: Policy, mut run: Run, at: usize, period: Period, over: &mut Vec<Stretch>) -> Option<Run> {
    if run.stretch.fired.is_none() {
        forget(policy, &mut run.counted, at);
        run.stretch.since = run.counted.first()?.1;
        return Some(run);
    }
    run.clears += 1;
    if run.clears < policy.resolve_after {
        return Some(run);
    }
    over.push(Stretch { resolved: Some(period), ..run.stretch });
    None
}

/// Drops the oldest breaches as long as too many periods without one followed them for any `of_last` in a row to hold
/// `for_periods` of them.
fn forget(policy: Policy, counted: &mut Vec<(usize, Period)>, at: usize) {
    let spare = policy.of_last.saturating_sub(policy.for_periods) as usize;
    while let Some((first, _)) = counted.first() {
        let others = (at + 1 - first).saturating_sub(counted.len());
        if others <= spare {
            break;
        }
        counted.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `b` breach, `c` clear, `?` cannot tell, from April 2025 on; stretches as `since-fired-resolved` months.
    fn episodes(policy: Policy, signals: &str) -> String {
        let april = Period::month(2025, 4).expect("a month");
        let judged = signals.chars().enumerate().map(|(i, signal)| {
            let answer = match signal {
                'b' => Answer::Breach,
                'c' => Answer::Clear,
                _ => Answer::CannotTell,
            };
            (april.minus(-i32::try_from(i).expect("few")), answer)
        });
        let month = |period: Option<Period>| period.map_or("…".to_owned(), |p| p.start().month().to_string());
        let written = stretches(policy, judged)
            .into_iter()
            .map(|s| format!("{}-{}-{}", month(Some(s.since)), month(s.fired), month(s.resolved)));
        written.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn one_period_is_enough_by_default() {
        let policy = Policy::default();
        assert_eq!(episodes(policy, "cccc"), "");
        assert_eq!(episodes(policy, "bbcb"), "4-4-6 7-7-…");
        assert_eq!(episodes(policy, "cbbc"), "5-5-7");
    }

    #[test]
    fn a_missing_figure_neither_fires_nor_resolves() {
        let policy = Policy::default();
        assert_eq!(episodes(policy, "b?c"), "4-4-6");
        assert_eq!(episodes(policy, "b??"), "4-4-…");
        assert_eq!(episodes(policy, "c?c"), "");
        assert_eq!(episodes(policy, "b?b"), "4-4-…");
    }

    #[test]
    fn consecutive_means_consecutive() {
        let policy = Policy { for_periods: 2, of_last: 2, resolve_after: 2 };
        assert_eq!(episodes(policy, "bcb"), "6-…-…", "pending since the second breach only");
        assert_eq!(episodes(policy, "bb"), "4-5-…");
        assert_eq!(episodes(policy, "b?b"), "6-…-…", "a gap is not a breach");
        assert_eq!(episodes(policy, "b?bb"), "6-7-…");
        assert_eq!(episodes(policy, "bbcbcc"), "4-5-9", "one clear period does not resolve it");
        assert_eq!(episodes(policy, "bbc?c"), "4-5-…", "nor do two with a gap between");
        assert_eq!(episodes(policy, "bbccb"), "4-5-7 8-…-…");
    }

    #[test]
    fn some_of_the_last_periods_need_not_be_in_a_row() {
        let policy = Policy { for_periods: 3, of_last: 5, resolve_after: 1 };
        assert_eq!(episodes(policy, "bcbcb"), "4-8-…", "three of five");
        assert_eq!(episodes(policy, "bccbcb"), "7-…-…", "three of six are not: since July there are two");
        assert_eq!(episodes(policy, "bcc"), "4-…-…", "two more breaches would do");
        assert_eq!(episodes(policy, "bccc"), "", "nothing could make it three of five with April any more");
        assert_eq!(episodes(policy, "bc?b?b"), "7-…-…", "what cannot be told is no breach");
        assert_eq!(episodes(policy, "bcbcbc"), "4-8-9", "and a clear period ends it");
    }
}

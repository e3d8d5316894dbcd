//! Signals over consecutive periods → episodes.

use crate::model::{Episode, Period, Reading, Signal, Unit, Value};

/// How many consecutive periods it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Periods in breach before an alert fires; at least 1.
    pub for_periods: u32,
    /// Clear periods before it is resolved; at least 1.
    pub resolve_after: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { for_periods: 1, resolve_after: 1 }
    }
}

/// What a rule said of one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The period.
    pub period: Period,
    /// The figure.
    pub value: Value,
    /// Its plan.
    pub plan: Value,
    /// The unit of both.
    pub unit: Unit,
    /// The rule's answer.
    pub signal: Signal,
}

/// What all periods together say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Life {
    /// Every stretch that fired, oldest first; the last may still be pending or firing.
    pub episodes: Vec<Episode>,
    /// Why the newest period could not be judged, if so.
    pub cannot_tell: Option<String>,
}

/// A stretch in breach that is being followed.
struct Run {
    episode: Episode,
    breaches: u32,
    clears: u32,
    /// A period that could not be judged lies between the last breach and now.
    interrupted: bool,
}

/// Folds the periods of one series, given in the order of time without gaps.
///
/// A period that cannot be judged changes nothing that fires: an alert is resolved by a figure, never by its absence. It
/// does break the consecutive periods that a pending alert is counting, and those that a resolution is counting.
#[must_use]
pub fn live(policy: Policy, periods: impl IntoIterator<Item = Judged>) -> Life {
    let mut life = Life::default();
    let mut run: Option<Run> = None;
    for judged in periods {
        let Judged { period, value, plan, unit, signal } = judged;
        let reading = |message: String| Reading { period, value, plan, unit, message };
        life.cannot_tell = None;
        run = match signal {
            Signal::Breach(message) => Some(breach(policy, run, reading(message))),
            Signal::Clear => run.and_then(|run| clear(policy, run, reading(String::new()), &mut life.episodes)),
            Signal::CannotTell(reason) | Signal::Failed(reason) => {
                life.cannot_tell = Some(reason);
                run.map(|run| Run { interrupted: true, clears: 0, ..run })
            }
        };
    }
    life.episodes.extend(run.map(|run| run.episode));
    life
}

fn breach(policy: Policy, run: Option<Run>, reading: Reading) -> Run {
    let period = reading.period;
    let mut run = match run {
        Some(run) if run.episode.fired.is_some() || !run.interrupted => {
            let before = Some(run.episode.last);
            Run {
                episode: Episode { last: reading, before, ..run.episode },
                breaches: run.breaches + 1,
                clears: 0,
                interrupted: false,
            }
        }
        _ => Run {
            episode: Episode { since: period, fired: None, resolved: None, last: reading, before: None },
            breaches: 1,
            clears: 0,
            interrupted: false,
        },
    };
    if run.breaches >= policy.for_periods {
        run.episode.fired.get_or_insert(period);
    }
    run
}

fn clear(policy: Policy, mut run: Run, reading: Reading, over: &mut Vec<Episode>) -> Option<Run> {
    run.episode.fired?;
    run.clears += 1;
    if run.clears < policy.resolve_after {
        return Some(run);
    }
    over.push(Episode { resolved: Some(reading), ..run.episode });
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `b` breach, `c` clear, `?` cannot tell, from April 2025 on; episodes as `since-fired-resolved` months.
    fn episodes(policy: Policy, signals: &str) -> String {
        let april = Period::month(2025, 4).expect("a month");
        let judged = signals.chars().enumerate().map(|(i, signal)| Judged {
            period: april.minus(-i32::try_from(i).expect("few")),
            value: Value::Number(1.0),
            plan: Value::ABSENT,
            unit: Unit::Number,
            signal: match signal {
                'b' => Signal::Breach(String::new()),
                'c' => Signal::Clear,
                _ => Signal::CannotTell("no figure".to_owned()),
            },
        });
        let month = |period: Option<Period>| period.map_or("…".to_owned(), |p| p.start().month().to_string());
        live(policy, judged)
            .episodes
            .iter()
            .map(|e| {
                let resolved = e.resolved.as_ref().map(|reading| reading.period);
                format!("{}-{}-{}", month(Some(e.since)), month(e.fired), month(resolved))
            })
            .collect::<Vec<_>>()
            .join(" ")
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
        let policy = Policy { for_periods: 2, resolve_after: 2 };
        assert_eq!(episodes(policy, "bcb"), "6-…-…", "pending since the second breach only");
        assert_eq!(episodes(policy, "bb"), "4-5-…");
        assert_eq!(episodes(policy, "b?b"), "6-…-…", "a gap is not a breach");
        assert_eq!(episodes(policy, "b?bb"), "6-7-…");
        assert_eq!(episodes(policy, "bbcbcc"), "4-5-9", "one clear period does not resolve it");
        assert_eq!(episodes(policy, "bbc?c"), "4-5-…", "nor do two with a gap between");
        assert_eq!(episodes(policy, "bbccb"), "4-5-7 8-…-…");
    }
}

//! `continuity`: a period is missing between those of the delivery, or between them and the newest that is known.
//!
//! It takes no settings of its own. Months are followed by months, quarters by quarters. Where all that is known came every
//! third month, or every sixth or twelfth, so does the next: three periods show such a step, or two that both end a quarter
//! (June and September, by which quarterly returns are called). Every second month is a monthly report that was skipped. A period that arrives late, after newer ones, is held against nothing: the gap was
//! said when the newer ones arrived. Nothing is missing before the first delivery.
//!
//! ```yaml
//! - continuity: { severity: warning }
//! ```
//!
//! Findings: ``no figures for September 2025: October 2025 does not follow August 2025, the newest that is known``;
//! ``no figures for 2 months, August 2025 to September 2025: …``

use std::collections::BTreeSet;

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    figures::{Answer, FigureCheck, FigureKind, Look},
};
use crate::{
    model::{Granularity, Period},
    yaml::{Place, Problems},
};

/// Settings of `continuity`: none.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Continuity {}

impl FigureKind for Continuity {
    const LOOKS: Looks = Looks::Delivery;

    fn build(&self, _: &Place, _: Context<'_>) -> Result<Box<dyn FigureCheck>, Problems> {
        Ok(Box::new(Compiled))
    }
}

#[derive(Debug)]
struct Compiled;

impl FigureCheck for Compiled {
    fn examine(&self, look: &Look<'_>) -> Answer {
        Answer::of_periods(look.delivered.periods.iter().copied(), |period| gap(look, period).map(Found::in_file))
    }
}

/// What is missing before a period, in words.
fn gap(look: &Look<'_>, period: Period) -> Option<String> {
    let known = || {
        let known = look.own().into_iter().flat_map(|history| &history.periods).copied();
        known.filter(|known| known.granularity() == period.granularity())
    };
    let before = look.before(period)?;
    let within = look.delivered.periods.contains(&before);
    if known().any(|known| known == period) || !(within || known().max() == Some(before)) {
        return None;
    }
    let delivered = look.delivered.periods.iter().copied();
    let seen = known().chain(delivered.filter(|other| other.granularity() == period.granularity()));
    let step = step(&seen.filter(|seen| *seen <= period).collect());
    let missing = usize::try_from(period.since(before)? / step - 1).unwrap_or(0);
    if missing < 1 {
        return None;
    }
    let (first, last) = (before.minus(-step), period.minus(step));
    let missing = match (missing, step) {
        (1, _) => first.label(),
        (n, 1) => format!("{n} {}, {} to {}", first.granularity().noun(n), first.label(), last.label()),
        (n, _) => format!("{n} periods, {} to {}", first.label(), last.label()),
    };
    let newest = if within { "the one before it in the file" } else { "the newest that is known" };
    Some(format!("no figures for {missing}: {} does not follow {}, {newest}", period.label(), before.label()))
}

/// How far each of these periods, which are of one kind, is from the next: 1 unless all of them are so many apart, or a
/// multiple of it.
fn step(periods: &BTreeSet<Period>) -> i32 {
    let apart: Vec<i32> =
        periods.iter().zip(periods.iter().skip(1)).filter_map(|(one, next)| next.since(*one)).collect();
    let least = apart.iter().copied().min().unwrap_or(1).max(1);
    let are_months = periods.iter().all(|period| period.granularity() == Granularity::Month);
    let shown = match &apart[..] {
        [3] => periods.iter().all(|period| ends_quarter(*period)),
        [_] => false,
        apart => (least % 3 == 0 || !are_months) && apart.iter().all(|apart| apart % least == 0),
    };
    if shown { least } else { 1 }
}

/// Whether it is a month that a quarter ends with.
fn ends_quarter(month: Period) -> bool {
    month.granularity() == Granularity::Month
        && Period::containing(Granularity::Quarter, month.start()).is_some_and(|quarter| quarter.end() == month.end())
}

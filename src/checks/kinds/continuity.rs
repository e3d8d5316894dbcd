//! `continuity`: a period is missing between those of the delivery, or between them and the newest that is known.
//!
//! It takes no settings of its own. Months are followed by months, quarters by quarters. A period that arrives late, after
//! newer ones, is held against nothing: the gap was said when the newer ones arrived. Nothing is missing before the first
//! delivery.
//!
//! ```yaml
//! - continuity: { severity: warning }
//! ```
//!
//! Findings: ``no figures for September 2025: October 2025 does not follow August 2025, the newest that is known``;
//! ``no figures for 2 months, August 2025 to September 2025: …``

use serde::Deserialize;

use super::super::{
    check::{Context, Found, Looks},
    figures::{Answer, FigureCheck, FigureKind, Look},
};
use crate::{
    model::Period,
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
    let known = |period: Period| look.own().is_some_and(|history| history.periods.contains(&period));
    let newest_known = || {
        let known = look.own()?.periods.iter().copied();
        known.filter(|known| known.granularity() == period.granularity()).max()
    };
    let before = look.before(period)?;
    let within = look.delivered.periods.contains(&before);
    if known(period) || period.since(before)? <= 1 || !(within || newest_known() == Some(before)) {
        return None;
    }
    let (first, last) = (before.next(), period.previous());
    let missing = match last.since(first)?.unsigned_abs() as usize + 1 {
        1 => first.label(),
        n => format!("{n} {}, {} to {}", first.granularity().noun(n), first.label(), last.label()),
    };
    let newest = if within { "the one before it in the file" } else { "the newest that is known" };
    Some(format!("no figures for {missing}: {} does not follow {}, {newest}", period.label(), before.label()))
}

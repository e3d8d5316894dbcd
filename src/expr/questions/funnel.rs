//! The limits of a funnel plot: how far a figure may lie from the rate of all peers by chance, for what it is a share of.

use std::sync::Arc;

use super::{Argument, Signatures, Takes, Unanswered, View};
use crate::expr::{
    failure::{Outcome, wrong},
    funnels::{Asked, Figures},
};

const PLAIN: &[Takes] = &[Takes::Text, Takes::Text, Takes::Number];
const WITHIN: &[Takes] = &[Takes::Text, Takes::Text, Takes::Number, Takes::Text];

pub(super) const SIGNATURES: Signatures = &[
    ("funnel_upper", PLAIN),
    ("funnel_upper", WITHIN),
    ("funnel_lower", PLAIN),
    ("funnel_lower", WITHIN),
    ("funnel_rate", &[Takes::Text, Takes::Text]),
    ("funnel_rate", &[Takes::Text, Takes::Text, Takes::Text]),
];

/// The functions of this module; each names a measure first.
pub(in crate::expr) const FUNCTIONS: [&str; 3] = ["funnel_upper", "funnel_lower", "funnel_rate"];

/// What is asked of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::expr) struct FunnelQuestion {
    asked: Asked,
    overdispersed: bool,
    asks: Asks,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Asks {
    /// The rate of all peers together.
    Rate,
    /// The limit above it, beyond which chance takes a figure with this probability.
    Upper(f64),
    Lower(f64),
}

pub(super) fn question(name: &str, arguments: &[Argument<'_>]) -> Option<Outcome<FunnelQuestion>> {
    if !FUNCTIONS.contains(&name) {
        return None;
    }
    let (measure, what, level, within) = match *arguments {
        [Argument::Text(measure), Argument::Text(what)] => (measure, what, None, None),
        [Argument::Text(measure), Argument::Text(what), Argument::Text(within)] => (measure, what, None, Some(within)),
        [Argument::Text(measure), Argument::Text(what), Argument::Number(level)] => (measure, what, Some(level), None),
        [Argument::Text(measure), Argument::Text(what), Argument::Number(level), Argument::Text(within)] => {
            (measure, what, Some(level), Some(within))
        }
        _ => return None,
    };
    let (figures, overdispersed) = match what {
        "share" => (Figures::Share, false),
        "count" => (Figures::Count, false),
        "events" => (Figures::Events, false),
        "share, overdispersed" => (Figures::Share, true),
        "count, overdispersed" => (Figures::Count, true),
        "events, overdispersed" => (Figures::Events, true),
        _ => {
            return Some(wrong(format!(
                "`{what}` is none of `share`, `count` and `events`, alone or `…, overdispersed`"
            )));
        }
    };
    let tail = match level {
        Some(0.95) => 0.025,
        Some(0.998) => 0.001,
        Some(level) => return Some(wrong(format!("the limits of a funnel are 0.95 or 0.998, not {level}"))),
        None => 0.0,
    };
    let asks = match name {
        "funnel_upper" => Asks::Upper(tail),
        "funnel_lower" => Asks::Lower(tail),
        _ => Asks::Rate,
    };
    let (dataset, measure) = match measure.split_once('/') {
        Some((dataset, measure)) => (Some(Arc::from(dataset)), Arc::from(measure)),
        None => (None, Arc::from(measure)),
    };
    let asked = Asked { dataset, measure, figures, within: within.map(Arc::from) };
    Some(Ok(FunnelQuestion { asked, overdispersed, asks }))
}

/// With fewer peers, nobody can say by how much they differ.
const FEWEST_FOR_DISPERSION: usize = 10;

impl FunnelQuestion {
    pub(super) fn answer(&self, view: View<'_>) -> Result<f64, Unanswered> {
        let View { series, period, around } = view;
        let because = |reason: String| Err(Unanswered::Because(reason));
        let (measure, when) = (&self.asked.measure, period.label());
        let Some(base) = self.asked.base(around, &series.key.labels, period) else {
            return because(format!("no {measure} above 0 for {when}"));
        };
        let funnels = around.funnels(&self.asked);
        let Some(common) = self.asked.at(&funnels, series, period) else {
            return because(format!("no peer has a figure and {measure} for {when}"));
        };
        if self.overdispersed && common.peers < FEWEST_FOR_DISPERSION {
            return because(format!(
                "{} peers are too few to tell how much they differ: {FEWEST_FOR_DISPERSION} are needed",
                common.peers
            ));
        }
        let possible = if self.asked.figures == Figures::Events { f64::INFINITY } else { 1.0 };
        if !(0.0..=possible).contains(&common.rate) || !base.is_finite() {
            return because(format!("the figures for {when} cannot be a part of {measure}"));
        }
        let dispersion = if self.overdispersed { common.dispersion } else { 1.0 };
        let chance = self.asked.chance(base, common.rate);
        let (limit, side) = match self.asks {
            Asks::Rate => return Ok(common.rate),
            Asks::Upper(tail) => (chance.upper(tail, dispersion), "an upper limit: all of them"),
            Asks::Lower(tail) => (chance.lower(tail, dispersion), "a lower limit: none of them"),
        };
        match limit {
            None => because(format!("{measure} of {base} is too few for {side} may be chance")),
            // Shares are printed with few digits: halfway to the next whole count is on neither side.
            Some(limit) if self.asked.figures == Figures::Share => Ok(match self.asks {
                Asks::Lower(_) => (limit.ceil() - 0.5) / base,
                _ => (limit.floor() + 0.5) / base,
            }),
            Some(limit) => Ok(limit),
        }
    }
}

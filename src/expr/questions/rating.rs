//! Red, amber, green, as the gate's check of printed ratings has it.

use super::{
    Argument, Signatures, Takes, Unanswered, View,
    own::{FURTHEST, plan, value},
};
use crate::{
    expr::{
        failure::{Outcome, wrong},
        functions::whole,
    },
    model::{Better, Bound, Period, Rating, Tolerance, Value},
};

pub(super) const SIGNATURES: Signatures = &[
    ("rag", &[Takes::Text]),
    ("rag", &[Takes::Text, Takes::Number]),
    ("target_missed_by", &[]),
    (CEILING, &[]),
    (FLOOR, &[]),
];

const CEILING: &str = "plan_is_ceiling";
const FLOOR: &str = "plan_is_floor";

/// Whether a function of this name answers true or false.
pub(super) fn is_truth(name: &str) -> bool {
    [CEILING, FLOOR].contains(&name)
}

/// How a figure stands against its plan, which may be a bound or a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::expr) enum RatingQuestion {
    /// By how much the plan is missed; nought where it is met.
    MissedBy,
    /// Whether the plan is a bound from above alone (`18.2 or less`): no figure is too low for it.
    Ceiling,
    /// Whether it is one from below alone (`≥ 95%`).
    Floor,
    /// The rating, some periods ago: 1 is green, 2 amber, 3 red.
    Rag(Rag),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::expr) struct Rag {
    amber: Tolerance,
    /// The direction that is good, where it is not that of the measure.
    better: Option<Better>,
    ago: i32,
}

pub(super) fn question(name: &str, arguments: &[Argument<'_>]) -> Option<Outcome<RatingQuestion>> {
    let (text, ago) = match *arguments {
        [] if name == "target_missed_by" => return Some(Ok(RatingQuestion::MissedBy)),
        [] if name == CEILING => return Some(Ok(RatingQuestion::Ceiling)),
        [] if name == FLOOR => return Some(Ok(RatingQuestion::Floor)),
        [Argument::Text(text)] if name == "rag" => (text, 0.0),
        [Argument::Text(text), Argument::Number(ago)] if name == "rag" => (text, ago),
        _ => return None,
    };
    let Some((amber, better)) = amber(text) else {
        let words = "write \"5%\", \"0.02\", or \"5% lower\" where lower is better";
        return Some(wrong(format!("`{text}` is no tolerance: {words}")));
    };
    Some(whole(ago, 0..=FURTHEST).map(|ago| RatingQuestion::Rag(Rag { amber, better, ago })))
}

/// `5%`, `0.02`, `5% lower`.
fn amber(text: &str) -> Option<(Tolerance, Option<Better>)> {
    let (tolerance, better) = match text.trim().split_once(' ') {
        None => (text.trim(), None),
        Some((tolerance, "higher")) => (tolerance, Some(Better::Higher)),
        Some((tolerance, "lower")) => (tolerance, Some(Better::Lower)),
        Some(_) => return None,
    };
    tolerance.parse().ok().map(|tolerance| (tolerance, better))
}

impl RatingQuestion {
    pub(super) fn answer(self, view: View<'_>) -> Result<f64, Unanswered> {
        match self {
            Self::MissedBy => missed_by(view),
            Self::Ceiling => Ok(f64::from(u8::from(only_end(view) == (false, true)))),
            Self::Floor => Ok(f64::from(u8::from(only_end(view) == (true, false)))),
            Self::Rag(rag) => rag.answer(view),
        }
    }
}

/// Which ends a plan has that is a bound or a range: the lower, the upper.
fn only_end(view: View<'_>) -> (bool, bool) {
    match view.series.at(view.period).map(|figure| figure.plan) {
        Some(Value::Bound(bound)) => (bound.at_least.is_some(), bound.at_most.is_some()),
        _ => (false, false),
    }
}

/// The target of a period: a plain plan is met on the side that is good.
fn bound(view: View<'_>, period: Period, better: Better) -> Result<Bound, Unanswered> {
    if let Some(Value::Bound(bound)) = view.series.at(period).map(|figure| figure.plan) {
        return Ok(bound);
    }
    let plan = plan(view, period)?;
    match better {
        Better::Higher => Ok(Bound { at_least: Some(plan), at_most: None }),
        Better::Lower => Ok(Bound { at_least: None, at_most: Some(plan) }),
        Better::Neither => Err(Unanswered::Because("no direction of this measure is good".to_owned())),
    }
}

fn missed_by(view: View<'_>) -> Result<f64, Unanswered> {
    let actual = value(view, view.period)?;
    Ok(bound(view, view.period, view.series.better)?.missed_by(actual))
}

impl Rag {
    fn answer(self, view: View<'_>) -> Result<f64, Unanswered> {
        let period = view.period.minus(self.ago);
        let actual = value(view, period)?;
        let bound = bound(view, period, self.better.unwrap_or(view.series.better))?;
        let below = bound.at_least.map(|least| Rating::where_higher_is_better(actual, least, self.amber));
        let above = bound.at_most.map(|most| Rating::where_lower_is_better(actual, most, self.amber));
        let worst = below.into_iter().chain(above).map(Rating::number).max();
        Ok(f64::from(worst.unwrap_or_else(|| Rating::Green.number())))
    }
}

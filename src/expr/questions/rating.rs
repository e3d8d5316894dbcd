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
    model::{Better, Rating, Tolerance},
};

pub(super) const SIGNATURES: Signatures = &[("rag", &[Takes::Text]), ("rag", &[Takes::Text, Takes::Number])];

/// The rating of a figure against its plan, some periods ago: 1 is green, 2 amber, 3 red.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::expr) struct RatingQuestion {
    amber: Tolerance,
    /// The direction that is good, where it is not that of the measure.
    better: Option<Better>,
    ago: i32,
}

pub(super) fn question(name: &str, arguments: &[Argument<'_>]) -> Option<Outcome<RatingQuestion>> {
    let (text, ago) = match *arguments {
        [Argument::Text(text)] if name == "rag" => (text, 0.0),
        [Argument::Text(text), Argument::Number(ago)] if name == "rag" => (text, ago),
        _ => return None,
    };
    let Some((amber, better)) = amber(text) else {
        let words = "write \"5%\", \"0.02\", or \"5% lower\" where lower is better";
        return Some(wrong(format!("`{text}` is no tolerance: {words}")));
    };
    Some(whole(ago, 0..=FURTHEST).map(|ago| RatingQuestion { amber, better, ago }))
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
        let period = view.period.minus(self.ago);
        let (actual, plan) = (value(view, period)?, plan(view, period)?);
        let rating = match self.better.unwrap_or(view.series.better) {
            Better::Higher => Rating::where_higher_is_better(actual, plan, self.amber),
            Better::Lower => Rating::where_lower_is_better(actual, plan, self.amber),
            Better::Neither => {
                return Err(Unanswered::Because("no direction of this measure is good".to_owned()));
            }
        };
        Ok(f64::from(rating.number()))
    }
}

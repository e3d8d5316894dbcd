//! Other measures: of the same dataset with the same labels, or of another dataset with the labels that both have.

use std::sync::Arc;

use super::{Argument, Signatures, Takes, Unanswered, View, end_of};
use crate::{
    expr::{failure::Outcome, functions::whole},
    model::{Period, Series, Value},
};

pub(super) const SIGNATURES: Signatures = &[
    ("other", &[Takes::Text]),
    ("other", &[Takes::Text, Takes::Number]),
    ("other_plan", &[Takes::Text]),
    ("other_plan", &[Takes::Text, Takes::Number]),
    ("in_force", &[Takes::Text]),
];

/// The functions of this module, which name a measure: `other("cost")`, or `other("les-prices/price")` of another dataset.
pub(in crate::expr) const FUNCTIONS: [&str; 3] = ["other", "other_plan", "in_force"];

/// A figure or plan of another measure.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::expr) struct OtherQuestion {
    dataset: Option<Arc<str>>,
    measure: Arc<str>,
    asks: Asks,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Asks {
    /// The figure so many periods ago.
    Ago(i32),
    /// The plan likewise.
    PlanAgo(i32),
    /// The newest figure of a period that has begun by then, of whatever kind: the price of a year holds for its months,
    /// and until there is another.
    InForce,
}

pub(super) fn question(name: &str, arguments: &[Argument<'_>]) -> Option<Outcome<OtherQuestion>> {
    if !FUNCTIONS.contains(&name) {
        return None;
    }
    let (named, ago) = match *arguments {
        [Argument::Text(measure)] => (measure, Ok(0)),
        [Argument::Text(measure), Argument::Number(ago)] => (measure, whole(ago, 0..=super::own::FURTHEST)),
        _ => return None,
    };
    let (dataset, measure) = match named.split_once('/') {
        Some((dataset, measure)) => (Some(Arc::from(dataset)), measure),
        None => (None, named),
    };
    let asks = |ago| match name {
        "in_force" => Asks::InForce,
        "other_plan" => Asks::PlanAgo(ago),
        _ => Asks::Ago(ago),
    };
    Some(ago.map(|ago| OtherQuestion { dataset, measure: Arc::from(measure), asks: asks(ago) }))
}

impl OtherQuestion {
    pub(super) fn answer(&self, view: View<'_>) -> Result<f64, Unanswered> {
        let (period, value) = self.value(self.series(view)?, view.period);
        match value {
            Value::Number(number) => Ok(number),
            Value::Missing { missing } => Err(Unanswered::Because(format!(
                "no {} of {} for {}: {}",
                if matches!(self.asks, Asks::PlanAgo(_)) { "plan" } else { "figure" },
                self.measure,
                period.label(),
                missing.reason()
            ))),
            Value::Bound(bound) => end_of(bound, "plan", period),
        }
    }

    /// The other measure's series for the labels that are looked at.
    fn series<'a>(&'a self, View { series, around, .. }: View<'a>) -> Result<Option<&'a Series>, Unanswered> {
        let Some(dataset) = &self.dataset else { return Ok(around.beside(&series.key.labels, &self.measure)) };
        let mut there = around.elsewhere(dataset, &self.measure, &series.key.labels);
        let found = there.next();
        if there.next().is_some() {
            let which = format!("{dataset} has several series of {} for these labels", self.measure);
            return Err(Unanswered::Because(which));
        }
        Ok(found)
    }

    /// The figure or plan that is asked for, and its period.
    fn value(&self, other: Option<&Series>, now: Period) -> (Period, Value) {
        let at = |period| other.and_then(|other| other.at(period));
        match self.asks {
            Asks::Ago(ago) => {
                let period = now.minus(ago);
                (period, at(period).map_or(Value::ABSENT, |figure| figure.value))
            }
            Asks::PlanAgo(ago) => {
                let period = now.minus(ago);
                (period, at(period).map_or(Value::ABSENT, |figure| figure.plan))
            }
            Asks::InForce => {
                let newest = other.and_then(|other| other.in_force(now));
                newest.map_or((now, Value::ABSENT), |(period, figure)| (period, figure.value))
            }
        }
    }
}

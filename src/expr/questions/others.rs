//! Other measures: of the same dataset with the same labels, or of another dataset with the labels that both have.

use std::sync::Arc;

use super::{Argument, Signatures, Takes, Unanswered, View};
use crate::{
    expr::{failure::Outcome, functions::whole},
    model::{Figure, Value},
};

pub(super) const SIGNATURES: Signatures = &[
    ("other", &[Takes::Text]),
    ("other", &[Takes::Text, Takes::Number]),
    ("other_plan", &[Takes::Text]),
    ("other_plan", &[Takes::Text, Takes::Number]),
];

/// The functions of this module, which name a measure: `other("cost")`, or `other("les-prices/price")` of another dataset.
pub(in crate::expr) const FUNCTIONS: [&str; 2] = ["other", "other_plan"];

/// A figure or plan of another measure, some periods ago.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::expr) struct OtherQuestion {
    dataset: Option<Arc<str>>,
    measure: Arc<str>,
    ago: i32,
    plan: bool,
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
    Some(ago.map(|ago| OtherQuestion { dataset, measure: Arc::from(measure), ago, plan: name == "other_plan" }))
}

impl OtherQuestion {
    pub(super) fn answer(&self, view: View<'_>) -> Result<f64, Unanswered> {
        let (series, period, around) = (view.series, view.period.minus(self.ago), view.around);
        let figure = match &self.dataset {
            None => around.beside(&series.key.labels, &self.measure).and_then(|other| other.at(period)),
            Some(dataset) => {
                let mut there = around.elsewhere(dataset, &self.measure, &series.key.labels);
                let figure = there.next().and_then(|other| other.at(period));
                if there.next().is_some() {
                    let which = format!("{dataset} has several series of {} for these labels", self.measure);
                    return Err(Unanswered::Because(which));
                }
                figure
            }
        };
        let value = figure.map_or(Value::ABSENT, |Figure { value, plan, .. }| if self.plan { plan } else { value });
        match value {
            Value::Number(number) => Ok(number),
            Value::Missing { missing } => Err(Unanswered::Because(format!(
                "no {} of {} for {}: {}",
                if self.plan { "plan" } else { "figure" },
                self.measure,
                period.label(),
                missing.reason()
            ))),
        }
    }
}

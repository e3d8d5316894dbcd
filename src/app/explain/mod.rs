//! What a rule means and what an alert rests on, in figures.

mod alert;
mod rests;
mod rule;

use std::sync::Arc;

use serde::Serialize;

use crate::{
    config::Config,
    expr::{Around, Explained, Named, Truth, View},
    model::{Figure, History, Period, Unit, Value},
    rules::Rule,
    store::{Store, StoreError},
};

use super::memory::Memory;

pub use alert::{AlertExplained, Step, explain_alert};
pub use rests::{Message, Rest, Told};
pub use rule::{RuleExplained, RuleWords, SeriesStanding, explain_rule};

/// A rule at one period of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtPeriod {
    /// The period.
    pub period: Period,
    /// The figure.
    pub value: Value,
    /// Its plan or target.
    pub plan: Value,
    /// The unit of both.
    pub unit: Unit,
    /// `breach`, `clear`, `cannot tell` or `failed`.
    pub answer: &'static str,
    /// Why the rule could not tell, or failed.
    pub reason: Option<String>,
    /// The condition with the figures filled in: `694 < 0.6 * 1332 = 799.2`.
    pub filled: String,
    /// What stands for each name of the condition.
    pub values: Vec<Named>,
}

impl AtPeriod {
    /// What a rule says of a series at a period.
    #[must_use]
    pub fn of(rule: &Rule, view: View<'_>) -> Self {
        let View { series, period, .. } = view;
        let Figure { value, plan, .. } = series.at(period).unwrap_or(Figure::ABSENT);
        let Explained { filled, values, answer } = rule.explain(view);
        let (answer, reason) = match answer {
            Truth::True => ("breach", None),
            Truth::False => ("clear", None),
            Truth::CannotTell(reason) => ("cannot tell", Some(reason)),
            Truth::Failed(reason) => ("failed", Some(reason)),
        };
        Self { period, value, plan, unit: series.unit(), answer, reason, filled, values }
    }
}

/// What a rule looks at; nothing where nothing is known yet.
#[derive(Debug, Default)]
pub struct Known {
    /// Its dataset, with the measures of one's own.
    pub history: Arc<History>,
    /// What surrounds each series: its peers, and the other datasets that the rule asks for figures of.
    pub around: Arc<Around>,
}

impl Known {
    /// What the store has of it.
    ///
    /// # Errors
    /// The store fails.
    pub async fn of(config: &Config, store: &Store, rule: &Arc<Rule>) -> Result<Self, StoreError> {
        let histories = Memory::of(Some(store.clone())).around(config, [rule]).await?;
        let history = histories.get(rule.dataset()).cloned().unwrap_or_default();
        let around = rule.around(&history, &histories);
        Ok(Self { history, around })
    }
}

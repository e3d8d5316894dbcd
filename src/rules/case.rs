//! Recorded cases: tests of several rules together, in a file of their own.
//!
//! ```yaml
//! cases:
//!   - name: Dementia falls below its plan
//!     rules: [les-below-60-percent-of-plan, les-deterioration]
//!     series:
//!       - { labels: { contract: Dementia }, from: 2025-09, value: 813 694, plan: 1332x2 }
//!     expect:
//!       - { rule: les-below-60-percent-of-plan, at: 2025-10, labels: { contract: Dementia } }
//! ```
//!
//! `bellwether backtest --record` writes such a file from the figures that are known.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::{
    Catalog, Expectation, Rule, TestSeries,
    rule_test::{check_expectation, check_series},
};
use crate::yaml::{Located, Problem, Problems};

/// A file of recorded cases.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The cases, each by itself.
    pub cases: Vec<CaseSettings>,
}

/// One case as it is written.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseSettings {
    /// What it shows.
    pub name: Located<String>,
    /// The rules that are evaluated together, by id. All are on one dataset.
    pub rules: Vec<Located<String>>,
    /// The figures. `value` is of the measure that the rules look at, if they all look at the same.
    pub series: Vec<TestSeries>,
    /// What must be seen. What fires and is not named here is a failure.
    pub expect: Vec<Expectation>,
}

/// A case whose names are all known.
#[derive(Debug, Clone)]
pub struct Case {
    /// As it is written.
    pub settings: CaseSettings,
    /// Its rules.
    pub rules: Vec<Arc<Rule>>,
}

impl Case {
    /// Holds a case against the rules and measures that there are.
    ///
    /// # Errors
    /// Every rule, measure and label that is not there, rules on several datasets, and figures of no clear measure.
    pub fn compile(
        settings: CaseSettings,
        known: &BTreeMap<String, Arc<Rule>>,
        catalog: &Catalog,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut rules: Vec<Arc<Rule>> = Vec::new();
        for id in &settings.rules {
            match known.get(&id.value) {
                Some(rule) => rules.push(Arc::clone(rule)),
                None => problems.push(unknown_rule(id, known.keys())),
            }
        }
        let Some(first) = rules.first().cloned() else {
            if settings.rules.is_empty() {
                problems.push(Problem::new(settings.name.place.clone(), "this case names no rules"));
            }
            return Err(problems);
        };
        for (id, rule) in settings.rules.iter().zip(&rules).filter(|(_, rule)| rule.dataset() != first.dataset()) {
            let message =
                format!("`{}` is on {}, and `{}` on {}", rule.id(), rule.dataset(), first.id(), first.dataset());
            problems.push(Problem::new(id.place.clone(), message).hint("the rules of a case are on one dataset"));
        }
        let alone = rules.iter().all(|rule| rule.measure() == first.measure());
        let measure = catalog.measure(&first.settings().dataset, &first.settings().measure).ok().filter(|_| alone);
        for series in &settings.series {
            check_series(series, &first.settings().dataset, measure, catalog, &mut problems);
        }
        for expectation in &settings.expect {
            let of = expectation.rule.as_ref();
            if let Some(id) = of.filter(|id| settings.rules.iter().all(|rule| rule.value != id.value)) {
                problems.push(unknown_rule(id, settings.rules.iter().map(|rule| &rule.value)));
            }
            if of.is_none() && rules.len() > 1 {
                let problem = Problem::new(expectation.at.place.clone(), "whose alert is this?");
                problems.push(problem.hint("the case has several rules: add `rule: ID`"));
            }
            let known: Vec<String> = rules.iter().flat_map(|rule| labels(rule, catalog)).collect();
            check_expectation(expectation, &settings.series, &known, &mut problems);
        }
        problems.into_result().map(|()| Self { settings, rules })
    }

    /// The dataset of its rules.
    #[must_use]
    pub fn dataset(&self) -> &str {
        self.rules.first().map_or("", |rule| rule.dataset())
    }
}

fn unknown_rule<'a>(id: &Located<String>, known: impl Iterator<Item = &'a String>) -> Problem {
    Problem::unknown(id.place.clone(), "rule", id, known.map(String::as_str))
}

/// The labels that alerts of a rule have.
fn labels(rule: &Rule, catalog: &Catalog) -> Vec<String> {
    let measure = catalog.measure(&rule.settings().dataset, &rule.settings().measure);
    let own = rule.settings().labels.keys().map(|name| name.value.clone());
    measure.map_or_else(|_| Vec::new(), |measure| measure.labels.clone()).into_iter().chain(own).collect()
}

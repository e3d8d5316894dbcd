//! The tests that a rule has in its own file, as data.
//!
//! A test gives series, evaluates the rule over all their periods in order, and says what must be seen. Who runs it
//! keeps to this:
//!
//! - each expectation looks at the alert with its labels (a part of them is enough, if it is the part of one alert
//!   only) right after the period `at`, and compares what it names: the state always, `since` and `message` if given;
//! - an alert that fires at any period and whose labels no expectation names is a failure of the test; so `expect: []`
//!   says that nothing may fire.
//!
//! A recorded case ([`super::CaseFile`]) is the same for several rules together.

use serde::Deserialize;

use super::{Catalog, Figures, MeasureEntry, RuleSettings};
use crate::{
    model::{AlertState, Better, Figure, Labels, Period, Series, SeriesKey, Unit, Value},
    yaml::{Entries, Located, Problem, Problems},
};

/// One test of a rule.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleTest {
    /// What it shows.
    pub name: Located<String>,
    /// The series that the rule looks at, all of the rule's measure.
    pub series: Vec<TestSeries>,
    /// What must be seen.
    pub expect: Vec<Expectation>,
}

/// Series of a test that have the same figures.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestSeries {
    /// Their labels.
    #[serde(default)]
    pub labels: Entries<String>,
    /// Labels with several values: a series for each of them, and for each combination of several such labels.
    #[serde(default)]
    pub each: Entries<Vec<String>>,
    /// The period of the first figure; the others follow it without a gap.
    pub from: Located<Period>,
    /// The figures of the rule's measure.
    #[serde(default)]
    pub value: Option<Located<Figures>>,
    /// Their plans, as many as there are figures; without it, the measure has none.
    #[serde(default)]
    pub plan: Option<Located<Figures>>,
    /// The figures of other measures with these labels, by the measure's name: `cost` of the same dataset, `les-prices/price`
    /// of another. What its labels have otherwise is a series of its own here.
    #[serde(default)]
    pub measures: Entries<TestFigures>,
}

/// The figures of one measure.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestFigures {
    /// The figures.
    pub value: Located<Figures>,
    /// Their plans, as many as there are figures.
    #[serde(default)]
    pub plan: Option<Located<Figures>>,
}

/// What must be seen of one alert at one period.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// After which period.
    pub at: Located<Period>,
    /// Whose alert it is, in a recorded case of several rules.
    #[serde(default)]
    pub rule: Option<Located<String>>,
    /// Labels that the alert has, at least.
    #[serde(default)]
    pub labels: Entries<String>,
    /// Where it stands.
    #[serde(default = "firing")]
    pub state: AlertState,
    /// The first period in breach.
    #[serde(default)]
    pub since: Option<Period>,
    /// Its message.
    #[serde(default)]
    pub message: Option<String>,
}

fn firing() -> AlertState {
    AlertState::Firing
}

impl TestSeries {
    /// The series themselves, each with the name of its measure as it is written here. `measure` is the one that `value` is
    /// of; `traits` says of each measure which direction is good and what unit it has. A period without a figure (`_`) is one for which a file arrived that did not hold the series.
    #[must_use]
    pub fn series(&self, measure: &str, traits: impl Fn(&str, &Labels) -> (Better, Unit)) -> Vec<Series> {
        let mut all = Vec::new();
        for labels in self.combinations() {
            for (name, values, plans) in self.figures(measure) {
                let (better, unit) = traits(name, &labels);
                let key = SeriesKey { measure: name.to_owned(), labels: labels.clone() };
                let mut series = Series::new(key, better);
                let mut plans = plans.iter().flat_map(|plan| &plan.0);
                let mut period = self.from.value;
                for value in &values.0 {
                    let plan = plans.next().copied().unwrap_or(Value::ABSENT);
                    series.insert(period, Figure { value: *value, plan, unit: Some(unit) });
                    period = period.next();
                }
                all.push(series);
            }
        }
        all
    }

    /// Whether it has figures of the dataset that the rules are on.
    fn is_of_rules(&self) -> bool {
        self.value.is_some() || self.measures.keys().any(|name| !name.contains('/'))
    }

    /// Each measure with its figures and plans.
    fn figures<'a>(
        &'a self,
        measure: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Located<Figures>, Option<&'a Located<Figures>>)> {
        let own = self.value.iter().map(move |value| (measure, value, self.plan.as_ref()));
        let others = self.measures.iter().map(|(name, of)| (name.as_str(), &of.value, of.plan.as_ref()));
        own.chain(others)
    }

    fn combinations(&self) -> Vec<Labels> {
        let mut combined = vec![self.labels.labels()];
        for (name, values) in self.each.iter() {
            let with = |labels: &Labels, value: &String| {
                let mut labels = labels.clone();
                labels.insert(name.value.as_str(), value.as_str());
                labels
            };
            combined = combined.iter().flat_map(|labels| values.iter().map(move |value| with(labels, value))).collect();
        }
        combined
    }
}

impl Expectation {
    /// Whether it speaks of an alert with these labels.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        labels.contains(&self.labels.labels())
    }
}

/// All that is wrong with a rule's tests before any is run.
pub(super) fn check(settings: &RuleSettings, measure: &MeasureEntry, catalog: &Catalog) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for test in &settings.tests {
        for series in &test.series {
            check_series(series, &settings.dataset, Some(measure), catalog, &mut problems);
        }
        let extra = settings.labels.keys().map(|name| name.value.clone());
        let known: Vec<String> = measure.labels.iter().cloned().chain(extra).collect();
        for expectation in &test.expect {
            check_expectation(expectation, &test.series, &known, &mut problems);
            if let Some(rule) = &expectation.rule {
                let problem = Problem::new(rule.place.clone(), "the tests of a rule are about this rule alone");
                problems.push(problem.hint("leave `rule` out; several rules together are a recorded case"));
            }
        }
    }
    problems.into_result()
}

/// What is wrong with the series of a test; `measure` is the one that `value` is of, if it is clear which that is.
pub(super) fn check_series(
    series: &TestSeries,
    dataset: &Located<String>,
    measure: Option<&MeasureEntry>,
    catalog: &Catalog,
    problems: &mut Problems,
) {
    match (&series.value, measure) {
        (Some(value), Some(measure)) => {
            check_labels(series, measure, problems);
            check_figures(value, series.plan.as_ref(), measure, problems);
        }
        (Some(value), None) => {
            let problem =
                Problem::new(value.place.clone(), "the rules look at several measures: whose figures are these?");
            problems.push(problem.hint("write them as `measures: { NAME: { value: … } }`"));
        }
        (None, _) if series.measures.0.is_empty() => {
            let problem = Problem::new(series.from.place.clone(), "this series has no figures");
            problems.push(problem.hint("add `value: 61 59 60`"));
        }
        (None, _) => {}
    }
    for (name, figures) in series.measures.iter() {
        let at = |value: &str| Located { value: value.to_owned(), place: name.place.clone() };
        let found = match name.split_once('/') {
            Some((dataset, measure)) => catalog.measure(&at(dataset), &at(measure)),
            None => catalog.measure(dataset, name),
        };
        if let Some(measure) = problems.take(found.map_err(Problems::from)) {
            check_labels(series, measure, problems);
            check_figures(&figures.value, figures.plan.as_ref(), measure, problems);
        }
    }
}

fn check_labels(series: &TestSeries, measure: &MeasureEntry, problems: &mut Problems) {
    unknown_labels(&series.labels, &measure.labels, problems);
    unknown_labels(&series.each, &measure.labels, problems);
}

/// What is wrong with an expectation on these series.
pub(super) fn check_expectation(
    expectation: &Expectation,
    series: &[TestSeries],
    known: &[String],
    problems: &mut Problems,
) {
    unknown_labels(&expectation.labels, known, problems);
    let own = series.iter().find(|series| series.is_of_rules());
    let granularity = own.map(|series| series.from.granularity());
    if granularity.is_some_and(|granularity| granularity != expectation.at.granularity()) {
        let message = format!("{} is not a period of the kind that the series has", expectation.at.value);
        problems.push(Problem::new(expectation.at.place.clone(), message));
    }
}

/// Notes labels that are not among those that are known.
pub(super) fn unknown_labels<V>(labels: &Entries<V>, known: &[String], problems: &mut Problems) {
    for name in labels.keys().filter(|name| !known.contains(&name.value)) {
        problems.push(Problem::unknown(name.place.clone(), "label", name, known.iter().map(String::as_str)));
    }
}

fn check_figures(
    values: &Located<Figures>,
    plan: Option<&Located<Figures>>,
    measure: &MeasureEntry,
    problems: &mut Problems,
) {
    if values.0.iter().any(|value| matches!(value, Value::Bound(_))) {
        let problem = Problem::new(values.place.clone(), "a figure is no bound or range: only a `plan` is");
        problems.push(problem.hint("write the figure itself, or `_` where there is none"));
    }
    let Some(plan) = plan else { return };
    if !measure.has_plan() {
        problems.push(Problem::new(plan.place.clone(), "this measure has no plan"));
    }
    let (values, plans) = (values.0.len(), plan.0.len());
    if values != plans {
        let message = format!("{plans} plans for {values} figures");
        problems.push(Problem::new(plan.place.clone(), message).hint("write as many of one as of the other"));
    }
}

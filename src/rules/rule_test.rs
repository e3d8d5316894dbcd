//! The tests that a rule has in its own file, as data.
//!
//! A test gives series, evaluates the rule over all their periods in order, and says what must be seen. Who runs it
//! keeps to this:
//!
//! - each expectation looks at the alert with its labels (a part of them is enough, if it is the part of one alert
//!   only) right after the period `at`, and compares what it names: the state always, `since` and `message` if given;
//! - an alert that fires at any period and whose labels no expectation names is a failure of the test; so `expect: []`
//!   says that nothing may fire.

use serde::Deserialize;

use super::{Figures, MeasureEntry, RuleSettings};
use crate::{
    model::{AlertState, Better, Figure, Labels, Period, Series, SeriesKey, Unit, Value},
    yaml::{Entries, Located, Problem, Problems},
};

/// One test of a rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleTest {
    /// What it shows.
    pub name: Located<String>,
    /// The series that the rule looks at, all of the rule's measure.
    pub series: Vec<TestSeries>,
    /// What must be seen.
    pub expect: Vec<Expectation>,
}

/// A series of a test.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestSeries {
    /// Its labels.
    #[serde(default)]
    pub labels: Entries<String>,
    /// The period of the first figure; the others follow it without a gap.
    pub from: Located<Period>,
    /// Its figures.
    pub value: Located<Figures>,
    /// Their plans, as many as there are figures; without it, the measure has none.
    #[serde(default)]
    pub plan: Option<Located<Figures>>,
}

/// What must be seen of one alert at one period.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// After which period.
    pub at: Located<Period>,
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
    /// The series itself. A period without a figure (`_`) is one for which a file arrived that did not hold the series.
    #[must_use]
    pub fn series(&self, measure: &str, better: Better, unit: Unit) -> Series {
        let key = SeriesKey { measure: measure.to_owned(), labels: self.labels.labels() };
        let mut series = Series::new(key, better);
        let mut plans = self.plan.iter().flat_map(|plan| &plan.0);
        let mut period = self.from.value;
        for value in &self.value.0 {
            let plan = plans.next().copied().unwrap_or(Value::ABSENT);
            series.insert(period, Figure { value: *value, plan, unit: Some(unit) });
            period = period.next();
        }
        series
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
pub(super) fn check(settings: &RuleSettings, measure: &MeasureEntry) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for test in &settings.tests {
        for series in &test.series {
            unknown_labels(&series.labels, &measure.labels, &mut problems);
            check_figures(series, measure, &mut problems);
        }
        let extra = settings.labels.keys().map(|name| name.value.clone());
        let known: Vec<String> = measure.labels.iter().cloned().chain(extra).collect();
        for expectation in &test.expect {
            unknown_labels(&expectation.labels, &known, &mut problems);
            let granularity = test.series.first().map(|series| series.from.granularity());
            if granularity.is_some_and(|granularity| granularity != expectation.at.granularity()) {
                let message = format!("{} is not a period of the kind that the series has", expectation.at.value);
                problems.push(Problem::new(expectation.at.place.clone(), message));
            }
        }
    }
    problems.into_result()
}

/// Notes labels that are not among those that are known.
pub(super) fn unknown_labels<V>(labels: &Entries<V>, known: &[String], problems: &mut Problems) {
    for name in labels.keys().filter(|name| !known.contains(&name.value)) {
        problems.push(Problem::unknown(name.place.clone(), "label", name, known.iter().map(String::as_str)));
    }
}

fn check_figures(series: &TestSeries, measure: &MeasureEntry, problems: &mut Problems) {
    let Some(plan) = &series.plan else { return };
    if !measure.has_plan {
        problems.push(Problem::new(plan.place.clone(), "this measure has no plan"));
    }
    let (values, plans) = (series.value.0.len(), plan.0.len());
    if values != plans {
        let message = format!("{plans} plans for {values} figures");
        problems.push(Problem::new(plan.place.clone(), message).hint("write as many of one as of the other"));
    }
}

//! A rule that names only what there is.

use super::{
    Catalog, MeasureEntry, RuleSettings, RuleTest, fingerprint,
    rule_test::{self, unknown_labels},
    when::When,
};
use crate::{
    expr::{Names, SERIES_VARIABLES, Scripts},
    model::{AlertSeverity, Better, Labels, Period, Series, Signal, Unit},
    yaml::{Located, Problem, Problems},
};

/// A compiled rule. It is compiled once, and shared between threads.
#[derive(Debug, Clone)]
pub struct Rule {
    id: String,
    settings: RuleSettings,
    only: Labels,
    labels: Labels,
    better: Better,
    unit: Unit,
    counted: Option<String>,
    fingerprint: String,
    condition: When,
}

impl Rule {
    /// Compiles a rule. The limits of its scripts are those that `scripts` were compiled with.
    ///
    /// # Errors
    /// Every name that is not there (dataset, measure, label, variable, function), with the nearest one; a plan that is
    /// asked for and that the measure does not have; what is not an expression; mistakes in its tests.
    pub fn compile(
        id: &Located<String>,
        settings: RuleSettings,
        catalog: &Catalog,
        scripts: &Scripts,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        check_names(id, &settings, &mut problems);
        let measure = catalog.measure(&settings.dataset, &settings.measure).map_err(Problems::from);
        let Some(measure) = problems.take(measure) else { return Err(problems) };
        check_labels(&settings, measure, &mut problems);
        problems.take(rule_test::check(&settings, measure));
        let condition = problems.take(When::compile(&settings, &names(&settings, measure), scripts));
        let Some(condition) = condition.filter(|_| problems.is_empty()) else { return Err(problems) };
        Ok(Self {
            id: id.value.clone(),
            only: settings.only.labels(),
            labels: settings.labels.labels(),
            better: measure.better,
            unit: measure.unit,
            counted: measure.counted.clone(),
            fingerprint: fingerprint::of(id, &settings, &condition.scripts()),
            condition,
            settings,
        })
    }

    /// Its id, which is for ever.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// One line for people.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.settings.summary
    }

    /// Why there is such a rule; empty if nobody said so.
    #[must_use]
    pub fn doc(&self) -> &str {
        &self.settings.doc
    }

    /// The dataset whose figures it looks at.
    #[must_use]
    pub fn dataset(&self) -> &str {
        &self.settings.dataset
    }

    /// The measure of the dataset.
    #[must_use]
    pub fn measure(&self) -> &str {
        &self.settings.measure
    }

    /// The direction of the measure that is good.
    #[must_use]
    pub fn better(&self) -> Better {
        self.better
    }

    /// The unit of the measure's figures, where its column says it.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// What the measure counts, for people: "appointments".
    #[must_use]
    pub fn counted(&self) -> Option<&str> {
        self.counted.as_deref()
    }

    /// How urgent its alerts are.
    #[must_use]
    pub fn severity(&self) -> AlertSeverity {
        self.settings.severity
    }

    /// How many consecutive periods must be in breach before it fires, at least 1.
    #[must_use]
    pub fn for_periods(&self) -> u32 {
        self.settings.for_periods.get()
    }

    /// How many consecutive periods must be clear before it is resolved, at least 1.
    #[must_use]
    pub fn resolve_after(&self) -> u32 {
        self.settings.resolve_after.get()
    }

    /// The labels of the alert that it makes of a series: those of the series, and the rule's own beside them.
    #[must_use]
    pub fn alert_labels(&self, series: &Series) -> Labels {
        series.key.labels.iter().chain(self.labels.iter()).collect()
    }

    /// Its tests.
    #[must_use]
    pub fn tests(&self) -> &[RuleTest] {
        &self.settings.tests
    }

    /// A hash of its definition and of the scripts that it can call: another one means that the rule has changed, and
    /// that what is known of its alerts must be worked out again.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Whether the rule looks at a series of its dataset.
    #[must_use]
    pub fn applies_to(&self, series: &Series) -> bool {
        series.key.measure == self.settings.measure.value && series.key.labels.contains(&self.only)
    }

    /// What the rule says of a series at a period, from the figures of the series alone.
    #[must_use]
    pub fn signal(&self, series: &Series, period: Period) -> Signal {
        self.condition.signal(series, period)
    }

    /// The rule's message for the figures of a period, whether they are in breach or not.
    #[must_use]
    pub fn describe(&self, series: &Series, period: Period) -> String {
        self.condition.describe(series, period)
    }
}

fn names(settings: &RuleSettings, measure: &MeasureEntry) -> Names {
    Names {
        labels: measure.labels.clone(),
        has_plan: measure.has_plan,
        settings: settings.settings.iter().map(|(name, setting)| (name.value.clone(), setting.clone())).collect(),
    }
}

fn check_names(id: &Located<String>, settings: &RuleSettings, problems: &mut Problems) {
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    if id.is_empty() || !id.chars().all(is_id) {
        let problem = Problem::new(id.place.clone(), format!("`{}` is no id of a rule", id.value));
        problems.push(problem.hint("an id is made of small letters, digits, `-`, `_` and `.`"));
    }
    for name in settings.settings.keys() {
        if SERIES_VARIABLES.contains(&name.as_str()) {
            let message = format!("`{}` is a variable of every rule", name.value);
            problems.push(Problem::new(name.place.clone(), message).hint("choose another name"));
        }
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(is_name) {
            let problem = Problem::new(name.place.clone(), format!("`{}` cannot be a variable", name.value));
            problems.push(problem.hint("a name is made of letters, digits and `_`"));
        }
    }
}

fn check_labels(settings: &RuleSettings, measure: &MeasureEntry, problems: &mut Problems) {
    unknown_labels(&settings.only, &measure.labels, problems);
    for name in settings.labels.keys().filter(|name| measure.labels.contains(&name.value)) {
        let message = format!("every series has a label `{}` already", name.value);
        problems.push(Problem::new(name.place.clone(), message).hint("choose another name"));
    }
}

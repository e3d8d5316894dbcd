//! A rule that names only what there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Catalog, Condition, MeasureEntry, Persistence, RuleSettings, RuleTest, chart,
    compiled::Compiled,
    fingerprint,
    kinds::Said,
    roll_up::{self, RollUp},
    rule_test::{self, unknown_labels},
};
use crate::{
    expr::{Around, Explained, Lane, Names, SERIES_VARIABLES, Scripts, View},
    model::{AlertSeverity, Better, ControlChart, History, Labels, Series, Signal, Unit},
    yaml::{Located, Problem, Problems},
};

/// A compiled rule. It is compiled once, and shared between threads.
#[derive(Debug, Clone)]
pub struct Rule {
    id: String,
    settings: RuleSettings,
    said: Said,
    labels: Labels,
    measure: MeasureEntry,
    fingerprint: String,
    compiled: Compiled,
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
        check_names(&settings, &mut problems);
        let measure = catalog.measure(&settings.dataset, &settings.measure).map_err(Problems::from);
        let Some(measure) = problems.take(measure) else { return Err(problems) };
        check_labels(&settings, measure, &mut problems);
        problems.take(settings.roll_up.as_ref().map_or(Ok(()), |roll_up| roll_up::check(roll_up, measure)));
        problems.take(rule_test::check(&settings, measure, catalog));
        let names = names(&settings, measure, catalog);
        let compiled = problems.take(say(id, &settings, measure)).and_then(|(condition, message)| {
            let compiled = Compiled::compile(&condition, &message, &names, scripts);
            let compiled = problems.take(compiled.map_err(|found| in_words_of(&settings, found)))?;
            Some((Said { condition: condition.value, message: message.value }, compiled))
        });
        let Some((said, compiled)) = compiled.filter(|_| problems.is_empty()) else { return Err(problems) };
        Ok(Self {
            id: id.value.clone(),
            labels: settings.labels.labels(),
            measure: measure.clone(),
            fingerprint: fingerprint::of(
                id,
                &settings,
                &said,
                compiled.asks_chart().then_some(&*measure.charting),
                &compiled.scripts(),
            ),
            said,
            compiled,
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
        self.measure.better
    }

    /// The unit of the measure's figures, where its column says it.
    #[must_use]
    pub fn unit(&self) -> Unit {
        self.measure.unit
    }

    /// What the measure counts, for people: "appointments".
    #[must_use]
    pub fn counted(&self) -> Option<&str> {
        self.measure.counted.as_deref()
    }

    /// How urgent its alerts are.
    #[must_use]
    pub fn severity(&self) -> AlertSeverity {
        self.settings.severity
    }

    /// How many periods must be in breach before it fires.
    #[must_use]
    pub fn persistence(&self) -> Persistence {
        self.settings.persistence
    }

    /// What it waits for, in Rhai, also where it is said by a kind.
    #[must_use]
    pub fn condition(&self) -> &str {
        &self.said.condition
    }

    /// How many consecutive periods must be clear before it is resolved, at least 1.
    #[must_use]
    pub fn resolve_after(&self) -> u32 {
        self.settings.resolve_after.get()
    }

    /// The labels of the alert that it makes of a series: those of the series, and the rule's own beside them.
    #[must_use]
    pub fn alert_labels(&self, series: &Series) -> Labels {
        if self.labels.is_empty() {
            return series.key.labels.clone();
        }
        series.key.labels.iter().chain(self.labels.iter()).collect()
    }

    /// When alerts of many series of one parent are told as one.
    #[must_use]
    pub fn roll_up(&self) -> Option<&RollUp> {
        self.settings.roll_up.as_ref()
    }

    /// The labels of the alert of a parent, and the rule's own beside them.
    #[must_use]
    pub fn parent_labels(&self, by: &str, parent: &str) -> Labels {
        [(by, parent)].into_iter().chain(self.labels.iter()).collect()
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
        series.key.measure == self.settings.measure.value && self.settings.only.takes(&series.key.labels)
    }

    /// The series that it looks at of what is known of its dataset, by the labels of their alerts.
    #[must_use]
    pub fn series<'a>(&self, history: &'a History) -> BTreeMap<Labels, &'a Series> {
        let looked_at = history.series().filter(|series| self.applies_to(series));
        looked_at.map(|series| (self.alert_labels(series), series)).collect()
    }

    /// What surrounds the series that it looks at, if it asks about more than each of them: each other as peers, the other
    /// measures of their dataset, and the other datasets.
    #[must_use]
    pub fn around(&self, history: &Arc<History>, elsewhere: &BTreeMap<String, Arc<History>>) -> Arc<Around> {
        if !self.compiled.asks_around() {
            return Arc::default();
        }
        Around::new(history, elsewhere, history.series().filter(|series| self.applies_to(series)))
    }

    /// The other datasets that it asks for figures of.
    #[must_use]
    pub fn elsewhere(&self) -> BTreeSet<String> {
        self.compiled.datasets()
    }

    /// Every measure whose figures it asks for, its own among them, as `dataset/measure`.
    #[must_use]
    pub fn needs(&self) -> BTreeSet<String> {
        let whole =
            |name: &str| if name.contains('/') { name.to_owned() } else { format!("{}/{name}", self.dataset()) };
        self.compiled.measures().chain([self.measure()]).map(whole).collect()
    }

    /// What the rule says of a series at a period.
    #[must_use]
    pub fn signal(&self, view: View<'_>) -> Signal {
        self.compiled.signal(view)
    }

    /// What it says of a series in each period of a lane, in short: true is a breach. None where [`Rule::signal`] has the
    /// reason why that cannot be said. Where it could not be said for as long as the rule allows, that is a breach.
    pub fn answers(&self, lane: &mut Lane<'_>, around: &Arc<Around>, answers: &mut Vec<Option<bool>>) {
        self.compiled.answers(lane, around, answers);
        if let Some(allowed) = self.settings.cannot_tell_for {
            let periods = lane.periods().len().max(1);
            answers.chunks_mut(periods).for_each(|of_series| unjudged_for(allowed.get(), of_series));
        }
    }

    /// The control chart of a series as seen from a period, if the rule asks for it.
    #[must_use]
    pub fn chart(&self, view: View<'_>) -> Option<ControlChart> {
        self.compiled.asks_chart().then(|| chart::of(view, &self.measure.charting)).flatten()
    }

    /// The condition with the figures of a period filled in.
    #[must_use]
    pub fn explain(&self, view: View<'_>) -> Explained {
        self.compiled.explain(view)
    }

    /// The rule as it is written.
    #[must_use]
    pub fn settings(&self) -> &RuleSettings {
        &self.settings
    }

    /// Its message with expressions in braces, also where it is a kind's own.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.said.message
    }

    /// The rule's message for the figures of a period, whether they are in breach or not.
    #[must_use]
    pub fn describe(&self, view: View<'_>) -> String {
        if self.settings.cannot_tell_for.is_some()
            && let Signal::CannotTell(reason) = self.compiled.signal(view)
        {
            return format!("{}: could not be judged: {reason}", view.series.key.labels.values());
        }
        self.compiled.describe(view)
    }
}

/// Makes breaches of the periods from which on a series could not be judged so many times in a row. Only what could be
/// judged once can cease to be: a history that is too short for a mean of twelve is no news.
fn unjudged_for(allowed: u32, answers: &mut [Option<bool>]) {
    let (mut began, mut run) = (false, 0);
    for answer in answers {
        match answer {
            Some(_) => (began, run) = (true, 0),
            None if began => run += 1,
            None => {}
        }
        if run >= allowed {
            *answer = Some(true);
        }
    }
}

/// Condition and message, each with the place that its mistakes are said at.
fn say(
    id: &Located<String>,
    settings: &RuleSettings,
    measure: &MeasureEntry,
) -> Result<(Located<String>, Located<String>), Problems> {
    let place = &settings.when.place;
    let at = |value: String| Located { value, place: place.clone() };
    match &settings.when.value {
        Condition::Written(condition) => {
            let Some(message) = &settings.message else {
                let problem = Problem::new(id.place.clone(), "a condition of one's own needs a `message`");
                return Err(problem.hint("such as `message: \"{subject}: {value}\"`").into());
            };
            Ok((at(condition.clone()), message.clone()))
        }
        Condition::Kind(kind) => {
            let Said { condition, message } = kind.say(measure)?;
            Ok((at(condition), settings.message.clone().unwrap_or_else(|| at(message))))
        }
    }
}

/// What is wrong with an expression that a kind stands for is wrong with the kind's settings, and said once. A message of
/// one's own has its mistakes where they stand.
fn in_words_of(settings: &RuleSettings, found: Problems) -> Problems {
    let Condition::Kind(kind) = &settings.when.value else { return found };
    let written = settings.message.as_ref().map(|message| message.place.span.clone()).unwrap_or_default();
    let mut once = Problems::default();
    for problem in found {
        let is_written = written.contains(&problem.place.span.start);
        once.push_new(if is_written { problem } else { Problem { place: kind.place().clone(), ..problem } });
    }
    once
}

fn names(settings: &RuleSettings, measure: &MeasureEntry, catalog: &Catalog) -> Names {
    Names {
        labels: measure.labels.clone(),
        has_plan: measure.has_plan(),
        settings: settings.settings.iter().map(|(name, setting)| (name.value.clone(), setting.clone())).collect(),
        suppressed_below: measure.suppressed_below,
        charting: Arc::clone(&measure.charting),
        measures: catalog.measures_beside(&settings.dataset),
    }
}

fn check_names(settings: &RuleSettings, problems: &mut Problems) {
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

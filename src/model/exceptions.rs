//! What a group is told of alerts: those of one delivery, sorted by what became of them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    AlertId, AlertSeverity, Cause, ControlChart, Delivery, DeliveryId, DueState, Finding, Handling, Labels, Override,
    Period, Severity, Unit, Value, Verdict,
};

/// The alerts of one delivery that concern one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exceptions {
    /// The dataset's id.
    pub dataset: String,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// The newest period that the group is told about.
    pub period: Period,
    /// The delivery that it rests on (the last one, when a long history was loaded). None where it speaks of what did not
    /// arrive: file, revision and verdict then say nothing.
    pub delivery: Option<DeliveryId>,
    /// The file's name.
    pub file: String,
    /// Which of the file's tables it is, where that is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Its revision.
    pub revision: u32,
    /// The delivery's verdict and warnings, named in the report.
    pub verdict: Verdict,
    /// Why the alerts were evaluated.
    pub cause: Cause,
    /// Whether this is the one summary of a history loaded for the first time.
    pub first_load: bool,
    /// Decisions of people over the gate's that these figures rest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Overridden>,
    /// How many series the group's rules looked at.
    pub series_judged: usize,
    /// Warnings of the delivery.
    pub findings: Vec<Finding>,
    /// Where the rules were changed, those by which something is otherwise now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed_rules: Vec<ChangedRule>,
    /// Alerts that began to fire.
    pub new: Vec<AlertLine>,
    /// Alerts that still fire, and are worse than at the period before.
    pub worsened: Vec<AlertLine>,
    /// Alerts that still fire.
    pub continuing: Vec<AlertLine>,
    /// Alerts that are over.
    pub resolved: Vec<AlertLine>,
    /// What was said before and is no longer true, because figures were restated.
    pub withdrawn: Vec<AlertLine>,
    /// What was said before and has changed, because figures were restated or arrived late.
    pub amended: Vec<AlertLine>,
    /// Alerts that fire and that the group is not told of now, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub muted: Vec<MutedLine>,
    /// Alerts that still fire and are acknowledged: they are no news.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_after: Vec<AlertLine>,
    /// Alerts that have begun to fire and end again and again: from now on, each turn is not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flapping: Vec<FlappingLine>,
    /// Series that a rule could not judge, and why.
    pub cannot_tell: Vec<UnknownLine>,
    /// Rules that went wrong.
    pub failed: Vec<UnknownLine>,
    /// What the group's rules could not judge because it did not arrive, or was held back.
    #[serde(default)]
    pub not_assured: Vec<NotAssured>,
}

impl Exceptions {
    /// A notice about a dataset's period that rests on no delivery and has nothing to say yet.
    #[must_use]
    pub fn empty(dataset: String, dataset_title: String, period: Period, cause: Cause) -> Self {
        Self {
            dataset,
            dataset_title,
            period,
            delivery: None,
            file: String::new(),
            table: None,
            revision: 0,
            verdict: Verdict::Published,
            cause,
            first_load: false,
            overrides: Vec::new(),
            series_judged: 0,
            findings: Vec::new(),
            changed_rules: Vec::new(),
            new: Vec::new(),
            worsened: Vec::new(),
            continuing: Vec::new(),
            resolved: Vec::new(),
            withdrawn: Vec::new(),
            amended: Vec::new(),
            muted: Vec::new(),
            looked_after: Vec::new(),
            flapping: Vec::new(),
            cannot_tell: Vec::new(),
            failed: Vec::new(),
            not_assured: Vec::new(),
        }
    }

    /// Whether there is anything to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.new.is_empty()
            && self.worsened.is_empty()
            && self.continuing.is_empty()
            && self.resolved.is_empty()
            && self.withdrawn.is_empty()
            && self.amended.is_empty()
            && self.flapping.is_empty()
            && self.failed.is_empty()
            && self.cannot_tell.iter().all(|line| line.firing_since.is_none())
    }

    /// The alerts that it names without telling of them, each with why.
    pub fn set_aside(&self) -> impl Iterator<Item = (&AlertLine, String)> {
        let muted = self.muted.iter().map(|muted| (&muted.line, muted.by.clone()));
        muted.chain(self.looked_after.iter().map(|line| (line, line.handling.words())))
    }

    /// How many alerts fire now.
    #[must_use]
    pub fn firing(&self) -> usize {
        self.new.len() + self.worsened.len() + self.continuing.len()
    }
}

/// One alert in a notice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertLine {
    /// The alert.
    pub id: AlertId,
    /// The rule's id.
    pub rule: String,
    /// The rule's summary for people.
    pub rule_summary: String,
    /// How much it weighs.
    pub severity: AlertSeverity,
    /// Its labels.
    pub labels: Labels,
    /// The rule's message for this series and period.
    pub message: String,
    /// The first period in breach.
    pub since: Period,
    /// How many periods it has been in breach, the present one included.
    pub periods: u32,
    /// The period of the figures.
    pub period: Period,
    /// The figure.
    pub value: Value,
    /// Its plan or target.
    pub plan: Value,
    /// The unit of all its figures.
    #[serde(default)]
    pub unit: Unit,
    /// What is counted: "appointments", where the measure says so.
    #[serde(default)]
    pub counted: Option<String>,
    /// What was given before for the figure, where it was restated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Value>,
    /// Since when it was said to be in breach, where it was amended and that is otherwise now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_since: Option<Period>,
    /// The figure of the period before, for comparison.
    pub previous: Value,
    /// The figures up to this period, oldest first, for a small chart (at most 13).
    pub trail: Vec<(Period, Value)>,
    /// The control chart, where the rule asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<ControlChart>,
    /// How it stands with people.
    #[serde(default, skip_serializing_if = "Handling::is_empty")]
    pub handling: Handling,
}

/// An alert that is not told of now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MutedLine {
    /// The alert.
    #[serde(flatten)]
    pub line: AlertLine,
    /// Why: `silenced by Jo Bell until 3 December 2025: moving house`.
    pub by: String,
}

/// An alert that a group is not told of, or not now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    /// The group.
    pub group: String,
    /// The alert's rule.
    pub rule: String,
    /// The alert's labels.
    pub labels: Labels,
    /// Why: `silenced by Jo Bell until 3 December 2025: moving house`.
    pub why: String,
}

/// A rule as it is since it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedRule {
    /// The rule's id.
    pub rule: String,
    /// When it fired before, as far as that is known and was otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// When it fires: `value < share * plan, with share 0.5`.
    pub now: String,
}

/// An alert that fires and ends again and again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlappingLine {
    /// The alert as it stands.
    #[serde(flatten)]
    pub line: AlertLine,
    /// `fired and ended 3 times in the last 12 months, and is not in breach now; …`.
    pub words: String,
}

/// A series that could not be judged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnknownLine {
    /// The rule's id.
    pub rule: String,
    /// The series' labels.
    pub labels: Labels,
    /// The period.
    pub period: Period,
    /// Why.
    pub reason: String,
    /// Since when its alert fires: it goes on firing until a figure shows otherwise.
    pub firing_since: Option<Period>,
}

/// A period of a dataset that did not arrive in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAssured {
    /// The dataset's id.
    pub dataset: String,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// Its measures that rules of the group judge.
    pub measures: Vec<String>,
    /// The period.
    pub period: Period,
    /// The last day on which it would have been in time.
    pub due: Date,
    /// How it stands: late, missing or held back.
    pub state: DueState,
    /// The same in words: `not arrived`, `arrived on 3 December 2025 and was held back: 2 errors`.
    pub reason: String,
}

/// A delivery whose verdict a person has overruled, as far as figures rest on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its file.
    pub file: String,
    /// The periods that it is for.
    pub periods: Vec<Period>,
    /// How many errors and warnings it has.
    pub issues: usize,
    /// What was decided, by whom, and why.
    #[serde(flatten)]
    pub decision: Override,
}

impl Overridden {
    /// A delivery and what somebody decided of it.
    #[must_use]
    pub fn of(delivery: &Delivery, decision: Override) -> Self {
        Self {
            delivery: delivery.id,
            file: delivery.file.clone(),
            periods: delivery.periods.clone(),
            issues: delivery.findings.iter().filter(|finding| finding.severity > Severity::Note).count(),
            decision,
        }
    }
}

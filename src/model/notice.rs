//! What one group is to be told.

use std::{borrow::Cow, fmt};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AlertId, AlertSeverity, Cause, ControlChart, Delivery, DeliveryId, Digest, DueState, Examination, Finding,
    Handling, Labels, Override, Period, Severity, ThreeAs, Unit, Value, Verdict, coded,
};

/// A notice's id; later ones sort after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(pub Uuid);

impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

coded! {
    /// What a notice is about.
    pub enum NoticeKind {
        /// Alerts of one delivery, to a group responsible.
        Exceptions = "exceptions",
        /// The gate's decision, to the dataset's steward.
        Gate = "gate",
        /// Something that the operator must see to: a dead letter, a rule that fails.
        Operator = "operator",
        /// A silence that begins or is over, to the groups that it keeps from hearing.
        Silence = "silence",
        /// Alerts that nobody looks after, to those whom they are taken to.
        Escalation = "escalation",
        /// What the groups below a committee are alerted to, advised of and assured about.
        ThreeAs = "three_as",
        /// The exception report, so many working days before papers are due.
        Digest = "digest",
    }
}

/// One notice to one group. It holds all that its renderings need, so that a message can be made again as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// When it was decided.
    pub created: Timestamp,
    /// The id of the group.
    pub group: String,
    /// The group's name for people.
    pub group_name: String,
    /// What it says.
    pub content: Content,
    /// Where its group can act on it; none where links are not asked for, or there is nothing to act on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// What a notice says, by its kind.
#[allow(clippy::large_enum_variant, reason = "notices are few, and the largest case is the usual one")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Alerts.
    Exceptions(Exceptions),
    /// The gate's decision.
    Gate(GateReport),
    /// For the operator.
    Operator(OperatorReport),
    /// A silence.
    Silence(OperatorReport),
    /// Alerts that nobody looks after.
    Escalation(EscalationReport),
    /// The summary of a period.
    ThreeAs(ThreeAs),
    /// The exception report before papers are due.
    Digest(Digest),
}

impl Content {
    /// The alerts that people can act on, as exceptions; none where it is about something else.
    #[must_use]
    pub fn actionable(&self) -> Option<Cow<'_, Exceptions>> {
        match self {
            Self::Exceptions(exceptions) => Some(Cow::Borrowed(exceptions)),
            Self::Escalation(report) => report.exceptions().map(Cow::Owned),
            Self::Digest(digest) => digest.exceptions().map(Cow::Owned),
            Self::Gate(_) | Self::Operator(_) | Self::Silence(_) | Self::ThreeAs(_) => None,
        }
    }
}

impl EscalationReport {
    /// Its alerts as what goes on firing; none without any. Its dataset and period are those of the first.
    fn exceptions(&self) -> Option<Exceptions> {
        let first = self.cases.first()?;
        let (title, period) = (first.dataset_title.clone(), first.line.period);
        let continuing = self.cases.iter().map(|case| case.line.clone()).collect();
        Some(Exceptions { continuing, ..Exceptions::empty(String::new(), title, period, Cause::New) })
    }
}

impl Notice {
    /// Where its group can act on one of its alerts.
    #[must_use]
    pub fn link_of(&self, alert: &AlertId) -> Option<String> {
        self.link.as_ref().map(|link| format!("{link}?alert={alert}"))
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> NoticeKind {
        match self.content {
            Content::Exceptions(_) => NoticeKind::Exceptions,
            Content::Gate(_) => NoticeKind::Gate,
            Content::Operator(_) => NoticeKind::Operator,
            Content::Silence(_) => NoticeKind::Silence,
            Content::Escalation(_) => NoticeKind::Escalation,
            Content::ThreeAs(_) => NoticeKind::ThreeAs,
            Content::Digest(_) => NoticeKind::Digest,
        }
    }
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

/// The gate's decision about one delivery.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateReport {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The dataset's title, when one recognised the file.
    pub dataset_title: Option<String>,
    /// The file's name.
    pub file: String,
    /// Which of the file's tables it is, where that is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Its periods.
    pub periods: Vec<Period>,
    /// The decision.
    pub verdict: Verdict,
    /// Where the file is now, below the home folder; empty for one that was only tried.
    pub placed: String,
    /// Where the file is, when only its tables are at `placed`: another table in it is held back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
    /// The name of the file beside it that lists every failing row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_rows: Option<String>,
    /// Why.
    pub findings: Vec<Finding>,
    /// What was read of it, and which checks were made.
    #[serde(default)]
    pub examination: Examination,
}

/// Something that the operator must see to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperatorReport {
    /// One line: "A message to … could not be delivered".
    pub title: String,
    /// What is wrong and what to do, a paragraph each.
    pub paragraphs: Vec<String>,
}

/// Alerts that nobody looks after, as those are told whom they are taken to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EscalationReport {
    /// The role of the people who are told by email; none where the group is told by all its channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The name of the group that was told, where this is the copy for the group whose alerts they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<String>,
    /// The alerts, the most severe first.
    pub cases: Vec<EscalatedAlert>,
}

/// An alert that nobody looks after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EscalatedAlert {
    /// The alert as it stands.
    pub line: AlertLine,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// The name of the group that was told and did not act.
    pub group_name: String,
    /// When that group was first told of it.
    pub told: Timestamp,
    /// Since when nobody looks after it: then, or since an acknowledgement lapsed.
    pub unattended: Timestamp,
    /// Why it is taken further, in words: `not acknowledged for 5 working days`.
    pub why: String,
    /// Whom it was taken to before, oldest first.
    pub earlier: Vec<StepTo>,
    /// Whom it is taken to next if nobody acts, and when, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<StepTo>,
}

/// Whom an alert was, or is to be, taken to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTo {
    /// The group's name, with the role of its people.
    pub to: String,
    /// When.
    pub at: Timestamp,
}

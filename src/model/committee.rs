//! What is tabled at a committee: the alerts of its groups at one period, what was judged, and what was not.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    AlertId, AlertLine, AlertSeverity, Cause, ControlChart, DeliveryId, Disclosure, Labels, NotAssured, Override,
    Period, Reading, TransitionKind, UnknownLine, Value, Verdict, coded,
};

coded! {
    /// How an alert stands at the period of a report.
    pub enum Standing {
        /// It began to fire in the period.
        New = "new",
        /// It fired before, and is worse than at the figure before.
        Worsened = "worsened",
        /// It fired before, and still does.
        Continuing = "continuing",
        /// In breach, for fewer periods than its rule asks for.
        Pending = "pending",
        /// It was over in the period.
        Resolved = "resolved",
    }
}

coded! {
    /// What a committee is to do with a matter: alert, advise, assure.
    pub enum ThreeA {
        /// It needs the committee now.
        Alert = "alert",
        /// It goes on, or is being acted on.
        Advise = "advise",
        /// It is over.
        Assure = "assure",
    }
}

impl ThreeA {
    /// Alert: what is critical, worsened, or new and acknowledged by nobody. Advise: what else fires or is pending.
    /// Assure: what is over.
    #[must_use]
    pub fn of(standing: Standing, severity: AlertSeverity, is_acknowledged: bool) -> Self {
        match standing {
            Standing::Resolved => Self::Assure,
            Standing::Worsened => Self::Alert,
            Standing::New if !is_acknowledged => Self::Alert,
            Standing::New | Standing::Continuing if severity == AlertSeverity::Critical => Self::Alert,
            Standing::New | Standing::Continuing | Standing::Pending => Self::Advise,
        }
    }
}

/// The exception report of a group for one period, by what is known when it is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommitteeReport {
    /// The group's id.
    pub group: String,
    /// Its name for people.
    pub group_name: String,
    /// The names of the groups that report to it, whose alerts are here as well.
    pub below: Vec<String>,
    /// The period.
    pub period: Period,
    /// The day that it is of: what is late or silenced is so by the end of it. Figures are those that are known.
    pub date: Date,
    /// How small numbers stand in it; none where none of its measures has a threshold below which counts are withheld.
    #[serde(default)]
    pub disclosure: Option<Disclosure>,
    /// How many series have an answer of at least one rule at the period.
    pub series: usize,
    /// What was judged, a line for each rule, in the order of dataset and rule.
    pub judged: Vec<JudgedRule>,
    /// The alerts, the most severe and the longest first.
    pub alerts: Vec<TabledAlert>,
    /// What was said and is no longer true, or has changed.
    pub corrected: Vec<Correction>,
    /// What did not arrive, or was held back.
    pub missing: Vec<NotAssured>,
    /// Datasets whose figures of the period are not there, without a day on which they were due.
    pub absent: Vec<AbsentDataset>,
    /// Series that could not be judged.
    pub cannot_tell: Vec<UnknownLine>,
    /// Rules that went wrong.
    pub failed: Vec<UnknownLine>,
    /// The deliveries that it rests on, and those of the period that were held back or withdrawn.
    pub sources: Vec<Source>,
}

/// What one rule judged at the newest period that its dataset has for the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedRule {
    /// The rule's id.
    pub rule: String,
    /// The rule's summary for people.
    pub rule_summary: String,
    /// The dataset's id.
    pub dataset: String,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// The measure.
    pub measure: String,
    /// The period that was judged.
    pub period: Period,
    /// Whether that is of the report's own period, rather than an older one.
    pub is_current: bool,
    /// How many series were looked at; the four that follow add up to it.
    pub series: usize,
    /// How many are clear.
    pub clear: usize,
    /// How many fire.
    pub firing: usize,
    /// How many are pending.
    pub pending: usize,
    /// How many could not be judged and do not fire.
    pub cannot_tell: usize,
}

/// An alert as it is tabled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TabledAlert {
    /// The alert with its figures, and what people do about it.
    #[serde(flatten)]
    pub line: AlertLine,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// How it stands.
    pub standing: Standing,
    /// What the committee is to do with it.
    pub three_a: ThreeA,
    /// The name of the group that looks after it.
    pub group_name: String,
    /// Why the group is not told of it now.
    pub muted: Option<String>,
    /// Why its newest period could not be judged, while it goes on firing.
    pub cannot_tell: Option<String>,
    /// Its figures with plan, and with the limits of a control chart where its rule asks for one.
    pub figures: ControlChart,
}

/// Something that was said of an alert, and that restated or late figures, or other rules, took back or changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The alert.
    pub alert: AlertId,
    /// The rule's id.
    pub rule: String,
    /// The labels of its series.
    pub labels: Labels,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// Withdrawn, or amended.
    pub kind: TransitionKind,
    /// Why.
    pub cause: Cause,
    /// The first period of the stretch.
    pub since: Period,
    /// For what was withdrawn, the figures that had been said; otherwise those that hold now.
    pub reading: Reading,
    /// The figure of that period as it is known now.
    pub now: Value,
    /// When it was found.
    pub found: Timestamp,
}

/// A dataset without figures of the period that nobody has a due day for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsentDataset {
    /// The dataset's id.
    pub dataset: String,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// Its measures that rules of the group judge.
    pub measures: Vec<String>,
    /// The newest period that it has figures of, if it has any.
    pub newest: Option<Period>,
}

/// A delivery that a report rests on, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The dataset's id.
    pub dataset: String,
    /// The dataset's title for people.
    pub dataset_title: String,
    /// The delivery.
    pub delivery: DeliveryId,
    /// The file's name.
    pub file: String,
    /// Which of the file's tables it is, where that is not plain.
    pub table: Option<String>,
    /// The periods that it is for.
    pub periods: Vec<Period>,
    /// Its revision; 0 for what was never published.
    pub revision: u32,
    /// What became of it.
    pub verdict: Verdict,
    /// When it came.
    pub received: Timestamp,
    /// How many errors and warnings it has.
    pub issues: usize,
    /// What people decided over the gate, oldest first.
    pub decisions: Vec<Override>,
}

impl CommitteeReport {
    /// The alerts that stand so, in their order.
    pub fn standing(&self, standing: Standing) -> impl Iterator<Item = &TabledAlert> {
        self.alerts.iter().filter(move |alert| alert.standing == standing)
    }

    /// The alerts that fire, in their order.
    pub fn firing(&self) -> impl Iterator<Item = &TabledAlert> {
        self.alerts.iter().filter(|alert| alert.is_firing())
    }

    /// Deliveries in force that were published although the gate had held them back.
    pub fn released(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.verdict == Verdict::Released)
    }

    /// Whether all that was to be judged was judged, of the figures that were delivered.
    #[must_use]
    pub fn is_assured(&self) -> bool {
        self.missing.is_empty()
            && self.absent.is_empty()
            && self.cannot_tell.is_empty()
            && self.failed.is_empty()
            && self.released().next().is_none()
    }
}

impl TabledAlert {
    /// Whether it fires at the period of the report.
    #[must_use]
    pub fn is_firing(&self) -> bool {
        matches!(self.standing, Standing::New | Standing::Worsened | Standing::Continuing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_committee_is_to_do() {
        use AlertSeverity::{Critical, Warning};
        for (standing, severity, acknowledged, three_a) in [
            (Standing::New, Warning, false, ThreeA::Alert),
            (Standing::New, Warning, true, ThreeA::Advise),
            (Standing::New, Critical, true, ThreeA::Alert),
            (Standing::Worsened, Warning, true, ThreeA::Alert),
            (Standing::Continuing, Warning, false, ThreeA::Advise),
            (Standing::Continuing, Critical, true, ThreeA::Alert),
            (Standing::Pending, Critical, false, ThreeA::Advise),
            (Standing::Resolved, Critical, false, ThreeA::Assure),
        ] {
            assert_eq!(ThreeA::of(standing, severity, acknowledged), three_a, "{standing:?} {severity:?}");
        }
    }
}

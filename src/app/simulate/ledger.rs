//! The ledger: one line for everything that happened.

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::model::{ActKind, AlertState, Cause, Labels, Period, Recipient, TransitionKind, Verdict, calendar::london};

/// Every kind of line, as the table and expectations name them.
pub const KINDS: &[&str] = &[
    "drop",
    "asked",
    "answer",
    "receivers",
    "process",
    "clock",
    "change",
    "delivery",
    "alert",
    "act",
    "escalated",
    "notice",
    "told",
    "untold",
    "others",
    "sent",
    "failed",
];

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// When, by the clock of the simulation; in London.
    #[serde(serialize_with = "in_full")]
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// A file is dropped.
    Drop {
        /// Its name.
        file: String,
    },
    /// Somebody asks for something.
    Asked {
        /// For what.
        what: String,
    },
    /// What came of it.
    Answer {
        /// Whether it was done.
        done: bool,
        /// What was done, or why not.
        what: String,
    },
    /// Receivers answer otherwise.
    Receivers {
        /// Which, and how.
        what: String,
    },
    /// The process ends or begins.
    Process {
        /// `stopped`, `started`, `killed`.
        what: &'static str,
    },
    /// The clock is set.
    Clock {
        /// What it showed before.
        #[serde(serialize_with = "in_full")]
        before: Timestamp,
    },
    /// A file of the home changes.
    Change {
        /// Which, and what came of it.
        what: String,
    },
    /// A delivery is decided.
    Delivery {
        /// The file.
        file: String,
        /// Its dataset, if one takes it.
        dataset: Option<String>,
        /// Its periods.
        periods: Vec<Period>,
        /// Its revision; 0 of what is not published.
        revision: u32,
        /// What became of it.
        verdict: Verdict,
    },
    /// A step of an alert's life.
    Alert {
        /// The alert.
        #[serde(flatten)]
        alert: Named,
        /// Where it stood.
        from: Option<AlertState>,
        /// Where it stands.
        to: AlertState,
        /// What the step was.
        step: TransitionKind,
        /// The period that decided it.
        period: Period,
        /// Why it was looked at.
        cause: Cause,
        /// What the rule says of it.
        message: String,
    },
    /// Something is done about an alert.
    Act {
        /// The alert.
        #[serde(flatten)]
        alert: Named,
        /// What.
        act: ActKind,
        /// Who did it; `bellwether` where time or figures did.
        by: String,
        /// What was said with it.
        comment: String,
    },
    /// A step of an escalation policy is taken.
    Escalated {
        /// The alert.
        #[serde(flatten)]
        alert: Named,
        /// The group that was told and did not act.
        group: String,
        /// Whom it goes to.
        to: Recipient,
        /// Which step of the policy it is, from 1.
        step: u32,
        /// Why.
        why: String,
    },
    /// A notice to a group is decided.
    Notice {
        /// Its number: messages name it.
        notice: usize,
        /// The group.
        group: String,
        /// What it is about.
        about: &'static str,
        /// Its subject.
        subject: String,
    },
    /// A notice names an alert.
    Told {
        /// The notice's number.
        notice: usize,
        /// The group.
        group: String,
        /// Where it is named: `new`, `worsened`, `continuing`, `resolved`, …
        section: &'static str,
        /// The alert.
        #[serde(flatten)]
        alert: Named,
    },
    /// A group is not told of an alert, or not now.
    Untold {
        /// The group.
        group: String,
        /// The alert.
        #[serde(flatten)]
        alert: Named,
        /// Why not.
        why: String,
    },
    /// An alert begins to fire, and the route does not lead to a group.
    Others {
        /// The group.
        group: String,
        /// The alert.
        #[serde(flatten)]
        alert: Named,
        /// Why not, for each branch that names the group.
        why: String,
    },
    /// A receiver has a message.
    Sent(Message),
    /// A receiver has not taken a message.
    Failed {
        /// The message.
        #[serde(flatten)]
        message: Message,
        /// Why.
        why: String,
    },
}

/// A rule and the labels of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The rule's id.
    pub rule: String,
    /// The labels.
    pub labels: Labels,
}

/// One message to one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// The notice that it renders.
    pub notice: usize,
    /// The group.
    pub group: String,
    /// How it travels.
    pub channel: &'static str,
    /// Where to.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// Whether the receiver has had the same message before.
    pub again: bool,
}

impl Line {
    /// Its kind, one of [`KINDS`].
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.entry {
            Entry::Drop { .. } => "drop",
            Entry::Asked { .. } => "asked",
            Entry::Answer { .. } => "answer",
            Entry::Receivers { .. } => "receivers",
            Entry::Process { .. } => "process",
            Entry::Clock { .. } => "clock",
            Entry::Change { .. } => "change",
            Entry::Delivery { .. } => "delivery",
            Entry::Alert { .. } => "alert",
            Entry::Act { .. } => "act",
            Entry::Escalated { .. } => "escalated",
            Entry::Notice { .. } => "notice",
            Entry::Told { .. } => "told",
            Entry::Untold { .. } => "untold",
            Entry::Others { .. } => "others",
            Entry::Sent(_) => "sent",
            Entry::Failed { .. } => "failed",
        }
    }
}

impl fmt::Display for Line {
    /// `2025-05-12 10:00  told  GROUP: new RULE{LABELS}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {:<9}  {}", when(self.at), self.kind(), self.entry)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop { file } => f.write_str(file),
            Self::Process { what } => f.write_str(what),
            Self::Asked { what } | Self::Receivers { what } | Self::Change { what } => f.write_str(what),
            Self::Answer { done, what } => write!(f, "{}{what}", if *done { "" } else { "refused: " }),
            Self::Clock { before } => write!(f, "set from {}", when(*before)),
            Self::Delivery { file, dataset, periods, revision, verdict } => {
                write!(f, "{file}")?;
                if let Some(dataset) = dataset {
                    let periods: Vec<String> = periods.iter().map(ToString::to_string).collect();
                    write!(f, " is {dataset} {}", periods.join(", "))?;
                }
                if *revision > 0 {
                    write!(f, " revision {revision}")?;
                }
                write!(f, ": {}", verdict.words())
            }
            Self::Alert { alert, from, to, step, period, cause, .. } => {
                let from = from.map_or("none", AlertState::code);
                write!(f, "{alert}: {from} → {to}")?;
                if step.code() != to.code() {
                    write!(f, ", {step}")?;
                }
                write!(f, " at {period} ({})", cause.code().replace('_', " "))
            }
            Self::Act { alert, act, by, comment } => {
                let said = if comment.is_empty() { "" } else { ": " };
                write!(f, "{alert}: {} by {by}{said}{comment}", act.code().replace('_', " "))
            }
            Self::Escalated { alert, group, to, step, why } => {
                write!(f, "{alert}: step {step}, from {group} to {to}: {why}")
            }
            Self::Notice { group, subject, .. } => write!(f, "{group}: {subject}"),
            Self::Told { group, section, alert, .. } => write!(f, "{group}: {section} {alert}"),
            Self::Untold { group, alert, why } | Self::Others { group, alert, why } => {
                write!(f, "{group}: {alert}: {why}")
            }
            Self::Sent(message) => write!(f, "{message}"),
            Self::Failed { message, why } => write!(f, "{message}: {why}"),
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.labels.is_empty() { f.write_str(&self.rule) } else { write!(f, "{}{{{}}}", self.rule, self.labels) }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { group, channel, recipient, subject, attempt, again, .. } = self;
        let nth = if *attempt > 1 { format!(", attempt {attempt}") } else { String::new() };
        let again = if *again { ", again" } else { "" };
        write!(f, "{group} by {channel} to {recipient}{nth}{again}: {subject}")
    }
}

/// A moment as the table shows it: seconds only where there are any.
fn when(at: Timestamp) -> String {
    let zoned = at.to_zoned(london());
    let format = if zoned.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    zoned.strftime(format).to_string()
}

fn in_full<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&at.to_zoned(london()).strftime("%Y-%m-%dT%H:%M:%S%:z"))
}

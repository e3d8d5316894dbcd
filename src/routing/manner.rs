//! How what ends at a branch is said: to whom, together with what, and when.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    model::{Labels, TransitionKind, matcher::Labelled},
    yaml::{Located, Problem, Problems},
};

use super::{
    acknowledged::Quiet, length::Length, names::Names, repeat::Repeat, settings::RouteSettings, traits::Traits,
};

/// How what ends at a branch is said. What a branch does not say, it has from its parent; time intervals it has not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Manner {
    /// The groups, each once.
    pub to: Vec<String>,
    /// What tells messages to one group and about one period apart.
    pub group_by: GroupBy,
    /// What is waited for before it is said.
    pub hold: Hold,
    /// How often what goes on is said again.
    pub repeat: Repeat,
    /// Whether the end of an alert is left unsaid.
    pub quiet_end: bool,
    /// How long an acknowledgement keeps an alert quiet.
    pub acknowledged: Quiet,
    /// The escalation policy for alerts that nobody looks after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation: Option<String>,
}

/// What tells messages to one group and about one period apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// These labels.
    Labels(BTreeSet<String>),
    /// Every label: a message for each alert.
    All,
}

impl Default for GroupBy {
    fn default() -> Self {
        Self::Labels(BTreeSet::new())
    }
}

impl GroupBy {
    /// The labels that an alert's message has in common with it.
    #[must_use]
    pub fn labels(&self, traits: Traits<'_>) -> Labels {
        match self {
            Self::Labels(names) => {
                names.iter().map(|name| (name, traits.label(name))).filter(|(_, value)| !value.is_empty()).collect()
            }
            Self::All => {
                let own = [("rule", traits.rule), ("severity", traits.severity.code())];
                own.into_iter().chain(traits.labels.iter()).collect()
            }
        }
    }
}

/// What is waited for before something is said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Hold {
    /// Datasets whose figures of the same period are waited for.
    #[serde(default)]
    pub wait_for: BTreeSet<String>,
    /// How long at most; without datasets to wait for, just so long.
    #[serde(default)]
    pub at_most: Option<Length>,
    /// Time intervals in which it is not said.
    #[serde(default)]
    pub mute: Vec<String>,
    /// Time intervals outside of which it is not said, if there are any.
    #[serde(default)]
    pub active: Vec<String>,
}

impl Manner {
    /// Why something of an alert is not said in this manner, where it is not.
    pub(super) fn why_not(&self, section: TransitionKind) -> String {
        match section {
            TransitionKind::Resolved => "that it is over is not said (send_resolved: false)".to_owned(),
            _ => format!("it goes on, repeated {}", self.repeat),
        }
    }

    /// In words, what is otherwise than in another manner: `repeated every 3 periods`.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut said = Vec::new();
        if self.group_by != other.group_by {
            said.push(match &self.group_by {
                GroupBy::All => "a message for each alert".to_owned(),
                GroupBy::Labels(labels) if labels.is_empty() => "one message".to_owned(),
                GroupBy::Labels(labels) => format!("a message for each {}", list(labels.iter(), " and ")),
            });
        }
        let Hold { wait_for, at_most, mute, active } = &self.hold;
        let at_most = at_most.map(|length| format!("at most {length}"));
        if (wait_for, self.hold.at_most) != (&other.hold.wait_for, other.hold.at_most) {
            match (wait_for.is_empty(), at_most) {
                (false, limit) => {
                    let limit = limit.map(|limit| format!(", {limit}")).unwrap_or_default();
                    said.push(format!("waits for {}{limit}", list(wait_for.iter(), " and ")));
                }
                (true, Some(limit)) => said.push(format!("waits for others, {limit}")),
                (true, None) => said.push("waits for nothing".to_owned()),
            }
        }
        if !mute.is_empty() {
            said.push(format!("not while it is {}", list(mute.iter(), " or ")));
        }
        if !active.is_empty() {
            said.push(format!("only while it is {}", list(active.iter(), " or ")));
        }
        if self.repeat != other.repeat {
            said.push(format!("repeated {}", self.repeat));
        }
        if self.quiet_end != other.quiet_end {
            said.push(if self.quiet_end { "its end is not said" } else { "its end is said" }.to_owned());
        }
        if self.acknowledged != other.acknowledged {
            said.push(format!("an acknowledgement holds {}", self.acknowledged));
        }
        if self.escalation != other.escalation {
            said.push(match &self.escalation {
                Some(policy) => format!("escalated as `{policy}`"),
                None => "not escalated".to_owned(),
            });
        }
        said
    }

    /// What a branch says of itself, and has from its parent.
    pub(super) fn of(settings: &RouteSettings, parent: &Self, names: &Names, problems: &mut Problems) -> Self {
        let own = settings.to.iter().chain(&settings.receiver);
        let mut to: Vec<String> = Vec::new();
        for group in own {
            names.check_group(group, problems);
            if !to.contains(&group.value) {
                to.push(group.value.clone());
            }
        }
        let group_by = settings.group_by.as_ref().map(|labels| group_by(labels, names, problems));
        let repeat = settings.repeat.as_ref().and_then(|text| {
            let hint = "write `each period`, `every 3 periods` or `never`";
            let repeat = Repeat::read(text);
            if repeat.is_none() {
                let message = format!("`{}` does not say how often", text.value);
                problems.push(Problem::new(text.place.clone(), message).hint(hint));
            }
            repeat
        });
        let acknowledged = settings.acknowledged.as_ref().and_then(|text| {
            let quiet = Quiet::read(text);
            if quiet.is_none() {
                let message = format!("`{}` does not say how long an acknowledgement holds", text.value);
                let hint = "write `until it worsens` or `until the next period`";
                problems.push(Problem::new(text.place.clone(), message).hint(hint));
            }
            quiet
        });
        for (setting, hint) in [
            (
                &settings.group_interval,
                "figures come by the month: say `group_wait`, how long a message waits for others",
            ),
            (&settings.repeat_interval, "figures come by the month: say `repeat: every 3 periods`, or `never`"),
        ] {
            if let Some(text) = setting.as_ref().filter(|_| !names.any) {
                let message = "a repetition is counted in periods here, not in hours";
                problems.push(Problem::new(text.place.clone(), message).hint(hint));
            }
        }
        Self {
            to: if to.is_empty() { parent.to.clone() } else { to },
            group_by: group_by.unwrap_or_else(|| parent.group_by.clone()),
            hold: Hold::of(settings, &parent.hold, names, problems),
            repeat: repeat.unwrap_or(parent.repeat),
            quiet_end: settings.send_resolved.map_or(parent.quiet_end, |send| !send),
            acknowledged: acknowledged.unwrap_or(parent.acknowledged),
            escalation: match &settings.escalation {
                None => parent.escalation.clone(),
                Some(policy) => {
                    names.check_escalation(policy, problems);
                    Some(policy.value.clone()).filter(|name| name != super::escalation::NONE)
                }
            },
        }
    }
}

impl Hold {
    fn of(settings: &RouteSettings, parent: &Self, names: &Names, problems: &mut Problems) -> Self {
        let wait_for = settings.wait_for.as_ref().map(|datasets| {
            for dataset in datasets {
                names.check_dataset(dataset, problems);
            }
            datasets.iter().map(|dataset| dataset.value.clone()).collect()
        });
        let at_most = settings.group_wait.as_ref().and_then(|text| match text.parse::<Length>() {
            Ok(length) => Some(length),
            Err(error) => {
                problems.push(Problem::new(text.place.clone(), error.to_string()));
                None
            }
        });
        let wait_for: BTreeSet<String> = wait_for.unwrap_or_else(|| parent.wait_for.clone());
        let at_most = at_most.or(parent.at_most);
        if let Some(first) = settings.wait_for.iter().flatten().next()
            && at_most.is_none()
            && settings.group_wait.is_none()
        {
            let message = "a delivery that never comes would be waited for without end";
            let hint = "say `group_wait: 3 working days`, how long at most";
            problems.push(Problem::new(first.place.clone(), message).hint(hint));
        }
        let mut intervals = |settings: &[Located<String>]| {
            for interval in settings {
                names.check_interval(interval, problems);
            }
            settings.iter().map(|interval| interval.value.clone()).collect()
        };
        let mute = intervals(&settings.mute_time_intervals);
        let active = intervals(&settings.active_time_intervals);
        Self { wait_for, at_most, mute, active }
    }

    /// Whether there is nothing to wait for at any time.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn list<'a>(names: impl Iterator<Item = &'a String>, between: &str) -> String {
    names.map(String::as_str).collect::<Vec<_>>().join(between)
}

fn group_by(labels: &[Located<String>], names: &Names, problems: &mut Problems) -> GroupBy {
    let mut seen = BTreeSet::new();
    for label in labels {
        if label.value == "..." {
            if labels.len() > 1 {
                let message = "`...` stands for every label: it cannot stand beside others";
                problems.push(Problem::new(label.place.clone(), message));
            }
            return GroupBy::All;
        }
        names.check_label(label, &label.place, problems);
        if !seen.insert(label.value.clone()) {
            let message = format!("the label `{}` stands here twice", label.value);
            problems.push(Problem::new(label.place.clone(), message));
        }
    }
    GroupBy::Labels(seen)
}

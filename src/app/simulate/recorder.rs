//! Commits and messages → lines of the ledger.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::{
    config::Config,
    model::{
        Alert, AlertId, AlertLine, AlertState, Content, Delivery, Exceptions, Notice, NoticeId, StepTaken, Transition,
        TransitionKind, Untold,
    },
    routing::{Held, Other, Standing, Traits, explain, standing},
    store::Commit,
};

use super::{
    ledger::{Entry, Line, Message, Named},
    receivers::Heard,
};

/// Writes the ledger.
#[derive(Debug, Default)]
pub struct Recorder {
    lines: Vec<Line>,
    alerts: BTreeMap<AlertId, (Named, Option<AlertState>)>,
    /// Notices have numbers, from 1: their ids are others in each run.
    notices: HashMap<NoticeId, usize>,
}

impl Recorder {
    /// The ledger.
    #[must_use]
    pub fn lines(self) -> Vec<Line> {
        self.lines
    }

    /// Adds a line.
    pub fn note(&mut self, at: Timestamp, entry: Entry) {
        self.lines.push(Line { at, entry });
    }

    /// Adds what a commit changed; `config` is the one that it was made under.
    pub fn commit(&mut self, config: &Config, commit: &Commit) {
        let at = commit.recorded;
        let overruled = commit.overruled.iter().map(|overruled| &overruled.delivery);
        for delivery in commit.deliveries.iter().map(|(delivery, _)| delivery).chain(overruled) {
            self.note(at, of_delivery(delivery));
        }
        for alert in &commit.alerts {
            let named = Named { rule: alert.rule.clone(), labels: alert.labels.clone() };
            self.alerts.entry(alert.id.clone()).or_insert((named, None));
        }
        for step in &commit.transitions {
            self.step(at, step);
        }
        for alert in &commit.alerts {
            if let Some((_, state)) = self.alerts.get_mut(&alert.id) {
                *state = Some(alert.state);
            }
        }
        for act in &commit.acts {
            if let Some((alert, _)) = self.alerts.get(&act.alert) {
                let (alert, by, comment) = (alert.clone(), act.by.clone(), act.comment.clone());
                self.note(at, Entry::Act { alert, act: act.kind, by, comment });
            }
        }
        for taken in &commit.escalations {
            if let Some((alert, _)) = self.alerts.get(&taken.alert) {
                let StepTaken { group, to, step, why, .. } = taken.clone();
                self.note(at, Entry::Escalated { alert: alert.clone(), group, to, step, why });
            }
        }
        for (notice, subject) in &commit.notices {
            self.notice(at, notice, subject);
        }
        for step in commit.transitions.iter().filter(|step| step.kind == TransitionKind::Firing) {
            if let Some(alert) = commit.alerts.iter().find(|alert| alert.id == step.alert) {
                self.others(config, at, alert);
            }
        }
        for Untold { group, rule, labels, why } in commit.untold.iter().cloned() {
            self.note(at, Entry::Untold { group, alert: Named { rule, labels }, why });
        }
        for held in &commit.held {
            if let Ok(held) = serde_json::from_str::<Held>(&held.body) {
                self.held(config, at, &held);
            }
        }
    }

    /// Adds a message that came to a receiver.
    pub fn heard(&mut self, heard: Heard) {
        let Heard { at, message, again, taken, failure } = heard;
        let message = Message {
            notice: self.notices.get(&NoticeId(message.notice)).copied().unwrap_or_default(),
            group: message.group,
            channel: message.channel.code(),
            recipient: message.recipient,
            subject: message.payload.subject,
            attempt: message.attempts.saturating_add(1),
            again,
        };
        if taken {
            self.note(at, Entry::Sent(message.clone()));
        }
        if let Some(why) = failure {
            self.note(at, Entry::Failed { message, why });
        }
    }

    fn step(&mut self, at: Timestamp, step: &Transition) {
        let Some((alert, state)) = self.alerts.get_mut(&step.alert) else { return };
        let from = *state;
        let to = stands_after(step.kind, from);
        *state = Some(to);
        let alert = alert.clone();
        let Transition { kind, cause, reading, .. } = step.clone();
        let entry =
            Entry::Alert { alert, from, to, step: kind, period: reading.period, cause, message: reading.message };
        self.note(at, entry);
    }

    fn notice(&mut self, at: Timestamp, notice: &Notice, subject: &str) {
        let number = self.notices.len() + 1;
        self.notices.insert(notice.id, number);
        let (group, about) = (notice.group.clone(), notice.kind().code());
        self.note(at, Entry::Notice { notice: number, group, about, subject: subject.to_owned() });
        let Content::Exceptions(exceptions) = &notice.content else { return };
        for (section, line) in sections(exceptions) {
            let (group, alert) = (notice.group.clone(), named(line));
            self.note(at, Entry::Told { notice: number, group, section, alert });
        }
        for (line, why) in exceptions.set_aside() {
            self.note(at, Entry::Untold { group: notice.group.clone(), alert: named(line), why });
        }
        let unknown = [("cannot tell", &exceptions.cannot_tell), ("failed", &exceptions.failed)];
        for (section, line) in unknown.into_iter().flat_map(|(section, lines)| lines.iter().map(move |l| (section, l)))
        {
            let alert = Named { rule: line.rule.clone(), labels: line.labels.clone() };
            self.note(at, Entry::Told { notice: number, group: notice.group.clone(), section, alert });
        }
        for missing in &exceptions.not_assured {
            let labels = [("period", missing.period.to_string())].into_iter().collect();
            let alert = Named { rule: missing.dataset.clone(), labels };
            let section = "not assured";
            self.note(at, Entry::Told { notice: number, group: notice.group.clone(), section, alert });
        }
    }

    /// Groups that the route names and does not lead to.
    fn others(&mut self, config: &Config, at: Timestamp, alert: &Alert) {
        let explained = explain(&config.policy.route, &Traits::of(alert));
        for Other { group, why } in explained.others {
            let alert = Named { rule: alert.rule.clone(), labels: alert.labels.clone() };
            self.note(at, Entry::Others { group, alert, why: why.join("; ") });
        }
    }

    fn held(&mut self, config: &Config, at: Timestamp, held: &Held) {
        let by = (&config.policy.intervals, config.calendar_of(&held.group));
        let about = (&held.hold, held.exceptions.period, held.since);
        let Standing::Waits { why, .. } = standing(about, &|_, _| false, by, at) else { return };
        for (_, line) in sections(&held.exceptions) {
            let (group, alert, why) = (held.group.clone(), named(line), format!("waits for {why}"));
            self.note(at, Entry::Untold { group, alert, why });
        }
    }
}

fn of_delivery(delivery: &Delivery) -> Entry {
    let Delivery { file, dataset, periods, revision, verdict, .. } = delivery.clone();
    Entry::Delivery { file, dataset, periods, revision, verdict }
}

fn named(line: &AlertLine) -> Named {
    Named { rule: line.rule.clone(), labels: line.labels.clone() }
}

/// Where an alert stands after a step.
fn stands_after(step: TransitionKind, before: Option<AlertState>) -> AlertState {
    match step {
        TransitionKind::Pending => AlertState::Pending,
        TransitionKind::Firing | TransitionKind::Continuing | TransitionKind::Worsened => AlertState::Firing,
        TransitionKind::Resolved => AlertState::Resolved,
        TransitionKind::Cleared => AlertState::Inactive,
        TransitionKind::Withdrawn => AlertState::Withdrawn,
        TransitionKind::Amended => before.unwrap_or(AlertState::Inactive),
    }
}

/// The alerts that a notice names, in the order of the report.
fn sections(exceptions: &Exceptions) -> impl Iterator<Item = (&'static str, &AlertLine)> {
    [
        ("new", &exceptions.new),
        ("worsened", &exceptions.worsened),
        ("continuing", &exceptions.continuing),
        ("resolved", &exceptions.resolved),
        ("withdrawn", &exceptions.withdrawn),
        ("amended", &exceptions.amended),
    ]
    .into_iter()
    .flat_map(|(section, lines)| lines.iter().map(move |line| (section, line)))
}

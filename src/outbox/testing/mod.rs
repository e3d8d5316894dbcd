//! A queue in memory, messages and settings for tests.

use std::{collections::BTreeMap, convert::Infallible, sync::Mutex};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{ChannelKind, Payload, Queue, QueuedMessage};
use crate::yaml::{self, SourceFile};

pub(super) mod receiver;

/// Settings from YAML, or the problems as one line each.
pub(super) fn decode<T: DeserializeOwned>(text: &str) -> Result<T, Vec<String>> {
    let file = std::sync::Arc::new(SourceFile { path: "a.yaml".into(), text: text.to_owned() });
    yaml::parse(&file).and_then(|node| yaml::decode(&node)).map_err(yaml::Problems::lines)
}

/// A message whose id ends with this number.
pub(super) fn message(number: u128, channel: ChannelKind, recipient: &str) -> QueuedMessage {
    QueuedMessage {
        id: Uuid::from_u128(0x7000_8000_0000_0000_0000 + number),
        notice: Uuid::nil(),
        group: "dental-services".to_owned(),
        channel,
        recipient: recipient.to_owned(),
        payload: Payload {
            subject: "2 new exceptions".to_owned(),
            html: "<p>Simple Injections</p>".to_owned(),
            text: "Simple Injections".to_owned(),
            json: serde_json::json!({"type": "notice.exceptions", "timestamp": "2025-11-04T08:30:00Z", "data": {"new": 2}}),
            thread: None,
            files: vec![],
        },
        attempts: 0,
        created: "2025-11-04T08:30:12Z".parse().unwrap(),
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Queued,
    Sent,
    Dead(String),
}

/// A message as the queue keeps it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) message: QueuedMessage,
    pub(super) due: Timestamp,
    pub(super) leased: Option<Timestamp>,
    pub(super) state: State,
    pub(super) reason: String,
}

/// The contract of [`Queue`], in memory.
#[derive(Default)]
pub(super) struct MemoryQueue {
    rows: Mutex<BTreeMap<Uuid, Row>>,
    /// Until when a receiver is left alone.
    resting: Mutex<BTreeMap<String, Timestamp>>,
}

impl MemoryQueue {
    pub(super) fn of(messages: impl IntoIterator<Item = QueuedMessage>) -> std::sync::Arc<Self> {
        let queue = Self::default();
        messages.into_iter().for_each(|message| queue.push(message));
        std::sync::Arc::new(queue)
    }

    pub(super) fn push(&self, message: QueuedMessage) {
        let due = message.created;
        let row = Row { message, due, leased: None, state: State::Queued, reason: String::new() };
        self.rows.lock().unwrap().insert(row.message.id, row);
    }

    /// The message whose id ends with this number.
    pub(super) fn row(&self, number: u128) -> Row {
        let rows = self.rows.lock().unwrap();
        rows[&message(number, ChannelKind::Email, "").id].clone()
    }

    /// Whether any message is in this state.
    pub(super) fn has(&self, state: &State) -> bool {
        self.rows.lock().unwrap().values().any(|row| row.state == *state)
    }

    fn change(&self, id: Uuid, change: impl FnOnce(&mut Row)) {
        if let Some(row) = self.rows.lock().unwrap().get_mut(&id) {
            change(row);
        }
    }
}

impl Queue for MemoryQueue {
    type Error = Infallible;

    async fn lease(
        &self,
        channel: ChannelKind,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<QueuedMessage>, Infallible> {
        let mut rows = self.rows.lock().unwrap();
        let resting = self.resting.lock().unwrap();
        let rests = |recipient: &String| resting.get(recipient).is_some_and(|until| *until > now);
        let held = |row: &Row| row.leased.is_some_and(|until| until > now);
        let mut busy: Vec<String> =
            rows.values().filter(|row| held(row)).map(|row| row.message.recipient.clone()).collect();
        let mut leased = Vec::new();
        for row in rows.values_mut() {
            let fits = row.message.channel == channel && row.state == State::Queued && row.due <= now && !held(row);
            if fits && leased.len() < limit && !busy.contains(&row.message.recipient) && !rests(&row.message.recipient)
            {
                row.leased = Some(until);
                busy.push(row.message.recipient.clone());
                leased.push(row.message.clone());
            }
        }
        Ok(leased)
    }

    async fn sent(&self, message: &QueuedMessage, _: Timestamp) -> Result<(), Infallible> {
        self.change(message.id, |row| (row.state, row.leased) = (State::Sent, None));
        Ok(())
    }

    async fn retry(
        &self,
        message: &QueuedMessage,
        _: Timestamp,
        due: Timestamp,
        rest: Option<Timestamp>,
        reason: &str,
    ) -> Result<(), Infallible> {
        self.resting.lock().unwrap().extend(rest.map(|until| (message.recipient.clone(), until)));
        self.change(message.id, |row| {
            if row.state == State::Queued {
                (row.due, row.leased, row.reason) = (due, None, reason.to_owned());
                row.message.attempts += 1;
            }
        });
        Ok(())
    }

    async fn rest(&self, message: &QueuedMessage, until: Timestamp) -> Result<(), Infallible> {
        self.resting.lock().unwrap().insert(message.recipient.clone(), until);
        self.change(message.id, |row| row.leased = None);
        Ok(())
    }

    async fn gone(&self, message: &QueuedMessage, at: Timestamp, _: &str, reason: &str) -> Result<(), Infallible> {
        self.retry(message, at, at, Some(Timestamp::MAX), reason).await
    }

    async fn dead(&self, message: &QueuedMessage, _: Timestamp, reason: &str) -> Result<(), Infallible> {
        self.change(message.id, |row| {
            (row.state, row.leased) = (State::Dead(reason.to_owned()), None);
            row.message.attempts += 1;
        });
        Ok(())
    }

    async fn release(&self, id: Uuid) -> Result<(), Infallible> {
        self.change(id, |row| row.leased = None);
        Ok(())
    }

    async fn next_due(&self, channel: ChannelKind) -> Result<Option<Timestamp>, Infallible> {
        let rows = self.rows.lock().unwrap();
        let waiting = rows.values().filter(|row| row.message.channel == channel && row.state == State::Queued);
        let resting = self.resting.lock().unwrap();
        let due = waiting.map(|row| {
            let free = resting.get(&row.message.recipient).copied().unwrap_or(row.due).max(row.due);
            row.leased.map_or(free, |until| until.max(free))
        });
        Ok(due.filter(|due| *due < Timestamp::MAX).min())
    }
}

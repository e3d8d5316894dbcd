//! One attempt: send, decide, record.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::later;
use crate::outbox::{Channels, Failure, Queue, QueuedMessage, RetrySettings, retry::Next};

/// The pauses between tries to record what came of an attempt: without the record it would be made again.
const RECORDING: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(5)];

/// What every attempt needs.
pub(super) struct Attempts<Q> {
    pub(super) queue: Arc<Q>,
    pub(super) channels: Arc<Channels>,
    pub(super) retry: RetrySettings,
    pub(super) clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    pub(super) chance: Box<dyn Fn() -> f64 + Send + Sync>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    Again { due: Timestamp, rest: Option<Timestamp>, reason: String },
    Gone { address: String, reason: String },
    NotYet { until: Timestamp },
    Dead { reason: String },
    Unrecorded,
}

/// How many attempts ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Accepted by the receiver.
    pub sent: u64,
    /// Failed, or not tried yet, and kept to be sent later.
    pub again: u64,
    /// Failed for good.
    pub dead: u64,
    /// The store did not take the record: the message comes up again when its lease runs out.
    pub unrecorded: u64,
}

impl Counts {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Sent => self.sent += 1,
            Outcome::Again { .. } | Outcome::Gone { .. } | Outcome::NotYet { .. } => self.again += 1,
            Outcome::Dead { .. } => self.dead += 1,
            Outcome::Unrecorded => self.unrecorded += 1,
        }
    }
}

impl<Q: Queue> Attempts<Q> {
    /// Sends a leased message and records what came of it.
    pub(super) async fn make(&self, message: &QueuedMessage) -> Outcome {
        let timeout = self.retry.timeout;
        let sent = tokio::time::timeout(timeout.get(), self.channels.send(message, (self.clock)())).await;
        let sent = sent.unwrap_or_else(|_| Err(Failure::again(format!("no answer within {timeout}"))));
        self.record(message, sent).await
    }

    pub(super) async fn record(&self, message: &QueuedMessage, sent: Result<(), Failure>) -> Outcome {
        let outcome = self.outcome(message, sent);
        report(message, &outcome);
        let mut pauses = RECORDING.iter();
        while let Err(error) = self.write(message, &outcome).await {
            let Some(pause) = pauses.next() else {
                tracing::error!(
                    id = %message.id, group = %message.group, channel = %message.channel, %error,
                    "what came of a message cannot be recorded: it is sent again, with the same id"
                );
                return Outcome::Unrecorded;
            };
            tokio::time::sleep(*pause).await;
        }
        outcome
    }

    fn outcome(&self, message: &QueuedMessage, sent: Result<(), Failure>) -> Outcome {
        let failure = match sent {
            Ok(()) => return Outcome::Sent,
            Err(Failure::Gone { reason, address }) => return Outcome::Gone { address, reason },
            Err(Failure::NotYet { until }) => return Outcome::NotYet { until },
            Err(failure) => failure,
        };
        let now = (self.clock)();
        match self.retry.decide(message.attempts.saturating_add(1), &failure, (self.chance)()) {
            Next::After(delay) => {
                Outcome::Again { due: later(now, delay), rest: self.rest(&failure, now), reason: failure.to_string() }
            }
            Next::Dead(reason) => Outcome::Dead { reason },
        }
    }

    /// Until when the receiver wants to be left alone.
    fn rest(&self, failure: &Failure, now: Timestamp) -> Option<Timestamp> {
        let Failure::Again { after: after @ Some(_), .. } = failure else { return None };
        Some(later(now, self.retry.asked(*after)))
    }

    async fn write(&self, message: &QueuedMessage, outcome: &Outcome) -> Result<(), Q::Error> {
        let now = (self.clock)();
        match outcome {
            Outcome::Sent => self.queue.sent(message, now).await,
            Outcome::Again { due, rest, reason } => self.queue.retry(message, now, *due, *rest, reason).await,
            Outcome::Gone { address, reason } => self.queue.gone(message, now, address, reason).await,
            Outcome::NotYet { until } => self.queue.rest(message, *until).await,
            Outcome::Dead { reason } => self.queue.dead(message, now, reason).await,
            Outcome::Unrecorded => Ok(()),
        }
    }
}

/// Says what happened, without the recipient: addresses and tokens in URLs do not belong in logs.
fn report(message: &QueuedMessage, outcome: &Outcome) {
    let (id, group, channel, attempt) =
        (message.id, &message.group, message.channel, message.attempts.saturating_add(1));
    match outcome {
        Outcome::Sent => tracing::info!(%id, %group, %channel, attempt, "message sent"),
        Outcome::Again { due, reason, .. } => {
            tracing::warn!(%id, %group, %channel, attempt, %due, %reason, "message not sent yet");
        }
        Outcome::Gone { reason, .. } => {
            tracing::error!(%id, %group, %channel, attempt, %reason, "the receiver is not called again; its messages wait");
        }
        Outcome::NotYet { until } => {
            tracing::debug!(%id, %group, %channel, %until, "as many as the receiver takes were sent; the message waits");
        }
        Outcome::Dead { reason } => {
            tracing::error!(%id, %group, %channel, attempt, %reason, "message could not be delivered");
        }
        Outcome::Unrecorded => {}
    }
}

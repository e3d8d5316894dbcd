//! The outbox's queue over the store, and what follows when a message cannot be delivered.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::{
    config::Config,
    model::{Disclosure, NoticeKind, ids},
    outbox::{ChannelKind, Channels, Opening, Queue, QueuedMessage, SecretPlaces},
    reports,
    store::{self, Commit, Failed, KeptNotice, MessageState, OutboxFilter, Recorded, Store, StoreError},
    yaml::Problems,
};

use super::{App, announce::Announcement, disclosure::disclosed, error::CycleError, home::Home};

/// The store as the sender sees it.
#[derive(Debug, Clone)]
pub struct StoreQueue {
    store: Store,
    /// Leases of this process are told from those of another that shares the store.
    owner: String,
    /// Rung when a message has died, and when there is news of a receiver.
    bell: Arc<tokio::sync::Notify>,
}

/// A queue that does not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was kept of a message cannot be read.
    #[error("message {id} cannot be read: {why}")]
    Unreadable {
        /// The message.
        id: Uuid,
        /// Why.
        why: String,
    },
}

impl StoreQueue {
    /// The queue of a store; `bell` is rung when a message has died, and when there is news of a receiver.
    #[must_use]
    pub fn new(store: Store, bell: Arc<tokio::sync::Notify>) -> Self {
        Self { store, owner: Uuid::now_v7().to_string(), bell }
    }

    fn tell(&self, recorded: Recorded) {
        if recorded == Recorded::News {
            self.bell.notify_one();
        }
    }
}

impl Queue for StoreQueue {
    type Error = QueueError;

    async fn lease(
        &self,
        channel: ChannelKind,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<QueuedMessage>, QueueError> {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let leased = self.store.lease(channel.code(), now, &self.owner, until, limit).await?;
        let mut messages = Vec::with_capacity(leased.len());
        for kept in leased {
            let id = kept.id;
            match read(kept, channel) {
                Ok(message) => messages.push(message),
                // It would come up again for ever and hold up those behind it.
                Err(error) => {
                    tracing::error!(%error, "a message is given up");
                    self.store.dead(id, &self.owner, now, &error.to_string()).await?;
                    self.bell.notify_one();
                }
            }
        }
        Ok(messages)
    }

    async fn sent(&self, message: &QueuedMessage, at: Timestamp) -> Result<(), QueueError> {
        self.tell(self.store.sent(message.id, at).await?);
        Ok(())
    }

    async fn retry(
        &self,
        message: &QueuedMessage,
        at: Timestamp,
        due: Timestamp,
        rest: Option<Timestamp>,
        reason: &str,
    ) -> Result<(), QueueError> {
        self.tell(self.store.retry(message.id, &self.owner, &Failed { at, reason }, due, rest).await?);
        Ok(())
    }

    async fn rest(&self, message: &QueuedMessage, until: Timestamp) -> Result<(), QueueError> {
        self.store.rest(message.id, &self.owner, until, "as many as it takes were sent").await?;
        Ok(())
    }

    async fn gone(
        &self,
        message: &QueuedMessage,
        at: Timestamp,
        address: &str,
        reason: &str,
    ) -> Result<(), QueueError> {
        self.tell(self.store.gone(message.id, &self.owner, &Failed { at, reason }, address).await?);
        Ok(())
    }

    async fn dead(&self, message: &QueuedMessage, at: Timestamp, reason: &str) -> Result<(), QueueError> {
        self.store.dead(message.id, &self.owner, at, reason).await?;
        self.bell.notify_one();
        Ok(())
    }

    async fn release(&self, id: Uuid) -> Result<(), QueueError> {
        self.store.release(id, &self.owner).await?;
        Ok(())
    }

    async fn next_due(&self, channel: ChannelKind) -> Result<Option<Timestamp>, QueueError> {
        Ok(self.store.next_due(channel.code()).await?)
    }
}

fn read(kept: store::QueuedMessage, channel: ChannelKind) -> Result<QueuedMessage, QueueError> {
    let payload = serde_json::from_str(kept.payload.as_deref().unwrap_or_default())
        .map_err(|error| QueueError::Unreadable { id: kept.id, why: error.to_string() })?;
    Ok(QueuedMessage {
        id: kept.id,
        notice: kept.notice.0,
        group: kept.group,
        channel,
        recipient: kept.recipient,
        payload,
        attempts: kept.attempts,
        created: kept.created,
    })
}

/// Opens the channels of a configuration: reads the secrets that it names, connects to nothing.
///
/// # Errors
/// Every secret that cannot be read, at the setting that names it.
pub fn open_channels(config: &Config, home: &Home) -> Result<Channels, Problems> {
    let places = SecretPlaces {
        home: home.root().to_owned(),
        credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(Into::into),
    };
    let groups: Vec<_> = config.groups.iter().map(|(id, group)| (id.as_str(), group.channels.as_slice())).collect();
    let daemon = &config.daemon;
    Channels::open(&Opening {
        places: &places,
        email: &daemon.email,
        outbound: &daemon.outbound,
        retry: &daemon.retry,
        groups: &groups,
    })
}

/// Tells the operator's group of messages that could not be delivered, once. A dead letter that was itself for the
/// operator is only logged: it would come back for ever.
///
/// # Errors
/// The store fails, or the notice cannot be rendered.
pub async fn report_dead_letters(app: &App) -> Result<usize, CycleError> {
    let dead = app.store.dead_unreported().await?;
    if dead.is_empty() {
        return Ok(0);
    }
    let config = app.config();
    let mut commit = Commit::at(app.now());
    let mut paragraphs = Vec::new();
    for message in &dead {
        let error = message.last_error.as_deref().unwrap_or("no reason was kept");
        tracing::error!(
            id = %message.id, group = message.group, channel = message.channel, error,
            "a message could not be delivered"
        );
        commit.dead_reported.push(message.id);
        let notice = app.store.notice(message.notice).await?;
        let may_leave = |kept: KeptNotice| disclosed(&config, &kept.notice, Disclosure::Mask).into_owned();
        let about = notice.clone().map(may_leave).as_ref().map(reports::subject).unwrap_or_default();
        if notice.as_ref().is_none_or(|kept| kept.notice.kind() != NoticeKind::Operator) {
            paragraphs.push(format!(
                "\"{about}\" to {} ({}, group {}) was given up after {} attempts: {error}. Message {}.",
                message.recipient, message.channel, message.group, message.attempts, message.id
            ));
        }
    }
    let (count, mut announcement) = (paragraphs.len(), Announcement::of(app, &config));
    if count > 0 {
        let title = match count {
            1 => "A message could not be delivered".to_owned(),
            n => format!("{n} messages could not be delivered"),
        };
        let advice = "Mend the address or the receiver. `bellwether outbox --state dead` lists what was not delivered, and `bellwether outbox \
             retry` with the group or the message's id sends it again.";
        announcement.operator(title, paragraphs, Some(advice));
    }
    announcement.keep(&mut commit).await?;
    Ok(count)
}

/// Lets go of what messages said that were sent long ago.
///
/// # Errors
/// The store fails.
pub async fn forget(app: &App) -> Result<(), StoreError> {
    let keep = SignedDuration::try_from(app.config().daemon.keep_sent).unwrap_or(SignedDuration::MAX);
    let Ok(before) = app.now().checked_sub(keep) else { return Ok(()) };
    let messages = app.store.forget_sent(before).await?;
    if messages > 0 {
        tracing::info!(messages, "what old messages said is not kept any longer");
    }
    Ok(())
}

/// No dead letter is meant.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// Neither a group with dead letters nor a dead letter is called so.
    #[error("no dead letter has the id `{0}` or is for a group of this name (see: bellwether outbox --state dead)")]
    Unknown(String),
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sends dead letters again, under the ids that they have: one by its id or the end of it, or all of a group. How many.
///
/// # Errors
/// There is none, or the store fails.
pub async fn resend(app: &App, which: &str) -> Result<usize, ResendError> {
    let dead = OutboxFilter { state: Some(MessageState::Dead), ..OutboxFilter::default() };
    let mut count = 0;
    for message in app.store.outbox(&dead).await? {
        if (ids::is_meant(message.id, which) || message.group == which)
            && app.store.requeue(message.id, app.now()).await?
        {
            count += 1;
        }
    }
    if count == 0 {
        return Err(ResendError::Unknown(which.to_owned()));
    }
    app.wake_outbox();
    Ok(count)
}

//! Messages on their way: one row for each recipient and channel.
//!
//! ```text
//! queued ──lease──▶ sending ──sent───▶ sent
//!   ▲                 │ ├─────dead───▶ dead ──requeue──▶ queued
//!   └──retry, release─┘ └─ the lease runs out: leased again by whoever asks
//! ```
//!
//! A message is sent at least once: whoever leases it and dies leaves it to the next. `attempts` counts attempts that
//! ended, so that a killed sender uses none up.

mod forget;
mod lease;
mod list;

use jiff::Timestamp;
use sqlx::{Any, Transaction};
use uuid::Uuid;

pub use lease::{Failed, Recorded};
pub use list::OutboxFilter;

use super::{
    error::{Result, StoreError},
    rows::{self, Fields},
};
use crate::model::{NoticeId, coded};

coded! {
    /// Where a message is, in the order of its life.
    pub enum MessageState {
        /// It waits for its next attempt.
        Queued = "queued",
        /// Somebody has leased it.
        Sending = "sending",
        /// It was handed over.
        Sent = "sent",
        /// The last attempt has failed.
        Dead = "dead",
    }
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id, the same in every attempt: receivers tell a second copy by it.
    pub id: Uuid,
    /// The notice that it renders.
    pub notice: NoticeId,
    /// The group's id.
    pub group: String,
    /// `email`, `webhook`, …
    pub channel: String,
    /// An address, a URL, the name of a folder: what the channel understands.
    pub recipient: String,
    /// What the channel needs to send it, as JSON.
    pub payload: String,
    /// When it may be sent for the first time; none: at once.
    pub not_before: Option<Timestamp>,
}

/// A message as it is kept. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMessage {
    /// Its id, the same in every attempt.
    pub id: Uuid,
    /// The notice that it renders.
    pub notice: NoticeId,
    /// The group's id.
    pub group: String,
    /// `email`, `webhook`, …
    pub channel: String,
    /// What the channel sends it to.
    pub recipient: String,
    /// What the channel needs to send it, as JSON; none but in what was leased.
    pub payload: Option<String>,
    /// Where it is.
    pub state: MessageState,
    /// How many attempts have ended, the successful one included.
    pub attempts: u32,
    /// When the next attempt is due, or the present one was; of a dead letter: when it died.
    pub next_attempt: Timestamp,
    /// Until when it is leased.
    pub lease_until: Option<Timestamp>,
    /// Who has leased it.
    pub lease_owner: Option<String>,
    /// When it was queued for the first time.
    pub created: Timestamp,
    /// When it was handed over.
    pub sent: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// Whether its death was reported.
    pub reported: bool,
}

/// Queues a message; one with the same id stays as it is. What many recipients get is kept once.
pub(super) async fn insert(tx: &mut Transaction<'static, Any>, message: &NewMessage, created: Timestamp) -> Result<()> {
    let hash = blake3::hash(message.payload.as_bytes()).to_hex().to_string();
    sqlx::query("INSERT INTO payloads (hash, payload) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING")
        .bind(hash.clone())
        .bind(message.payload.clone())
        .execute(&mut **tx)
        .await
        .map_err(|error| StoreError::of_sql("keep what a message says", error))?;
    sqlx::query(
        "INSERT INTO outbox (id, notice, group_id, channel, recipient, payload, state, next_attempt, created) \
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8) ON CONFLICT (id) DO NOTHING",
    )
    .bind(message.id.to_string())
    .bind(message.notice.to_string())
    .bind(message.group.clone())
    .bind(message.channel.clone())
    .bind(message.recipient.clone())
    .bind(hash)
    .bind(message.not_before.unwrap_or(created).as_millisecond())
    .bind(created.as_millisecond())
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("queue a message", error))?;
    Ok(())
}

/// Notes that the death of these messages was reported.
pub(super) async fn set_reported(tx: &mut Transaction<'static, Any>, ids: &[Uuid]) -> Result<()> {
    let statement = "UPDATE outbox SET reported = 1 WHERE id = $1 AND state = 'dead'";
    rows::each(tx, statement, ids, "note that a dead letter was reported").await
}

fn read(row: &Fields<'_>) -> Result<QueuedMessage> {
    Ok(QueuedMessage {
        id: row.parsed("id")?,
        notice: NoticeId(row.parsed("notice")?),
        group: row.text("group_id")?,
        channel: row.text("channel")?,
        recipient: row.text("recipient")?,
        payload: None,
        state: row.code("state", MessageState::from_code)?,
        attempts: row.number("attempts")?,
        next_attempt: row.time("next_attempt")?,
        lease_until: row.maybe_time("lease_until")?,
        lease_owner: row.maybe_text("lease_owner")?,
        created: row.time("created")?,
        sent: row.maybe_time("sent")?,
        last_error: row.maybe_text("last_error")?,
        reported: row.flag("reported")?,
    })
}

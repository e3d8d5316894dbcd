//! The steps of a message's life after it was queued. Each is one short transaction; none is open while a message is
//! being sent.

use jiff::Timestamp;
use sqlx::{Any, Transaction};
use uuid::Uuid;

use super::{QueuedMessage, read};
use crate::store::{
    Result, Store, StoreError,
    receivers::{self, Refused},
    rows::{self, Fields},
};

/// An attempt that failed.
#[derive(Debug, Clone, Copy)]
pub struct Failed<'a> {
    /// When.
    pub at: Timestamp,
    /// Why, for people.
    pub reason: &'a str,
}

/// What it came to that an attempt was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing was changed: it was recorded before, or somebody else has the lease.
    Nothing,
    /// It is kept.
    Done,
    /// It is kept, and is news of the receiver: it fails for the first time, is disabled, or takes messages again after
    /// the operator's group was told that it did not.
    News,
}

/// Messages that may be taken: due, or their lease has run out; the oldest of its recipient that is; nothing else for
/// the recipient under way; and the recipient takes messages now. PostgreSQL wants `FOR UPDATE SKIP LOCKED` after the limit; SQLite has one writer at a time and
/// no such words.
const LEASE: &str = "UPDATE outbox SET state = 'sending', lease_until = $1, lease_owner = $2 WHERE id IN (\
                     SELECT m.id FROM outbox m WHERE m.channel = $5 \
                     AND ((m.state = 'queued' AND m.next_attempt <= $3) OR (m.state = 'sending' AND m.lease_until <= $3)) \
                     AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.channel = m.channel AND o.recipient = m.recipient \
                     AND o.id <> m.id AND ((o.state = 'sending' AND o.lease_until > $3) \
                     OR (((o.state = 'queued' AND o.next_attempt <= $3) OR (o.state = 'sending' AND o.lease_until <= $3)) \
                     AND (o.created < m.created OR (o.created = m.created AND o.id < m.id))))) \
                     AND NOT EXISTS (SELECT 1 FROM receivers r WHERE r.channel = m.channel AND r.recipient = m.recipient \
                     AND (r.disabled IS NOT NULL OR r.rests_until > $3)) \
                     ORDER BY m.created, m.id LIMIT $4) RETURNING *";

/// What a message says.
async fn said_by(tx: &mut Transaction<'static, Any>, id: Uuid) -> Result<String> {
    let row = sqlx::query(
        "SELECT COALESCE((SELECT p.payload FROM payloads p WHERE p.hash = o.payload), o.payload) AS payload \
         FROM outbox o WHERE o.id = $1",
    )
    .bind(id.to_string())
    .fetch_one(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("read what a message says", error))?;
    Fields::new("outbox", &row).text("payload")
}

impl Store {
    /// Takes up to `limit` messages of a channel that are due, or whose lease has run out, oldest first: at most one for
    /// each recipient, and none for a recipient with a message under way. They are `owner`'s until `until`; nobody else
    /// gets them before. `until` must leave time for the slowest attempt.
    pub async fn lease(
        &self,
        channel: &str,
        now: Timestamp,
        owner: &str,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<QueuedMessage>> {
        let doing = "take messages from the outbox";
        let failed = |error| StoreError::of_sql(doing, error);
        let mut tx = self.begin(doing).await?;
        let rows = sqlx::query(LEASE)
            .bind(until.as_millisecond())
            .bind(owner.to_owned())
            .bind(now.as_millisecond())
            .bind(i64::from(limit))
            .bind(channel.to_owned())
            .fetch_all(&mut *tx)
            .await
            .map_err(failed)?;
        let mut messages = rows::all("outbox", &rows, read)?;
        for message in &mut messages {
            message.payload = Some(said_by(&mut tx, message.id).await?);
        }
        tx.commit().await.map_err(failed)?;
        // RETURNING promises no order.
        messages.sort_by_key(|message| (message.created, message.id));
        Ok(messages)
    }

    /// Records that a message was handed over, whoever holds its lease by now: its receiver takes messages.
    pub async fn sent(&self, id: Uuid, now: Timestamp) -> Result<Recorded> {
        let update = "UPDATE outbox SET state = 'sent', sent = $1, attempts = attempts + 1, lease_until = NULL, \
                      lease_owner = NULL, last_error = NULL WHERE id = $2 AND state <> 'sent' RETURNING *";
        let query = sqlx::query(update).bind(now.as_millisecond()).bind(id.to_string());
        let doing = "record that a message was sent";
        let mut tx = self.begin(doing).await?;
        let Some(message) = changed(&mut tx, query, doing).await? else { return Ok(Recorded::Nothing) };
        let news = receivers::took(&mut tx, &message.channel, &message.recipient, now).await?;
        finish(tx, doing, news).await
    }

    /// Records that `owner`'s attempt failed and when the next is due, and that its receiver wants to be left alone until
    /// `rest`.
    pub async fn retry(
        &self,
        id: Uuid,
        owner: &str,
        attempt: &Failed<'_>,
        due: Timestamp,
        rest: Option<Timestamp>,
    ) -> Result<Recorded> {
        let doing = "record that an attempt failed";
        let mut tx = self.begin(doing).await?;
        let Some(message) = failed(&mut tx, id, owner, attempt, due).await? else { return Ok(Recorded::Nothing) };
        let refused = Refused {
            channel: &message.channel,
            recipient: &message.recipient,
            group: &message.group,
            reason: attempt.reason,
            rests_until: rest,
            failed: Some(attempt.at),
            disabled: None,
        };
        let news = receivers::refused(&mut tx, refused).await?;
        finish(tx, doing, news).await
    }

    /// Records that the receiver of a message that `owner` attempted to send never wants to be called again, at the address
    /// with this fingerprint: nothing is leased for it until it is enabled.
    pub async fn gone(&self, id: Uuid, owner: &str, attempt: &Failed<'_>, address: &str) -> Result<Recorded> {
        let doing = "record that a receiver is gone";
        let mut tx = self.begin(doing).await?;
        let Some(message) = failed(&mut tx, id, owner, attempt, attempt.at).await? else {
            return Ok(Recorded::Nothing);
        };
        let refused = Refused {
            channel: &message.channel,
            recipient: &message.recipient,
            group: &message.group,
            reason: attempt.reason,
            rests_until: None,
            failed: None,
            disabled: Some((attempt.at, address)),
        };
        let news = receivers::refused(&mut tx, refused).await?;
        finish(tx, doing, news).await
    }

    /// Gives a message back without counting an attempt: nothing is to be sent to its receiver before `until`, for this
    /// reason.
    pub async fn rest(&self, id: Uuid, owner: &str, until: Timestamp, reason: &str) -> Result<Recorded> {
        let update = "UPDATE outbox SET state = 'queued', lease_until = NULL, lease_owner = NULL \
                      WHERE id = $1 AND state = 'sending' AND lease_owner = $2 RETURNING *";
        let query = sqlx::query(update).bind(id.to_string()).bind(owner.to_owned());
        let doing = "record that a receiver is left alone";
        let mut tx = self.begin(doing).await?;
        let Some(message) = changed(&mut tx, query, doing).await? else { return Ok(Recorded::Nothing) };
        let refused = Refused {
            channel: &message.channel,
            recipient: &message.recipient,
            group: &message.group,
            reason,
            rests_until: Some(until),
            failed: None,
            disabled: None,
        };
        let news = receivers::refused(&mut tx, refused).await?;
        finish(tx, doing, news).await
    }

    /// Records that the last attempt failed at `now`. `false` when `owner` no longer holds the lease: then nothing
    /// changes.
    pub async fn dead(&self, id: Uuid, owner: &str, now: Timestamp, error: &str) -> Result<bool> {
        let update = "UPDATE outbox SET state = 'dead', next_attempt = $1, attempts = attempts + 1, last_error = $2, \
                      lease_until = NULL, lease_owner = NULL WHERE id = $3 AND state = 'sending' AND lease_owner = $4 \
                      RETURNING *";
        let query = sqlx::query(update)
            .bind(now.as_millisecond())
            .bind(error.to_owned())
            .bind(id.to_string())
            .bind(owner.to_owned());
        let doing = "record a dead letter";
        let mut tx = self.begin(doing).await?;
        let Some(message) = changed(&mut tx, query, doing).await? else { return Ok(false) };
        receivers::gave_up(&mut tx, &message.channel, &message.recipient).await?;
        finish(tx, doing, true).await.map(|_| true)
    }

    /// Gives a message back without counting an attempt. `false` when `owner` no longer holds its lease.
    pub async fn release(&self, id: Uuid, owner: &str) -> Result<bool> {
        let update = "UPDATE outbox SET state = 'queued', lease_until = NULL, lease_owner = NULL \
                      WHERE id = $1 AND state = 'sending' AND lease_owner = $2";
        let query = sqlx::query(update).bind(id.to_string()).bind(owner.to_owned());
        self.change("give a message back to the outbox", query).await.map(|changed| changed > 0)
    }

    /// Ends every lease: for a process that knows itself alone with the store, at its start after a crash. How many there
    /// were.
    pub async fn end_leases(&self) -> Result<u64> {
        let update =
            "UPDATE outbox SET state = 'queued', lease_until = NULL, lease_owner = NULL WHERE state = 'sending'";
        self.change("end the leases of a process that is gone", sqlx::query(update)).await
    }

    /// Queues a dead letter again under its old id, with all its attempts before it. `false` when it is not dead.
    pub async fn requeue(&self, id: Uuid, now: Timestamp) -> Result<bool> {
        let update = "UPDATE outbox SET state = 'queued', next_attempt = $1, attempts = 0, reported = 0 \
                      WHERE id = $2 AND state = 'dead'";
        let query = sqlx::query(update).bind(now.as_millisecond()).bind(id.to_string());
        self.change("queue a dead letter again", query).await.map(|changed| changed > 0)
    }

    pub(in crate::store) async fn change(&self, doing: &'static str, query: Query<'_>) -> Result<u64> {
        let failed = |error| StoreError::of_sql(doing, error);
        let mut tx: Transaction<'static, Any> = self.begin(doing).await?;
        let done = query.execute(&mut *tx).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(done.rows_affected())
    }
}

type Query<'q> = sqlx::query::Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// Counts a failed attempt and ends the lease, if it is `owner`'s.
async fn failed(
    tx: &mut Transaction<'static, Any>,
    id: Uuid,
    owner: &str,
    attempt: &Failed<'_>,
    due: Timestamp,
) -> Result<Option<QueuedMessage>> {
    let update = "UPDATE outbox SET state = 'queued', next_attempt = $1, attempts = attempts + 1, last_error = $2, \
                  lease_until = NULL, lease_owner = NULL WHERE id = $3 AND state = 'sending' AND lease_owner = $4 RETURNING *";
    let query = sqlx::query(update)
        .bind(due.as_millisecond())
        .bind(attempt.reason.to_owned())
        .bind(id.to_string())
        .bind(owner.to_owned());
    changed(tx, query, "record that an attempt failed").await
}

/// The message that a statement changed, if it did.
async fn changed(
    tx: &mut Transaction<'static, Any>,
    query: Query<'_>,
    doing: &'static str,
) -> Result<Option<QueuedMessage>> {
    let row = query.fetch_optional(&mut **tx).await.map_err(|error| StoreError::of_sql(doing, error))?;
    row.map(|row| read(&Fields::new("outbox", &row))).transpose()
}

async fn finish(tx: Transaction<'static, Any>, doing: &'static str, news: bool) -> Result<Recorded> {
    tx.commit().await.map_err(|error| StoreError::of_sql(doing, error))?;
    Ok(if news { Recorded::News } else { Recorded::Done })
}

//! Receivers that do not take messages now: they want to be left alone for a while, fail, or are disabled.
//!
//! ```text
//! (nothing known) ──failed──▶ failing ──told──▶ failing, told ──took a message──▶ recovered ──told──▶ (nothing known)
//!                    └──took a message──▶ (nothing known)
//!                 ──gone────▶ disabled ──enabled──▶ (nothing known)
//! ```

use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{
    Result, Store, StoreError,
    rows::{self, Fields},
};
use crate::model::coded;

coded! {
    /// What the operator's group was told of a receiver.
    pub enum ReceiverTold {
        /// That it takes nothing.
        Failing = "failing",
        /// That it asked never to be called again.
        Disabled = "disabled",
    }
}

/// Why a receiver takes no messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It asked then never to be called again.
    Disabled(Timestamp),
    /// It has taken nothing since then.
    Failing(Timestamp),
}

/// A receiver that does not take messages now. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// `email`, `webhook`, …
    pub channel: String,
    /// As messages name it.
    pub recipient: String,
    /// The id of the group whose message it did not take.
    pub group: String,
    /// What it said last.
    pub reason: String,
    /// Nothing is sent to it before then.
    pub rests_until: Option<Timestamp>,
    /// Its first failure since it has taken a message.
    pub failing_since: Option<Timestamp>,
    /// When it asked never to be called again.
    pub disabled: Option<Timestamp>,
    /// Tells the address that said so from every other.
    pub address: Option<String>,
    /// What the operator's group was told of it.
    pub told: Option<ReceiverTold>,
    /// When it took a message again, after the operator's group was told that it did not.
    pub recovered: Option<Timestamp>,
    /// How many messages wait for it.
    pub waiting: u64,
}

impl Receiver {
    /// Why it takes no messages; none of one that only asked for a rest, or that takes them again.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.disabled.map(Refusal::Disabled).or(self.failing_since.map(Refusal::Failing))
    }
}

/// What an attempt, or none, tells of a receiver.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused<'a> {
    pub(super) channel: &'a str,
    pub(super) recipient: &'a str,
    pub(super) group: &'a str,
    pub(super) reason: &'a str,
    pub(super) rests_until: Option<Timestamp>,
    pub(super) failed: Option<Timestamp>,
    /// When it asked never to be called again, at the address with this fingerprint.
    pub(super) disabled: Option<(Timestamp, &'a str)>,
}

impl Store {
    /// Every receiver that does not take messages now, or did not until lately.
    pub async fn receivers(&self) -> Result<Vec<Receiver>> {
        let rows = sqlx::query(
            "SELECT r.*, (SELECT count(*) FROM outbox o WHERE o.channel = r.channel AND o.recipient = r.recipient \
             AND o.state IN ('queued', 'sending')) AS waiting FROM receivers r ORDER BY r.channel, r.recipient",
        )
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list the receivers that do not take messages", error))?;
        rows::all("receivers", &rows, read)
    }

    /// Sends to a receiver again, at once: nothing more is known of it. `false` when nothing was.
    pub async fn enable_receiver(&self, channel: &str, recipient: &str) -> Result<bool> {
        let query = sqlx::query("DELETE FROM receivers WHERE channel = $1 AND recipient = $2");
        let query = query.bind(channel.to_owned()).bind(recipient.to_owned());
        self.change("enable a receiver", query).await.map(|changed| changed > 0)
    }

    /// The channels, groups and recipients for which messages wait.
    pub async fn awaited(&self) -> Result<Vec<(String, String, String)>> {
        let rows = sqlx::query(
            "SELECT DISTINCT channel, group_id, recipient FROM outbox WHERE state IN ('queued', 'sending') \
             ORDER BY channel, group_id, recipient",
        )
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list for whom messages wait", error))?;
        rows::all("outbox", &rows, |row| Ok((row.text("channel")?, row.text("group_id")?, row.text("recipient")?)))
    }

    /// Whether any message was ever queued for this recipient of a group.
    pub async fn was_written_to(&self, channel: &str, group: &str, recipient: &str) -> Result<bool> {
        let row = sqlx::query("SELECT 1 FROM outbox WHERE channel = $1 AND group_id = $2 AND recipient = $3 LIMIT 1")
            .bind(channel.to_owned())
            .bind(group.to_owned())
            .bind(recipient.to_owned())
            .fetch_optional(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look for messages to a receiver", error))?;
        Ok(row.is_some())
    }

    /// Hands the messages that wait for one recipient of a group to another, which has taken its place; they are due at
    /// `now`. How many.
    pub async fn redirect(&self, channel: &str, group: &str, from: &str, to: &str, now: Timestamp) -> Result<u64> {
        let query = sqlx::query(
            "UPDATE outbox SET recipient = $1, next_attempt = $2 \
             WHERE channel = $3 AND group_id = $4 AND recipient = $5 AND state = 'queued'",
        );
        let query = query
            .bind(to.to_owned())
            .bind(now.as_millisecond())
            .bind(channel.to_owned())
            .bind(group.to_owned())
            .bind(from.to_owned());
        self.change("hand messages to the receiver that took another's place", query).await
    }
}

/// Keeps what is learnt of a receiver. Whether it is its first failure since it took a message, or its disabling.
pub(super) async fn refused(tx: &mut Transaction<'static, Any>, refused: Refused<'_>) -> Result<bool> {
    let failed = |error| StoreError::of_sql("note that a receiver takes nothing", error);
    let known = sqlx::query("SELECT failing_since FROM receivers WHERE channel = $1 AND recipient = $2")
        .bind(refused.channel.to_owned())
        .bind(refused.recipient.to_owned())
        .fetch_optional(&mut **tx)
        .await
        .map_err(failed)?;
    let since = known.map(|row| Fields::new("receivers", &row).maybe_time("failing_since")).transpose()?.flatten();
    sqlx::query(
        "INSERT INTO receivers (channel, recipient, group_id, reason, rests_until, failing_since, disabled, address) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (channel, recipient) DO UPDATE SET \
         group_id = excluded.group_id, reason = excluded.reason, \
         rests_until = COALESCE(excluded.rests_until, receivers.rests_until), \
         failing_since = COALESCE(receivers.failing_since, excluded.failing_since), \
         disabled = COALESCE(receivers.disabled, excluded.disabled), address = COALESCE(excluded.address, receivers.address), \
         recovered = CASE WHEN excluded.failing_since IS NULL THEN receivers.recovered ELSE NULL END",
    )
    .bind(refused.channel.to_owned())
    .bind(refused.recipient.to_owned())
    .bind(refused.group.to_owned())
    .bind(refused.reason.to_owned())
    .bind(refused.rests_until.map(Timestamp::as_millisecond))
    .bind(refused.failed.map(Timestamp::as_millisecond))
    .bind(refused.disabled.map(|(at, _)| at.as_millisecond()))
    .bind(refused.disabled.map(|(_, address)| address.to_owned()))
    .execute(&mut **tx)
    .await
    .map_err(failed)?;
    Ok(refused.disabled.is_some() || (refused.failed.is_some() && since.is_none()))
}

/// Notes that a receiver took a message. Whether the operator's group is to be told that it does again.
pub(super) async fn took(
    tx: &mut Transaction<'static, Any>,
    channel: &str,
    recipient: &str,
    at: Timestamp,
) -> Result<bool> {
    let failed = |error| StoreError::of_sql("note that a receiver takes messages", error);
    sqlx::query("DELETE FROM receivers WHERE channel = $1 AND recipient = $2 AND told IS NULL AND disabled IS NULL")
        .bind(channel.to_owned())
        .bind(recipient.to_owned())
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    let update = "UPDATE receivers SET recovered = $1, failing_since = NULL, rests_until = NULL \
                  WHERE channel = $2 AND recipient = $3 AND told = 'failing' AND recovered IS NULL AND disabled IS NULL";
    let done = sqlx::query(update)
        .bind(at.as_millisecond())
        .bind(channel.to_owned())
        .bind(recipient.to_owned())
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    Ok(done.rows_affected() > 0)
}

/// Notes that a message was given up. Of a receiver for which no other waits, and of which nobody was told, nothing is known
/// any more: the dead letters are told of, and the next message begins anew.
pub(super) async fn gave_up(tx: &mut Transaction<'static, Any>, channel: &str, recipient: &str) -> Result<()> {
    let delete = "DELETE FROM receivers WHERE channel = $1 AND recipient = $2 AND told IS NULL AND disabled IS NULL \
                  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.channel = $1 AND o.recipient = $2 \
                  AND o.state IN ('queued', 'sending'))";
    let done = sqlx::query(delete).bind(channel.to_owned()).bind(recipient.to_owned()).execute(&mut **tx).await;
    done.map(|_| ()).map_err(|error| StoreError::of_sql("note that a message was given up", error))
}

/// Notes what the operator's group was told; nothing more is known of one that is told of for the last time.
pub(super) async fn set_told(
    tx: &mut Transaction<'static, Any>,
    receiver: &Receiver,
    told: Option<ReceiverTold>,
) -> Result<()> {
    let text = match told {
        Some(_) => "UPDATE receivers SET told = $3 WHERE channel = $1 AND recipient = $2",
        None => "DELETE FROM receivers WHERE channel = $1 AND recipient = $2 AND failing_since IS NULL",
    };
    let mut query = sqlx::query(text).bind(receiver.channel.clone()).bind(receiver.recipient.clone());
    if let Some(told) = told {
        query = query.bind(told.code());
    }
    let done = query.execute(&mut **tx).await;
    done.map(|_| ()).map_err(|error| StoreError::of_sql("note what was told of a receiver", error))
}

fn read(row: &Fields<'_>) -> Result<Receiver> {
    Ok(Receiver {
        channel: row.text("channel")?,
        recipient: row.text("recipient")?,
        group: row.text("group_id")?,
        reason: row.text("reason")?,
        rests_until: row.maybe_time("rests_until")?,
        failing_since: row.maybe_time("failing_since")?,
        disabled: row.maybe_time("disabled")?,
        address: row.maybe_text("address")?,
        told: match row.maybe_text("told")? {
            Some(_) => Some(row.code("told", ReceiverTold::from_code)?),
            None => None,
        },
        recovered: row.maybe_time("recovered")?,
        waiting: row.number("waiting")?,
    })
}

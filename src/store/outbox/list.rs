//! Looking at the outbox.

use jiff::Timestamp;

use super::{MessageState, QueuedMessage, read};
use crate::{
    model::NoticeId,
    store::{
        Result, Store, StoreError,
        rows::{self, Fields},
    },
};

/// Which messages to list; all when left at its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutboxFilter {
    /// In this state alone.
    pub state: Option<MessageState>,
    /// Renderings of this notice alone.
    pub notice: Option<NoticeId>,
    /// At most so many.
    pub limit: Option<u32>,
}

impl Store {
    /// Messages, newest first.
    pub async fn outbox(&self, filter: &OutboxFilter) -> Result<Vec<QueuedMessage>> {
        let rows = sqlx::query(
            "SELECT * FROM outbox WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) AND (CAST($2 AS TEXT) IS NULL OR notice = $2) \
             ORDER BY created DESC, id DESC LIMIT $3",
        )
        .bind(filter.state.map(MessageState::code))
        .bind(filter.notice.map(|id| id.to_string()))
        .bind(rows::limit(filter.limit))
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list the outbox", error))?;
        rows::all("outbox", &rows, read)
    }

    /// When the sender of a channel has to look again: the next attempt that is due, or the next lease that runs out.
    /// `None` when nothing waits but for receivers that are disabled.
    pub async fn next_due(&self, channel: &str) -> Result<Option<Timestamp>> {
        let row = sqlx::query(
            "SELECT CAST(min(CASE WHEN m.state = 'sending' THEN m.lease_until WHEN r.rests_until > m.next_attempt \
             THEN r.rests_until ELSE m.next_attempt END) AS BIGINT) AS due \
             FROM outbox m LEFT JOIN receivers r ON r.channel = m.channel AND r.recipient = m.recipient \
             WHERE m.channel = $1 AND m.state IN ('queued', 'sending') AND r.disabled IS NULL",
        )
        .bind(channel.to_owned())
        .fetch_one(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("look for the next message", error))?;
        Fields::new("outbox", &row).maybe_time("due")
    }

    /// Dead letters that nobody was told of yet, oldest first.
    pub async fn dead_unreported(&self) -> Result<Vec<QueuedMessage>> {
        let rows = sqlx::query("SELECT * FROM outbox WHERE state = 'dead' AND reported = 0 ORDER BY created, id")
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list the dead letters", error))?;
        rows::all("outbox", &rows, read)
    }
}

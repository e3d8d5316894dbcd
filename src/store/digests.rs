//! The deadlines of papers that groups have, and whether they were given the report for them.

use jiff::{Timestamp, civil::Date};
use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows,
};
use crate::model::NoticeId;

/// A deadline that a group has, or had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDeadline {
    /// The group.
    pub group: String,
    /// The day on which papers are due.
    pub due: Date,
    /// Whether the group was given the report for it; it is awaited otherwise.
    pub given: bool,
}

/// What is kept of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadlineStep {
    /// It is awaited.
    Awaited,
    /// The group is given the report for it, by this notice.
    Given(NoticeId),
    /// It is awaited no more.
    Over,
}

impl Store {
    /// The deadlines of all groups, oldest first.
    pub async fn deadlines(&self) -> Result<Vec<KeptDeadline>> {
        let rows = sqlx::query("SELECT group_id, due, notice FROM digests ORDER BY due, group_id")
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list the deadlines of papers", error))?;
        rows::all("digests", &rows, |row| {
            let given = row.maybe_text("notice")?.is_some();
            Ok(KeptDeadline { group: row.text("group_id")?, due: row.parsed("due")?, given })
        })
    }
}

/// Notes what becomes of deadlines. What was given once stays given.
pub(super) async fn note(
    tx: &mut Transaction<'static, Any>,
    deadlines: &[(String, Date, DeadlineStep)],
    recorded: Timestamp,
) -> Result<()> {
    for (group, due, step) in deadlines {
        let (group, due, recorded) = (group.clone(), due.to_string(), recorded.as_millisecond());
        let query = match step {
            DeadlineStep::Awaited => {
                sqlx::query("INSERT INTO digests (group_id, due, recorded) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                    .bind(group)
                    .bind(due)
                    .bind(recorded)
            }
            DeadlineStep::Given(notice) => sqlx::query(
                "INSERT INTO digests (group_id, due, notice, recorded) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (group_id, due) DO UPDATE SET notice = excluded.notice, recorded = excluded.recorded \
                 WHERE digests.notice IS NULL",
            )
            .bind(group)
            .bind(due)
            .bind(notice.to_string())
            .bind(recorded),
            DeadlineStep::Over => {
                sqlx::query("DELETE FROM digests WHERE group_id = $1 AND due = $2 AND notice IS NULL")
                    .bind(group)
                    .bind(due)
            }
        };
        let done = query.execute(&mut **tx).await;
        done.map_err(|error| StoreError::of_sql("note a deadline of papers", error))?;
    }
    Ok(())
}

//! The summaries of periods that groups were given.

use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows,
};
use crate::model::{NoticeId, Period};

impl Store {
    /// The periods of which a group was given the summary.
    pub async fn summaries(&self, group: &str) -> Result<Vec<Period>> {
        let rows = sqlx::query("SELECT period FROM summaries WHERE group_id = $1 ORDER BY recorded, period")
            .bind(group.to_owned())
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list the summaries of a group", error))?;
        rows::all("summaries", &rows, |row| row.parsed("period"))
    }
}

/// Notes the summaries that groups are given.
pub(super) async fn insert(
    tx: &mut Transaction<'static, Any>,
    summaries: &[(String, Period, NoticeId)],
    recorded: Timestamp,
) -> Result<()> {
    for (group, period, notice) in summaries {
        sqlx::query(
            "INSERT INTO summaries (group_id, period, notice, recorded) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(group.clone())
        .bind(period.to_string())
        .bind(notice.to_string())
        .bind(recorded.as_millisecond())
        .execute(&mut **tx)
        .await
        .map_err(|error| StoreError::of_sql("note the summary of a period", error))?;
    }
    Ok(())
}

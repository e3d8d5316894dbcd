//! What was composed and waits to be said.

use jiff::Timestamp;
use sqlx::{Any, Transaction};
use uuid::Uuid;

use super::{
    database::Store,
    error::{Result, StoreError},
    rows,
};

/// A notice that waits; what it says is written out by who keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldNotice {
    /// Its id; later ones sort after earlier ones.
    pub id: Uuid,
    /// The group that it is for.
    pub group: String,
    /// What is said, and what it waits for.
    pub body: String,
    /// Since when it waits.
    pub since: Timestamp,
}

impl Store {
    /// What waits, the oldest first.
    pub async fn held(&self) -> Result<Vec<HeldNotice>> {
        let rows = sqlx::query("SELECT * FROM held_notices ORDER BY since, id")
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list what waits to be said", error))?;
        rows::all("held_notices", &rows, |row| {
            Ok(HeldNotice {
                id: row.parsed("id")?,
                group: row.text("group_id")?,
                body: row.text("body")?,
                since: row.time("since")?,
            })
        })
    }
}

pub(super) async fn insert(tx: &mut Transaction<'static, Any>, held: &HeldNotice) -> Result<()> {
    sqlx::query("INSERT INTO held_notices (id, group_id, body, since) VALUES ($1, $2, $3, $4)")
        .bind(held.id.to_string())
        .bind(held.group.clone())
        .bind(held.body.clone())
        .bind(held.since.as_millisecond())
        .execute(&mut **tx)
        .await
        .map_err(|error| StoreError::of_sql("keep what waits to be said", error))?;
    Ok(())
}

/// Takes out what is said or given up.
pub(super) async fn remove(tx: &mut Transaction<'static, Any>, ids: &[Uuid]) -> Result<()> {
    rows::each(tx, "DELETE FROM held_notices WHERE id = $1", ids, "take out what is said").await
}

//! Silences.

use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows,
};
use crate::model::{Silence, SilenceId};

impl Store {
    /// Every silence that there is or was, newest first.
    pub async fn silences(&self) -> Result<Vec<Silence>> {
        let rows = sqlx::query("SELECT silence FROM silences ORDER BY id DESC")
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list the silences", error))?;
        rows::all("silences", &rows, |row| row.json("silence"))
    }

    /// The silences of which nobody was told yet that they are over, whether they are or not.
    pub async fn silences_in_force(&self) -> Result<Vec<Silence>> {
        let rows = sqlx::query("SELECT silence FROM silences WHERE over_told = 0 ORDER BY id")
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list the silences in force", error))?;
        rows::all("silences", &rows, |row| row.json("silence"))
    }
}

/// Keeps a silence as it is now.
pub(super) async fn upsert(tx: &mut Transaction<'static, Any>, silence: &Silence) -> Result<()> {
    sqlx::query(
        "INSERT INTO silences (id, silence, starts, ends) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET \
         silence = excluded.silence, starts = excluded.starts, ends = excluded.ends",
    )
    .bind(silence.id.to_string())
    .bind(rows::json("a silence", silence)?)
    .bind(silence.starts.as_millisecond())
    .bind(silence.ends.as_millisecond())
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("keep a silence", error))?;
    Ok(())
}

/// Notes that the end of silences was told.
pub(super) async fn set_told(tx: &mut Transaction<'static, Any>, silences: &[SilenceId]) -> Result<()> {
    let statement = "UPDATE silences SET over_told = 1 WHERE id = $1";
    rows::each(tx, statement, silences, "note that a silence is over").await
}

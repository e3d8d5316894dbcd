//! What people did about alerts.

use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows,
};
use crate::model::{Act, AlertId, AlertState};

impl Store {
    /// All that was done about an alert, of every stretch of its life, oldest first.
    pub async fn acts(&self, alert: &AlertId) -> Result<Vec<Act>> {
        let rows = sqlx::query("SELECT act FROM acts WHERE alert = $1 ORDER BY recorded, id")
            .bind(alert.0.clone())
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list what was done about an alert", error))?;
        rows::all("acts", &rows, |row| row.json("act"))
    }

    /// What was done about each alert that fires, of a dataset or of all, of every stretch of its life; those of one alert
    /// oldest first.
    pub async fn acts_of_firing(&self, dataset: Option<&str>) -> Result<Vec<Act>> {
        let rows = sqlx::query(
            "SELECT acts.act AS act FROM acts JOIN alerts ON alerts.id = acts.alert AND alerts.state = $2 \
             WHERE (CAST($1 AS TEXT) IS NULL OR alerts.dataset = $1) ORDER BY acts.recorded, acts.id",
        )
        .bind(dataset.map(str::to_owned))
        .bind(AlertState::Firing.code())
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list what was done about alerts", error))?;
        rows::all("acts", &rows, |row| row.json("act"))
    }
}

/// Appends an act. One that is kept already changes nothing.
pub(super) async fn append(tx: &mut Transaction<'static, Any>, act: &Act) -> Result<()> {
    sqlx::query(
        "INSERT INTO acts (id, alert, since, kind, act, recorded) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(act.id.to_string())
    .bind(act.alert.0.clone())
    .bind(act.since.to_string())
    .bind(act.kind.code())
    .bind(rows::json("what was done about an alert", act)?)
    .bind(act.at.as_millisecond())
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("keep what was done about an alert", error))?;
    Ok(())
}

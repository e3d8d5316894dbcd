//! What the store remembers of a dataset as a whole.

use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows::Fields,
};

/// What is remembered of a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatasetMemory {
    /// Whether its first load was announced.
    pub introduced: bool,
    /// The fingerprint of the rules that it was last evaluated under.
    pub rules_fingerprint: Option<String>,
}

impl Store {
    /// What is remembered of a dataset; nothing, when it is new.
    pub async fn dataset(&self, dataset: &str) -> Result<DatasetMemory> {
        let row = sqlx::query("SELECT introduced, rules FROM datasets WHERE dataset = $1")
            .bind(dataset.to_owned())
            .fetch_optional(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up a dataset", error))?;
        let Some(row) = row else { return Ok(DatasetMemory::default()) };
        let row = Fields::new("datasets", &row);
        Ok(DatasetMemory { introduced: row.flag("introduced")?, rules_fingerprint: row.maybe_text("rules")? })
    }
}

pub(super) async fn introduce(tx: &mut Transaction<'static, Any>, dataset: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO datasets (dataset, introduced) VALUES ($1, 1) ON CONFLICT (dataset) DO UPDATE SET introduced = 1",
    )
    .bind(dataset.to_owned())
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("remember a dataset's first load", error))?;
    Ok(())
}

pub(super) async fn set_rules(tx: &mut Transaction<'static, Any>, dataset: &str, fingerprint: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO datasets (dataset, rules) VALUES ($1, $2) ON CONFLICT (dataset) DO UPDATE SET rules = excluded.rules",
    )
    .bind(dataset.to_owned())
    .bind(fingerprint.to_owned())
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("remember a dataset's rules", error))?;
    Ok(())
}

//! What the store remembers of a dataset as a whole.

use std::collections::BTreeMap;

use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows::{self, Fields},
};

/// What is remembered of a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatasetMemory {
    /// Whether its first load was announced.
    pub introduced: bool,
    /// The fingerprint of the rules that it was last evaluated under.
    pub rules_fingerprint: Option<String>,
    /// When those rules fired, in words, by their ids; empty where that was not kept.
    pub rules: BTreeMap<String, String>,
}

impl Store {
    /// What is remembered of a dataset; nothing, when it is new.
    pub async fn dataset(&self, dataset: &str) -> Result<DatasetMemory> {
        let row = sqlx::query("SELECT introduced, rules, definitions FROM datasets WHERE dataset = $1")
            .bind(dataset.to_owned())
            .fetch_optional(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up a dataset", error))?;
        let Some(row) = row else { return Ok(DatasetMemory::default()) };
        let row = Fields::new("datasets", &row);
        let rules = row.maybe_json("definitions")?.unwrap_or_default();
        Ok(DatasetMemory { introduced: row.flag("introduced")?, rules_fingerprint: row.maybe_text("rules")?, rules })
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

pub(super) async fn set_rules(
    tx: &mut Transaction<'static, Any>,
    dataset: &str,
    fingerprint: &str,
    rules: &BTreeMap<String, String>,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO datasets (dataset, rules, definitions) VALUES ($1, $2, $3) \
         ON CONFLICT (dataset) DO UPDATE SET rules = excluded.rules, definitions = excluded.definitions",
    )
    .bind(dataset.to_owned())
    .bind(fingerprint.to_owned())
    .bind(rows::json("datasets.definitions", rules)?)
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("remember a dataset's rules", error))?;
    Ok(())
}

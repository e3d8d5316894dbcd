//! What arrived and what became of it.

use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows::{self, Fields},
};
use crate::model::{Delivery, DeliveryId, Period, Verdict};

/// A delivery as it is kept. Times are kept to the millisecond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDelivery {
    /// The delivery.
    pub delivery: Delivery,
    /// The fingerprint of the settings that it was decided under.
    pub settings: String,
    /// When the decision was recorded.
    pub recorded: Timestamp,
}

/// Which deliveries to list; all when left at its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Of this dataset alone.
    pub dataset: Option<String>,
    /// At most so many.
    pub limit: Option<u32>,
}

impl Store {
    /// One delivery.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<KeptDelivery>> {
        let row = sqlx::query("SELECT * FROM deliveries WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up a delivery", error))?;
        row.map(|row| read(&Fields::new("deliveries", &row))).transpose()
    }

    /// Deliveries, newest first.
    pub async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<KeptDelivery>> {
        let rows = sqlx::query(
            "SELECT * FROM deliveries WHERE (CAST($1 AS TEXT) IS NULL OR dataset = $1) ORDER BY received DESC, id DESC LIMIT $2",
        )
        .bind(filter.dataset.clone())
        .bind(rows::limit(filter.limit))
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list the deliveries", error))?;
        rows::all("deliveries", &rows, read)
    }

    /// The deliveries that had these bytes, newest first, duplicates left out. Whether one of them makes a new file a
    /// duplicate hangs on what became of it and on its `settings`.
    pub async fn same_bytes(&self, hash: &str) -> Result<Vec<KeptDelivery>> {
        let query = "SELECT * FROM deliveries WHERE hash = $1 AND verdict <> $2 ORDER BY received DESC, id DESC";
        let rows = sqlx::query(query)
            .bind(hash.to_owned())
            .bind(Verdict::Duplicate.code())
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look for the same bytes", error))?;
        rows::all("deliveries", &rows, read)
    }

    /// The accepted deliveries of exactly these periods, the first revision first.
    pub async fn revisions(&self, dataset: &str, periods: &[Period]) -> Result<Vec<Delivery>> {
        let query = "SELECT * FROM deliveries WHERE dataset = $1 AND periods = $2 AND revision > 0 AND verdict NOT IN ($3, $4) \
                     ORDER BY revision";
        let rows = sqlx::query(query)
            .bind(dataset.to_owned())
            .bind(rows::json("the periods of a delivery", &periods)?)
            .bind(Verdict::Duplicate.code())
            .bind(Verdict::Withdrawn.code())
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up earlier revisions", error))?;
        Ok(rows::all("deliveries", &rows, read)?.into_iter().map(|kept| kept.delivery).collect())
    }

    /// The revision that a delivery of these periods gets: one more than the highest that any of them has.
    pub async fn next_revision(&self, dataset: &str, periods: &[Period]) -> Result<u32> {
        let rows = sqlx::query(
            "SELECT period, CAST(max(revision) AS BIGINT) AS revision FROM delivery_periods WHERE dataset = $1 GROUP BY period",
        )
        .bind(dataset.to_owned())
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("look up the revisions", error))?;
        let known = rows::all("delivery_periods", &rows, |row| {
            Ok((row.parsed::<Period>("period")?, row.number::<u32>("revision")?))
        })?;
        let highest = known.iter().filter(|(period, _)| periods.contains(period)).map(|(_, revision)| *revision).max();
        Ok(highest.unwrap_or(0).saturating_add(1))
    }
}

/// Keeps a delivery; `false` when it is kept already.
pub(super) async fn insert(
    tx: &mut Transaction<'static, Any>,
    delivery: &Delivery,
    settings: &str,
    recorded: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "INSERT INTO deliveries (id, dataset, file, hash, size, revision, periods, verdict, findings, received, \
         duplicate_of, settings, recorded, part, examination) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(delivery.id.to_string())
    .bind(delivery.dataset.clone())
    .bind(delivery.file.clone())
    .bind(delivery.hash.clone())
    .bind(rows::integer(delivery.size))
    .bind(i64::from(delivery.revision))
    .bind(rows::json("the periods of a delivery", &delivery.periods)?)
    .bind(delivery.verdict.code())
    .bind(rows::json("the findings of a delivery", &delivery.findings)?)
    .bind(delivery.received.as_millisecond())
    .bind(delivery.duplicate_of.map(|id| id.to_string()))
    .bind(settings.to_owned())
    .bind(recorded.as_millisecond())
    .bind(delivery.table.clone())
    .bind(rows::json("what was read of a delivery", &delivery.examination)?)
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("keep a delivery", error))?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &Fields<'_>) -> Result<KeptDelivery> {
    Ok(KeptDelivery {
        delivery: Delivery {
            id: row.delivery("id")?,
            dataset: row.maybe_text("dataset")?,
            file: row.text("file")?,
            table: row.maybe_text("part")?,
            hash: row.text("hash")?,
            revision: row.number("revision")?,
            periods: row.json("periods")?,
            verdict: row.code("verdict", Verdict::from_code)?,
            findings: row.json("findings")?,
            examination: row.maybe_json("examination")?.unwrap_or_default(),
            received: row.time("received")?,
            duplicate_of: row.maybe_delivery("duplicate_of")?,
            size: row.number("size")?,
        },
        settings: row.text("settings")?,
        recorded: row.time("recorded")?,
    })
}

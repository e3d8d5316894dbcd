//! Which files count: the rows of `delivery_periods` and `measure_files`.

use std::collections::BTreeMap;

use sqlx::{Any, Transaction};

use super::MeasureFile;
use crate::{
    model::{Delivery, DeliveryId, Period, Verdict},
    store::{
        database::Store,
        error::{Result, StoreError},
        rows,
    },
};

/// Keeps what an accepted delivery counts for, and those of the files that hold its dataset's measures.
pub(in crate::store) async fn insert(
    tx: &mut Transaction<'static, Any>,
    delivery: &Delivery,
    files: &[MeasureFile],
) -> Result<()> {
    let Some(dataset) = &delivery.dataset else { return Ok(()) };
    for period in &delivery.periods {
        sqlx::query("INSERT INTO delivery_periods (dataset, period, revision, delivery) VALUES ($1, $2, $3, $4)")
            .bind(dataset.clone())
            .bind(period.to_string())
            .bind(i64::from(delivery.revision))
            .bind(delivery.id.to_string())
            .execute(&mut **tx)
            .await
            .map_err(|error| StoreError::of_sql("keep the periods of a delivery", error))?;
    }
    for file in files.iter().filter(|file| file.dataset == *dataset) {
        sqlx::query(
            "INSERT INTO measure_files (dataset, period, revision, path, hash, figures) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(file.dataset.clone())
        .bind(file.period.to_string())
        .bind(i64::from(delivery.revision))
        .bind(file.path.clone())
        .bind(file.hash.clone())
        .bind(rows::integer(file.figures))
        .execute(&mut **tx)
        .await
        .map_err(|error| StoreError::of_sql("keep the manifest of the measures", error))?;
    }
    Ok(())
}

/// The revision in force of every accepted period of a dataset.
pub(in crate::store) async fn revisions_in_force(store: &Store, dataset: &str) -> Result<BTreeMap<Period, u32>> {
    let query = "SELECT p.period AS period, CAST(max(p.revision) AS BIGINT) AS revision FROM delivery_periods p \
                 JOIN deliveries d ON d.id = p.delivery WHERE p.dataset = $1 AND d.verdict <> $2 GROUP BY p.period";
    let rows = sqlx::query(query)
        .bind(dataset.to_owned())
        .bind(Verdict::Withdrawn.code())
        .fetch_all(store.reader())
        .await
        .map_err(|error| StoreError::of_sql("look up the revisions in force", error))?;
    let revisions = rows::all("delivery_periods", &rows, |row| Ok((row.parsed("period")?, row.number("revision")?)))?;
    Ok(revisions.into_iter().collect())
}

/// A period and, if it has figures, the path and hash of their file.
type Entry = (Period, Option<(String, String)>);

/// The accepted periods of a dataset in the order of time, each with the file of its highest revision.
///
/// What was withdrawn does not count, nor does `except`.
pub(super) async fn in_force(store: &Store, dataset: &str, except: Option<DeliveryId>) -> Result<Vec<Entry>> {
    let rows = sqlx::query(
        "SELECT p.period AS period, f.path AS path, f.hash AS hash FROM delivery_periods p \
         LEFT JOIN measure_files f ON f.dataset = p.dataset AND f.period = p.period AND f.revision = p.revision \
         WHERE p.dataset = $1 AND p.revision = (SELECT max(q.revision) FROM delivery_periods q \
         JOIN deliveries d ON d.id = q.delivery \
         WHERE q.dataset = p.dataset AND q.period = p.period AND d.verdict <> $2 AND d.id <> $3)",
    )
    .bind(dataset.to_owned())
    .bind(Verdict::Withdrawn.code())
    .bind(except.map_or(String::new(), |delivery| delivery.to_string()))
    .fetch_all(store.reader())
    .await
    .map_err(|error| StoreError::of_sql("read the manifest of the measures", error))?;
    let mut entries = rows::all("measure_files", &rows, |row| {
        Ok((row.parsed("period")?, row.maybe_text("path")?.zip(row.maybe_text("hash")?)))
    })?;
    entries.sort();
    Ok(entries)
}

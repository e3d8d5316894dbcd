//! Which periods of a dataset arrived, and when.

use super::{
    database::Store,
    error::{Result, StoreError},
    rows,
};
use crate::model::{Arrival, DeliveryId, Finding, Period, Severity, Verdict};

impl Store {
    /// The periods of a dataset that were published (and not withdrawn) or held back, each with the moment at which its file was claimed.
    pub async fn arrivals(&self, dataset: &str) -> Result<Vec<Arrival>> {
        self.arrivals_without(dataset, None).await
    }

    /// The same, as if one delivery had not been decided.
    pub async fn arrivals_without(&self, dataset: &str, delivery: Option<DeliveryId>) -> Result<Vec<Arrival>> {
        // No delivery has a blank id.
        let without = delivery.map_or_else(String::new, |id| id.to_string());
        let failed = |error| StoreError::of_sql("list what arrived", error);
        let published = sqlx::query(
            "SELECT p.period AS period, CAST(min(d.received) AS BIGINT) AS received FROM delivery_periods p \
             JOIN deliveries d ON d.id = p.delivery WHERE p.dataset = $1 AND d.verdict <> $2 AND d.id <> $3 \
             GROUP BY p.period",
        )
        .bind(dataset.to_owned())
        .bind(Verdict::Withdrawn.code())
        .bind(without.clone())
        .fetch_all(self.reader())
        .await
        .map_err(failed)?;
        let mut arrivals = rows::all("delivery_periods", &published, |row| {
            Ok(Arrival { period: Some(row.parsed("period")?), received: row.time("received")?, held_back: None })
        })?;
        let held_back = sqlx::query(
            "SELECT periods, received, findings FROM deliveries WHERE dataset = $1 AND verdict = $2 AND id <> $3",
        )
        .bind(dataset.to_owned())
        .bind(Verdict::Quarantined.code())
        .bind(without)
        .fetch_all(self.reader())
        .await
        .map_err(failed)?;
        let held_back = rows::all("deliveries", &held_back, |row| {
            let findings: Vec<Finding> = row.json("findings")?;
            let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
            Ok((row.json::<Vec<Period>>("periods")?, row.time("received")?, errors))
        })?;
        for (periods, received, errors) in held_back {
            let periods = if periods.is_empty() { vec![None] } else { periods.into_iter().map(Some).collect() };
            arrivals.extend(periods.into_iter().map(|period| Arrival { period, received, held_back: Some(errors) }));
        }
        Ok(arrivals)
    }
}

//! Which periods of a dataset arrived, and when.

use super::{
    database::Store,
    error::{Result, StoreError},
    rows,
};
use crate::model::{Arrival, Finding, Period, Severity, Verdict};

impl Store {
    /// The periods of a dataset that were published (and not withdrawn) or held back, each with the moment at which its file was claimed.
    pub async fn arrivals(&self, dataset: &str) -> Result<Vec<Arrival>> {
        let failed = |error| StoreError::of_sql("list what arrived", error);
        let published = sqlx::query(
            "SELECT p.period AS period, CAST(min(d.received) AS BIGINT) AS received FROM delivery_periods p \
             JOIN deliveries d ON d.id = p.delivery WHERE p.dataset = $1 AND d.verdict <> $2 GROUP BY p.period",
        )
        .bind(dataset.to_owned())
        .bind(Verdict::Withdrawn.code())
        .fetch_all(self.reader())
        .await
        .map_err(failed)?;
        let mut arrivals = rows::all("delivery_periods", &published, |row| {
            Ok(Arrival { period: Some(row.parsed("period")?), received: row.time("received")?, held_back: None })
        })?;
        let held_back =
            sqlx::query("SELECT periods, received, findings FROM deliveries WHERE dataset = $1 AND verdict = $2")
                .bind(dataset.to_owned())
                .bind(Verdict::Quarantined.code())
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

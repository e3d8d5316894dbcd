//! What people decided over the gate: released, withdrawn.

use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    measures::manifest,
    placements::{self, Placement},
    rows::{self, Fields},
};
use crate::model::{Action, Delivery, DeliveryId, Overridden, Override, Period};

/// A delivery whose verdict is overruled.
#[derive(Debug, Clone, PartialEq)]
pub struct Overruled {
    /// The delivery as it is now: released, with its revision and periods; or withdrawn.
    pub delivery: Delivery,
    /// Who did it, and why.
    pub decision: Override,
    /// Where its file is to go.
    pub placement: Placement,
}

impl Store {
    /// What people decided of one delivery, the first decision first.
    pub async fn overrides(&self, delivery: DeliveryId) -> Result<Vec<Override>> {
        let rows = sqlx::query("SELECT * FROM overrides WHERE delivery = $1 ORDER BY recorded")
            .bind(delivery.to_string())
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up what was decided of a delivery", error))?;
        rows::all("overrides", &rows, read)
    }

    /// The overruled deliveries of a dataset that its figures rest on now: those that were released and are in force, and
    /// those that were withdrawn and not replaced.
    pub async fn overridden(&self, dataset: &str) -> Result<Vec<Overridden>> {
        let query = "SELECT o.delivery AS delivery, o.action AS action, o.reason AS reason, o.decided_by AS decided_by, \
                     o.recorded AS recorded FROM overrides o JOIN deliveries d ON d.id = o.delivery \
                     WHERE d.dataset = $1 ORDER BY o.recorded";
        let rows = sqlx::query(query)
            .bind(dataset.to_owned())
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list what was overruled", error))?;
        let decided = rows::all("overrides", &rows, |row| Ok((row.delivery("delivery")?, read(row)?)))?;
        let in_force = manifest::revisions_in_force(self, dataset).await?;
        let mut overridden = Vec::new();
        for (id, decision) in decided {
            let Some(kept) = self.delivery(id).await? else { continue };
            let delivery = kept.delivery;
            let revision = |period: &Period| in_force.get(period).copied().unwrap_or(0);
            let matters = delivery.periods.iter().any(|period| match decision.action {
                Action::Release => delivery.verdict.is_published() && revision(period) == delivery.revision,
                Action::Withdraw => revision(period) < delivery.revision,
            });
            if matters {
                overridden.push(Overridden::of(&delivery, decision));
            }
        }
        Ok(overridden)
    }
}

/// Keeps a delivery's new verdict, who answers for it, and where its file goes.
pub(super) async fn keep(tx: &mut Transaction<'static, Any>, overruled: &Overruled) -> Result<()> {
    let Overruled { delivery, decision, placement } = overruled;
    let failed = |error| StoreError::of_sql("keep what was decided of a delivery", error);
    sqlx::query("INSERT INTO overrides (delivery, action, reason, decided_by, recorded) VALUES ($1, $2, $3, $4, $5)")
        .bind(delivery.id.to_string())
        .bind(decision.action.code())
        .bind(decision.reason.clone())
        .bind(decision.by.clone())
        .bind(decision.at.as_millisecond())
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    sqlx::query("UPDATE deliveries SET verdict = $2, revision = $3, periods = $4, findings = $5, examination = $6 WHERE id = $1")
        .bind(delivery.id.to_string())
        .bind(delivery.verdict.code())
        .bind(i64::from(delivery.revision))
        .bind(rows::json("the periods of a delivery", &delivery.periods)?)
        .bind(rows::json("the findings of a delivery", &delivery.findings)?)
        .bind(rows::json("what was read of a delivery", &delivery.examination)?)
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    placements::replace(tx, placement).await
}

fn read(row: &Fields<'_>) -> Result<Override> {
    let at: Timestamp = row.time("recorded")?;
    Ok(Override {
        action: row.code("action", Action::from_code)?,
        reason: row.text("reason")?,
        by: row.text("decided_by")?,
        at,
    })
}

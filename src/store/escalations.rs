//! Which group was told of what fires, and the steps of escalation policies that were taken.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows,
};
use crate::model::{AlertId, AlertLine, Content, Notice, Period, StepTaken, ToldOf};

impl Store {
    /// Which groups were told of alerts that fire now, the first time of each period; oldest first.
    pub async fn told_of_firing(&self) -> Result<Vec<ToldOf>> {
        let rows = sqlx::query(
            "SELECT told.* FROM told JOIN alerts ON alerts.id = told.alert WHERE alerts.state = 'firing' \
             ORDER BY told.told, told.alert, told.group_id, told.period",
        )
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list who was told of what fires", error))?;
        rows::all("told", &rows, |row| {
            Ok(ToldOf {
                alert: AlertId(row.text("alert")?),
                group: row.text("group_id")?,
                period: row.parsed("period")?,
                at: row.time("told")?,
            })
        })
    }

    /// Alerts and the groups that were not told of them because they were muted.
    pub async fn unsaid(&self) -> Result<Vec<(AlertId, String)>> {
        let rows = sqlx::query("SELECT alert, group_id FROM unsaid ORDER BY alert, group_id")
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list what was not said", error))?;
        rows::all("unsaid", &rows, |row| Ok((AlertId(row.text("alert")?), row.text("group_id")?)))
    }

    /// The steps of escalation policies that were taken for an alert, or for all that fire now; oldest first.
    pub async fn steps_taken(&self, alert: Option<&AlertId>) -> Result<Vec<StepTaken>> {
        let rows = sqlx::query(
            "SELECT escalation FROM escalations JOIN alerts ON alerts.id = escalations.alert \
             WHERE alert = $1 OR (CAST($1 AS TEXT) IS NULL AND state = 'firing') \
             ORDER BY escalations.recorded, escalations.id",
        )
        .bind(alert.map(|alert| alert.0.clone()))
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list the steps of escalations", error))?;
        rows::all("escalations", &rows, |row| row.json("escalation"))
    }

    /// The periods at which alerts that fire now have worsened, oldest first.
    pub async fn worsened(&self) -> Result<BTreeMap<AlertId, Vec<Period>>> {
        let rows = sqlx::query(
            "SELECT alert, period FROM transitions JOIN alerts ON alerts.id = transitions.alert \
             WHERE kind = 'worsened' AND state = 'firing' ORDER BY alert, seq",
        )
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list what has worsened", error))?;
        let mut worsened: BTreeMap<AlertId, Vec<Period>> = BTreeMap::new();
        for (alert, period) in
            rows::all("transitions", &rows, |row| Ok((AlertId(row.text("alert")?), row.parsed("period")?)))?
        {
            worsened.entry(alert).or_default().push(period);
        }
        Ok(worsened)
    }

    /// When each alert that fires no more was last said to be over.
    pub async fn ended(&self) -> Result<BTreeMap<AlertId, Timestamp>> {
        let rows = sqlx::query(
            "SELECT alert, max(recorded) AS ended FROM transitions WHERE kind IN ('resolved', 'withdrawn') GROUP BY alert",
        )
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list what is over", error))?;
        let ended = rows::all("transitions", &rows, |row| Ok((AlertId(row.text("alert")?), row.time("ended")?)))?;
        Ok(ended.into_iter().collect())
    }
}

/// Appends a step that was taken. One that was taken before changes nothing.
pub(super) async fn append(tx: &mut Transaction<'static, Any>, step: &StepTaken) -> Result<()> {
    sqlx::query(
        "INSERT INTO escalations (id, alert, group_id, since, policy, round, step, repetition, escalation, recorded) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
    )
    .bind(step.id.to_string())
    .bind(step.alert.0.clone())
    .bind(step.group.clone())
    .bind(step.since.to_string())
    .bind(step.policy.clone())
    .bind(i64::from(step.round))
    .bind(i64::from(step.step))
    .bind(i64::from(step.repetition))
    .bind(rows::json("a step of an escalation", step)?)
    .bind(step.at.as_millisecond())
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("keep a step of an escalation", error))?;
    Ok(())
}

/// Notes alerts and the groups that are not told of them because they are muted.
pub(super) async fn leave_unsaid(
    tx: &mut Transaction<'static, Any>,
    unsaid: &[(AlertId, String)],
    recorded: Timestamp,
) -> Result<()> {
    for (alert, group) in unsaid {
        sqlx::query("INSERT INTO unsaid (alert, group_id, recorded) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(alert.0.clone())
            .bind(group.clone())
            .bind(recorded.as_millisecond())
            .execute(&mut **tx)
            .await
            .map_err(|error| StoreError::of_sql("note what is not said", error))?;
    }
    Ok(())
}

/// Takes out those that were told, or fire no more.
pub(super) async fn no_longer_unsaid(tx: &mut Transaction<'static, Any>, unsaid: &[(AlertId, String)]) -> Result<()> {
    for (alert, group) in unsaid {
        sqlx::query("DELETE FROM unsaid WHERE alert = $1 AND group_id = $2")
            .bind(alert.0.clone())
            .bind(group.clone())
            .execute(&mut **tx)
            .await
            .map_err(|error| StoreError::of_sql("take out what is said", error))?;
    }
    Ok(())
}

/// Notes which alerts that fire a notice tells of.
pub(super) async fn tell(tx: &mut Transaction<'static, Any>, notice: &Notice) -> Result<()> {
    for line in lines(&notice.content) {
        sqlx::query(
            "INSERT INTO told (alert, group_id, period, notice, told) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(line.id.0.clone())
        .bind(notice.group.clone())
        .bind(line.period.to_string())
        .bind(notice.id.to_string())
        .bind(notice.created.as_millisecond())
        .execute(&mut **tx)
        .await
        .map_err(|error| StoreError::of_sql("note who was told of an alert", error))?;
    }
    Ok(())
}

fn lines(content: &Content) -> impl Iterator<Item = &AlertLine> {
    let exceptions = match content {
        Content::Exceptions(exceptions) => Some(exceptions),
        _ => None,
    };
    exceptions
        .into_iter()
        .flat_map(|said| [&said.new, &said.worsened, &said.continuing, &said.amended].into_iter().flatten())
}

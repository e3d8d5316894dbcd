//! Alerts, every step of their lives, and what could not be judged.

use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows::{self, Fields},
};
use crate::model::{
    Alert, AlertId, AlertSeverity, AlertState, Cause, Labels, Period, Transition, TransitionKind, coded,
};

/// A step of an alert's life as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptTransition {
    /// The step.
    pub transition: Transition,
    /// When it was recorded.
    pub recorded: Timestamp,
}

coded! {
    /// Why a series has no answer.
    pub enum UnknownKind {
        /// The figures do not allow one.
        CannotTell = "cannot_tell",
        /// The rule went wrong.
        Failed = "failed",
    }
}

/// A series that a rule could not judge at the last evaluation of its dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRecord {
    /// The rule's id.
    pub rule: String,
    /// The series' labels.
    pub labels: Labels,
    /// The dataset.
    pub dataset: String,
    /// The period.
    pub period: Period,
    /// Whether the figures or the rule are to blame.
    pub kind: UnknownKind,
    /// Why, in words.
    pub reason: String,
    /// Since when its alert fires.
    pub firing_since: Option<Period>,
}

impl Store {
    /// The alerts of a dataset, or of all, in the order of rule and labels.
    pub async fn alerts(&self, dataset: Option<&str>) -> Result<Vec<Alert>> {
        let rows = sqlx::query(
            "SELECT * FROM alerts WHERE (CAST($1 AS TEXT) IS NULL OR dataset = $1) ORDER BY dataset, rule, labels, id",
        )
        .bind(dataset.map(str::to_owned))
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list the alerts", error))?;
        rows::all("alerts", &rows, read_alert)
    }

    /// One alert.
    pub async fn alert(&self, id: &AlertId) -> Result<Option<Alert>> {
        let row = sqlx::query("SELECT * FROM alerts WHERE id = $1")
            .bind(id.0.clone())
            .fetch_optional(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up an alert", error))?;
        row.map(|row| read_alert(&Fields::new("alerts", &row))).transpose()
    }

    /// The life of an alert, oldest step first; empty when there is no such alert.
    pub async fn transitions(&self, alert: &AlertId) -> Result<Vec<KeptTransition>> {
        let rows = sqlx::query("SELECT * FROM transitions WHERE alert = $1 ORDER BY seq")
            .bind(alert.0.clone())
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list the steps of an alert", error))?;
        rows::all("transitions", &rows, read_transition)
    }

    /// The steps by which what had been said of a dataset's alerts was withdrawn or amended, oldest first.
    pub async fn corrections(&self, dataset: &str) -> Result<Vec<KeptTransition>> {
        let rows = sqlx::query(
            "SELECT t.* FROM transitions t JOIN alerts a ON a.id = t.alert \
             WHERE a.dataset = $1 AND t.kind IN ($2, $3) ORDER BY t.recorded, t.alert, t.seq",
        )
        .bind(dataset.to_owned())
        .bind(TransitionKind::Withdrawn.code())
        .bind(TransitionKind::Amended.code())
        .fetch_all(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("list what was withdrawn or amended", error))?;
        rows::all("transitions", &rows, read_transition)
    }

    /// What the last evaluation of each dataset could not judge.
    pub async fn unjudged(&self) -> Result<Vec<UnknownRecord>> {
        let rows = sqlx::query("SELECT * FROM unjudged ORDER BY dataset, rule, labels, period")
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list what could not be judged", error))?;
        rows::all("unjudged", &rows, read_unjudged)
    }
}

pub(super) async fn upsert(tx: &mut Transaction<'static, Any>, alert: &Alert) -> Result<()> {
    sqlx::query(
        "INSERT INTO alerts (id, rule, dataset, severity, state, labels, since, reading, cannot_tell, episodes, \
         withdrawn) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, dataset = excluded.dataset, \
         severity = excluded.severity, state = excluded.state, labels = excluded.labels, since = excluded.since, \
         reading = excluded.reading, cannot_tell = excluded.cannot_tell, episodes = excluded.episodes, \
         withdrawn = excluded.withdrawn",
    )
    .bind(alert.id.0.clone())
    .bind(alert.rule.clone())
    .bind(alert.dataset.clone())
    .bind(alert.severity.code())
    .bind(alert.state.code())
    .bind(rows::json("the labels of an alert", &alert.labels)?)
    .bind(alert.since.to_string())
    .bind(rows::json("the figures of an alert", &alert.reading)?)
    .bind(alert.cannot_tell.clone())
    .bind(rows::json("the episodes of an alert", &alert.episodes)?)
    .bind(rows::json("what was withdrawn of an alert", &alert.withdrawn)?)
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("keep an alert", error))?;
    Ok(())
}

/// Appends a step. One that the same delivery has brought about before is left out.
pub(super) async fn append(
    tx: &mut Transaction<'static, Any>,
    transition: &Transition,
    recorded: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO transitions (alert, seq, kind, cause, delivery, since, period, reading, recorded) \
         SELECT $1, COALESCE(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM transitions WHERE alert = $1 \
         ON CONFLICT (alert, delivery, kind, since, period) DO NOTHING",
    )
    .bind(transition.alert.0.clone())
    .bind(transition.kind.code())
    .bind(transition.cause.code())
    .bind(transition.delivery.map(|id| id.to_string()))
    .bind(transition.since.to_string())
    .bind(transition.reading.period.to_string())
    .bind(rows::json("the figures of a step", &transition.reading)?)
    .bind(recorded.as_millisecond())
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("keep a step of an alert", error))?;
    Ok(())
}

/// Replaces what is known of a dataset.
pub(super) async fn replace_unjudged(
    tx: &mut Transaction<'static, Any>,
    dataset: &str,
    records: &[UnknownRecord],
) -> Result<()> {
    let failed = |error| StoreError::of_sql("keep what could not be judged", error);
    sqlx::query("DELETE FROM unjudged WHERE dataset = $1")
        .bind(dataset.to_owned())
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    for record in records {
        sqlx::query(
            "INSERT INTO unjudged (dataset, rule, labels, period, kind, reason, firing_since) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(dataset.to_owned())
        .bind(record.rule.clone())
        .bind(rows::json("the labels of a series", &record.labels)?)
        .bind(record.period.to_string())
        .bind(record.kind.code())
        .bind(record.reason.clone())
        .bind(record.firing_since.map(|period| period.to_string()))
        .execute(&mut **tx)
        .await
        .map_err(failed)?;
    }
    Ok(())
}

fn read_alert(row: &Fields<'_>) -> Result<Alert> {
    Ok(Alert {
        id: AlertId(row.text("id")?),
        rule: row.text("rule")?,
        dataset: row.text("dataset")?,
        severity: row.code("severity", AlertSeverity::from_code)?,
        state: row.code("state", AlertState::from_code)?,
        labels: row.json("labels")?,
        since: row.parsed("since")?,
        reading: row.json("reading")?,
        cannot_tell: row.maybe_text("cannot_tell")?,
        episodes: row.json("episodes")?,
        withdrawn: row.json("withdrawn")?,
    })
}

fn read_transition(row: &Fields<'_>) -> Result<KeptTransition> {
    Ok(KeptTransition {
        transition: Transition {
            alert: AlertId(row.text("alert")?),
            kind: row.code("kind", TransitionKind::from_code)?,
            cause: row.code("cause", Cause::from_code)?,
            delivery: row.maybe_delivery("delivery")?,
            since: row.parsed("since")?,
            reading: row.json("reading")?,
        },
        recorded: row.time("recorded")?,
    })
}

fn read_unjudged(row: &Fields<'_>) -> Result<UnknownRecord> {
    Ok(UnknownRecord {
        rule: row.text("rule")?,
        labels: row.json("labels")?,
        dataset: row.text("dataset")?,
        period: row.parsed("period")?,
        kind: row.code("kind", UnknownKind::from_code)?,
        reason: row.text("reason")?,
        firing_since: row.maybe_period("firing_since")?,
    })
}

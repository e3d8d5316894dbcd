//! What groups were told.

use sqlx::{Any, Transaction};

use super::{
    database::Store,
    error::{Result, StoreError},
    rows::{self, Fields},
};
use crate::model::{Content, DeliveryId, Notice, NoticeId, NoticeKind, Period};

/// A notice as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptNotice {
    /// The notice, with all that its renderings need.
    pub notice: Notice,
    /// Its subject line.
    pub subject: String,
}

impl Store {
    /// Notices, newest first.
    pub async fn notices(&self, limit: Option<u32>) -> Result<Vec<KeptNotice>> {
        let rows = sqlx::query("SELECT notice, subject FROM notices ORDER BY created DESC, id DESC LIMIT $1")
            .bind(rows::limit(limit))
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("list the notices", error))?;
        rows::all("notices", &rows, read)
    }

    /// The newest notice of a kind to a group; without a kind its newest of exceptions, or else its newest of any kind.
    pub async fn newest_notice(&self, group: &str, kind: Option<NoticeKind>) -> Result<Option<KeptNotice>> {
        let row = sqlx::query(
            "SELECT notice, subject FROM notices WHERE group_id = $1 AND (kind = $2 OR $3 = 0) \
             ORDER BY CASE WHEN kind = $2 THEN 0 ELSE 1 END, created DESC, id DESC LIMIT 1",
        )
        .bind(group.to_owned())
        .bind(kind.unwrap_or(NoticeKind::Exceptions).code())
        .bind(i64::from(kind.is_some()))
        .fetch_optional(self.reader())
        .await
        .map_err(|error| StoreError::of_sql("look up the newest notice", error))?;
        row.map(|row| read(&Fields::new("notices", &row))).transpose()
    }

    /// One notice.
    pub async fn notice(&self, id: NoticeId) -> Result<Option<KeptNotice>> {
        let row = sqlx::query("SELECT notice, subject FROM notices WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("look up a notice", error))?;
        row.map(|row| read(&Fields::new("notices", &row))).transpose()
    }
}

/// Keeps a notice; one with the same id stays as it is.
pub(super) async fn insert(tx: &mut Transaction<'static, Any>, notice: &Notice, subject: &str) -> Result<()> {
    let (dataset, delivery, period) = about(&notice.content);
    sqlx::query(
        "INSERT INTO notices (id, kind, group_id, dataset, delivery, period, subject, notice, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
    )
    .bind(notice.id.to_string())
    .bind(notice.kind().code())
    .bind(notice.group.clone())
    .bind(dataset.map(str::to_owned))
    .bind(delivery.map(|id| id.to_string()))
    .bind(period.map(|period| period.to_string()))
    .bind(subject.to_owned())
    .bind(rows::json("a notice", notice)?)
    .bind(notice.created.as_millisecond())
    .execute(&mut **tx)
    .await
    .map_err(|error| StoreError::of_sql("keep a notice", error))?;
    Ok(())
}

/// The dataset, delivery and newest period that a notice is about, as columns to search by.
fn about(content: &Content) -> (Option<&str>, Option<DeliveryId>, Option<Period>) {
    match content {
        Content::Exceptions(report) => (Some(&report.dataset), report.delivery, Some(report.period)),
        Content::Gate(report) => (None, Some(report.delivery), report.periods.last().copied()),
        Content::Operator(_)
        | Content::Silence(_)
        | Content::Escalation(_)
        | Content::ThreeAs(_)
        | Content::Digest(_) => (None, None, None),
    }
}

fn read(row: &Fields<'_>) -> Result<KeptNotice> {
    Ok(KeptNotice { notice: row.json("notice")?, subject: row.text("subject")? })
}

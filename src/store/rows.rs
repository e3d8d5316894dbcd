//! Between columns and nouns. Only text and 64-bit integers cross: that is what both databases agree on.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Any, Decode, Row, Transaction, Type, any::AnyRow};
use uuid::Uuid;

use super::error::{Result, StoreError};
use crate::model::{DeliveryId, Period};

/// One row of a table, read column by column; an error names both.
pub(super) struct Fields<'r> {
    table: &'static str,
    row: &'r AnyRow,
}

impl<'r> Fields<'r> {
    pub(super) fn new(table: &'static str, row: &'r AnyRow) -> Self {
        Self { table, row }
    }

    fn get<T: Decode<'r, Any> + Type<Any>>(&self, column: &'static str) -> Result<T> {
        self.row.try_get(column).map_err(|error| self.unreadable(column, error))
    }

    fn unreadable(&self, column: &'static str, reason: impl std::fmt::Display) -> StoreError {
        StoreError::UnreadableRow { table: self.table, column, reason: reason.to_string() }
    }

    pub(super) fn text(&self, column: &'static str) -> Result<String> {
        self.get(column)
    }

    pub(super) fn maybe_text(&self, column: &'static str) -> Result<Option<String>> {
        self.get(column)
    }

    /// A count or size: never negative, and small enough for its type.
    pub(super) fn number<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T> {
        let number: i64 = self.get(column)?;
        T::try_from(number).map_err(|_| self.unreadable(column, format!("{number} is out of range")))
    }

    pub(super) fn flag(&self, column: &'static str) -> Result<bool> {
        Ok(self.get::<i64>(column)? != 0)
    }

    pub(super) fn time(&self, column: &'static str) -> Result<Timestamp> {
        self.moment(column, self.get(column)?)
    }

    pub(super) fn maybe_time(&self, column: &'static str) -> Result<Option<Timestamp>> {
        self.get::<Option<i64>>(column)?.map(|ms| self.moment(column, ms)).transpose()
    }

    fn moment(&self, column: &'static str, ms: i64) -> Result<Timestamp> {
        Timestamp::from_millisecond(ms).map_err(|error| self.unreadable(column, error))
    }

    /// Text that another type parses: an id, a period.
    pub(super) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(&self, column: &'static str) -> Result<T> {
        self.text(column)?.parse().map_err(|error: T::Err| self.unreadable(column, error))
    }

    pub(super) fn maybe_period(&self, column: &'static str) -> Result<Option<Period>> {
        self.maybe_text(column)?.map(|text| text.parse().map_err(|error| self.unreadable(column, error))).transpose()
    }

    pub(super) fn delivery(&self, column: &'static str) -> Result<DeliveryId> {
        self.parsed(column).map(DeliveryId)
    }

    pub(super) fn maybe_delivery(&self, column: &'static str) -> Result<Option<DeliveryId>> {
        let parse = |text: String| Uuid::parse_str(&text).map_err(|error| self.unreadable(column, error));
        Ok(self.maybe_text(column)?.map(parse).transpose()?.map(DeliveryId))
    }

    /// One of a fixed set of codes.
    pub(super) fn code<T>(&self, column: &'static str, from_code: impl Fn(&str) -> Option<T>) -> Result<T> {
        let code = self.text(column)?;
        from_code(&code).ok_or_else(|| self.unreadable(column, format!("{code:?} is not a known code")))
    }

    /// What earlier versions of the program did not keep.
    pub(super) fn maybe_json<T: DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>> {
        let parse = |text: String| serde_json::from_str(&text).map_err(|error| self.unreadable(column, error));
        self.maybe_text(column)?.map(parse).transpose()
    }

    pub(super) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|error| self.unreadable(column, error))
    }
}

/// Executes a statement for each of these ids, which is all that it asks for.
pub(super) async fn each<T: ToString>(
    tx: &mut Transaction<'static, Any>,
    statement: &'static str,
    ids: &[T],
    doing: &'static str,
) -> Result<()> {
    for id in ids {
        let executed = sqlx::query(statement).bind(id.to_string()).execute(&mut **tx).await;
        executed.map_err(|error| StoreError::of_sql(doing, error))?;
    }
    Ok(())
}

/// Reads every row of an answer.
pub(super) fn all<T>(table: &'static str, rows: &[AnyRow], read: impl Fn(&Fields<'_>) -> Result<T>) -> Result<Vec<T>> {
    rows.iter().map(|row| read(&Fields::new(table, row))).collect()
}

/// A value as the JSON that its column keeps.
pub(super) fn json(what: &'static str, value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|source| StoreError::NotJson { what, source })
}

/// A size or count as a column keeps it.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many rows at most; without a limit, all.
pub(super) fn limit(limit: Option<u32>) -> i64 {
    limit.map_or(i64::MAX, i64::from)
}

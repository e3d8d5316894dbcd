//! Letting go of what messages said, long after they were sent.

use jiff::Timestamp;

use crate::store::{Result, Store, StoreError};

impl Store {
    /// Lets go of the texts and papers of messages that were sent before then, and answers how many messages that were.
    /// That they were sent, when, to whom and after how many attempts stays, and so does the notice. A message that was not
    /// sent keeps what it says, however old it is.
    pub async fn forget_sent(&self, before: Timestamp) -> Result<u64> {
        let doing = "let go of what old messages said";
        let failed = |error| StoreError::of_sql(doing, error);
        let mut tx = self.begin(doing).await?;
        let update = "UPDATE outbox SET payload = '' WHERE state = 'sent' AND sent < $1 AND payload <> ''";
        let let_go = sqlx::query(update).bind(before.as_millisecond()).execute(&mut *tx).await.map_err(failed)?;
        if let_go.rows_affected() > 0 {
            let unused = "DELETE FROM payloads WHERE hash NOT IN (SELECT payload FROM outbox)";
            sqlx::query(unused).execute(&mut *tx).await.map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        Ok(let_go.rows_affected())
    }
}

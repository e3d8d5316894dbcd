//! How much there is of everything, for `status` and the metrics.

use super::{
    database::Store,
    error::{Result, StoreError},
    outbox::MessageState,
    rows::Fields,
};
use crate::model::{AlertState, Verdict};

/// Counts; every case is named, also those of which there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Deliveries by what became of them.
    pub deliveries: Vec<(Verdict, u64)>,
    /// Alerts by where they stand.
    pub alerts: Vec<(AlertState, u64)>,
    /// Messages by where they are.
    pub outbox: Vec<(MessageState, u64)>,
}

impl Counts {
    /// Messages that are still to be sent.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let waits = |state: &MessageState| matches!(state, MessageState::Queued | MessageState::Sending);
        self.outbox.iter().filter(|(state, _)| waits(state)).map(|(_, n)| n).sum()
    }
}

impl Store {
    /// Counts deliveries, alerts and messages.
    pub async fn counts(&self) -> Result<Counts> {
        let deliveries = self.by_code("SELECT verdict AS code, count(*) AS n FROM deliveries GROUP BY verdict").await?;
        let alerts = self.by_code("SELECT state AS code, count(*) AS n FROM alerts GROUP BY state").await?;
        let outbox = self.by_code("SELECT state AS code, count(*) AS n FROM outbox GROUP BY state").await?;
        let of = |counted: &[(String, u64)], code: &str| {
            counted.iter().find(|(counted, _)| counted == code).map_or(0, |(_, n)| *n)
        };
        Ok(Counts {
            deliveries: Verdict::ALL.iter().map(|verdict| (*verdict, of(&deliveries, verdict.code()))).collect(),
            alerts: AlertState::ALL.iter().map(|state| (*state, of(&alerts, state.code()))).collect(),
            outbox: MessageState::ALL.iter().map(|state| (*state, of(&outbox, state.code()))).collect(),
        })
    }

    async fn by_code(&self, query: &'static str) -> Result<Vec<(String, u64)>> {
        let rows = sqlx::query(query)
            .fetch_all(self.reader())
            .await
            .map_err(|error| StoreError::of_sql("count what is kept", error))?;
        super::rows::all("counts", &rows, |row: &Fields<'_>| Ok((row.text("code")?, row.number("n")?)))
    }
}

//! Alerts whose rule or dataset is no longer there.

use crate::{
    alerts,
    model::{Alert, Cause, DeliveryId},
    routing::Told,
};

use super::tell::tell;

/// What an alert has lost: it was removed, or has another id now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Its rule.
    Rule,
    /// The dataset that it rests on.
    Dataset,
}

/// Closes what is still open of alerts that have lost their ground, and says why.
#[must_use]
pub fn close(orphans: &[Alert], lost: Lost, cause: Cause, delivery: Option<DeliveryId>) -> Vec<Told> {
    let closed = orphans.iter().filter_map(|before| {
        let (reason, summary) = match lost {
            Lost::Rule => ("rule removed", format!("The rule {} was removed", before.rule)),
            Lost::Dataset => ("dataset removed", format!("The dataset {} was removed", before.dataset)),
        };
        let advance = alerts::close(before, cause, delivery, reason)?;
        Some(tell((&summary, None), None, Some(before), advance))
    });
    closed.collect()
}

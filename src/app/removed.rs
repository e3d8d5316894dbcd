//! Alerts whose rule is no longer there.

use crate::{
    alerts,
    model::{Alert, Cause, DeliveryId},
    routing::Told,
};

use super::tell::tell;

/// What is said of an alert whose rule was removed, or has another id now.
const REASON: &str = "rule removed";

/// Closes what is still open of alerts whose rules are no longer there, and says why.
#[must_use]
pub fn close(orphans: &[Alert], cause: Cause, delivery: Option<DeliveryId>) -> Vec<Told> {
    let closed = orphans.iter().filter_map(|before| {
        let advance = alerts::close(before, cause, delivery, REASON)?;
        let summary = format!("The rule {} was removed", before.rule);
        Some(tell((&summary, None), None, Some(before), advance))
    });
    closed.collect()
}

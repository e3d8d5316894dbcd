//! The deliveries that a report rests on.

use std::collections::BTreeSet;

use crate::{
    config::Config,
    model::{Delivery, DeliveryId, Period, Severity, Source, Verdict},
    store::{DeliveryFilter, Store, StoreError},
};

use super::is_of;

/// For each period of a report, or the newest before it, the delivery whose figures count; and those of the period that were
/// held back or withdrawn. Of the datasets that rules ask for beside their own as well.
pub(super) async fn of(
    config: &Config,
    store: &Store,
    dataset: &str,
    period: Period,
) -> Result<Vec<Source>, StoreError> {
    let mut sources = Vec::new();
    let own = std::iter::once(dataset.to_owned());
    for id in own.chain(config.rests_on(dataset).into_iter().filter(|id| id != dataset)) {
        let filter = DeliveryFilter { dataset: Some(id.clone()), ..DeliveryFilter::default() };
        let kept: Vec<Delivery> = store.deliveries(&filter).await?.into_iter().map(|kept| kept.delivery).collect();
        let in_force = in_force(&kept, period);
        let title = config.datasets.get(&id).map_or_else(|| id.clone(), |dataset| dataset.title.clone());
        // The store has the newest first.
        for delivery in kept.into_iter().rev() {
            let is_refused = matches!(delivery.verdict, Verdict::Quarantined | Verdict::Withdrawn)
                && delivery.periods.iter().any(|known| is_of(*known, period));
            if is_refused || in_force.contains(&delivery.id) {
                let decisions = store.overrides(delivery.id).await?;
                sources.push(Source {
                    dataset: id.clone(),
                    dataset_title: title.clone(),
                    delivery: delivery.id,
                    issues: delivery.findings.iter().filter(|finding| finding.severity > Severity::Note).count(),
                    file: delivery.file,
                    table: delivery.table,
                    periods: delivery.periods,
                    revision: delivery.revision,
                    verdict: delivery.verdict,
                    received: delivery.received,
                    decisions,
                });
            }
        }
    }
    Ok(sources)
}

/// The published deliveries with the highest revision of each period of the report; where there is none, of the newest
/// before it.
fn in_force(deliveries: &[Delivery], period: Period) -> BTreeSet<DeliveryId> {
    let published = || deliveries.iter().filter(|delivery| delivery.verdict.is_published());
    let known = || published().flat_map(|delivery| &delivery.periods).copied();
    let mut periods: BTreeSet<Period> = known().filter(|known| is_of(*known, period)).collect();
    if periods.is_empty() {
        let before = known().filter(|known| known.end() <= period.end());
        periods.extend(before.max_by_key(|known| (known.end(), known.start())));
    }
    let newest = |period: &Period| {
        let of = published().filter(|delivery| delivery.periods.contains(period));
        of.max_by_key(|delivery| delivery.revision).map(|delivery| delivery.id)
    };
    periods.iter().filter_map(newest).collect()
}

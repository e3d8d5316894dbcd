//! The deliveries that one file made, and where the file itself is when not all of its tables were accepted.
//!
//! Who opens a workbook sees all of its sheets. So the file itself is laid beside the published tables only where each
//! table that a dataset takes from it is published; otherwise it lies with the table that is held back.

use std::path::PathBuf;

use crate::{
    model::{Delivery, DeliveryId},
    store::{Placement, Store, StoreError},
};

/// A delivery and where it goes.
pub type Member = (Delivery, Option<Placement>);

/// The deliveries of the file that this one is of, as the store knows them.
///
/// # Errors
/// The store fails.
pub async fn of(store: &Store, delivery: DeliveryId) -> Result<Vec<Member>, StoreError> {
    let mut family = Vec::new();
    for nth in 0..=u8::MAX {
        let id = delivery.of_file(nth);
        let Some(kept) = store.delivery(id).await? else { break };
        family.push((kept.delivery, store.placement(id).await?));
    }
    Ok(family)
}

/// Where the file itself of a published delivery is, when it is not laid beside its tables.
#[must_use]
pub fn withheld<'a>(
    delivery: &Delivery,
    family: impl IntoIterator<Item = (&'a Delivery, Option<&'a Placement>)>,
) -> Option<PathBuf> {
    if !delivery.verdict.is_published() {
        return None;
    }
    let held_back = |other: &Delivery| other.id != delivery.id && !other.verdict.is_published();
    let place = |placement: &Placement| placement.targets.first().cloned();
    family.into_iter().find(|(other, _)| held_back(other)).and_then(|(_, placement)| placement.and_then(place))
}

/// As [`withheld`], of what the store knows.
///
/// # Errors
/// The store fails.
pub async fn withheld_now(store: &Store, delivery: &Delivery) -> Result<Option<PathBuf>, StoreError> {
    let family = of(store, delivery.id).await?;
    Ok(withheld(delivery, family.iter().map(|(delivery, placement)| (delivery, placement.as_ref()))))
}

//! Files on their way to where people find them: what the store knows of each, carried out, and again after a crash.

use std::{collections::BTreeMap, path::PathBuf};

use crate::{
    config::Config,
    model::{Delivery, DeliveryId, Verdict},
    store::Placement,
};

use super::{
    App,
    error::CycleError,
    family,
    place::{self, Other, Placing},
    plan,
};

impl App {
    /// Moves a decided file to the places of its deliveries and notes that it is there.
    ///
    /// # Errors
    /// The disk or the store fails; it is done again at the next start.
    pub async fn place(&self, placements: Vec<Placement>) -> Result<(), CycleError> {
        let Some(source) = placements.first().map(|placement| placement.source.clone()) else { return Ok(()) };
        let (config, mut placings) = (self.config(), Vec::with_capacity(placements.len()));
        for placement in placements {
            placings.push(self.placing(&config, placement).await?);
        }
        let (home, from) = (self.home.clone(), source.clone());
        let moved = tokio::task::spawn_blocking(move || place::place(&home, &config, &from, &placings));
        let moved = moved.await.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
        moved.map_err(|source| CycleError::File { what: "the file cannot be moved to its place", source })?;
        Ok(self.store.placed(&source).await?)
    }

    async fn placing(&self, config: &Config, placement: Placement) -> Result<Placing, CycleError> {
        let decided = self.store.delivery(placement.delivery).await?.map(|kept| kept.delivery);
        let publishes = decided.clone().filter(|delivery| delivery.verdict.is_published());
        let withdraws = decided.clone().filter(|delivery| delivery.verdict == Verdict::Withdrawn);
        let others = match &withdraws {
            Some(delivery) => self.others(config, delivery).await?,
            None => Vec::new(),
        };
        let overrides = self.store.overrides(placement.delivery).await?;
        // What takes the place of a missing file has that file's reports.
        let reported = match decided.as_ref().and_then(|delivery| delivery.duplicate_of) {
            Some(earlier) => self.store.delivery(earlier).await?.map(|kept| kept.delivery),
            None => decided,
        };
        let withheld = match &publishes {
            Some(delivery) => family::withheld_now(&self.store, delivery).await?,
            None => None,
        };
        let reports = match &reported {
            Some(delivery) => plan::reports_beside(config, delivery, &placement, withheld.as_deref())?,
            None => Default::default(),
        };
        Ok(Placing { placement, reports, reported, publishes, withheld, withdraws, others, overrides })
    }

    /// The published tables of the file that a withdrawn one is of.
    async fn others(&self, config: &Config, withdrawn: &Delivery) -> Result<Vec<Other>, CycleError> {
        let mut others = Vec::new();
        for (delivery, placement) in family::of(&self.store, withdrawn.id).await? {
            let withheld = family::withheld_now(&self.store, &delivery).await?;
            if let (Some(withheld), Some(placement)) = (withheld, placement)
                && let Some(target) = placement.targets.first().cloned()
            {
                let reports = plan::reports_beside(config, &delivery, &placement, Some(&withheld))?;
                others.push(Other { delivery, target, withheld, reports });
            }
        }
        Ok(others)
    }

    /// The deliveries of a claimed file, if it was decided before; the file is moved to its places, if that was not done
    /// then.
    ///
    /// # Errors
    /// The disk or the store fails; it can be tried again.
    pub async fn finish(&self, claimed: DeliveryId) -> Result<Option<Vec<Delivery>>, CycleError> {
        let Some(first) = self.store.delivery(claimed).await? else { return Ok(None) };
        let Some(placement) = self.store.placement(claimed).await? else { return Ok(Some(vec![first.delivery])) };
        let mut decided = Vec::new();
        let placements = self.store.placements_from(&placement.source).await?;
        for placement in &placements {
            decided.extend(self.store.delivery(placement.delivery).await?.map(|kept| kept.delivery));
        }
        tracing::info!(file = first.delivery.file, delivery = %claimed, "finishing a move that was cut short");
        self.place(placements).await?;
        Ok(Some(decided))
    }

    /// Finishes the moves that a crash cut short. One that cannot be done does not hold up the others: its file is still
    /// claimed, and is tried again with the other claims.
    ///
    /// # Errors
    /// The store fails.
    pub async fn finish_placements(&self) -> Result<(), CycleError> {
        let mut files: BTreeMap<PathBuf, Vec<Placement>> = BTreeMap::new();
        for placement in self.store.pending_placements().await? {
            files.entry(placement.source.clone()).or_default().push(placement);
        }
        for (file, placements) in files {
            tracing::info!(file = %file.display(), "finishing a move that was cut short");
            if let Err(error) = self.place(placements).await {
                tracing::error!(file = %file.display(), %error, "a file is decided but not in its place yet");
            }
        }
        Ok(())
    }
}

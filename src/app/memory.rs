//! What is known when a delivery arrives: read a part at a time, held against what the file brings, and growing with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    config::{Config, Dataset, Needs},
    model::{DeliveryId, Finding, History, Severity},
    rules::{Rule, with_derived},
    store::{Archive, Part, Store, StoreError},
    tables::Figures,
};

use super::{against::against, examine::Examined, recall::Recall};

/// What is known of datasets, for one file or for several that are judged one after the other. No figure is kept here but
/// those of these files: the rest is read when it is asked for, and let go.
#[derive(Debug)]
pub struct Memory {
    store: Option<Store>,
    recall: Recall,
}

impl Memory {
    /// Nothing was asked for yet. Without a store, nothing is known but what is learned of the files that are judged.
    #[must_use]
    pub fn of(store: Option<Store>) -> Self {
        Self { store, recall: Recall::default() }
    }

    /// As [`Memory::hold`], where nothing else holds the file back: figures that are wrong already would only be found
    /// wrong again.
    ///
    /// # Errors
    /// The store fails.
    pub async fn hold_if_fit(&mut self, config: &Arc<Config>, examined: Examined) -> Result<Examined, StoreError> {
        if examined.verdict.is_published() { self.hold(config, examined).await } else { Ok(examined) }
    }

    /// Holds figures against what is known: their units, the checks of their dataset that ask for it, and those of other
    /// datasets that name this one and were published before it. This is done away from the runtime's own threads, and a
    /// fault of the program in it holds this file back.
    ///
    /// # Errors
    /// The store fails.
    pub async fn hold(&mut self, config: &Arc<Config>, examined: Examined) -> Result<Examined, StoreError> {
        let Some(dataset) = examined.dataset.clone() else { return Ok(examined) };
        if self.store.is_none() && !self.recall.learned_anything() {
            let asks = dataset.checks.ask_what_is_known();
            return Ok(if asks { examined.with(not_made()) } else { examined });
        }
        let asking = || std::iter::once(&dataset).chain(config.naming(&dataset.id));
        let needs = asking().flat_map(|asking| asking.checks.needs()).map(|need| need.dataset.value);
        let named: BTreeSet<String> = asking().map(|asking| asking.id.clone()).chain(needs).collect();
        let recall = self.recall(&named).await?.clone();
        let (of, config) = (Arc::clone(&dataset), Arc::clone(config));
        let held = tokio::task::spawn_blocking(move || {
            let findings = against(&config, &recall, &of, &examined.figures)?;
            Ok(examined.held(findings))
        });
        held.await.unwrap_or_else(|panic| {
            tracing::error!(dataset = dataset.id, %panic, "holding a file against what is known failed");
            let message = "holding this file against what is known ended in a fault of the program; please report it";
            Ok(Examined::refused(Some(dataset), "fault", message))
        })
    }

    /// Adds the figures of an accepted delivery to what is known of its dataset.
    pub fn learn(&mut self, dataset: &Arc<Dataset>, figures: &Arc<Figures>) {
        self.recall.learn(dataset, figures);
    }

    /// Knows a dataset as if one of its deliveries had never been accepted.
    ///
    /// # Errors
    /// The store fails.
    pub async fn forget(&mut self, dataset: &str, delivery: DeliveryId) -> Result<(), StoreError> {
        let archive = self.archive(dataset, Some(delivery)).await?;
        self.recall.archives.insert(dataset.to_owned(), archive);
        Ok(())
    }

    /// All that rules ask for, with the measures of one's own. Of large datasets that is much: to evaluate many rules, see
    /// [`Recall::around`].
    ///
    /// # Errors
    /// The store fails.
    pub async fn around(
        &mut self,
        config: &Config,
        rules: impl IntoIterator<Item = &Arc<Rule>>,
    ) -> Result<BTreeMap<String, Arc<History>>, StoreError> {
        let needs = config.needs_of(rules);
        Ok(with_derived(&needs.derived, self.histories(&needs).await?))
    }

    /// The histories that rules need, without the measures of one's own.
    ///
    /// # Errors
    /// The store fails.
    pub async fn histories(&mut self, needs: &Needs) -> Result<BTreeMap<String, Arc<History>>, StoreError> {
        let (recall, needs) = (self.recall(needs.measures.keys()).await?.clone(), needs.clone());
        away(move || recall.histories(&needs)).await
    }

    /// A part of what is known of a dataset.
    ///
    /// # Errors
    /// The store fails.
    pub async fn part(&mut self, dataset: &str, part: Part) -> Result<History, StoreError> {
        let (recall, dataset) = (self.recall([dataset]).await?.clone(), dataset.to_owned());
        away(move || recall.history(&dataset, &part)).await
    }

    /// What can be read of these datasets, and of those that were asked for before.
    ///
    /// # Errors
    /// The store fails.
    pub async fn recall(&mut self, datasets: impl IntoIterator<Item = impl AsRef<str>>) -> Result<&Recall, StoreError> {
        for dataset in datasets {
            let dataset = dataset.as_ref();
            if !self.recall.archives.contains_key(dataset) {
                let archive = self.archive(dataset, None).await?;
                self.recall.archives.insert(dataset.to_owned(), archive);
            }
        }
        Ok(&self.recall)
    }

    async fn archive(&self, dataset: &str, without: Option<DeliveryId>) -> Result<Arc<Archive>, StoreError> {
        match &self.store {
            Some(store) => store.archive(dataset, without).await,
            None => Ok(Arc::default()),
        }
    }
}

/// Reads away from the runtime's own threads.
async fn away<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => read,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Stopping { doing: "read measures" }),
        },
    }
}

fn not_made() -> Finding {
    let message = "checks against earlier deliveries and other datasets are not made: no history";
    Finding::of_file("no_history", Severity::Note, message)
}

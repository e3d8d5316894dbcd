//! What is known when a delivery arrives: each history is read once for a file, held against what the file brings, and
//! grows with it.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use crate::{
    checks::Known,
    config::{Config, Dataset},
    model::{Finding, History, Severity},
    store::{Store, StoreError},
    tables::Figures,
};

use super::{
    against::{against, join},
    examine::Examined,
};

static NOTHING: LazyLock<History> = LazyLock::new(History::default);

/// The histories that were read for one file, or for several that are judged one after the other.
#[derive(Debug)]
pub struct Memory {
    store: Option<Store>,
    known: Known,
    /// Whether a file was judged before this one.
    learned: bool,
}

impl Memory {
    /// Nothing was read yet. Without a store, nothing is known but what is learned of the files that are judged.
    #[must_use]
    pub fn of(store: Option<Store>) -> Self {
        Self { store, known: Known::default(), learned: false }
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
        if self.store.is_none() && !self.learned {
            let asks = dataset.checks.ask_what_is_known();
            return Ok(if asks { examined.with(not_made()) } else { examined });
        }
        self.recall_for(config, &dataset).await?;
        let (of, config, known) = (Arc::clone(&dataset), Arc::clone(config), self.known.clone());
        let held = tokio::task::spawn_blocking(move || {
            let findings = against(&config, &known, &of, &examined.figures);
            examined.held(findings)
        });
        Ok(held.await.unwrap_or_else(|panic| {
            tracing::error!(dataset = dataset.id, %panic, "holding a file against what is known failed");
            let message = "holding this file against what is known ended in a fault of the program; please report it";
            Examined::refused(Some(dataset), "fault", message)
        }))
    }

    /// Reads all that [`against`] needs to know.
    async fn recall_for(&mut self, config: &Config, dataset: &Arc<Dataset>) -> Result<(), StoreError> {
        self.recall(&dataset.id).await?;
        for asking in std::iter::once(dataset).chain(config.naming(&dataset.id)) {
            self.recall(&asking.id).await?;
            for need in asking.checks.needs() {
                self.recall(&need.dataset).await?;
            }
        }
        Ok(())
    }

    /// Adds the figures of an accepted delivery to what is known of its dataset.
    ///
    /// # Errors
    /// The store fails.
    pub async fn learn(&mut self, dataset: &Dataset, figures: &Figures) -> Result<(), StoreError> {
        self.recall(&dataset.id).await?;
        let mut history = self.known.take(&dataset.id).map_or_else(History::default, Arc::unwrap_or_clone);
        join(&mut history, dataset, figures);
        self.learned = true;
        self.set(&dataset.id, history);
        Ok(())
    }

    /// Says what is known of a dataset from now on.
    pub fn set(&mut self, dataset: &str, history: History) {
        self.known.set(dataset, Arc::new(history));
    }

    /// All that rules on a dataset ask about, with the measures of one's own.
    ///
    /// # Errors
    /// The store fails.
    pub async fn around(
        &mut self,
        config: &Config,
        dataset: &str,
    ) -> Result<BTreeMap<String, Arc<History>>, StoreError> {
        let mut histories = BTreeMap::new();
        for id in config.rests_on(dataset) {
            self.recall(&id).await?;
            histories.extend(self.known.shared(&id).map(|history| (id, history)));
        }
        Ok(histories)
    }

    /// What is known of a dataset.
    ///
    /// # Errors
    /// The store fails.
    pub async fn recall(&mut self, dataset: &str) -> Result<&History, StoreError> {
        if !self.known.has(dataset) {
            let history = match &self.store {
                Some(store) => store.history(dataset).await?,
                None => History::default(),
            };
            self.set(dataset, history);
        }
        Ok(self.known.of(dataset).unwrap_or(&NOTHING))
    }
}

fn not_made() -> Finding {
    let message = "checks against earlier deliveries and other datasets are not made: no history";
    Finding::of_file("no_history", Severity::Note, message)
}

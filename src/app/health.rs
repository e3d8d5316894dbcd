//! Whether the daemon can do its work, for `/readyz`, `status` and the service manager.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A part of the daemon that can be in trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The daemon has not finished starting.
    Start,
    /// The configuration in the home is broken; the one before is in force.
    Configuration,
    /// A delivery could not be worked on.
    Deliveries,
}

/// The troubles there are now.
#[derive(Debug, Default)]
pub struct Health {
    troubles: Mutex<BTreeMap<Part, String>>,
}

impl Health {
    /// A daemon that is starting.
    #[must_use]
    pub fn starting() -> Self {
        let health = Self::default();
        health.trouble(Part::Start, "still starting");
        health
    }

    /// Notes a trouble.
    pub fn trouble(&self, part: Part, what: impl Into<String>) {
        self.lock().insert(part, what.into());
    }

    /// Notes that a part is well.
    pub fn well(&self, part: Part) {
        self.lock().remove(&part);
    }

    /// The troubles in words, one for each part.
    #[must_use]
    pub fn troubles(&self) -> Vec<String> {
        self.lock().values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Part, String>> {
        // A panic elsewhere leaves the map as it was.
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Why a delivery could not be worked on.

use std::io;

use crate::{intake, reports::RenderError, store::StoreError};

/// Why a delivery could not be worked on. Its file stays claimed and is tried again: nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum CycleError {
    /// A file could not be read, written or moved.
    #[error("{what}: {source}")]
    File {
        /// What could not be done.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The claimed file could not be read.
    #[error(transparent)]
    Intake(#[from] intake::IntakeError),
    /// The store refused.
    #[error(transparent)]
    Store(Box<StoreError>),
    /// A notice could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// An earlier revision could not be moved to its place yet, and this one must not overtake it.
    #[error("{place} waits for an earlier delivery of the same periods, which could not be moved there yet")]
    PlaceTaken {
        /// Where this one would go.
        place: String,
    },
    /// A part of the work ended without an answer.
    #[error("{what} ended unexpectedly ({fault}); this is a fault of the program")]
    Ended {
        /// Which part.
        what: &'static str,
        /// How it ended.
        #[source]
        fault: tokio::task::JoinError,
    },
}

impl From<StoreError> for CycleError {
    fn from(error: StoreError) -> Self {
        Self::Store(Box::new(error))
    }
}

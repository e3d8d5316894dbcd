//! A proposed dataset definition from a sample.

use std::path::Path;

use crate::tables::{self, Limits};
pub use crate::tables::{InferError, Proposal};

/// Proposes a definition with the daemon's own limits. `steward` is the group that is to answer for the data.
///
/// # Errors
/// The file cannot be read, or no table is found in it.
pub fn infer(path: &Path, steward: &str) -> Result<Proposal, InferError> {
    tables::infer(path, steward, &Limits::default())
}

//! Proposed dataset definitions from a sample.

use std::path::Path;

use crate::tables::{self, Limits};
pub use crate::tables::{InferError, Proposal, Steward};

/// Proposes definitions with the daemon's own limits: one for each sheet of a workbook that is not hidden and holds a
/// table, or for `sheet` alone.
///
/// # Errors
/// The file cannot be read, or no table is found in it.
pub fn infer(path: &Path, steward: &Steward, sheet: Option<&str>) -> Result<Vec<Proposal>, InferError> {
    tables::infer(path, steward, sheet, &Limits::default())
}

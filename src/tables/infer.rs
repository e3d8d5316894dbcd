//! A sample file → a proposed dataset definition, as commented YAML.
//!
//! The table is found by its look; what its columns hold is found by the reader itself: the sample is read once as each
//! kind, and a column is of the kind as which all of its cells can be read. So what is proposed is what will be read.

mod columns;
mod file_name;
mod key;
mod names;
mod place;
mod sample;
mod write;

use std::path::Path;

use super::{
    ReadError,
    error::{self, Limits},
};

/// A dataset definition that takes the sample as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the dataset may be called: `config/datasets/<id>.yaml`.
    pub id: String,
    /// The definition, commented.
    pub yaml: String,
    /// What only people can answer; each is a comment in the definition too.
    pub questions: Vec<String>,
}

/// Nothing can be proposed.
#[derive(Debug, thiserror::Error)]
pub enum InferError {
    /// The file cannot be read as a table.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No row looks like a header.
    #[error(
        "where is the table in {file}? None of its first {searched} rows is a row of column names with rows of the same \
         width below it; give it one, or describe the layout by hand (tables stacked or figures across: see \
         `blocks`, `across` and `alternate` in the shipped datasets)"
    )]
    NoTable {
        /// The file's name without folders.
        file: String,
        /// How many rows were looked at.
        searched: usize,
    },
}

/// Proposes a dataset for files like this one. Kinds and checks come from the first 10,000 rows; all rows are counted.
/// `steward` is the group that is to answer for the data.
///
/// # Errors
/// The file cannot be read, or no table is found in it.
pub fn infer(path: &Path, steward: &str, limits: &Limits) -> Result<Proposal, InferError> {
    let file = error::file_name(path);
    let place = place::find(path, &file, limits)?;
    let sample = sample::read(path, &place, limits)?;
    let name = file_name::read(&file);
    let columns = columns::settle(path, &place, sample, limits)?;
    Ok(write::proposal(&file, steward, &place, &columns, &name))
}

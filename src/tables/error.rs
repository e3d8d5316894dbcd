//! Why a file cannot be read as a table at all. What is merely wrong in some rows is a finding.

use std::{io, path::Path};

/// The file cannot be read as a table. Every message names the file; rows count from 1, as an editor shows them.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be opened.
    #[error("{file} cannot be opened: {source}")]
    Open {
        /// The file's name without folders.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// Reading stopped in the middle.
    #[error("{file} cannot be read beyond row {row}: {source}; drop the file again")]
    Interrupted {
        /// The file's name.
        file: String,
        /// The last row that was read.
        row: u64,
        /// What the system says.
        source: io::Error,
    },
    /// There is no text in it.
    #[error("{file} is empty: there is not even a header")]
    Empty {
        /// The file's name.
        file: String,
    },
    /// It is something else, whatever its name says.
    #[error("{file} is not a delimited text file: it looks like {looks_like}; save it as CSV and drop it again")]
    NotText {
        /// The file's name.
        file: String,
        /// "a PDF document".
        looks_like: &'static str,
    },
    /// A NUL byte stands between text.
    #[error("{file}, row {row}: the row holds a NUL byte, so the file is damaged or not text; export it again")]
    Nul {
        /// The file's name.
        file: String,
        /// The row.
        row: u64,
    },
    /// None of the first rows answers to the declared columns.
    #[error(
        "{file} has no header: none of its first {searched} rows holds any of {wanted}; \
         look whether the file belongs to this dataset, or add the new texts as `aliases` of its columns"
    )]
    NoHeader {
        /// The file's name.
        file: String,
        /// How many rows were looked at.
        searched: usize,
        /// The texts looked for: "`period`, `contract`".
        wanted: String,
    },
    /// What the definition takes from the titles or the name of a file is not there.
    #[error(
        "{file}: {what} is to be found in {place} by `{pattern}`, and nothing there fits; mend the file or the expression"
    )]
    NotGiven {
        /// The file's name.
        file: String,
        /// "`contract_type`", "the financial year".
        what: String,
        /// "the rows above the header", "the file's name".
        place: &'static str,
        /// The expression.
        pattern: String,
    },
    /// Columns of months do not say their year.
    #[error(
        "{file}: the column `{header}` does not say which year it is of; \
         set `financial_year` under `table`, or write the year into the header"
    )]
    NoYear {
        /// The file's name.
        file: String,
        /// The first such header.
        header: String,
    },
    /// A row longer than the limit: nearly always a quotation mark that is never closed.
    #[error(
        "{file}, row {row}: the row is longer than {limit} bytes; \
         look for a quotation mark in it that is never closed"
    )]
    RowTooLong {
        /// The file's name.
        file: String,
        /// Where the row begins.
        row: u64,
        /// The limit.
        limit: usize,
    },
    /// A row with more cells than any table has.
    #[error("{file}, row {row}: the row has more than {limit} cells, so this is no table")]
    TooManyColumns {
        /// The file's name.
        file: String,
        /// The row.
        row: u64,
        /// The limit.
        limit: usize,
    },
    /// More rows than the limit.
    #[error("{file} has more than {limit} rows; split it by period and drop the parts")]
    TooManyRows {
        /// The file's name.
        file: String,
        /// The limit.
        limit: u64,
    },
}

/// What a file may ask of this machine before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest row, in bytes of its text as UTF-8.
    pub row_bytes: usize,
    /// The most cells of a row.
    pub columns: usize,
    /// The most rows of a file, blank ones included.
    pub rows: u64,
}

impl Default for Limits {
    /// 1 MB a row, as many columns as a spreadsheet has, a thousand million rows.
    fn default() -> Self {
        Self { row_bytes: 1 << 20, columns: 16_384, rows: 1_000_000_000 }
    }
}

/// A file's name without folders, for messages.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

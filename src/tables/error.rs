//! Why a file cannot be read as a table at all. What is merely wrong in some rows is a finding.

use std::{fmt::Display, io, path::Path};

use super::places::shorten;

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
    #[error(
        "{file} is no table: it looks like {looks_like}; save it as CSV or as an Excel workbook (.xlsx) and drop it again"
    )]
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
    /// It is what it seems to be, and broken.
    #[error("{file} cannot be read as {what}: {reason}; open it, save it anew, and drop it again")]
    Damaged {
        /// The file's name.
        file: String,
        /// "an Excel workbook".
        what: &'static str,
        /// What the format's reader says.
        reason: String,
    },
    /// It is encrypted.
    #[error("{file} is {what} protected by a password, which bellwether does not have; save it without one")]
    Protected {
        /// The file's name.
        file: String,
        /// "an Excel workbook".
        what: &'static str,
    },
    /// It asks for more memory or time than any table does.
    #[error("{file} is refused: {reason}")]
    TooLarge {
        /// The file's name.
        file: String,
        /// What is too large.
        reason: String,
    },
    /// None of a workbook's sheets can be read.
    #[error("{file} has no sheet that is visible; name the hidden one as `sheet` in the dataset's `table`")]
    NoSheet {
        /// The file's name.
        file: String,
    },
    /// The dataset names a sheet that the workbook does not have.
    #[error("{file} has no sheet {wanted}: its sheets are {sheets}; correct `sheet` in the dataset's `table`")]
    NoSuchSheet {
        /// The file's name.
        file: String,
        /// The sheet that the dataset names.
        wanted: String,
        /// "`Activity`, `Notes`".
        sheets: String,
    },
    /// No sheet has the dataset's columns.
    #[error(
        "none of the sheets {sheets} of {file} has a header with any of {wanted}; look whether the file belongs to this \
         dataset, or add the new texts as `aliases` of its columns"
    )]
    NoSheetAnswers {
        /// The file's name.
        file: String,
        /// "`Activity`, `Notes`".
        sheets: String,
        /// The texts looked for: "`period`, `contract`".
        wanted: String,
    },
    /// Several sheets have the dataset's columns.
    #[error("which sheet of {file} is the table? {sheets} answer alike; name one as `sheet` in the dataset's `table`")]
    WhichSheet {
        /// The file's name.
        file: String,
        /// "`April`, `May`".
        sheets: String,
    },
    /// No member of an archive has the dataset's columns.
    #[error("none of the files in {file} has the dataset's columns; it holds {members}")]
    NoMember {
        /// The archive's name.
        file: String,
        /// "`a.csv`, `b.csv`".
        members: String,
    },
    /// Several members of an archive have the dataset's columns.
    #[error("which file in {file} is the table? {members} answer alike; drop them one by one")]
    WhichMember {
        /// The archive's name.
        file: String,
        /// "`a.csv`, `b.csv`".
        members: String,
    },
    /// An archive within an archive.
    #[error("{file} is an archive within an archive, which is not unpacked; drop what is in it")]
    Nested {
        /// The member's name.
        file: String,
    },
    /// A member's name leads out of the archive.
    #[error("{file} is refused: the name of its member `{member}` leads out of the archive")]
    UnsafeName {
        /// The archive's name.
        file: String,
        /// The member's name.
        member: String,
    },
    /// A record of JSON that is no row of a table.
    #[error("{file}, {place}: {reason}")]
    Record {
        /// The file's name.
        file: String,
        /// "record 7" or "line 7".
        place: String,
        /// What is wrong and what to do.
        reason: String,
    },
}

impl ReadError {
    /// [`ReadError::Damaged`], with what a reader says on one line.
    pub(super) fn damaged(file: &str, what: &'static str, reason: impl Display) -> Self {
        let reason = shorten(&reason.to_string().split_whitespace().collect::<Vec<_>>().join(" "));
        Self::Damaged { file: file.to_owned(), what, reason }
    }

    /// What stops the unpacking of an archive, or the reading of a file, after so many rows.
    pub(super) fn unpacking(file: &str, row: u64, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::FileTooLarge if source.get_ref().is_some() => {
                Self::TooLarge { file: file.to_owned(), reason: source.to_string() }
            }
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::damaged(file, "an archive", source)
            }
            _ => Self::Interrupted { file: file.to_owned(), row, source },
        }
    }
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
    /// The most bytes that an archive or a workbook may unpack to.
    pub unpacked_bytes: u64,
    /// The most bytes that a format may hold in memory at a time, where it must hold more than a row.
    pub held_bytes: u64,
}

impl Default for Limits {
    /// 1 MB a row, as many columns as a spreadsheet has, a thousand million rows, 8 GB unpacked, 512 MB held.
    fn default() -> Self {
        Self {
            row_bytes: 1 << 20,
            columns: 16_384,
            rows: 1_000_000_000,
            unpacked_bytes: 8 << 30,
            held_bytes: 512 << 20,
        }
    }
}

/// A file's name without folders, for messages.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

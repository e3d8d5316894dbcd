//! What can go wrong with what is kept, in words for whoever runs the daemon.

use std::{io, path::PathBuf};

use sqlx::{migrate::MigrateError, sqlite::SqliteError};

use crate::model::Period;

/// The result of a store operation.
pub type Result<T> = std::result::Result<T, StoreError>;

/// An operation of the store failed. Whatever it was to change is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database knows migrations that this program does not.
    #[error(
        "the database {} was written by a newer bellwether (its version is {found}, this program knows up to {known}); \
         run that version, or go back to the copy made before the upgrade", path.display()
    )]
    NewerDatabase {
        /// The database.
        path: PathBuf,
        /// The newest migration that it has.
        found: i64,
        /// The newest migration that this program has.
        known: i64,
    },
    /// Opened for reading only, and not yet brought up to date.
    #[error(
        "the database {} is of an older version ({found}, this program needs {known}); \
         start the daemon with this program once: it brings the database up to date", path.display()
    )]
    OlderDatabase {
        /// The database.
        path: PathBuf,
        /// The newest migration that it has.
        found: i64,
        /// The newest migration that this program has.
        known: i64,
    },
    /// A migration failed.
    #[error("the database {} could not be brought up to date: {source}", path.display())]
    Migrate {
        /// The database.
        path: PathBuf,
        /// What happened.
        source: Box<MigrateError>,
    },
    /// The database's path is not text, so that it cannot stand in a database address.
    #[error("the path {} is not valid UTF-8; put the home folder under a name of ordinary characters", .0.display())]
    PathNotText(PathBuf),
    /// Another process held the database for too long.
    #[error(
        "could not {doing}: another process keeps the database locked; see whether a backup or a second bellwether uses it"
    )]
    Locked {
        /// What was tried.
        doing: String,
    },
    /// No space left.
    #[error("could not {doing}: the disk is full; free some space, nothing is lost")]
    DiskFull {
        /// What was tried.
        doing: String,
    },
    /// The store was opened by [`Store::open_read_only`](super::Store::open_read_only), or the file is write-protected.
    #[error("could not {doing}: the database can be read and not written; see who owns its file and folder")]
    ReadOnly {
        /// What was tried.
        doing: String,
    },
    /// The file or its folder cannot be opened.
    #[error(
        "could not {doing}: the database file cannot be opened ({source}); see that its folder exists and who may read and write it"
    )]
    CannotOpen {
        /// What was tried.
        doing: String,
        /// What the database says.
        source: Box<sqlx::Error>,
    },
    /// The database file is no database, or a part of it is broken.
    #[error("could not {doing}: the database is damaged ({source}); stop the daemon and go back to the last good copy")]
    DamagedDatabase {
        /// What was tried.
        doing: String,
        /// What the database says.
        source: Box<sqlx::Error>,
    },
    /// Any other answer of the database.
    #[error("could not {doing}: {source}")]
    Database {
        /// What was tried.
        doing: String,
        /// What the database says.
        source: Box<sqlx::Error>,
    },
    /// A stored row does not say what it should.
    #[error("the table {table} holds something unreadable in {column}: {reason}; was the database edited by hand?")]
    UnreadableRow {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// What is to be kept cannot be written as JSON.
    #[error("{what} cannot be kept: {source}")]
    NotJson {
        /// What was to be kept.
        what: &'static str,
        /// Why not.
        source: serde_json::Error,
    },
    /// A commit carries measures that its delivery does not publish.
    #[error("measures of {dataset} for {period} cannot be kept: no published delivery for them in the same commit")]
    MeasuresWithoutDelivery {
        /// The dataset of the measures.
        dataset: String,
        /// Their period.
        period: Period,
    },
    /// Two figures for one series and period.
    #[error(
        "{dataset} has two figures for {period} of the measure {measure} with the labels {labels}; \
         give the measure a label that tells them apart"
    )]
    TwoFigures {
        /// The dataset.
        dataset: String,
        /// The period.
        period: Period,
        /// The measure.
        measure: String,
        /// Its labels as people read them.
        labels: String,
    },
    /// A file or folder of the measures cannot be read or written.
    #[error("could not {doing} {}: {source}", path.display())]
    File {
        /// What was tried: "read", "write".
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A measures file is not what was written.
    #[error(
        "the measures file {} is damaged: {reason}; put back a good copy of it, nothing else has its figures", path.display()
    )]
    DamagedMeasures {
        /// The file.
        path: PathBuf,
        /// How it shows.
        reason: String,
    },
    /// The measures could not be written as Parquet.
    #[error("the measures of {dataset} for {period} cannot be written as Parquet: {source}")]
    Parquet {
        /// The dataset.
        dataset: String,
        /// The period.
        period: Period,
        /// What the format's writer says.
        source: Box<parquet::errors::ParquetError>,
    },
    /// The program is stopping.
    #[error("could not {doing}: the program is stopping")]
    Stopping {
        /// What was tried.
        doing: &'static str,
    },
}

impl StoreError {
    /// Names what the database's answer means for people. `doing` fits after "could not ".
    pub(super) fn of_sql(doing: impl Into<String>, source: sqlx::Error) -> Self {
        let doing = doing.into();
        match (sqlite_code(&source), &source) {
            (Some(5 | 6), _) | (None, sqlx::Error::PoolTimedOut) => Self::Locked { doing },
            (Some(8), _) => Self::ReadOnly { doing },
            (Some(13), _) => Self::DiskFull { doing },
            (Some(11 | 26), _) => Self::DamagedDatabase { doing, source: Box::new(source) },
            (Some(14), _) => Self::CannotOpen { doing, source: Box::new(source) },
            _ => Self::Database { doing, source: Box::new(source) },
        }
    }

    /// A failure of the file system below the measures folder.
    pub(super) fn of_file(doing: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::DiskFull { doing: format!("{doing} {}", path.display()) }
        } else {
            Self::File { doing, path, source }
        }
    }
}

/// The primary result code of SQLite (<https://www.sqlite.org/rescode.html>); none for other databases' errors, whose
/// codes are not numbers of that list.
fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let error = error.as_database_error()?.try_downcast_ref::<SqliteError>()?;
    let extended: i32 = sqlx::error::DatabaseError::code(error)?.parse().ok()?;
    Some(extended & 0xff)
}

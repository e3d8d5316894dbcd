//! Opening the database: connections, their settings, and the version of the tables.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use sqlx::{
    Any, AnyConnection, AnyPool, Connection, Executor, Transaction,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};

use super::{
    commit::Commit,
    error::{Result, StoreError},
};

/// The tables, embedded in the program.
static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// Where sqlx notes which migrations ran.
const VERSION: &str = "SELECT CAST(max(version) AS BIGINT) FROM _sqlx_migrations";

/// How the database is opened. The pragma that waits comes first: those after it may already meet a lock.
struct Mode {
    access: &'static str,
    settings: &'static str,
    connections: u32,
}

const WRITING: Mode = Mode {
    access: "rwc",
    settings: "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
               PRAGMA foreign_keys = ON",
    connections: 1,
};

/// Two readers beside the writer: SQLite needs a thread for each.
const READING: Mode =
    Mode { access: "ro", settings: "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON", connections: 2 };

/// All that is kept of one home: an open database and the folder of the measures. Clones share both.
#[derive(Debug, Clone)]
pub struct Store {
    writer: AnyPool,
    reader: AnyPool,
    pub(super) measures: Arc<Path>,
    pub(super) figures_read: Arc<AtomicU64>,
    pub(super) witness: Witness,
}

/// Somebody who is told of a commit.
type Told = dyn Fn(&Commit) + Send + Sync;

/// Who is told of every commit once it is kept.
#[derive(Clone, Default)]
pub(super) struct Witness(Option<Arc<Told>>);

impl Witness {
    pub(super) fn tell(&self, commit: &Commit) {
        if let Some(told) = &self.0 {
            told(commit);
        }
    }
}

impl fmt::Debug for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Witness").field(&self.0.is_some()).finish()
    }
}

impl Store {
    /// Opens the store for reading and writing: makes the database when it is not there, and brings its tables up to date.
    ///
    /// `database` is the SQLite file (its folder must exist), `measures_dir` the folder of the Parquet files, made when
    /// the first is written.
    pub async fn open(database: &Path, measures_dir: &Path) -> Result<Self> {
        let path = || database.to_owned();
        let mut first = WRITING.connection(database).await?;
        let (found, known) = (version(&mut first).await?, known_version());
        if let Some(found) = found.filter(|found| *found > known) {
            return Err(StoreError::NewerDatabase { path: path(), found, known });
        }
        let migrated = MIGRATIONS.run_direct(None, &mut first, false).await;
        migrated.map_err(|source| StoreError::Migrate { path: path(), source: Box::new(source) })?;
        let (writer, reader) = (WRITING.pool(database).await?, READING.pool(database).await?);
        Ok(Self {
            writer,
            reader,
            measures: measures_dir.into(),
            figures_read: Arc::default(),
            witness: Witness::default(),
        })
    }

    /// Opens the store for commands that only list, beside a running daemon or without one.
    ///
    /// `None` when nothing was ever kept here: there is no database, or it has no tables yet.
    pub async fn open_read_only(database: &Path, measures_dir: &Path) -> Result<Option<Self>> {
        if !database.try_exists().map_err(|source| StoreError::of_file("look for", database, source))? {
            return Ok(None);
        }
        let mut first = READING.connection(database).await?;
        let (path, known) = (database.to_owned(), known_version());
        match version(&mut first).await? {
            None => Ok(None),
            Some(found) if found > known => Err(StoreError::NewerDatabase { path, found, known }),
            Some(found) if found < known => Err(StoreError::OlderDatabase { path, found, known }),
            Some(_) => {
                let reader = READING.pool(database).await?;
                let (measures, figures_read, witness) = (measures_dir.into(), Arc::default(), Witness::default());
                Ok(Some(Self { writer: reader.clone(), reader, measures, figures_read, witness }))
            }
        }
    }

    /// The same store, with somebody who is told of every commit once it is kept, in their order.
    #[must_use]
    pub fn witnessed(self, told: impl Fn(&Commit) + Send + Sync + 'static) -> Self {
        Self { witness: Witness(Some(Arc::new(told))), ..self }
    }

    /// Closes all connections after their present work. Without it nothing is lost either; SQLite then tidies its
    /// write-ahead log at the next start.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Connections to read from.
    pub(super) fn reader(&self) -> &AnyPool {
        &self.reader
    }

    /// Begins a change. Dropping the transaction undoes it.
    pub(super) async fn begin(&self, doing: &str) -> Result<Transaction<'static, Any>> {
        // IMMEDIATE takes the write lock at once: a transaction that reads first could find that it may no longer write.
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(|error| StoreError::of_sql(doing, error))
    }
}

impl Mode {
    /// A connection of its own, before there are pools: a pool keeps trying where this says at once what is wrong.
    async fn connection(&self, database: &Path) -> Result<AnyConnection> {
        install_default_drivers();
        let failed = |error| StoreError::of_sql(format!("open the database {}", database.display()), error);
        let mut connection = AnyConnection::connect(&address(database, self.access)?).await.map_err(failed)?;
        connection.execute(self.settings).await.map_err(failed)?;
        Ok(connection)
    }

    async fn pool(&self, database: &Path) -> Result<AnyPool> {
        let settings = self.settings;
        AnyPoolOptions::new()
            .max_connections(self.connections)
            .acquire_timeout(Duration::from_secs(30))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            // SQLite itself undoes a transaction for which the disk has no room, and then the undoing of it fails: the
            // connection would take itself for ever to be inside that transaction.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .after_connect(move |connection, _| Box::pin(async move { connection.execute(settings).await.map(|_| ()) }))
            .connect(&address(database, self.access)?)
            .await
            .map_err(|error| StoreError::of_sql(format!("open the database {}", database.display()), error))
    }
}

/// The database's address. Every character that an address could misread stands as `%XX`.
fn address(database: &Path, mode: &str) -> Result<String> {
    let not_text = || StoreError::PathNotText(database.to_owned());
    let absolute: PathBuf =
        std::path::absolute(database).map_err(|source| StoreError::of_file("find", database, source))?;
    let path = absolute.to_str().ok_or_else(not_text)?;
    Ok(format!("sqlite://{}?mode={mode}", super::escape::percent(path, b"/-_.")))
}

fn known_version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The newest migration that the database has; none when it has no tables yet.
async fn version(connection: &mut AnyConnection) -> Result<Option<i64>> {
    let doing = "read the version of the database";
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name = '_sqlx_migrations'")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| StoreError::of_sql(doing, error))?;
    if tables == 0 {
        return Ok(None);
    }
    sqlx::query_scalar(VERSION).fetch_one(connection).await.map_err(|error| StoreError::of_sql(doing, error))
}

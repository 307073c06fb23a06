//! The door to the database: one connection type for both, one way to read, one way to write.

use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::r2d2::{self, ManageConnection, R2D2Connection};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, ConnectionError};

use crate::platform::stored::Damaged;

/// A connection to either database. Queries are written once, against this type.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL, for production and several replicas.
    Postgres(PgConnection),
    /// SQLite, embedded.
    Sqlite(SqliteConnection),
}

/// Runs the same query text against the inner connection, for what `Conn` cannot express
/// (`on_conflict`, `returning`, batch insert). Both arms are type-checked, so neither can rot.
#[macro_export]
macro_rules! on_each {
    ($conn:expr, |$inner:ident| $query:expr) => {
        match $conn {
            $crate::Conn::Postgres($inner) => $query,
            $crate::Conn::Sqlite($inner) => $query,
        }
    };
}

/// Inserts many rows whose `Insertable` treats `None` as a value. PostgreSQL takes them by `COPY`
/// (<https://www.postgresql.org/docs/15/populate.html>): it takes longer to plan a statement with a
/// parameter per value, and to parse JSON, than to store what they hold.
#[macro_export]
macro_rules! insert_many {
    ($conn:expr, $table:expr, $rows:expr) => {
        match $conn {
            _ if $rows.is_empty() => {}
            $crate::Conn::Postgres(c) => {
                diesel::copy_from($table).from_insertable($rows).execute(c)?;
            }
            $crate::Conn::Sqlite(c) => {
                for row in $rows {
                    diesel::insert_into($table).values(row).execute(c)?;
                }
            }
        }
    };
}

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names no database that we know, or a file that cannot be made.
    #[error("{0}")]
    Url(String),
    /// No connection could be had in time.
    #[error("no database connection: {0}")]
    Pool(#[from] ::diesel::r2d2::PoolError),
    /// A query failed.
    #[error("database: {0}")]
    Query(diesel::result::Error),
    /// The first connection failed.
    #[error("{0}")]
    Connect(#[from] ConnectionError),
    /// The migrations failed.
    #[error("migration: {0}")]
    Migration(String),
    /// A stored value cannot be read.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The thread of the query panicked or the runtime is shutting down.
    #[error("the query was cut off")]
    CutOff,
}

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::DeserializationError(cause) => match cause.downcast() {
                Ok(damaged) => Self::Damaged(*damaged),
                Err(cause) => Self::Query(diesel::result::Error::DeserializationError(cause)),
            },
            other => Self::Query(other),
        }
    }
}

impl StoreError {
    /// Whether a unique index refused the statement.
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self,
            StoreError::Query(diesel::result::Error::DatabaseError(
                diesel::result::DatabaseErrorKind::UniqueViolation,
                _
            ))
        )
    }

    /// Whether trying again may help: no connection, or the database went away.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, StoreError::Pool(_) | StoreError::Connect(_) | StoreError::CutOff)
            || matches!(
                self,
                StoreError::Query(diesel::result::Error::DatabaseError(
                    diesel::result::DatabaseErrorKind::ClosedConnection,
                    _
                ))
            )
    }
}

/// Where the database is and how hard it may be used.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// `sqlite://path` or `postgres://…` (several hosts and `target_session_attrs` allowed).
    pub url: String,
    /// Connections at most.
    pub max_connections: u32,
    /// How long a request waits for a connection, and a SQLite writer for another.
    pub wait: Duration,
}

impl DbOptions {
    /// The options with our usual limits.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), max_connections: 8, wait: Duration::from_secs(10) }
    }
}

#[derive(Clone, Debug)]
enum Target {
    Postgres(String),
    Sqlite(String),
}

impl Target {
    /// Parses the scheme: `Conn::establish` would take any text as a SQLite file name.
    fn parse(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() || path.starts_with(":memory:") {
                // With a pool every connection would be a database of its own.
                return Err(StoreError::Url("sqlite:// needs the path of a file".into()));
            }
            return Ok(Target::Sqlite(path.to_owned()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Target::Postgres(url.to_owned()));
        }
        Err(StoreError::Url("must begin with sqlite:// or postgres://".into()))
    }
}

#[derive(Debug)]
struct Manager {
    target: Target,
    wait: Duration,
}

impl Manager {
    fn establish(&self) -> Result<Conn, ConnectionError> {
        match &self.target {
            Target::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                conn.batch_execute("SET TIME ZONE 'UTC'; SET synchronous_commit = on")
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Postgres(conn))
            }
            Target::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path)?;
                // PRAGMAs are per connection; the wait comes first, since changing the journal mode
                // may have to wait.
                let wait = self.wait.as_millis();
                conn.batch_execute(&format!(
                    "PRAGMA busy_timeout = {wait}; PRAGMA journal_mode = WAL; PRAGMA synchronous = \
                        FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY"
                ))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(Conn::Sqlite(conn))
            }
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Conn, r2d2::Error> {
        self.establish().map_err(r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.ping().map_err(r2d2::Error::QueryError)
    }

    /// True for a connection with an open transaction, so that a panic in a write drops it from the
    /// pool.
    fn has_broken(&self, conn: &mut Conn) -> bool {
        conn.is_broken()
    }
}

/// The database.
#[derive(Clone, Debug)]
pub struct Db {
    pool: r2d2::Pool<Manager>,
    kind: &'static str,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// A URL that names no database, a database that does not answer, a migration that fails.
    pub fn open(options: &DbOptions) -> Result<Self, StoreError> {
        let target = Target::parse(&options.url)?;
        let kind = match target {
            Target::Postgres(_) => "postgres",
            Target::Sqlite(_) => "sqlite",
        };
        let manager = Manager { target, wait: options.wait };
        crate::platform::migrate::run(&mut manager.establish()?)?;
        let pool = r2d2::Pool::builder()
            .max_size(options.max_connections)
            .min_idle(Some(1))
            .connection_timeout(options.wait)
            // SQLite's connections cannot go away; a ping at every check-out would only cost.
            .test_on_check_out(kind == "postgres")
            .build_unchecked(manager);
        Ok(Self { pool, kind })
    }

    /// `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Runs `query` on a blocking thread, outside a transaction.
    ///
    /// # Errors
    /// Whatever `query` says, or that no connection could be had.
    pub async fn read<T, E>(
        &self,
        query: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let pool = self.pool.clone();
        tokio::task::spawn_blocking(move || {
            let mut conn = pool.get().map_err(StoreError::from)?;
            query(&mut conn)
        })
        .await
        .unwrap_or_else(|_| Err(E::from(StoreError::CutOff)))
    }

    /// Runs `change` in one transaction that holds the write lock from its start. Nothing of it
    /// stays when it fails.
    ///
    /// # Errors
    /// Whatever `change` says, or that no connection could be had, or that the commit failed.
    pub async fn write<T, E>(
        &self,
        change: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.read(move |conn| write_transaction(conn, change)).await
    }
}

fn write_transaction<T, E: From<StoreError>>(
    conn: &mut Conn,
    change: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    type Transactions = <Conn as Connection>::TransactionManager;
    match conn {
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
        // A deferred BEGIN fails at once with SQLITE_BUSY when it upgrades from read to write.
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
    }
    .map_err(StoreError::from)?;
    match change(conn) {
        Ok(value) => {
            Transactions::commit_transaction(conn).map_err(StoreError::from)?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one that matters; a connection that cannot roll back is
            // dropped by the pool.
            let _ = Transactions::rollback_transaction(conn);
            Err(error)
        }
    }
}

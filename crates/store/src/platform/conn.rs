//! The door to the database: one connection type for both, one way to read, one way to write.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, ConnectionError};
use tokio::sync::oneshot;

use crate::platform::pool::Slot;
use crate::platform::stored::Damaged;
use crate::platform::watch::{Connections, Shared, Standing};

/// How long a commit is waited for. It waits for a synchronous standby, and no limit of the server
/// ends that.
const COMMITS: Duration = Duration::from_secs(5);

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
    /// No connection was free in time.
    #[error("no database connection was free in time")]
    Busy,
    /// The database does not answer: what it was asked before may have been done.
    #[error("the database does not answer")]
    Away,
    /// The database takes no changes just now: it was demoted, or is a standby.
    #[error("the database is read-only just now")]
    ReadOnly,
    /// A commit takes too long: the change may be there or not.
    #[error("a commit is not confirmed")]
    Unconfirmed,
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DeserializationError(cause) => match cause.downcast() {
                Ok(damaged) => Self::Damaged(*damaged),
                Err(cause) => Self::Query(DieselError::DeserializationError(cause)),
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
            StoreError::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// Whether trying again may help: no connection, or the database went away, takes no changes
    /// just now, or was too busy.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Pool(_) | Self::Connect(_) | Self::CutOff | Self::Busy => true,
            Self::Away | Self::ReadOnly | Self::Unconfirmed => true,
            Self::Query(error) => may_pass(error),
            Self::Migration(text) => says_that_it_may_pass(text),
            Self::Url(_) | Self::Damaged(_) => false,
        }
    }
}

/// Whether the statement may succeed at another time or on another server.
pub(crate) fn may_pass(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(kind, information) => match kind {
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::SerializationFailure => true,
            // Else the connection was gone before anything was sent.
            DatabaseErrorKind::UnableToSendCommand => {
                !information.message().contains("number of parameters")
            }
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::ExclusionViolation => false,
            _ => says_that_it_may_pass(information.message()),
        },
        DieselError::RollbackErrorOnCommit { commit_error, .. } => may_pass(commit_error),
        DieselError::BrokenTransactionManager => true,
        _ => false,
    }
}

/// Diesel keeps the SQLSTATE of few errors; of the others there is only the text, in the language
/// of the server.
fn says_that_it_may_pass(message: &str) -> bool {
    const SAYINGS: &[&str] = &[
        // 57014, 55P03, 40P01.
        "due to statement timeout",
        "ステートメントのタイムアウト",
        "due to lock timeout",
        "ロックのタイムアウト",
        "deadlock detected",
        "デッドロックを検出",
        // 57P01 to 57P05.
        "terminating connection",
        "接続を終了",
        "the database system is",
        "データベースシステムは",
        // 53300, 53200, 53100.
        "too many clients",
        "too many connections",
        "remaining connection slots",
        "接続スロット",
        "接続数が多すぎます",
        "out of memory",
        "No space left on device",
        // 25006, where a function of the server says it.
        "in a read-only transaction",
        "during recovery",
        // libpq.
        "server closed the connection",
        "connection to server",
        "no connection to the server",
        "could not receive data from server",
        "could not send data to server",
        "SSL connection has been closed",
        // PgBouncer.
        "query_wait_timeout",
        "server_login_retry",
        "cannot connect to server",
        "no more connections allowed",
        // SQLite.
        "database is locked",
        "database table is locked",
        "database or disk is full",
        "disk I/O error",
        "attempt to write a readonly database",
    ];
    SAYINGS.iter().any(|saying| message.contains(saying))
}

/// Where the database is and how hard it may be used.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// `sqlite://path` or `postgres://…` (several hosts and `target_session_attrs` allowed).
    pub url: String,
    /// The same past a connection pooler, for migrations; `None` = `url`.
    pub direct_url: Option<String>,
    /// Whether statements are prepared once for each connection. Not behind a pooler that gives
    /// each transaction another one.
    pub prepared_statements: bool,
    /// Connections at most, beside the one that is asked once a second whether the server is still
    /// the right one.
    pub max_connections: u32,
    /// How long a request waits for a connection, and a SQLite writer for another.
    pub wait: Duration,
}

impl DbOptions {
    /// The options with our usual limits.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            direct_url: None,
            prepared_statements: true,
            max_connections: 8,
            wait: Duration::from_secs(10),
        }
    }
}

/// What the database does just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether it answers questions.
    pub reads: bool,
    /// Whether it takes changes.
    pub writes: bool,
}

/// The database.
#[derive(Clone, Debug)]
pub struct Db {
    shared: Arc<Shared>,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// A URL that names no database, a database that does not answer, a migration that fails.
    pub fn open(options: &DbOptions) -> Result<Self, StoreError> {
        let shared = Shared::new(options)?;
        shared.migrate()?;
        Ok(Self { shared: shared.start(Standing::Writable) })
    }

    /// As [`Db::open`], but a PostgreSQL that does not answer, or takes no changes, is opened
    /// later, as soon as it does. Until then everything that is asked of it fails at once. Answers
    /// with it why it is not open yet.
    ///
    /// # Errors
    /// A URL that names no database; where an embedded database cannot be opened.
    pub fn open_later(options: &DbOptions) -> Result<(Self, Option<StoreError>), StoreError> {
        let shared = Shared::new(options)?;
        match shared.migrate() {
            Ok(()) => Ok((Self { shared: shared.start(Standing::Writable) }, None)),
            Err(error) if shared.kind() == "postgres" => {
                Ok((Self { shared: shared.start(Standing::Away) }, Some(error)))
            }
            Err(error) => Err(error),
        }
    }

    /// `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        self.shared.kind()
    }

    /// What it does just now, as far as is known without asking.
    pub fn health(&self) -> Health {
        let standing = self.shared.standing();
        Health {
            reads: standing != Standing::Away,
            writes: standing == Standing::Writable
                && !self.shared.connections().commits.wait_long(COMMITS),
        }
    }

    /// Runs `query` on a blocking thread, outside a transaction.
    ///
    /// # Errors
    /// Whatever `query` says, or that no connection could be had, or that the database stopped
    /// answering.
    pub async fn read<T, E>(
        &self,
        query: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if self.shared.standing() == Standing::Away {
            return Err(E::from(StoreError::Away));
        }
        let mut silences = self.shared.silences();
        let Connections { pool, turns, .. } = self.shared.connections();
        let running = async {
            // Whoever waits for a connection must not hold a thread: others need none.
            let turn = tokio::time::timeout(self.shared.wait(), turns.acquire_owned()).await;
            let Ok(Ok(turn)) = turn else { return Err(E::from(StoreError::Busy)) };
            let running = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                let mut slot = pool.get().map_err(StoreError::from)?;
                query(Slot::used(&mut slot))
            });
            running.await.unwrap_or_else(|_| Err(E::from(StoreError::CutOff)))
        };
        tokio::select! {
            biased;
            ended = running => ended,
            // A server that hangs keeps its threads and connections until it goes on or is gone.
            _ = silences.changed() => Err(E::from(StoreError::Away)),
        }
    }

    /// Runs `query` outside a transaction together with a connection to another database, on which
    /// one is open: what it writes there is kept when it succeeds.
    ///
    /// # Errors
    /// As [`Db::read`] and [`Db::write`].
    pub async fn read_into<T, E>(
        &self,
        other: &Db,
        query: impl FnOnce(&mut Conn, &mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let shared = other.shared.clone();
        self.read(move |from| {
            let mut slot = shared.connections().pool.get().map_err(StoreError::from)?;
            let (tell, _) = oneshot::channel();
            write_transaction(Slot::used(&mut slot), &shared, |to| query(from, to), tell)
        })
        .await
    }

    /// As [`Db::read`], on this thread: for a start, before there is a runtime.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_now<T>(
        &self,
        query: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        query(Slot::used(&mut *self.shared.connections().pool.get()?))
    }

    /// Runs `change` in one transaction that holds the write lock from its start. Nothing of it
    /// stays when it fails; only where the database stops answering it may have been committed.
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
        if self.shared.standing() == Standing::ReadOnly {
            return Err(E::from(StoreError::ReadOnly));
        }
        let Connections { changes, commits, .. } = self.shared.connections();
        if commits.wait_long(COMMITS) {
            return Err(E::from(StoreError::Unconfirmed));
        }
        let turn = tokio::time::timeout(self.shared.wait(), changes.acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(E::from(StoreError::Busy)) };
        let (tell, committing) = oneshot::channel();
        let shared = self.shared.clone();
        let running = self.read(move |conn| {
            let _turn = turn;
            write_transaction(conn, &shared, change, tell)
        });
        let too_long = async {
            match committing.await {
                Ok(()) => tokio::time::sleep(COMMITS).await,
                Err(_) => pending().await,
            }
        };
        tokio::select! {
            biased;
            ended = running => ended,
            () = too_long => Err(E::from(StoreError::Unconfirmed)),
        }
    }
}

fn write_transaction<T, E: From<StoreError>>(
    conn: &mut Conn,
    shared: &Shared,
    change: impl FnOnce(&mut Conn) -> Result<T, E>,
    committing: oneshot::Sender<()>,
) -> Result<T, E> {
    type Transactions = <Conn as Connection>::TransactionManager;
    match conn {
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, shared.begin()),
        // A deferred BEGIN fails at once with SQLITE_BUSY when it upgrades from read to write.
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
    }
    .map_err(StoreError::from)?;
    match change(conn) {
        Ok(value) => {
            let _ = committing.send(());
            let commits = shared.connections().commits;
            let _commit = commits.begin();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_told_from_what_never_will() {
        let database = |kind, message: &str| {
            StoreError::from(DieselError::DatabaseError(kind, Box::new(message.to_owned())))
        };
        use DatabaseErrorKind::*;
        // `SerializationFailure` is 40001, `ReadOnlyTransaction` 25006.
        for (kind, message, passes) in [
            (ReadOnlyTransaction, "cannot execute INSERT in a read-only transaction", true),
            (
                ReadOnlyTransaction,
                "リードオンリーのトランザクションではINSERTを実行できません",
                true,
            ),
            (SerializationFailure, "canceling statement due to conflict with recovery", true),
            (ClosedConnection, "server closed the connection unexpectedly", true),
            (UnableToSendCommand, "no connection to the server\n", true),
            (UnableToSendCommand, "number of parameters must be between 0 and 65535\n", false),
            (Unknown, "canceling statement due to statement timeout", true),
            (
                Unknown,
                "ステートメントのタイムアウトのためステートメントをキャンセルしています",
                true,
            ),
            (Unknown, "canceling statement due to lock timeout", true),
            (Unknown, "deadlock detected", true),
            (Unknown, "terminating connection due to administrator command", true),
            (Unknown, "the database system is shutting down", true),
            (Unknown, "sorry, too many clients already", true),
            (Unknown, "could not receive data from server: Connection timed out\n", true),
            (Unknown, "database is locked", true),
            (Unknown, "database or disk is full", true),
            (Unknown, "canceling statement due to user request", false),
            (Unknown, "relation \"accounts\" does not exist", false),
            (Unknown, "invalid input syntax for type bigint: \"x\"", false),
            (UniqueViolation, "duplicate key value: deadlock detected", false),
            (CheckViolation, "new row violates check constraint", false),
        ] {
            assert_eq!(database(kind, message).is_unavailable(), passes, "{message}");
        }
        for error in [StoreError::Away, StoreError::ReadOnly, StoreError::CutOff] {
            assert!(error.is_unavailable(), "{error}");
        }
        assert!(!StoreError::Url("nonsense".into()).is_unavailable());
    }
}

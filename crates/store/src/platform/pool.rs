//! Connections, how they are made, and when they are thrown away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use diesel::connection::{CacheSize, InstrumentationEvent, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::r2d2::{self, ManageConnection, R2D2Connection};
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, ConnectionError};

use crate::platform::conn::{Conn, DbOptions, StoreError, may_pass};
use crate::platform::limits::{Session, with_limits};

/// A connection that was used within this time is given out without asking it.
const FRESH: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Its URL, and the one past a pooler, each with its limits.
    Postgres {
        url: String,
        direct: String,
    },
    Sqlite(String),
}

impl Target {
    /// Parses the scheme: `Conn::establish` would take any text as a SQLite file name.
    fn parse(options: &DbOptions) -> Result<Self, StoreError> {
        if let Some(path) = options.url.strip_prefix("sqlite://") {
            if path.is_empty() || path.starts_with(":memory:") {
                // With a pool every connection would be a database of its own.
                return Err(StoreError::Url("sqlite:// needs the path of a file".into()));
            }
            return Ok(Target::Sqlite(path.to_owned()));
        }
        let is_postgres =
            |url: &str| url.starts_with("postgres://") || url.starts_with("postgresql://");
        if !is_postgres(&options.url) {
            return Err(StoreError::Url("must begin with sqlite:// or postgres://".into()));
        }
        let session = if options.prepared_statements { Session::Ours } else { Session::Shared };
        let direct = match &options.direct_url {
            Some(direct) if !is_postgres(direct) => {
                return Err(StoreError::Url("the direct one must begin with postgres://".into()));
            }
            Some(direct) => with_limits(direct, Session::Migration),
            None if session == Session::Shared => with_limits(&options.url, session),
            None => with_limits(&options.url, Session::Migration),
        };
        Ok(Target::Postgres { url: with_limits(&options.url, session), direct })
    }
}

/// How connections are made.
#[derive(Clone, Debug)]
pub(crate) struct Manager {
    target: Target,
    prepared_statements: bool,
    wait: Duration,
    /// Rung when a connection met an error that another server may not have.
    alarm: Sender<()>,
}

impl Manager {
    pub(crate) fn new(options: &DbOptions, alarm: Sender<()>) -> Result<Self, StoreError> {
        Ok(Self {
            target: Target::parse(options)?,
            prepared_statements: options.prepared_statements,
            wait: options.wait,
            alarm,
        })
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.target, Target::Postgres { .. })
    }

    /// A connection, beside those of the pool.
    pub(crate) fn establish(&self) -> Result<Conn, ConnectionError> {
        match &self.target {
            Target::Postgres { url, .. } => {
                let mut conn = PgConnection::establish(url)?;
                if !self.prepared_statements {
                    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
                }
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

    /// A connection for migrations.
    pub(crate) fn establish_directly(&self) -> Result<Conn, ConnectionError> {
        match &self.target {
            Target::Postgres { direct, .. } => PgConnection::establish(direct).map(Conn::Postgres),
            Target::Sqlite(_) => self.establish(),
        }
    }
}

/// A connection of the pool.
pub(crate) struct Slot {
    conn: Conn,
    used: Instant,
    /// Whether it met an error that another connection may not have.
    failed: Arc<AtomicBool>,
}

impl Slot {
    pub(crate) fn used(slot: &mut Self) -> &mut Conn {
        slot.used = Instant::now();
        &mut slot.conn
    }
}

impl ManageConnection for Manager {
    type Connection = Slot;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Slot, r2d2::Error> {
        let mut conn = self.establish().map_err(r2d2::Error::ConnectionError)?;
        let failed = Arc::new(AtomicBool::new(false));
        if let Conn::Postgres(conn) = &mut conn {
            let (failed, alarm) = (failed.clone(), self.alarm.clone());
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if let InstrumentationEvent::FinishQuery { error: Some(error), .. } = event
                    && may_pass(error)
                {
                    failed.store(true, Ordering::Relaxed);
                    let _ = alarm.send(());
                }
            });
        }
        Ok(Slot { conn, used: Instant::now(), failed })
    }

    /// SQLite's connections cannot go away.
    fn is_valid(&self, slot: &mut Slot) -> Result<(), r2d2::Error> {
        if !self.is_postgres() || slot.used.elapsed() < FRESH {
            return Ok(());
        }
        slot.conn.ping().map_err(r2d2::Error::QueryError)
    }

    /// True also for a connection with an open transaction, so that a panic in a write drops it
    /// from the pool.
    fn has_broken(&self, slot: &mut Slot) -> bool {
        slot.failed.load(Ordering::Relaxed) || slot.conn.is_broken()
    }
}

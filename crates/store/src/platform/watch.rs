//! Which server it is that we talk to, asked once a second: one that hangs, was demoted or is gone
//! is left, and found again, without any request.
//!
//! A server that hangs is seen by nobody else: the kernel of its machine goes on confirming bytes,
//! and libpq waits for ever. So a thread of its own asks on a connection of its own, and what waits
//! for the server is told when it gives no answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use diesel::r2d2;
use diesel::sql_types::Bool;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use tokio::sync::{Semaphore, watch};

use crate::platform::conn::{Conn, DbOptions, StoreError};
use crate::platform::limits;
use crate::platform::migrate;
use crate::platform::pool::Manager;

/// How often the server is asked.
const EVERY: Duration = Duration::from_secs(1);
/// How long an answer may take.
const ANSWERS: Duration = Duration::from_secs(2);
/// How long connecting may take, to several hosts one after the other. Each has libpq's own limit;
/// this one is for what stops answering between letting us in and the first answer.
const CONNECTS: Duration = Duration::from_secs(20);

/// What kind of server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It takes changes.
    Writable,
    /// A standby, or one that was demoted.
    ReadOnly,
    /// None.
    Away,
}

/// Connections to one server, and a turn for each of them.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    pub(crate) pool: r2d2::Pool<Manager>,
    pub(crate) turns: Arc<Semaphore>,
    /// Fewer, for changes: who waits for a standby that confirms nothing leaves some to those who
    /// read.
    pub(crate) changes: Arc<Semaphore>,
    /// Commits that are under way.
    pub(crate) commits: Arc<Commits>,
}

/// What all clones of a `Db` share.
#[derive(Debug)]
pub(crate) struct Shared {
    manager: Manager,
    options: DbOptions,
    begin: String,
    connections: RwLock<Connections>,
    standing: RwLock<Standing>,
    /// Counts how often the server stopped answering.
    silences: watch::Sender<u64>,
    is_migrated: RwLock<bool>,
    alarms: Mutex<Option<Receiver<()>>>,
}

impl Shared {
    pub(crate) fn new(options: &DbOptions) -> Result<Self, StoreError> {
        let (alarm, alarms) = mpsc::channel();
        let manager = Manager::new(options, alarm)?;
        let begin = match options.prepared_statements {
            true => "BEGIN".to_owned(),
            false => limits::begin_shared(),
        };
        Ok(Self {
            begin,
            connections: RwLock::new(Connections::new(&manager, options)),
            manager,
            options: options.clone(),
            standing: RwLock::new(Standing::Away),
            silences: watch::Sender::new(0),
            is_migrated: RwLock::new(false),
            alarms: Mutex::new(Some(alarms)),
        })
    }

    /// Brings the tables up to date.
    pub(crate) fn migrate(&self) -> Result<(), StoreError> {
        let mut conn = self.manager.establish_directly()?;
        if standing_of(&mut conn)? == Standing::ReadOnly {
            return Err(StoreError::ReadOnly);
        }
        migrate::run(&mut conn)?;
        *write(&self.is_migrated) = true;
        Ok(())
    }

    /// Begins to watch, where there is something to watch.
    pub(crate) fn start(self, standing: Standing) -> Arc<Self> {
        *write(&self.standing) = standing;
        let alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner).take();
        let shared = Arc::new(self);
        if let Some(alarms) = alarms.filter(|_| shared.manager.is_postgres()) {
            let watched = Arc::downgrade(&shared);
            std::thread::spawn(move || keep_watching(&watched, &alarms));
        }
        shared
    }

    pub(crate) fn kind(&self) -> &'static str {
        if self.manager.is_postgres() { "postgres" } else { "sqlite" }
    }

    /// What begins a transaction on PostgreSQL.
    pub(crate) fn begin(&self) -> &str {
        &self.begin
    }

    pub(crate) fn standing(&self) -> Standing {
        *read(&self.standing)
    }

    /// How long a request waits for a connection.
    pub(crate) fn wait(&self) -> Duration {
        self.options.wait
    }

    pub(crate) fn connections(&self) -> Connections {
        read(&self.connections).clone()
    }

    /// Changes when what waits for the server need not wait any longer.
    pub(crate) fn silences(&self) -> watch::Receiver<u64> {
        self.silences.subscribe()
    }

    /// Has everybody connect anew. Who has a connection may finish with it.
    fn leave_connections(&self) {
        *write(&self.connections) = Connections::new(&self.manager, &self.options);
    }

    fn look(&self, probe: &mut Option<Probe>) {
        let is_new = probe.is_none();
        let asked = probe.get_or_insert_with(|| Probe::start(self.manager.clone()));
        match asked.ask(if is_new { CONNECTS } else { ANSWERS }) {
            Ok(standing) => {
                if standing == Standing::ReadOnly {
                    // Another server may take changes by now.
                    *probe = None;
                }
                self.found(standing);
                if is_new || standing == Standing::Writable {
                    return;
                }
                self.look(probe);
            }
            Err(error) => {
                *probe = None;
                match error {
                    // The connection is gone; that is all that is known.
                    Some(_) if !is_new => {
                        self.leave_connections();
                        self.look(probe);
                    }
                    _ => self.lost(error),
                }
            }
        }
    }

    fn found(&self, standing: Standing) {
        if standing == Standing::Writable
            && !*read(&self.is_migrated)
            && let Err(error) = self.migrate()
        {
            return self.lost(Some(error));
        }
        let before = std::mem::replace(&mut *write(&self.standing), standing);
        if before == standing {
            return;
        }
        self.leave_connections();
        match standing {
            Standing::Writable => tracing::info!("the database takes changes again"),
            _ => tracing::warn!("the database is read-only; looking for one that takes changes"),
        }
    }

    fn lost(&self, error: Option<StoreError>) {
        let before = std::mem::replace(&mut *write(&self.standing), Standing::Away);
        let error = error.map_or_else(|| "it hangs".to_owned(), |error| error.to_string());
        if before == Standing::Away {
            tracing::debug!(error, "the database is still away");
            return;
        }
        tracing::warn!(error, "the database does not answer; it is asked again each second");
        self.leave_connections();
        self.silences.send_modify(|count| *count += 1);
    }
}

impl Connections {
    fn new(manager: &Manager, options: &DbOptions) -> Self {
        let pool = r2d2::Pool::builder()
            .max_size(options.max_connections)
            // Nobody connects to a server that nobody asks, nor to a file that is being set up.
            .min_idle(Some(0))
            .connection_timeout(options.wait)
            .test_on_check_out(manager.is_postgres())
            .build_unchecked(manager.clone());
        let most = options.max_connections as usize;
        let turns = Arc::new(Semaphore::new(most));
        let changes = Arc::new(Semaphore::new((most - most / 4).max(1)));
        Self { pool, turns, changes, commits: Arc::default() }
    }
}

fn keep_watching(watched: &Weak<Shared>, alarms: &Receiver<()>) {
    let mut probe = None;
    while alarms.recv_timeout(EVERY) != Err(RecvTimeoutError::Disconnected) {
        while alarms.try_recv().is_ok() {}
        let Some(shared) = watched.upgrade() else { return };
        shared.look(&mut probe);
    }
}

/// A thread that asks, so that another one can see that it gets no answer.
struct Probe {
    questions: Sender<()>,
    answers: Receiver<Result<Standing, StoreError>>,
}

impl Probe {
    fn start(manager: Manager) -> Self {
        let (questions, asked) = mpsc::channel::<()>();
        let (answer, answers) = mpsc::channel();
        std::thread::spawn(move || {
            let mut conn = match manager.establish() {
                Ok(conn) => conn,
                Err(error) => return drop(answer.send(Err(error.into()))),
            };
            drop(manager);
            for () in asked {
                let found = standing_of(&mut conn);
                let is_over = found.is_err();
                if answer.send(found).is_err() || is_over {
                    return;
                }
            }
        });
        Self { questions, answers }
    }

    /// The answer; an error without a cause where there is none in time.
    fn ask(&self, limit: Duration) -> Result<Standing, Option<StoreError>> {
        let _ = self.questions.send(());
        match self.answers.recv_timeout(limit) {
            Ok(answer) => answer.map_err(Some),
            Err(_) => Err(None),
        }
    }
}

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = Bool)]
    is_read_only: bool,
}

fn standing_of(conn: &mut Conn) -> Result<Standing, StoreError> {
    let Conn::Postgres(conn) = conn else { return Ok(Standing::Writable) };
    let role: Role = sql_query(
        "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS \
            is_read_only",
    )
    .get_result(conn)?;
    Ok(if role.is_read_only { Standing::ReadOnly } else { Standing::Writable })
}

/// Commits that are under way, by the time of their beginning.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    next: AtomicU64,
    begun: Mutex<BTreeMap<u64, Instant>>,
}

/// A commit that is under way; dropping it ends it.
pub(crate) struct Commit<'a> {
    commits: &'a Commits,
    id: u64,
}

impl Commits {
    pub(crate) fn begin(&self) -> Commit<'_> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.lock().insert(id, Instant::now());
        Commit { commits: self, id }
    }

    /// Whether one takes longer than this.
    pub(crate) fn wait_long(&self, limit: Duration) -> bool {
        self.lock().values().any(|begun| begun.elapsed() > limit)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Instant>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Commit<'_> {
    fn drop(&mut self) {
        self.commits.lock().remove(&self.id);
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

//! What every room stands on.

use std::path::Path;

use store::switch::copy::copied;
use store::{Conn, Db, DbOptions, StoreError, SwitchScope};
use tokio::sync::{Semaphore, watch};

use super::change::{Actor, Ctx};
use super::clock::Clock;
use super::config::{Config, ConfigError};
use super::crypto::{self, Secrets};
use super::error::Failure;
use super::mail::{MailError, Mailer};
use crate::platform::spelling;

/// Why the application cannot start; one sentence that names the key.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database does not open.
    #[error("database.url: {0}")]
    Store(#[from] StoreError),
    /// There is no key to seal with.
    #[error("secrets.master_key: is empty")]
    NoMasterKey,
    /// The sender of mails is no mail address.
    #[error("smtp.from: {0}")]
    Mail(#[from] MailError),
    /// Recordings and faxes have no place.
    #[error("{0}")]
    Attachments(String),
}

/// The file of the copy.
const COPY: &str = "last-known.db";

/// Opens the copy, or begins a new one where the file is none that we can use: it is made anew.
fn open_copy(file: &Path) -> Result<Db, StoreError> {
    let options = DbOptions::new(format!("sqlite://{}", file.display()));
    Db::open(&options).or_else(|error| {
        if error.is_unavailable() {
            // Another process writes it.
            return Err(error);
        }
        tracing::warn!(%error, file = %file.display(), "the copy cannot be read and is made anew");
        for end in ["", "-wal", "-shm"] {
            let mut name = file.as_os_str().to_owned();
            name.push(end);
            let _ = std::fs::remove_file(name);
        }
        Db::open(&options)
    })
}

/// Database, clock, configuration, keys and mail: what every room stands on. A room's own state
/// carries it.
#[derive(Debug)]
pub struct Platform {
    /// The database.
    pub db: Db,
    /// What decides about calls as it was last, in a file of the data directory: for the time in
    /// which PostgreSQL does not answer. Of a process that answers switches.
    pub copy: Option<Db>,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Config,
    /// Where mails go.
    pub mailer: Mailer,
    /// The master keys.
    pub secrets: Secrets,
    /// Whether the process is about to stop.
    closing: watch::Sender<bool>,
    /// Bounds the memory and the cores that hashing takes: 19 MiB each.
    hashing: Semaphore,
}

impl Platform {
    /// Opens the database, brings its tables up to date and reads the keys.
    ///
    /// # Errors
    /// One sentence that names the key of the configuration to look at.
    pub fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        Self::with(config, clock, |config| Ok((Db::open(&config.db_options())?, None)))
    }

    /// As [`Platform::open`], for a process that decides about calls: where PostgreSQL does not
    /// answer and there is a copy of what decides, it is opened as soon as it does.
    ///
    /// # Errors
    /// As [`Platform::open`].
    pub fn open_deciding(config: Config, clock: Clock) -> Result<Self, StartError> {
        Self::with(config, clock, |config| {
            let (db, why) = Db::open_later(&config.db_options())?;
            let copy = match db.kind() {
                "postgres" => Some(open_copy(&config.data_dir.join(COPY))?),
                _ => None,
            };
            if let Some(error) = why {
                let is_copied = |conn: &mut Conn| copied(conn, SwitchScope::authorised());
                let can_decide =
                    copy.as_ref().is_some_and(|copy| copy.read_now(is_copied).unwrap_or(false));
                if !can_decide || !error.is_unavailable() {
                    return Err(error);
                }
                tracing::error!(%error,
                    "the database does not answer; calls are decided by what was copied last");
            }
            Ok((db, copy))
        })
    }

    fn with(
        config: Config,
        clock: Clock,
        open: impl FnOnce(&Config) -> Result<(Db, Option<Db>), StoreError>,
    ) -> Result<Self, StartError> {
        config.prepare_data_dir()?;
        let secrets = Secrets::new(config.master_keys()?).ok_or(StartError::NoMasterKey)?;
        let (db, copy) = open(&config)?;
        let mailer = Mailer::new(&config.smtp, &config.data_dir, clock.clone())?;
        let mailer = mailer.timeout(std::time::Duration::from_secs(config.outbox.timeout_s));
        let (closing, hashing) = (watch::Sender::new(false), Semaphore::new(4));
        Ok(Self { db, copy, clock, config, mailer, secrets, closing, hashing })
    }

    /// Ends every stream: the process is about to stop, and they would never end by themselves.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Becomes true when streams have to end.
    pub fn closing(&self) -> watch::Receiver<bool> {
        self.closing.subscribe()
    }

    /// Who changes something now.
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx { actor, now: self.clock.now() }
    }

    /// Runs slow work on passwords on a blocking thread, a few at a time.
    ///
    /// # Errors
    /// When the process is shutting down.
    pub async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let _permit =
            self.hashing.acquire().await.map_err(|error| Failure::Internal(error.to_string()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Failure::Internal(error.to_string()))
    }

    /// Checks a password. Takes as long for an ID that does not exist (`hash` is `None`).
    ///
    /// # Errors
    /// When the process is shutting down.
    pub async fn verify_password(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Failure> {
        self.hashing(move || {
            let exists = hash.is_some();
            let hash = hash.as_deref().unwrap_or(crypto::NOBODY);
            let fits = |way: &String| crypto::verify_password(way, hash);
            spelling::ways_to_write(&password).iter().any(fits) && exists
        })
        .await
    }
}

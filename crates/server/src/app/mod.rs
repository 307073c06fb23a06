//! Everything that a request needs, and the HTTP server around it.

pub mod health;
pub mod housekeeping;
pub mod openapi;
pub mod routes;
pub mod spa;

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::{Condition, DefaultHeaders, from_fn};
use actix_web::{App as ActixApp, HttpServer, web};
use chrono::{DateTime, TimeDelta, Utc};
use store::{Db, StoreError, SwitchScope};
use tokio::sync::Semaphore;

use crate::calls::attachments::Attachments;
use crate::calls::intake::Planner;
use crate::calls::live::Live;
use crate::error::Failure;
use crate::identity::service_keys::KnownKeys;
use crate::identity::signing::Signer;
use crate::notify::{self, Senders};
use crate::platform::change::{Actor, Ctx};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, ConfigError};
use crate::platform::crypto::{self, Secrets};
use crate::platform::limits::Limits;
use crate::platform::mail::Mailer;
use crate::platform::telemetry;
use crate::routing::View;
use crate::softphone::revisions::Revisions;
use crate::switch::feed::Feed;
use crate::{http, identity, switch};

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
    /// The mail settings are wrong.
    #[error("smtp: {0}")]
    Mail(String),
    /// Another setting is wrong.
    #[error("{0}")]
    Setting(String),
}

/// Everything that a request needs.
#[derive(Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The configuration.
    pub config: Config,
    /// Where mails go.
    pub mailer: Mailer,
    /// The master keys.
    pub secrets: Secrets,
    /// Recordings and faxes.
    pub attachments: Arc<Attachments>,
    /// What carries notices out.
    pub senders: Senders,
    /// Rings when notices were planned.
    pub wake: tokio::sync::Notify,
    /// Tells those who look what changes.
    pub live: Live,
    /// What calls are routed by.
    pub routing: View,
    /// How often keys and softphones called.
    pub limits: Limits,
    /// Keys of switches that were found lately.
    pub known_keys: KnownKeys,
    /// What plans notices while events are taken in.
    pub planner: fn(DateTime<Utc>, TimeDelta) -> Planner,
    /// Started with the first question about a call.
    pub on_first_call: fn(&Arc<App>, SwitchScope),
    /// What switches keep.
    pub feed: Feed,
    /// Tells who waits which accounts have changed.
    pub revisions: Revisions,
    /// The signing keys.
    pub signer: Signer,
    /// Bounds the memory and the cores that hashing takes: 19 MiB each.
    hashing: Semaphore,
}

impl App {
    /// Opens the database, brings its tables up to date and reads the keys.
    ///
    /// # Errors
    /// One sentence that names the key of the configuration to look at.
    pub fn build(config: Config, clock: Clock) -> Result<Arc<Self>, StartError> {
        config.prepare_data_dir()?;
        let secrets = Secrets::new(config.master_keys()?).ok_or(StartError::NoMasterKey)?;
        let db = Db::open(&config.db_options())?;
        let mailer = Mailer::new(&config.smtp, &config.data_dir, clock.clone())
            .map_err(|error| StartError::Mail(error.to_string()))?;
        let mailer = mailer.timeout(std::time::Duration::from_secs(config.outbox.timeout_s));
        let attachments = Arc::new(Attachments::open(&config).map_err(StartError::Setting)?);
        let senders = Senders {
            http: notify::egress::Client::new(&config),
            mailer: mailer.clone(),
            clock: clock.clone(),
            config: config.clone(),
            attachments: attachments.clone(),
            line_works: notify::channels::line_works::Tokens::default(),
        };
        let (wake, live, hashing) =
            (tokio::sync::Notify::new(), Live::default(), Semaphore::new(4));
        Ok(Arc::new(Self {
            db,
            clock,
            config,
            mailer,
            secrets,
            attachments,
            senders,
            wake,
            live,
            routing: View::default(),
            limits: Limits::default(),
            known_keys: KnownKeys::default(),
            planner: notify::intake::planner,
            on_first_call: switch::feed::start,
            feed: Feed::default(),
            revisions: Revisions::default(),
            signer: Signer::default(),
            hashing,
        }))
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
            crypto::verify_password(&password, hash.as_deref().unwrap_or(crypto::NOBODY)) && exists
        })
        .await
    }
}

/// Serves the portal and the API on `listener` until the server is stopped.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(app: Arc<App>, listener: TcpListener) -> std::io::Result<Server> {
    let server = &app.config.server;
    let (workers, shutdown_s) = (server.workers, server.shutdown_s);
    let with_cors = server.cors_origins().next().is_some();
    let factory = move || {
        let app = web::Data::from(app.clone());
        let app_config = app.config.clone();
        // The last one wrapped sees a request first.
        ActixApp::new()
            .configure(move |config| routes::configure(config, app))
            .wrap(from_fn(http::read::without_nul))
            .wrap(from_fn(identity::origin::check))
            .wrap(from_fn(http::problem::render))
            .wrap(from_fn(identity::rate_limit::announce))
            .wrap(Condition::new(with_cors, http::cors::cors(&app_config)))
            .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
            .wrap(from_fn(telemetry::observe))
    };
    // Each of hundreds of threads would only wait for one of the few connections to the database.
    let server = HttpServer::new(factory).workers(workers).worker_max_blocking_threads(32);
    Ok(server.shutdown_timeout(shutdown_s).disable_signals().listen(listener)?.run())
}

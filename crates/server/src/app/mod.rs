//! Wires the rooms, and the HTTP server around them.

pub mod doors;
pub mod health;
pub mod housekeeping;
pub mod openapi;
pub mod routes;
pub mod spa;

use std::net::TcpListener;
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::{Condition, DefaultHeaders, from_fn};
use actix_web::{App as ActixApp, HttpServer, web};

use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::state::Platform;
use crate::platform::telemetry;
use crate::{calls, http, identity, notify, routing, softphone, switch};

pub use crate::platform::state::StartError;

/// Everything that is wired: what every room stands on, and each room's own state.
#[derive(Debug)]
pub struct App {
    platform: Arc<Platform>,
    /// Limits of callers, known keys, signing keys.
    pub identity: Arc<identity::State>,
    /// Recordings and faxes, live changes.
    pub calls: Arc<calls::State>,
    /// What calls are routed by.
    pub routing: Arc<routing::State>,
    /// What switches keep.
    pub switch: Arc<switch::State>,
    /// What carries notices out.
    pub notify: Arc<notify::State>,
    /// Which accounts have changed.
    pub softphone: Arc<softphone::State>,
}

impl Deref for App {
    type Target = Platform;

    fn deref(&self) -> &Self::Target {
        &self.platform
    }
}

impl App {
    /// Opens the database, brings its tables up to date, reads the keys, and wires the rooms.
    ///
    /// # Errors
    /// One sentence that names the key of the configuration to look at.
    pub fn build(config: Config, clock: Clock) -> Result<Arc<Self>, StartError> {
        Self::wire(Platform::open(config, clock)?)
    }

    /// As [`App::build`], for a process that answers switches: with a copy of what decides about
    /// calls it starts while PostgreSQL does not answer, too.
    ///
    /// # Errors
    /// As [`App::build`].
    pub fn build_deciding(config: Config, clock: Clock) -> Result<Arc<Self>, StartError> {
        Self::wire(Platform::open_deciding(config, clock)?)
    }

    fn wire(platform: Platform) -> Result<Arc<Self>, StartError> {
        let platform = Arc::new(platform);
        let identity = Arc::new(identity::State::new(platform.clone()));
        let planner = notify::intake::planner;
        let calls = Arc::new(calls::State::open(platform.clone(), planner)?);
        let switch = Arc::new(switch::State::new(identity.clone()));
        let routing = Arc::new(routing::State::new(platform.clone(), switch.clone()));
        let notify = Arc::new(notify::State::new(calls.clone()));
        let softphone = Arc::new(softphone::State::new(platform.clone()));
        Ok(Arc::new(Self { platform, identity, calls, routing, switch, notify, softphone }))
    }

    /// Hands handlers the state of their room.
    pub fn provide(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(self.platform.clone()))
            .app_data(web::Data::from(self.identity.clone()))
            .app_data(web::Data::from(self.calls.clone()))
            .app_data(web::Data::from(self.routing.clone()))
            .app_data(web::Data::from(self.switch.clone()))
            .app_data(web::Data::from(self.notify.clone()))
            .app_data(web::Data::from(self.softphone.clone()));
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
        let app = app.clone();
        let app_config = app.config.clone();
        // The last one wrapped sees a request first.
        ActixApp::new()
            .configure(move |config| routes::configure(config, &app))
            .wrap(from_fn(http::coding::plain))
            .wrap(from_fn(openapi::keys::refuse_unread))
            .wrap(from_fn(http::read::without_nul))
            .wrap(from_fn(identity::origin::check))
            .wrap(from_fn(http::conditional::not_modified))
            .wrap(from_fn(http::problem::render))
            .wrap(from_fn(http::head::as_get))
            .wrap(from_fn(identity::rate_limit::announce))
            .wrap(Condition::new(with_cors, http::cors::cors(&app_config)))
            .wrap(DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff")))
            .wrap(from_fn(telemetry::observe))
    };
    // Each of hundreds of threads would only wait for one of the few connections to the database.
    let server = HttpServer::new(factory).workers(workers).worker_max_blocking_threads(32);
    Ok(server.shutdown_timeout(shutdown_s).disable_signals().listen(listener)?.run())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_that_fails_names_the_key_to_look_at() {
        type Change = fn(&mut Config);
        let table: [(Change, &str); 4] = [
            (
                |config| config.database.url = Some("sqlite:///nowhere/portal.db".into()),
                "database.url: ",
            ),
            (|config| config.smtp.from = "nobody".into(), "smtp.from: "),
            (|config| config.attachments.url = "ftp://files".into(), "attachments.url: "),
            (
                |config| {
                    config.prepare_data_dir().unwrap();
                    std::fs::write(config.data_dir.join("master.key"), "no key").unwrap();
                },
                "secrets.master_key: ",
            ),
        ];
        for (change, key) in table {
            let dir = tempfile::tempdir().unwrap();
            let mut config = Config { data_dir: dir.path().join("data"), ..Config::default() };
            change(&mut config);
            let error = App::build(config, Clock::system()).expect_err(key).to_string();
            assert!(error.starts_with(key) && error.len() > key.len(), "{key} {error}");
        }
        assert_eq!(StartError::NoMasterKey.to_string(), "secrets.master_key: is empty");
    }
}

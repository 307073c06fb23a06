//! `denwaban serve`, and what it shares with `denwaban demo`.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::rt::{self, System};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Error;
use crate::App;
use crate::app::{self, housekeeping};
use crate::notify::outbox::{self, Outbox};
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::telemetry;
use crate::routing;

pub(super) fn run(mut config: Config) -> Result<(), Error> {
    System::new().block_on(async move {
        // First of all, so that callers may connect already and wait for the little that is left to
        // do.
        let listener = listen("server.bind", &config.server.bind)?;
        adopt_address(&mut config, &listener)?;
        let app = App::build_deciding(config, Clock::system())?;
        until_stopped(app, listener, || {}).await
    })
}

/// Opens a listener.
pub(super) fn listen(key: &str, bind: &str) -> Result<TcpListener, Error> {
    TcpListener::bind(bind)
        .map_err(|error| Error::said(format!("{key}: cannot listen on {bind}: {error}")))
}

/// Writes the port that the system chose into the configuration: links are made from it.
pub(super) fn adopt_address(config: &mut Config, listener: &TcpListener) -> Result<(), Error> {
    let address = listener.local_addr().map_err(|error| Error::said(error.to_string()))?;
    if let Some(host) = config.server.bind.strip_suffix(":0") {
        config.server.bind = format!("{host}:{}", address.port());
    }
    Ok(())
}

/// Serves until a signal comes. SIGTERM and SIGINT let running requests finish; a second one does
/// not wait for them. `started` is called when requests are being answered.
pub(super) async fn until_stopped(
    app: Arc<App>,
    listener: TcpListener,
    started: impl FnOnce(),
) -> Result<(), Error> {
    let io = |error: std::io::Error| Error::said(error.to_string());
    let mut signals = Signals::new().map_err(io)?;
    telemetry::init_metrics();
    let metrics = match metrics_listener(&app.config)? {
        Some(listener) => Some(telemetry::serve_metrics(listener).map_err(io)?),
        None => None,
    };
    let address = listener.local_addr().map_err(io)?;
    let server = app::serve(app.clone(), listener).map_err(io)?;
    let handle = server.handle();
    let mut running = rt::spawn(server);
    let metrics_handle = metrics.map(|server| {
        let handle = server.handle();
        rt::spawn(server);
        handle
    });
    rt::spawn(housekeeping::run(app.clone()));
    rt::spawn(routing::copy::keep(app.routing.clone()));
    let outbox = outbox::start(app.notify.clone());
    // On the first start the signing keys are made, before anybody waits for them.
    let signing = app.clone();
    rt::spawn(async move {
        if let Err(error) = signing.identity.signing().await {
            tracing::warn!(%error,
                "there are no signing keys yet; they are made when they are needed");
        }
    });
    tracing::info!(%address, url = %app.config.public_url(), database = app.db.kind(),
        mail = app.mailer.describe(), "serving");
    started();

    tokio::select! {
        ended = &mut running => return ended.map_err(std::io::Error::other).flatten().map_err(io),
        name = signals.next() => tracing::info!(signal = name,
            "stopping; running requests may finish"),
    }
    tokio::select! {
        () = stop(&app, handle, outbox, metrics_handle) => tracing::info!("stopped"),
        name = signals.next() => {
            tracing::warn!(signal = name, "stopped with requests unfinished");
            std::process::exit(1);
        }
    }
    Ok(())
}

async fn stop(
    app: &App,
    server: ServerHandle,
    outbox: Option<Outbox>,
    metrics: Option<ServerHandle>,
) {
    app.close();
    server.stop(true).await;
    if let Some(outbox) = outbox {
        outbox.stop().await;
    }
    // Last, so that a scrape sees what the last requests did.
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
}

pub(super) fn metrics_listener(config: &Config) -> Result<Option<TcpListener>, Error> {
    let Some((bind, required)) = config.metrics_bind() else { return Ok(None) };
    match listen("server.metrics_bind", bind) {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if required => Err(error),
        Err(error) => {
            tracing::warn!("{error}; there are no metrics of this process");
            Ok(None)
        }
    }
}

pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

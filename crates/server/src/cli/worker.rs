//! `denwaban worker`: sends notices, and nothing else. As many as one likes may share a database.

use actix_web::rt::{self, System};

use super::Error;
use super::serve::{Signals, metrics_listener};
use crate::App;
use crate::notify::outbox;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::telemetry;

pub(super) fn run(config: Config) -> Result<(), Error> {
    if config.outbox.workers == 0 {
        return Err(Error::said("outbox.workers: is 0, so there is nothing for a worker to do"));
    }
    System::new().block_on(async move {
        let io = |error: std::io::Error| Error::said(error.to_string());
        let app = App::build(config, Clock::system())?;
        let mut signals = Signals::new().map_err(io)?;
        telemetry::init_metrics();
        let metrics = match metrics_listener(&app.config)? {
            Some(listener) => Some(telemetry::serve_metrics(listener).map_err(io)?),
            None => None,
        };
        let metrics = metrics.map(|server| {
            let handle = server.handle();
            rt::spawn(server);
            handle
        });
        let running = outbox::start(app.notify.clone());
        tracing::info!(database = app.db.kind(), mail = app.mailer.describe(), "sending notices");
        let name = signals.next().await;
        tracing::info!(signal = name, "stopping; what is under way may finish");
        let stop = async {
            if let Some(running) = running {
                running.stop().await;
            }
            if let Some(metrics) = metrics {
                metrics.stop(false).await;
            }
        };
        tokio::select! {
            () = stop => tracing::info!("stopped"),
            name = signals.next() => {
                tracing::warn!(signal = name,
                    "stopped with notices under way; they are sent again");
                std::process::exit(1);
            }
        }
        Ok(())
    })
}

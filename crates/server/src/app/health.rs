//! `/healthz`: the process answers. `/readyz`: it can do something for somebody, and what.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use serde::Serialize;

use crate::error::Failure;
use crate::routing;

/// How long the database may take to give a sign of life.
const PATIENCE: Duration = Duration::from_secs(2);

/// What can be done now.
#[derive(Clone, Copy, Debug, Serialize)]
struct Readiness {
    /// Decisions about calls.
    decisions: bool,
    /// Everything else that only reads.
    reads: bool,
    /// Changes, and events of switches.
    writes: bool,
}

impl Readiness {
    async fn of(app: &routing::State) -> Self {
        let asked = app.db.read(|conn| store::ping(conn).map_err(Failure::from));
        let answers = matches!(tokio::time::timeout(PATIENCE, asked).await, Ok(Ok(())));
        let health = app.db.health();
        let reads = answers && health.reads;
        Self {
            decisions: reads || routing::copy::is_there(app).await,
            reads,
            writes: answers && health.writes,
        }
    }

    fn answer(&self, is_ready: bool) -> HttpResponse {
        let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        HttpResponse::build(status).insert_header(("Cache-Control", "no-store")).json(self)
    }
}

/// Whether the process answers.
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Whether calls can be decided about, for a load balancer: telephones ring while the database does
/// not answer.
#[get("/readyz")]
pub async fn readyz(app: web::Data<routing::State>) -> HttpResponse {
    let readiness = Readiness::of(&app).await;
    readiness.answer(readiness.decisions)
}

/// Whether changes can be made, for a monitor.
#[get("/readyz/writes")]
pub async fn readyz_writes(app: web::Data<routing::State>) -> HttpResponse {
    let readiness = Readiness::of(&app).await;
    readiness.answer(readiness.writes)
}

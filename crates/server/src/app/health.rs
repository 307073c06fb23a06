//! `/healthz`: the process answers. `/readyz`: the database does, too.

use std::time::Duration;

use actix_web::{HttpResponse, get};

use crate::error::Failure;
use crate::http::extract::Shared;

/// Whether the process answers.
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Whether the database answers; 503 when it does not within two seconds.
#[get("/readyz")]
pub async fn readyz(app: Shared) -> HttpResponse {
    let asked = app.db.read(|conn| store::ping(conn).map_err(Failure::from));
    match tokio::time::timeout(Duration::from_secs(2), asked).await {
        Ok(Ok(())) => HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        _ => HttpResponse::ServiceUnavailable()
            .content_type("text/plain")
            .body("the database does not answer\n"),
    }
}

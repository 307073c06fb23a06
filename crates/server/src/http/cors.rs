//! Pages of other sites that may use the API: with keys and tokens, never with the cookie.

use actix_cors::Cors;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH,
    LOCATION, RETRY_AFTER,
};

use super::extract::IDEMPOTENCY_HEADER;
use crate::platform::config::{ANY_ORIGIN, Config};

/// The middleware for what `server.cors_origins` names.
pub fn cors(config: &Config) -> Cors {
    let text = |name: &'static str| HeaderName::from_static(name);
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            ACCEPT_LANGUAGE,
            IF_MATCH,
            text(IDEMPOTENCY_HEADER),
            text("last-event-id"),
        ])
        .expose_headers([
            ETAG,
            LOCATION,
            RETRY_AFTER,
            CONTENT_DISPOSITION,
            text("idempotent-replayed"),
            text("ratelimit"),
            text("ratelimit-policy"),
            text("x-request-id"),
        ])
        .max_age(3_600);
    let origins: Vec<&str> = config.server.cors_origins().collect();
    if origins.contains(&ANY_ORIGIN) {
        return cors.send_wildcard().allow_any_origin();
    }
    origins.into_iter().fold(cors, Cors::allowed_origin)
}

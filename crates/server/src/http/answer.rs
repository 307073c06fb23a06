//! Answers: one resource with its ETag, a page, nothing, a stream of changes.

use std::future::ready;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, LOCATION};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Serialize;

use super::idempotency::Done;
use crate::error::Failure;
use crate::platform::crypto;

/// Header of an answer that was given before.
const REPLAYED: &str = "Idempotent-Replayed";

fn builder(status: StatusCode) -> HttpResponseBuilder {
    let mut builder = HttpResponse::build(status);
    // Settings are personal, and an old copy of them would be wrong.
    builder.insert_header((CACHE_CONTROL, "no-store"));
    builder
}

/// A value without an ETag of its own.
pub fn json<T: Serialize>(value: &T) -> HttpResponse {
    builder(StatusCode::OK).json(value)
}

/// One resource in a version.
pub fn versioned<T: Serialize>(value: &T, version: u64) -> HttpResponse {
    builder(StatusCode::OK).insert_header((ETAG, format!("\"{version}\""))).json(value)
}

/// A value without a version, whose ETag is made of what is sent.
pub fn hashed<T: Serialize>(value: &T) -> HttpResponse {
    let body = serde_json::to_string(value).unwrap_or_default();
    let tag = crypto::hash_token(&body);
    builder(StatusCode::OK)
        .insert_header((ETAG, format!("\"{}\"", &tag[..16])))
        .content_type("application/json")
        .body(body)
}

/// A resource that was just made; `body` is its JSON.
pub fn created(body: String, version: Option<u64>, location: &str, replayed: bool) -> HttpResponse {
    let mut builder = builder(StatusCode::CREATED);
    builder.insert_header((LOCATION, location));
    if let Some(version) = version {
        builder.insert_header((ETAG, format!("\"{version}\"")));
    }
    if replayed {
        builder.insert_header((REPLAYED, "true"));
    }
    builder.content_type("application/json").body(body)
}

/// What was done once, and the version of what it left, where it has one.
pub fn done<T: Serialize>(done: &Done<T>, version: Option<u64>) -> HttpResponse {
    let mut builder = builder(StatusCode::OK);
    if let Some(version) = version {
        builder.insert_header((ETAG, format!("\"{version}\"")));
    }
    if done.is_replayed {
        builder.insert_header((REPLAYED, "true"));
    }
    builder.json(&done.value)
}

/// Nothing to say.
pub fn no_content() -> HttpResponse {
    builder(StatusCode::NO_CONTENT).finish()
}

/// Heard; the work goes on.
pub fn accepted() -> HttpResponse {
    builder(StatusCode::ACCEPTED).finish()
}

/// A message of a stream of server-sent events, called `change`.
pub fn change<T: Serialize>(value: &T) -> String {
    format!("event: change\ndata: {}\n\n", serde_json::to_string(value).unwrap_or_default())
}

/// A stream of server-sent events: `first` comes at once, and clients connect again two seconds
/// after it has broken.
pub fn events(first: &str, rest: impl Stream<Item = Bytes> + 'static) -> HttpResponse {
    let first = stream::once(ready(Bytes::from(format!("retry: 2000\n\n{first}"))));
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(Box::pin(first.chain(rest).map(Ok::<_, Failure>)))
}

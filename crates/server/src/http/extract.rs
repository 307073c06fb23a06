//! What handlers take: who calls (in the room `identity`), and bodies that were checked.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{
    self, AUTHORIZATION, CONTENT_TYPE, Header as _, HeaderMap, HeaderName, IF_MATCH,
};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use api_types::{ErrorCode, field_faults};
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use validator::Validate;

use super::read;
use crate::error::Failure;
use crate::platform::crypto;
use crate::platform::state::Platform;

/// What every room stands on, for handlers; one that needs its room's own state takes that instead.
pub type Shared = web::Data<Platform>;

/// A state that the application registered.
pub(crate) fn state<T: 'static>(request: &HttpRequest) -> Result<web::Data<T>, Failure> {
    let name = std::any::type_name::<T>();
    request
        .app_data::<web::Data<T>>()
        .cloned()
        .ok_or_else(|| Failure::Internal(format!("{name} is not registered")))
}

pub(crate) fn header(headers: &HeaderMap, name: impl Into<HeaderName>) -> Option<&str> {
    headers.get(name.into())?.to_str().ok()
}

/// The token in `Authorization: Bearer`.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    header(headers, AUTHORIZATION)?.strip_prefix("Bearer ").map(str::trim)
}

/// Whether the caller is known by now.
struct CallerKnown(watch::Receiver<bool>);

/// Finds out who calls. All extractors of a handler run side by side; the others, which stand
/// behind this one, wait for it.
pub(crate) fn identify<T: 'static>(
    request: &HttpRequest,
    caller: impl Future<Output = Result<T, Failure>> + 'static,
) -> LocalBoxFuture<'static, Result<T, Failure>> {
    let (known, waiting) = watch::channel(false);
    request.extensions_mut().insert(CallerKnown(waiting));
    Box::pin(async move {
        let caller = caller.await?;
        known.send_replace(true);
        Ok(caller)
    })
}

/// Reads something else of the request when the caller is known, so that who may not call learns
/// nothing but that.
pub(crate) fn then<T: 'static>(
    request: &HttpRequest,
    read: impl Future<Output = Result<T, Failure>> + 'static,
) -> LocalBoxFuture<'static, Result<T, Failure>> {
    let waiting = request.extensions().get::<CallerKnown>().map(|known| known.0.clone());
    Box::pin(async move {
        if let Some(mut waiting) = waiting {
            // It ends unsent when the caller is refused, and that is the answer then.
            waiting
                .wait_for(|known| *known)
                .await
                .map_err(|_| Failure::Code(ErrorCode::Unauthenticated))?;
        }
        read.await
    })
}

/// Header of the idempotency key.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// Seconds of the configuration as a span of time.
pub fn seconds(value: u64) -> TimeDelta {
    i64::try_from(value).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::MAX)
}

/// Whether a method changes nothing (RFC 9110, 9.2.1).
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A JSON body that was read and checked; every wrong field is named.
#[derive(Debug)]
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// SHA-256 of the bytes, to recognise a repeated request by.
    pub hash: String,
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = header(request.headers(), CONTENT_TYPE)
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            return then(request, ready(Err(Failure::Code(ErrorCode::UnsupportedMediaType))));
        }
        let bytes = whole_body(request, payload);
        then(request, async move {
            let bytes = bytes.await?;
            let value: T = read::json(&bytes)?;
            value.validate().map_err(|errors| Failure::Fields(field_faults(&errors)))?;
            Ok(Body { value, hash: crypto::hex(&Sha256::digest(&bytes)) })
        })
    }
}

/// A body as it was sent, of the usual limit.
pub(crate) fn whole_body(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<web::Bytes, Failure>> + use<> {
    let bytes = web::Bytes::from_request(request, payload);
    async move {
        bytes.await.map_err(|error| match error.as_response_error().status_code().as_u16() {
            413 => Failure::Code(ErrorCode::BodyTooLarge),
            _ => Failure::Code(ErrorCode::MalformedRequest),
        })
    }
}

/// The query of the URL; unknown and unreadable parameters are named.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        then(request, ready(read::query(request.query_string()).map(Self)))
    }
}

/// The version that a write was made from: `If-Match: "7"`.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // What is none of our ETags can match nothing (RFC 9110, 13.1.1: a weak one neither).
        let version = || match header::IfMatch::parse(request) {
            Ok(header::IfMatch::Items(tags)) => match tags.as_slice() {
                [tag] if !tag.weak => tag.tag().parse().ok(),
                _ => None,
            },
            _ => None,
        };
        let read = match request.headers().contains_key(IF_MATCH) {
            false => Err(Failure::Code(ErrorCode::PreconditionRequired)),
            true => version().map(Self).ok_or(Failure::Code(ErrorCode::Stale)),
        };
        then(request, ready(read))
    }
}

/// The `Idempotency-Key` of a POST that creates, if there is one.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = match request.headers().get(IDEMPOTENCY_HEADER) {
            None => Ok(Self(None)),
            Some(value) => match value.to_str().map(str::trim) {
                Ok(value) if (1..=255).contains(&value.len()) => Ok(Self(Some(value.to_owned()))),
                // Ignored, it would make twice what was wanted once.
                _ => Err(Failure::Code(ErrorCode::MalformedRequest)),
            },
        };
        then(request, ready(read))
    }
}

/// The client's address, as far as failed attempts are counted under it: an IPv6 network of 64 bits
/// counts as one.
#[derive(Clone, Debug)]
pub struct ClientAddress(pub String);

impl FromRequest for ClientAddress {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(state::<Platform>(request).map(|app| {
            Self(match client_address(request, &app) {
                Some(std::net::IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
                    let network: Vec<String> =
                        v6.segments()[..4].iter().map(|part| format!("{part:x}")).collect();
                    network.join(":")
                }
                Some(other) => other.to_canonical().to_string(),
                None => String::new(),
            })
        }))
    }
}

/// Where a request comes from, as far as that can be believed.
pub(crate) fn client_address(request: &HttpRequest, app: &Platform) -> Option<std::net::IpAddr> {
    let forwarded = app
        .config
        .server
        .trust_forwarded
        .then(|| header(request.headers(), HeaderName::from_static("x-forwarded-for")))
        .flatten();
    // The last entry was written by our own proxy; everything before it by whoever likes.
    let forwarded = forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
    forwarded.or_else(|| request.peer_addr().map(|peer| peer.ip()))
}

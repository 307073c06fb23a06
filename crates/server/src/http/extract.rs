//! What handlers take: who calls (in the room `identity`), and bodies that were checked.

use std::future::ready;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use api_types::{ErrorCode, FieldCode, field_faults};
use chrono::TimeDelta;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use validator::Validate;

use super::conditional::if_match;
use super::read;
use super::upload::media_type;
use crate::error::Failure;
use crate::platform::change::Expected;
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

/// What stands behind the scheme in `Authorization`. Schemes are the same in any case (RFC 9110,
/// 11.1).
pub(crate) fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let (sent, rest) = header(headers, AUTHORIZATION)?.trim().split_once([' ', '\t'])?;
    sent.eq_ignore_ascii_case(scheme).then(|| rest.trim())
}

/// The token in `Authorization: Bearer`.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    authorization(headers, "Bearer")
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
        if media_type(request.headers()) != "application/json" {
            return then(request, ready(Err(Failure::Code(ErrorCode::UnsupportedMediaType))));
        }
        let bytes = whole_body(request, payload);
        then(request, async move {
            let bytes = bytes.await?;
            let value: T = read::json(&bytes)?;
            value.validate().map_err(|errors| Failure::Fields(field_faults(&errors)))?;
            Ok(Body { value, hash: body_hash(&bytes) })
        })
    }
}

/// What a body is recognised by when it comes again.
pub(crate) fn body_hash(bytes: &[u8]) -> String {
    crypto::hex(&Sha256::digest(bytes))
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

/// The versions that a write may have been made from: `If-Match: "7"`.
#[derive(Clone, Debug)]
pub struct IfMatch(pub Expected);

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = match if_match(request.headers()) {
            Some(Ok(expected)) => Ok(Self(expected)),
            // Answered as stale, it would be read and sent again for ever.
            Some(Err(_)) => Err(Failure::header("If-Match", FieldCode::InvalidFormat)),
            None => Err(Failure::Code(ErrorCode::PreconditionRequired)),
        };
        then(request, ready(read))
    }
}

/// The `Idempotency-Key` of a POST, if there is one, and what the request is about.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// The key.
    pub key: Option<String>,
    /// The path and query of the request: a key is for one request.
    pub request: String,
}

impl FromRequest for IdempotencyKey {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let about = format!("{}?{}", request.path(), request.query_string());
        let read = match request.headers().get(IDEMPOTENCY_HEADER) {
            None => Ok(None),
            Some(value) => match value.to_str().map(str::trim) {
                Ok(value) if (1..=255).contains(&value.len()) => Ok(Some(value.to_owned())),
                // Ignored, it would make twice what was wanted once.
                _ => Err(Failure::header("Idempotency-Key", FieldCode::InvalidFormat)),
            },
        };
        then(request, ready(read.map(|key| Self { key, request: about })))
    }
}

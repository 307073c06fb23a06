//! Says with every answer what is left to the caller (draft-ietf-httpapi-ratelimit-headers-10).

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};

use crate::error::Failure;
use crate::identity::State;
use crate::platform::limits::{Quota, WINDOW_S};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Counts a request of a caller that is known by now.
///
/// # Errors
/// `too_many_requests` with the time to wait.
pub fn count(
    app: &State,
    request: &HttpRequest,
    policy: &'static str,
    id: &str,
    limit: u32,
) -> Result<(), Failure> {
    let Some(quota) = app.limits.take(policy, &format!("{policy}/{id}"), limit, app.clock.now())
    else {
        return Ok(());
    };
    request.extensions_mut().insert(quota);
    match quota.retry_after_s {
        Some(retry_after_s) => Err(Failure::TooManyRequests { retry_after_s }),
        None => Ok(()),
    }
}

/// The middleware.
///
/// # Errors
/// Never one of its own.
pub async fn announce<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let quota = response.request().extensions().get::<Quota>().copied();
    if let Some(Quota { policy, limit, remaining, reset_s, .. }) = quota {
        let headers = [
            (POLICY, format!("\"{policy}\";q={limit};w={WINDOW_S}")),
            (LIMIT, format!("\"{policy}\";r={remaining};t={reset_s}")),
        ];
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    Ok(response)
}

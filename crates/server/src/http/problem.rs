//! Turns every failure under `/api` into a problem document, in the caller's language, with the
//! request id.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::CACHE_CONTROL;
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, HttpResponse};
use api_types::ErrorCode;

use crate::error::Failure;
use crate::platform::telemetry::RequestId;
use crate::platform::texts::Lang;

/// The middleware.
///
/// # Errors
/// What a middleware inside of this one fails with; extractors and handlers always answer.
pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let api = request.path().starts_with("/api/");
    // The request must not be cloned before it is routed: actix-web panics where another copy is
    // about.
    let response = next.call(request).await?.map_into_boxed_body();
    if response.status().as_u16() < 400 {
        return Ok(response);
    }
    let is_problem = |value: &actix_web::http::header::HeaderValue| {
        value.as_bytes().starts_with(b"application/problem+json")
    };
    if response.headers().get("content-type").is_some_and(is_problem) {
        return Ok(response);
    }
    let rendered = match response.response().error().and_then(|error| error.as_error::<Failure>()) {
        Some(failure) => problem(response.request(), failure),
        None if api => {
            problem(response.request(), &Failure::Code(code_for(response.status().as_u16())))
        }
        // A page of ours, or a file that is not there.
        None => return Ok(response),
    };
    Ok(ServiceResponse::new(response.into_parts().0, rendered))
}

/// The problem document of a failure, as the answer to `request`.
pub fn problem(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let mut response =
        failure.response(Lang::from_headers(request.headers()), &RequestId::of(request).0);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, actix_web::http::header::HeaderValue::from_static("no-store"));
    response
}

/// The code for a status that a library answered with.
fn code_for(status: u16) -> ErrorCode {
    match status {
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        405 => ErrorCode::MethodNotAllowed,
        413 => ErrorCode::BodyTooLarge,
        415 => ErrorCode::UnsupportedMediaType,
        429 => ErrorCode::TooManyAttempts,
        503 => ErrorCode::Unavailable,
        400..=499 => ErrorCode::MalformedRequest,
        _ => ErrorCode::Internal,
    }
}

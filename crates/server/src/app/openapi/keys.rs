//! Which operations take an `Idempotency-Key`: those that say so in the document.

use std::sync::LazyLock;

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use api_types::FieldCode;

use super::{Pattern, document};
use crate::error::Failure;
use crate::http::extract::IDEMPOTENCY_HEADER;
use crate::http::problem::problem;

/// Middleware: a key on a POST that does not read it is refused, since whoever sends one relies on
/// it.
///
/// # Errors
/// Never one of its own; a refusal is an answer.
pub async fn refuse_unread<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    static WITHOUT: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
        let paths = document()["paths"].as_object().into_iter().flatten();
        let takes_none = |item: &serde_json::Value| {
            let mut parameters = item["parameters"].as_array().into_iter().flatten();
            !parameters.any(|parameter| parameter["name"] == "Idempotency-Key")
        };
        paths
            .filter(|(_, item)| item.get("post").is_some_and(takes_none))
            .map(|(path, _)| Pattern::new(path))
            .collect()
    });
    let has_key =
        request.method() == Method::POST && request.headers().contains_key(IDEMPOTENCY_HEADER);
    if has_key && WITHOUT.iter().any(|pattern| pattern.fits(request.path())) {
        let failure = Failure::header("Idempotency-Key", FieldCode::NotApplicable);
        let refusal = problem(request.request(), &failure);
        return Ok(request.into_response(refusal).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

//! `HEAD` wherever `GET` is (RFC 9110, 9.3.2): the same answer without its body.

use actix_web::body::{BodySize, BoxBody, MessageBody, SizedStream};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest};
use futures_util::stream;

/// The client asked for the head alone.
#[derive(Clone, Copy)]
struct Alone;

/// Middleware: lets the handler of `GET` answer, and leaves the body out. Its length stays.
///
/// # Errors
/// What a middleware inside of this one fails with.
pub async fn as_get<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_head = request.method() == Method::HEAD;
    if is_head {
        request.extensions_mut().insert(Alone);
        request.head_mut().method = Method::GET;
    }
    let response = next.call(request).await?;
    if !is_head {
        return Ok(response.map_into_boxed_body());
    }
    Ok(response.map_body(|_, body| match body.size() {
        BodySize::Sized(length) => {
            let nothing = stream::empty::<Result<actix_web::web::Bytes, Error>>();
            SizedStream::new(length, nothing).boxed()
        }
        BodySize::None | BodySize::Stream => BoxBody::new(()),
    }))
}

/// Whether the body of an answer is not sent, so that nobody needs to read it from somewhere.
pub fn is_alone(request: &HttpRequest) -> bool {
    request.extensions().contains::<Alone>()
}

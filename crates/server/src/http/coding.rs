//! Bodies that are compressed on the way.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Decompress, Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, ContentEncoding, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage as _};
use api_types::ErrorCode;
use futures_util::{StreamExt as _, stream};

use super::problem::problem;
use crate::error::Failure;

/// Compressed bytes are opened in pieces of this size: a piece grows to a megabyte at the most
/// before the limit of the body is looked at.
const PIECE: usize = 1_024;

/// Middleware: opens bodies in gzip, so that all else reads them plain.
///
/// # Errors
/// Never one of its own; a refusal is an answer.
pub async fn plain<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match coding(request.headers()) {
        Some(ContentEncoding::Identity) => {}
        Some(ContentEncoding::Gzip) => {
            let sent = request.take_payload();
            let pieces = sent.flat_map(|part| match part {
                Ok(bytes) => stream::iter(in_pieces(bytes).map(Ok).collect::<Vec<_>>()),
                Err(error) => stream::iter(vec![Err(error)]),
            });
            let payload = Payload::Stream { payload: Box::pin(pieces) };
            let opened = Decompress::new(payload, ContentEncoding::Gzip);
            request.set_payload(Payload::Stream { payload: Box::pin(opened) });
            for name in [CONTENT_ENCODING, CONTENT_LENGTH] {
                request.headers_mut().remove(name);
            }
        }
        _ => {
            let failure = Failure::Code(ErrorCode::UnsupportedEncoding);
            let refusal = problem(request.request(), &failure);
            return Ok(request.into_response(refusal).map_into_right_body());
        }
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// How the body is compressed; nothing for what is not known here.
fn coding(headers: &HeaderMap) -> Option<ContentEncoding> {
    let mut coding = ContentEncoding::Identity;
    let lines = headers.get_all(CONTENT_ENCODING);
    for name in lines.flat_map(|line| line.to_str().unwrap_or("?").split(',')) {
        match (name.trim().to_ascii_lowercase().as_str(), coding) {
            ("" | "identity", _) => {}
            ("gzip" | "x-gzip", ContentEncoding::Identity) => coding = ContentEncoding::Gzip,
            _ => return None,
        }
    }
    Some(coding)
}

fn in_pieces(mut bytes: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        let piece = bytes.split_to(PIECE.min(bytes.len()));
        (!piece.is_empty()).then_some(piece)
    })
}

//! A file that is sent, as a body of its own or as a field of a form.

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use api_types::{ErrorCode, FieldCode};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;

use super::extract::then;
use crate::csv::MAX_BYTES;
use crate::error::Failure;

/// The kinds of bodies that are a CSV file by themselves. Windows calls one `application/vnd.ms-excel`.
const CSV_TYPES: [&str; 5] = ["text/csv", "text/plain", "application/csv", "application/vnd.ms-excel", "application/octet-stream"];

/// What was sent. Bounded by [`MAX_BYTES`].
#[derive(Debug)]
pub struct CsvFile(pub Vec<u8>);

impl FromRequest for CsvFile {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers().clone();
        let payload = payload.take();
        then(request, async move { read(&headers, payload).await.map(Self) })
    }
}

async fn read(headers: &HeaderMap, payload: Payload) -> Result<Vec<u8>, Failure> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if CSV_TYPES.contains(&kind.as_str()) {
        return collect(payload.map(|part| part.map_err(|_| Failure::Code(ErrorCode::MalformedRequest)))).await;
    }
    if kind != "multipart/form-data" {
        return Err(Failure::Code(ErrorCode::UnsupportedMediaType));
    }
    let mut form = Multipart::new(headers, payload);
    while let Some(field) = form.next().await {
        let field = field.map_err(|_| Failure::Code(ErrorCode::MalformedRequest))?;
        if field.name() == Some("file") {
            return collect(field.map(|part| part.map_err(|_| Failure::Code(ErrorCode::MalformedRequest)))).await;
        }
    }
    Err(Failure::field("/file", FieldCode::Required))
}

async fn collect(parts: impl futures_util::Stream<Item = Result<web::Bytes, Failure>>) -> Result<Vec<u8>, Failure> {
    let mut parts = std::pin::pin!(parts);
    let mut file = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part?;
        if file.len() + part.len() > MAX_BYTES {
            return Err(Failure::Code(ErrorCode::BodyTooLarge));
        }
        file.extend_from_slice(&part);
    }
    Ok(file)
}

//! Bodies that are read as they come, each with a limit of its own: files, as a body or as a field
//! of a form, and long lists.

use std::borrow::Cow;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use api_types::{ErrorCode, FieldCode, SWITCH_EVENTS_MAX};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;
use url::form_urlencoded;

use crate::error::Failure;
use crate::http::extract::{state, then};
use crate::http::mended::mended;
use crate::platform::csv::MAX_BYTES;
use crate::platform::state::Platform;

/// The kinds of bodies that are a CSV file or vCards by themselves. Windows calls a CSV file
/// `application/vnd.ms-excel`.
const CSV_TYPES: [&str; 10] = [
    "text/csv",
    "text/plain",
    "application/csv",
    "application/vnd.ms-excel",
    "application/octet-stream",
    "text/tab-separated-values",
    "text/vcard",
    "text/x-vcard",
    "text/directory",
    "application/vcard",
];

/// The largest list of reports, in bytes: a thousand of them with transcripts of ordinary length.
const REPORTS_MAX_BYTES: usize = 8 * 1024 * 1024;

/// What was sent. Bounded by [`MAX_BYTES`].
#[derive(Debug)]
pub struct CsvFile(pub Vec<u8>);

impl FromRequest for CsvFile {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers().clone();
        let payload = payload.take();
        then(request, async move { csv(&headers, payload).await.map(Self) })
    }
}

async fn csv(headers: &HeaderMap, payload: Payload) -> Result<Vec<u8>, Failure> {
    let kind = media_type(headers);
    if CSV_TYPES.contains(&kind.as_str()) {
        return whole(payload, MAX_BYTES).await;
    }
    if kind != FORM {
        return Err(Failure::Code(ErrorCode::UnsupportedMediaType));
    }
    let mut form = Multipart::new(headers, payload);
    while let Some(field) = form.next().await {
        let field = field.map_err(|_| malformed())?;
        if field.name() == Some("file") {
            return collect(field.map(|part| part.map_err(|_| malformed())), MAX_BYTES).await;
        }
    }
    Err(Failure::field("/file", FieldCode::Required))
}

/// A recording or a fax. Bounded by `attachments.limit_bytes`.
#[derive(Debug)]
pub struct SwitchFile {
    /// The file.
    pub bytes: Vec<u8>,
    /// Length of a recording in milliseconds, where a form says it.
    pub duration_ms: Option<u32>,
}

impl FromRequest for SwitchFile {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = state::<Platform>(request).map(|app| app.config.attachments.limit_bytes);
        let headers = request.headers().clone();
        let payload = payload.take();
        then(request, async move { recording(&headers, payload, limit?).await })
    }
}

async fn recording(
    headers: &HeaderMap,
    payload: Payload,
    limit: usize,
) -> Result<SwitchFile, Failure> {
    if media_type(headers) != FORM {
        return Ok(SwitchFile { bytes: whole(payload, limit).await?, duration_ms: None });
    }
    let (mut file, mut duration_ms) = (None, None);
    let mut form = Multipart::new(headers, payload);
    while let Some(field) = form.next().await {
        let field = field.map_err(|_| malformed())?;
        let name = field.name().map(str::to_owned);
        let parts = field.map(|part| part.map_err(|_| malformed()));
        match name.as_deref() {
            Some("file") => file = Some(collect(parts, limit).await?),
            Some("duration_ms") => {
                let text = collect(parts, 32).await?;
                let number = String::from_utf8_lossy(&text).trim().parse().ok();
                duration_ms = Some(
                    number
                        .ok_or_else(|| Failure::field("/duration_ms", FieldCode::InvalidFormat))?,
                );
            }
            // What else a form holds is read past.
            _ => drop(collect(parts, 64 * 1024).await?),
        }
    }
    Ok(SwitchFile {
        bytes: file.ok_or_else(|| Failure::field("/file", FieldCode::Required))?,
        duration_ms,
    })
}

/// What a switch reports, each thing still to be judged.
#[derive(Debug)]
pub struct SwitchReports(pub Vec<Value>);

impl FromRequest for SwitchReports {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers().clone();
        let payload = payload.take();
        then(request, async move {
            let kind = media_type(&headers);
            if kind == FORM_OF_WORDS {
                return Ok(Self(vec![report_of_form(&whole(payload, REPORTS_MAX_BYTES).await?)]));
            }
            if kind != "application/json" {
                return Err(Failure::Code(ErrorCode::UnsupportedMediaType));
            }
            let bytes = whole(payload, REPORTS_MAX_BYTES).await?;
            match serde_json::from_str(&mended(&bytes)).map_err(|_| malformed())? {
                Value::Array(reports) if reports.len() > SWITCH_EVENTS_MAX => {
                    Err(Failure::Code(ErrorCode::BodyTooLarge))
                }
                Value::Array(reports) => Ok(Self(reports)),
                _ => Err(Failure::field("", FieldCode::WrongType)),
            }
        })
    }
}

/// One report as a form has it. A dialplan fills in every name: what is empty is not there.
fn report_of_form(bytes: &[u8]) -> Value {
    let field = |(name, text): (Cow<'_, str>, Cow<'_, str>)| {
        let number = REPORT_NUMBERS.contains(&&*name).then(|| text.trim().parse::<u64>().ok());
        let value =
            number.flatten().map_or_else(|| Value::from(text.replace('\0', "")), Value::from);
        (name.into_owned(), value)
    };
    form_urlencoded::parse(bytes).filter(|(_, text)| !text.is_empty()).map(field).collect()
}

/// What of a report is a number in JSON.
const REPORT_NUMBERS: [&str; 2] = ["duration_s", "pages"];

const FORM: &str = "multipart/form-data";
const FORM_OF_WORDS: &str = "application/x-www-form-urlencoded";

fn malformed() -> Failure {
    Failure::Code(ErrorCode::MalformedRequest)
}

/// The media type of a body, without its parameters, in small letters; empty when there is none.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn whole(payload: Payload, limit: usize) -> Result<Vec<u8>, Failure> {
    collect(payload.map(|part| part.map_err(|_| malformed())), limit).await
}

async fn collect(
    parts: impl futures_util::Stream<Item = Result<web::Bytes, Failure>>,
    limit: usize,
) -> Result<Vec<u8>, Failure> {
    let mut parts = std::pin::pin!(parts);
    let mut file = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part?;
        if file.len() + part.len() > limit {
            return Err(Failure::Code(ErrorCode::BodyTooLarge));
        }
        file.extend_from_slice(&part);
    }
    Ok(file)
}

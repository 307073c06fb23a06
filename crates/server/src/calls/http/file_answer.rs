//! A recording or a fax as an answer: whole or a part of it (RFC 9110, 14).

use crate::platform::wire::unsigned;
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, Header as _,
    REFERRER_POLICY, Range,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use store::calls::attachment;

use crate::calls::State;
use crate::error::Failure;
use crate::http::head;

/// Which bytes are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    /// The first and the last byte.
    Part(u64, u64),
    /// None of them is there.
    Nothing,
}

/// What `Range` wants of `size` bytes. Several parts, and units other than bytes, are answered with
/// the whole.
fn wanted(request: &HttpRequest, size: u64) -> Wanted {
    match Range::parse(request) {
        Ok(Range::Bytes(parts)) => match parts.as_slice() {
            [part] => part
                .to_satisfiable_range(size)
                .map_or(Wanted::Nothing, |(first, last)| Wanted::Part(first, last)),
            _ => Wanted::Whole,
        },
        _ => Wanted::Whole,
    }
}

/// Answers with the bytes of an attachment.
///
/// # Errors
/// `not_found` when they are not kept any more.
pub async fn bytes(
    app: &State,
    request: &HttpRequest,
    row: &attachment::Row,
    download: bool,
) -> Result<HttpResponse, Failure> {
    let size = unsigned(row.size_bytes);
    let way = if download { "attachment" } else { "inline" };
    let (status, first, end) = match wanted(request, size) {
        Wanted::Whole => (StatusCode::OK, 0, size),
        Wanted::Part(first, last) => (StatusCode::PARTIAL_CONTENT, first, last + 1),
        Wanted::Nothing => return Err(Failure::Range { size }),
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CONTENT_TYPE, row.content_type.clone()))
        .insert_header((CONTENT_DISPOSITION, format!("{way}; filename=\"{}\"", row.file_name)))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        // Whatever the bytes are, they are nothing that may run. A browser's own viewer of PDF
        // would not open in a sandbox.
        .insert_header((
            "Content-Security-Policy",
            if row.content_type == "application/pdf" {
                "frame-ancestors 'none'"
            } else {
                "default-src 'none'; sandbox"
            },
        ));
    if status == StatusCode::PARTIAL_CONTENT {
        response.insert_header((CONTENT_RANGE, format!("bytes {first}-{}/{size}", end - 1)));
    }
    if head::is_alone(request) {
        // The length of a body that is not sent.
        return Ok(response.body(SizedStream::new(
            end - first,
            futures_util::stream::empty::<Result<Bytes, Failure>>(),
        )));
    }
    let parts = app.attachments.stream(&row.object_key, first..end).await;
    match parts {
        Ok(parts) => Ok(response.no_chunking(end - first).streaming(parts)),
        Err(object_store::Error::NotFound { .. }) => Err(Failure::NOT_FOUND),
        Err(error) => Err(Failure::Internal(format!("an attachment cannot be read: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::RANGE;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn parts() {
        for (header, expected) in [
            (None, Wanted::Whole),
            (Some("bytes=0-"), Wanted::Part(0, 99)),
            (Some("bytes=0-0"), Wanted::Part(0, 0)),
            (Some("bytes=10-19"), Wanted::Part(10, 19)),
            (Some("bytes=90-200"), Wanted::Part(90, 99)),
            (Some("bytes=-10"), Wanted::Part(90, 99)),
            (Some("bytes=-500"), Wanted::Part(0, 99)),
            (Some("bytes=100-"), Wanted::Nothing),
            (Some("bytes=-0"), Wanted::Nothing),
            (Some("bytes=20-10"), Wanted::Whole),
            (Some("bytes=0-1,5-6"), Wanted::Whole),
            (Some("lines=0-1"), Wanted::Whole),
            (Some("bytes=x-y"), Wanted::Whole),
        ] {
            let mut request = TestRequest::default();
            if let Some(header) = header {
                request = request.insert_header((RANGE, header));
            }
            assert_eq!(wanted(&request.to_http_request(), 100), expected, "{header:?}");
        }
    }
}

//! What a request says of the answer that it wants: in which coding, unless it is known already,
//! and only if nothing has changed.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ParseError;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    AcceptEncoding, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ContentEncoding, ETAG,
    Encoding, EntityTag, Header as _, HeaderMap, IF_MATCH, IF_NONE_MATCH, IfNoneMatch, Preference,
    Quality,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest};

use super::extract::is_safe;
use crate::platform::change::Expected;

/// Whether `If-None-Match` names what would be sent (RFC 9110, 13.1.2).
pub fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    // Without the header it would be read as one that names everything.
    request.headers().contains_key(IF_NONE_MATCH)
        && match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
            Err(_) => false,
        }
}

/// The versions in `If-Match` (RFC 9110, 13.1.1), of all its lines; nothing without the header.
///
/// # Errors
/// When something in it is no entity tag. One that is none of ours, or weak, is one: it matches
/// nothing.
pub fn if_match(headers: &HeaderMap) -> Option<Result<Expected, ParseError>> {
    let mut lines = headers.get_all(IF_MATCH).peekable();
    lines.peek()?;
    let mut versions = Vec::new();
    let mut tags = 0;
    for line in lines {
        let Ok(line) = line.to_str() else { return Some(Err(ParseError::Header)) };
        if line.trim() == "*" {
            return Some(Ok(Expected::Any));
        }
        // A tag of somebody else may hold a comma.
        let mut is_inside = false;
        let between = |c: char| {
            is_inside ^= c == '"';
            c == ',' && !is_inside
        };
        for tag in line.split(between).map(str::trim).filter(|tag| !tag.is_empty()) {
            tags += 1;
            match tag.parse::<EntityTag>() {
                Ok(tag) if !tag.weak => versions.extend(tag.tag().parse::<i64>()),
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
    Some(if tags == 0 { Err(ParseError::Header) } else { Ok(Expected::OneOf(versions)) })
}

/// Middleware: what a client has already is not sent again (RFC 9110, 13.1.2).
///
/// # Errors
/// Never one of its own.
pub async fn not_modified<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, ()>>, Error> {
    let reads = is_safe(request.method()) && request.headers().contains_key(IF_NONE_MATCH);
    let response = next.call(request).await?;
    let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()?.parse().ok());
    let known = reads
        && response.status() == StatusCode::OK
        && tag.is_some_and(|tag: EntityTag| is_known(response.request(), &tag));
    if !known {
        return Ok(response.map_into_left_body());
    }
    let (request, mut response) = response.into_parts();
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    for name in [CONTENT_TYPE, CONTENT_ENCODING, CONTENT_LENGTH] {
        response.headers_mut().remove(name);
    }
    Ok(ServiceResponse::new(request, response.set_body(())).map_into_right_body())
}

/// How much a client likes a coding (RFC 9110, 12.5.3); zero where it does not take it.
pub fn quality(accepted: &AcceptEncoding, coding: ContentEncoding) -> Quality {
    let is_named = |item: &Preference<Encoding>| match item {
        Preference::Specific(Encoding::Known(known)) => *known == coding,
        // The same coding by its old name (RFC 9110, 8.4.1.3).
        Preference::Specific(Encoding::Unknown(name)) => {
            coding == ContentEncoding::Gzip && name == "x-gzip"
        }
        Preference::Any => false,
    };
    let named = accepted.iter().find(|item| is_named(&item.item));
    let any = accepted.iter().find(|item| matches!(item.item, Preference::Any));
    match named.or(any) {
        Some(item) => item.quality,
        None if coding == ContentEncoding::Identity => Quality::MIN,
        None => Quality::ZERO,
    }
}

/// Whether `Accept-Encoding` takes gzip.
pub fn takes_gzip(request: &HttpRequest) -> bool {
    AcceptEncoding::parse(request)
        .is_ok_and(|accepted| quality(&accepted, ContentEncoding::Gzip) > Quality::ZERO)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::ACCEPT_ENCODING;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        for (header, expected) in [
            (None, false),
            (Some(""), false),
            (Some("identity"), false),
            (Some("gzip"), true),
            (Some("GZIP"), true),
            (Some("x-gzip"), true),
            (Some("br, GZIP;q=0.5"), true),
            (Some("br, gzip;q=0.5"), true),
            (Some("*"), true),
            (Some("gzip;q=0"), false),
            (Some("gzip; q=0.0, br"), false),
            (Some("gzip;q=0, *"), false),
        ] {
            let mut request = TestRequest::default();
            if let Some(header) = header {
                request = request.insert_header((ACCEPT_ENCODING, header));
            }
            assert_eq!(takes_gzip(&request.to_http_request()), expected, "{header:?}");
        }
    }

    #[test]
    fn a_write_names_the_versions_that_it_was_made_from() {
        let of = |versions: &[i64]| Some(Ok(Expected::OneOf(versions.to_vec())));
        for (lines, expected) in [
            (&[][..], None),
            (&["\"7\""], of(&[7])),
            (&["\"6\", \"7\""], of(&[6, 7])),
            (&["\"6\"", "\"7\""], of(&[6, 7])),
            (&["*"], Some(Ok(Expected::Any))),
            (&[" * "], Some(Ok(Expected::Any))),
            (&["W/\"7\""], of(&[])),
            (&["W/\"7\", \"8\""], of(&[8])),
            (&["\"someone-else's\""], of(&[])),
            (&["W/\",\", \"\", \"V@y,_3\", \"7\""], of(&[7])),
            (&[""], Some(Err(()))),
            (&["7"], Some(Err(()))),
            (&["\"7\", 8"], Some(Err(()))),
            (&["'7'"], Some(Err(()))),
            (&["\"7"], Some(Err(()))),
        ] {
            let mut request = TestRequest::default();
            for line in lines {
                request = request.append_header((IF_MATCH, *line));
            }
            let read = if_match(request.to_http_request().headers());
            assert_eq!(read.map(|read| read.map_err(drop)), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_tag_is_known_where_it_is_named() {
        for (header, expected) in [
            (None, false),
            (Some("*"), true),
            (Some("\"7\""), true),
            (Some("W/\"7\""), true),
            (Some("\"6\", \"7\""), true),
            (Some("\"8\""), false),
            (Some("7"), false),
        ] {
            let mut request = TestRequest::default();
            if let Some(header) = header {
                request = request.insert_header((IF_NONE_MATCH, header));
            }
            let tag = EntityTag::new_strong("7".into());
            assert_eq!(is_known(&request.to_http_request(), &tag), expected, "{header:?}");
        }
    }
}

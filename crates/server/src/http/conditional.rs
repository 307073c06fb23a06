//! What a request says of the answer that it wants: in which coding, unless it is known already.

use actix_web::HttpRequest;
use actix_web::http::header::{
    AcceptEncoding, ContentEncoding, Encoding, EntityTag, Header as _, IF_NONE_MATCH, IfNoneMatch,
    Preference, Quality,
};

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

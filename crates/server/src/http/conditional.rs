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

/// Whether `Accept-Encoding` takes gzip (RFC 9110, 12.5.3).
pub fn takes_gzip(request: &HttpRequest) -> bool {
    AcceptEncoding::parse(request).is_ok_and(|accepted| {
        accepted.iter().any(|coding| {
            let is_gzip = match &coding.item {
                Preference::Any => true,
                Preference::Specific(Encoding::Known(known)) => *known == ContentEncoding::Gzip,
                Preference::Specific(Encoding::Unknown(name)) => name == "x-gzip",
            };
            is_gzip && coding.quality > Quality::ZERO
        })
    })
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

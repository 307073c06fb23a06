//! Writes come from our own pages only.
//!
//! Besides `SameSite=Strict` and the CSRF token: a write without a key whose `Origin` is another
//! site's, or which the browser itself marks as cross-site, is refused before anything looks at it.
//! That covers signing in, where no token exists yet.

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, COOKIE, HOST, HeaderMap, ORIGIN};
use actix_web::middleware::Next;
use api_types::ErrorCode;
use url::Url;

use crate::error::Failure;
use crate::http::extract::{Shared, is_safe};
use crate::http::problem::problem;
use crate::platform::config::ANY_ORIGIN;

/// The middleware.
///
/// # Errors
/// Never one of its own; a refusal is an answer.
pub async fn check<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let public_url = request.app_data::<Shared>().map(|app| app.config.public_url());
    let without_key = !is_safe(request.method()) && !request.headers().contains_key(AUTHORIZATION);
    if without_key && is_foreign(request.headers(), public_url.as_ref()) && !is_welcome(&request) {
        let refusal = problem(request.request(), &Failure::Code(ErrorCode::ForeignOrigin));
        return Ok(request.into_response(refusal).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Whether it comes from a page that may use the API, and without a cookie that could be somebody's
/// session: a softphone in a browser signs in.
fn is_welcome(request: &ServiceRequest) -> bool {
    let Some(app) = request.app_data::<Shared>() else { return false };
    let origin = request.headers().get(ORIGIN).and_then(|origin| origin.to_str().ok());
    let named = origin.is_some_and(|origin| {
        app.config.server.cors_origins().any(|allowed| allowed == origin || allowed == ANY_ORIGIN)
    });
    named && !request.headers().contains_key(COOKIE)
}

fn is_foreign(headers: &HeaderMap, public_url: Option<&Url>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    let Some(origin) = text(ORIGIN.as_str()) else { return false };
    let ours = public_url.is_some_and(|url| url.origin().ascii_serialization() == origin);
    // Under another name than the public one (a second host name, an address) the page and the API
    // still share a host.
    let same_host =
        origin.split_once("://").is_some_and(|(_, host)| text(HOST.as_str()) == Some(host));
    !ours && !same_host
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_our_own_pages_may_write() {
        let public_url = Url::parse("https://portal.example.jp").unwrap();
        let table: [(&[(&str, &str)], bool); 9] = [
            (&[], false),
            (&[("origin", "https://portal.example.jp")], false),
            (&[("origin", "https://portal.example.jp.evil.test")], true),
            (&[("origin", "https://evil.test"), ("host", "portal.example.jp")], true),
            (&[("origin", "null"), ("host", "portal.example.jp")], true),
            (&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], false),
            (&[("origin", "http://127.0.0.1:8081"), ("host", "127.0.0.1:8080")], true),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site"), ("origin", "https://portal.example.jp")], true),
        ];
        for (pairs, foreign) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_foreign(&headers, Some(&public_url)), foreign, "{pairs:?}");
        }
    }
}

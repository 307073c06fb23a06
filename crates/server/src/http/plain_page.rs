//! Pages for people without the portal: what links in notices and QR codes lead to.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, ContentType, REFERRER_POLICY,
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::platform::crypto;
use crate::platform::texts::Lang;

const STYLE: &str = include_str!("plain_page/page.css");

/// The page with this title and body.
pub fn answer(status: StatusCode, lang: Lang, title: &str, body: &Markup) -> HttpResponse {
    let nonce = crypto::new_token();
    let policy = format!(
        "default-src 'none'; media-src 'self'; style-src 'nonce-{nonce}'; base-uri 'none'; \
            form-action 'none'; frame-ancestors 'none'"
    );
    let page = html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                style nonce=(nonce) { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    };
    HttpResponse::build(status)
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header(("X-Robots-Tag", "noindex, nofollow"))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .content_type(ContentType::html())
        .body(page.into_string())
}

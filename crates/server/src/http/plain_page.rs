//! Pages for people without the portal: what links in notices and QR codes lead to.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, ContentType, REFERRER_POLICY,
};

use crate::platform::crypto;
use crate::platform::texts::Lang;

const STYLE: &str = include_str!("plain_page/page.css");

/// A text in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// The page; `title` and `body` are HTML.
pub fn answer(status: StatusCode, lang: Lang, title: &str, body: &str) -> HttpResponse {
    let nonce = crypto::new_token();
    let policy = format!(
        "default-src 'none'; media-src 'self'; style-src 'nonce-{nonce}'; base-uri 'none'; \
            form-action 'none'; frame-ancestors 'none'"
    );
    let page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta \
             name=\"robots\" content=\"noindex\">\
         <meta name=\"color-scheme\" content=\"light dark\"><style \
             nonce=\"{nonce}\">{STYLE}</style></head>\
         <body><main>{body}</main></body></html>",
        lang.tag()
    );
    HttpResponse::build(status)
        .insert_header((CONTENT_SECURITY_POLICY, policy))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header(("X-Robots-Tag", "noindex, nofollow"))
        .insert_header((CONTENT_LANGUAGE, lang.tag()))
        .content_type(ContentType::html())
        .body(page)
}

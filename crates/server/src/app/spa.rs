//! The portal's files: embedded in a release build, read from `frontend/dist` in a debug build.

use std::borrow::Cow;

use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, ETag, EntityTag, Header as _, HeaderMap, HeaderName,
    HeaderValue, Quality,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::http::conditional::{is_known, quality};
use crate::platform::config::Config;

#[derive(rust_embed::Embed)]
#[folder = "../../frontend/dist"]
#[allow_missing = true]
struct Bundle;

const SHELL: &str = "index.html";

/// Paths that belong to others; what is not found below them is not found.
const NOT_OURS: &[&str] =
    &["/api", "/healthz", "/readyz", "/metrics", "/.well-known", "/downloads"];

const NOT_BUNDLED: &str = "画面のファイルがまだありません。cargo xtask bundle を実行してください。\nThe portal's files are \
    not there yet: run `cargo xtask bundle`.\n";

/// Scripts and styles come from us alone, WebAssembly may be compiled, and no other site may show
/// us in a frame.
static POLICIES: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src \
            'self' data:; connect-src 'self'; \
         manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
             form-action 'self'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

const HSTS: &str = "max-age=31536000; includeSubDomains";

/// One file of the bundle.
struct Asset {
    data: Cow<'static, [u8]>,
    /// SHA-256 of `data`.
    hash: [u8; 32],
}

/// Where the files come from.
trait Files {
    fn get(&self, path: &str) -> Option<Asset>;
}

struct Embedded;

impl Files for Embedded {
    fn get(&self, path: &str) -> Option<Asset> {
        Bundle::get(path).map(|file| Asset { hash: file.metadata.sha256_hash(), data: file.data })
    }
}

/// Serves the portal on every path that nothing else claims.
pub fn configure(config: &Config) -> impl FnOnce(&mut ServiceConfig) + 'static {
    let https = config.is_https();
    move |service: &mut ServiceConfig| {
        service.default_service(web::to(move |request: HttpRequest| async move {
            answer(&Embedded, &request, https)
        }));
    }
}

/// Sets the headers that keep pages of ours from being misused, over what is there already.
/// `https`: browsers reach us by TLS and may be told to keep to it.
pub fn set_security_headers(headers: &mut HeaderMap, https: bool) {
    for (name, value) in &POLICIES {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
}

fn answer(files: &dyn Files, request: &HttpRequest, https: bool) -> HttpResponse {
    let mut response = respond(files, request);
    set_security_headers(response.headers_mut(), https);
    response
}

fn respond(files: &dyn Files, request: &HttpRequest) -> HttpResponse {
    let path = request.path();
    if NOT_OURS.iter().any(|prefix| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }) {
        return plain(StatusCode::NOT_FOUND, "404\n");
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "405\n");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let name = path.trim_start_matches('/');
    // A page of the portal has no dot in its last segment, a file has: a script that is gone must
    // not come back as a page.
    let is_page = !name.rsplit('/').next().unwrap_or_default().contains('.');
    // A program that guesses an address must not take a page for what it looks for.
    if is_page && !name.is_empty() && !wants_page(request.headers()) {
        return plain(StatusCode::NOT_FOUND, "404\n");
    }
    let name = if is_page { SHELL } else { name };
    match find(files, name, request) {
        Some((asset, encoding)) => send(name, asset, encoding, request),
        None if is_page => plain(StatusCode::SERVICE_UNAVAILABLE, NOT_BUNDLED),
        None => plain(StatusCode::NOT_FOUND, "404\n"),
    }
}

/// Whether `Accept` names HTML, as browsers do.
fn wants_page(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::ACCEPT).filter_map(|line| line.to_str().ok());
    lines.any(|line| line.contains("text/html") || line.contains("text/*"))
}

fn plain(status: StatusCode, text: &'static str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header(header::CacheControl(vec![header::CacheDirective::NoStore]))
        .content_type("text/plain; charset=utf-8")
        .body(text)
}

/// The file in the smallest form that the client reads.
fn find(files: &dyn Files, name: &str, request: &HttpRequest) -> Option<(Asset, ContentEncoding)> {
    let accepted = AcceptEncoding::parse(request)
        .ok()
        .filter(|_| request.headers().contains_key(header::ACCEPT_ENCODING));
    for (encoding, suffix) in preferred(accepted.as_ref()) {
        if let Some(asset) = files.get(&format!("{name}{suffix}")) {
            return Some((asset, encoding));
        }
    }
    // A client that refuses even the plain file would get nothing otherwise.
    Some((files.get(name)?, ContentEncoding::Identity))
}

/// The forms that the client accepts, the one that it likes best first; of equals the smaller one
/// first.
fn preferred(accepted: Option<&AcceptEncoding>) -> Vec<(ContentEncoding, &'static str)> {
    let Some(accepted) = accepted else { return vec![(ContentEncoding::Identity, "")] };
    let mut forms: Vec<_> = [
        (ContentEncoding::Brotli, ".br"),
        (ContentEncoding::Gzip, ".gz"),
        (ContentEncoding::Identity, ""),
    ]
    .into_iter()
    .map(|(encoding, suffix)| (quality(accepted, encoding), encoding, suffix))
    .filter(|(quality, ..)| *quality > Quality::ZERO)
    .collect();
    forms.sort_by_key(|(quality, ..)| std::cmp::Reverse(*quality));
    forms.into_iter().map(|(_, encoding, suffix)| (encoding, suffix)).collect()
}

fn send(
    name: &str,
    asset: Asset,
    encoding: ContentEncoding,
    request: &HttpRequest,
) -> HttpResponse {
    let hash: String = asset.hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    // Two forms of one file differ byte by byte, so a strong tag must tell them apart.
    let tag = EntityTag::new_strong(format!("{hash}-{}", encoding.as_str()));
    let known = is_known(request, &tag);
    let lifetime = if name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response =
        HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response
        .insert_header(ETag(tag))
        .insert_header((header::CACHE_CONTROL, lifetime))
        .insert_header((header::VARY, "Accept-Encoding"));
    if known {
        return response.finish();
    }
    if encoding != ContentEncoding::Identity {
        response.insert_header((header::CONTENT_ENCODING, encoding.as_str()));
    }
    response.content_type(content_type(name)).body(match asset.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    })
}

fn content_type(name: &str) -> String {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = kind.type_() == mime_guess::mime::TEXT
        || kind.subtype() == "json"
        || kind.suffix().is_some();
    if is_text && kind.get_param("charset").is_none() {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    }
}

#[cfg(test)]
mod tests;

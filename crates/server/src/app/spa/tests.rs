use std::collections::HashMap;

use actix_web::body::to_bytes;
use actix_web::test::TestRequest;

use super::*;

struct Memory(HashMap<&'static str, &'static str>);

impl Files for Memory {
    fn get(&self, path: &str) -> Option<Asset> {
        let text = *self.0.get(path)?;
        let mut hash = [0; 32];
        hash[..text.len().min(32)].copy_from_slice(&text.as_bytes()[..text.len().min(32)]);
        Some(Asset { data: Cow::Borrowed(text.as_bytes()), hash })
    }
}

fn bundle() -> Memory {
    Memory(HashMap::from([
        ("index.html", "<page>"),
        ("index.html.br", "<page> br"),
        ("index.html.gz", "<page> gz"),
        ("sw.js", "worker"),
        ("manifest.webmanifest", "{}"),
        ("assets/app-1a2b.js", "script"),
        ("assets/app-1a2b.js.gz", "script gz"),
        ("assets/app-1a2b.wasm", "wasm"),
    ]))
}

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path).insert_header((header::ACCEPT, "text/html,*/*;q=0.8"))
}

fn header_of(response: &HttpResponse, name: HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[actix_web::test]
async fn a_path_leads_to_a_file_to_the_page_or_nowhere() {
    let table = [
        (Method::GET, "/", 200, "<page>"),
        (Method::GET, "/numbers/0193-4c/general", 200, "<page>"),
        (Method::HEAD, "/sign-in", 200, "<page>"),
        (Method::GET, "/apis", 200, "<page>"),
        (Method::GET, "/sw.js", 200, "worker"),
        (Method::GET, "/assets/app-1a2b.js", 200, "script"),
        (Method::GET, "/assets/app-old.js", 404, "404\n"),
        (Method::GET, "/favicon.ico", 404, "404\n"),
        (Method::GET, "/../Cargo.toml", 404, "404\n"),
        (Method::GET, "/api", 404, "404\n"),
        (Method::GET, "/api/v1/nothing", 404, "404\n"),
        (Method::POST, "/api/v1/nothing", 404, "404\n"),
        (Method::GET, "/.well-known/security.txt", 404, "404\n"),
        (Method::GET, "/downloads/x", 404, "404\n"),
        (Method::POST, "/numbers", 405, "405\n"),
    ];
    for (method, path, status, body) in table {
        let request = get(path).method(method.clone()).to_http_request();
        let response = answer(&bundle(), &request, false);
        assert_eq!(response.status().as_u16(), status, "{method} {path}");
        assert_eq!(header_of(&response, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
        assert!(
            header_of(&response, header::CONTENT_SECURITY_POLICY)
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(header_of(&response, header::STRICT_TRANSPORT_SECURITY), "", "{path}");
        assert_eq!(to_bytes(response.into_body()).await.unwrap(), body, "{method} {path}");
    }
}

#[test]
fn only_who_asks_for_a_page_gets_one() {
    let table = [
        (Some("text/html,application/xhtml+xml,*/*;q=0.8"), "/numbers", 200),
        (Some("text/*"), "/numbers", 200),
        (Some("*/*"), "/numbers", 404),
        (Some("application/json"), "/numbers", 404),
        (None, "/changelog", 404),
        (None, "/", 200),
        (Some("*/*"), "/sw.js", 200),
    ];
    for (accept, path, status) in table {
        let mut request = TestRequest::get().uri(path);
        if let Some(accept) = accept {
            request = request.insert_header((header::ACCEPT, accept));
        }
        let response = answer(&bundle(), &request.to_http_request(), false);
        assert_eq!(response.status(), status, "{accept:?} {path}");
    }
}

#[actix_web::test]
async fn without_a_bundle_the_page_says_how_to_make_one() {
    let response = answer(&Memory(HashMap::new()), &get("/").to_http_request(), true);
    assert_eq!(response.status(), 503);
    assert_eq!(header_of(&response, header::STRICT_TRANSPORT_SECURITY), HSTS);
    assert!(
        String::from_utf8_lossy(&to_bytes(response.into_body()).await.unwrap())
            .contains("cargo xtask bundle")
    );
}

#[test]
fn the_form_follows_accept_encoding() {
    let table = [
        (None, "/", ""),
        (Some(""), "/", ""),
        (Some("gzip, deflate, br"), "/", "br"),
        (Some("gzip, deflate, br, zstd"), "/assets/app-1a2b.js", "gzip"),
        (Some("br;q=0.5, gzip;q=0.9"), "/", "gzip"),
        (Some("br;q=0, *"), "/", "gzip"),
        (Some("*"), "/", "br"),
        (Some("identity, br;q=0.5"), "/", ""),
        (Some("deflate"), "/", ""),
        (Some("br"), "/assets/app-1a2b.wasm", ""),
        (Some("identity;q=0, *;q=0"), "/", ""),
    ];
    for (accepted, path, expected) in table {
        let mut request = get(path);
        if let Some(accepted) = accepted {
            request = request.insert_header((header::ACCEPT_ENCODING, accepted));
        }
        let response = answer(&bundle(), &request.to_http_request(), false);
        assert_eq!(header_of(&response, header::CONTENT_ENCODING), expected, "{accepted:?} {path}");
        assert_eq!(header_of(&response, header::VARY), "Accept-Encoding", "{accepted:?} {path}");
    }
}

#[test]
fn hashed_files_are_kept_for_ever_and_the_rest_is_asked_for_again() {
    let table = [
        ("/", "no-cache", "text/html; charset=utf-8"),
        ("/sw.js", "no-cache", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "no-cache", "application/manifest+json; charset=utf-8"),
        (
            "/assets/app-1a2b.js",
            "public, max-age=31536000, immutable",
            "text/javascript; charset=utf-8",
        ),
        ("/assets/app-1a2b.wasm", "public, max-age=31536000, immutable", "application/wasm"),
    ];
    for (path, lifetime, kind) in table {
        let response = answer(&bundle(), &get(path).to_http_request(), false);
        assert_eq!(header_of(&response, header::CACHE_CONTROL), lifetime, "{path}");
        assert_eq!(header_of(&response, header::CONTENT_TYPE), kind, "{path}");
    }
}

#[actix_web::test]
async fn an_unchanged_file_is_not_sent_again() {
    let first = answer(&bundle(), &get("/").to_http_request(), false);
    let tag = header_of(&first, header::ETAG).to_owned();
    assert!(tag.starts_with('"'), "{tag}");
    for (known, encoding, status) in [
        (tag.as_str(), "identity", 304),
        (&format!("\"other\", {tag}"), "identity", 304),
        ("*", "identity", 304),
        ("\"other\"", "identity", 200),
        (tag.as_str(), "br", 200),
    ] {
        let request = get("/")
            .insert_header((header::IF_NONE_MATCH, known))
            .insert_header((header::ACCEPT_ENCODING, encoding));
        let response = answer(&bundle(), &request.to_http_request(), false);
        assert_eq!(response.status(), status, "{known} {encoding}");
        assert_eq!(header_of(&response, header::CACHE_CONTROL), "no-cache");
        if status == 304 {
            assert!(to_bytes(response.into_body()).await.unwrap().is_empty());
        }
    }
}

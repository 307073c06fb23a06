//! Where people and programs look for the API's documents first, and the page that explains errors.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, LOCATION};
use actix_web::{HttpRequest, HttpResponse, get, web};
use api_types::{ErrorCode, FieldCode, FieldFault};
use maud::html;
use serde_json::json;

use crate::http::extract::Shared;
use crate::http::plain_page;
use crate::platform::texts::{
    Lang, field_message, known_text, problem_detail, problem_title, text,
};

/// The page to browse.
const PAGE: &str = "/api/docs/";
/// The document.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// Guesses, and where they lead.
const GUESSED: &[(&str, &str)] = &[
    ("/docs", PAGE),
    ("/developer", PAGE),
    ("/developers", PAGE),
    ("/api", PAGE),
    ("/api/docs", PAGE),
    ("/swagger", PAGE),
    ("/redoc", PAGE),
    ("/openapi.json", DOCUMENT),
    ("/api/openapi.json", DOCUMENT),
    ("/swagger.json", DOCUMENT),
];

/// Registers them.
#[expect(clippy::disallowed_methods, reason = "what only leads to the document is not in it")]
pub fn configure(config: &mut web::ServiceConfig) {
    for &(path, place) in GUESSED {
        let lead = move || async move {
            HttpResponse::PermanentRedirect().insert_header((LOCATION, place)).finish()
        };
        for path in [path.to_owned(), format!("{path}/")].into_iter().filter(|path| path != PAGE) {
            config.route(&path, web::get().to(lead));
        }
    }
    config.service(errors_page).service(catalog).service(for_models);
}

/// The catalog of APIs (RFC 9727).
#[get("/.well-known/api-catalog")]
async fn catalog(app: Shared) -> HttpResponse {
    let at = |path: &str| app.config.public_url().join(path).map(String::from).unwrap_or_default();
    let catalog = json!({"linkset": [{
        "anchor": at("/api/v1"),
        "service-desc": [{"href": at(DOCUMENT), "type": "application/json"}],
        "service-doc": [{"href": at(PAGE), "type": "text/html"}],
        "status": [{"href": at("/readyz")}],
    }]});
    let kind = "application/linkset+json;profile=\"https://www.rfc-editor.org/info/rfc9727\"";
    HttpResponse::Ok().insert_header((CONTENT_TYPE, kind)).body(catalog.to_string())
}

/// What a language model is to read of this server.
#[get("/llms.txt")]
async fn for_models(app: Shared) -> HttpResponse {
    let at = |path: &str| app.config.public_url().join(path).map(String::from).unwrap_or_default();
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!(
        "# Denwaban API\n\n> Settings of cloud telephone numbers, the log of their calls, and \
            notices.\n\n- [OpenAPI 3.1 document]({}): operations, types, how to sign in, \
            errors\n- [The same as a page]({})\n- [Error codes]({})\n",
        at(DOCUMENT),
        at(PAGE),
        at("/api/docs/errors"),
    ))
}

/// Every code that an answer may have, in words: where the `type` of a problem leads to.
#[get("/api/docs/errors")]
async fn errors_page(request: HttpRequest) -> HttpResponse {
    let lang = Lang::from_headers(request.headers());
    let say = |key: &str| text(lang, &format!("errors_page.{key}"), &[]);
    let body = html! {
        h1 { (say("title")) }
        p { (say("lead")) }
        @for code in ErrorCode::ALL {
            section id=(code.as_str()) {
                h2 { code { (code.as_str()) } " " (code.status()) }
                p { strong { (problem_title(lang, *code)) } " " (detail(lang, *code)) }
                @if lang == Lang::En { p.note { (code.description().trim()) } }
            }
        }
        h2 { (say("fields")) }
        dl {
            @for code in FieldCode::ALL {
                dt id=(format!("field-{}", code.as_str())) { code { (code.as_str()) } }
                dd { (of_field(lang, *code)) }
            }
        }
    };
    plain_page::answer(StatusCode::OK, lang, &say("title"), &body)
}

/// The words of an answer, with an ellipsis where the answer names something.
fn detail(lang: Lang, code: ErrorCode) -> String {
    let names = ["count", "seconds", "reason", "header", "scope", "size"];
    let values: Vec<_> = names.iter().map(|name| (*name, "…")).collect();
    problem_detail(lang, code, &values)
}

fn of_field(lang: Lang, code: FieldCode) -> String {
    let is_known = known_text(lang, &format!("field.{}", code.as_str())).is_some();
    if lang == Lang::En && !is_known {
        return code.description().trim().to_owned();
    }
    let fault = FieldFault::new("", code).value("…");
    field_message(lang, &fault).replace("%{limit}", "…")
}

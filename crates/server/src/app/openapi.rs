//! The OpenAPI document: from the handlers, completed with what follows from their shape.
//!
//! Handlers say what is special about them. What every operation of a kind has in common (its error
//! answers, its examples) is added here by rule, so that it can neither be forgotten nor differ.

mod errors;
mod examples;
pub mod keys;
mod refine;
mod webhooks;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, VARY,
};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use api_types::{
    ErrorCode, LiveChange, Problem, RevisionChange, WebhookCallEvent, WebhookTestEvent,
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

pub use self::refine::OPEN_WORDS;

use crate::error::Failure;
use crate::http::conditional::takes_gzip;
use crate::http::problem::problem;
use crate::identity::api_scopes;
use crate::platform::crypto;
use errors::{error_codes, error_response, problem_examples};
use examples::{add_example, has_version};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Denwaban API",
        description = include_str!("openapi/introduction.md"),
    ),
    components(schemas(Problem, LiveChange, RevisionChange, WebhookCallEvent, WebhookTestEvent)),
    tags(
        (name = "session",
            description = "Signing in to the portal: a cookie, and a CSRF token for every write."),
        (name = "api-keys",
            description = "Keys of integrators. Only a session makes and removes them."),
        (name = "tokens",
            description = "Signing in with the softphone, and what its tokens are checked with."),
        (name = "me",
            description = "The softphone's own view: its ID, names and ringtones for incoming \
            calls, its outbound number."),
        (name = "account", description = "The contract."),
        (name = "numbers", description = "Phone numbers and their settings."),
        (name = "block-list",
            description = "Whom a number refuses: switches for calls without a number, entries, \
            CSV files."),
        (name = "ids", description = "IDs: the logins of terminals."),
        (name = "notify-rules",
            description = "Who is told about missed calls, voicemails, faxes and forwarded calls: \
            rules, and the services that they send to."),
        (name = "callbacks", description = "What providers call."),
        (name = "call-events",
            description = "What happened on the numbers, with recordings, faxes and transcripts."),
        (name = "deliveries",
            description = "What was sent, to whom, and what came of each attempt."),
        (name = "downloads", description = "What the links in notices lead to."),
        (name = "audit-log", description = "Who changed what, with the values before and after."),
        (name = "webhooks", description = "What a service of type `webhook` is sent."),
        (name = "switch",
            description = "For the operator's switches: what becomes of a call, what a terminal \
            signs in with, and what happened."),
        (name = "operator", description = "Provisioning by the operator."),
    ),
    modifiers(&Schemes)
)]
struct Api;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let cookie = ApiKeyValue::with_description(
            "__Host-denwaban",
            "Set by signing in. Over plain http on localhost its name is `denwaban`.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let csrf = ApiKeyValue::with_description(
            "X-CSRF-Token",
            "`csrf_token` of the session; goes with the cookie on every write.",
        );
        components.add_security_scheme("csrf", SecurityScheme::ApiKey(ApiKey::Header(csrf)));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An operator key (`dwo_…`)."))
            .build();
        components.add_security_scheme("operator_key", SecurityScheme::Http(bearer));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "A key of an integrator (`dwk_…`), made in the portal or by `POST \
                /api-keys`; each operation names the scope that it needs.",
            ))
            .build();
        components.add_security_scheme("api_key", SecurityScheme::Http(bearer));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The access token of a softphone, from `POST /tokens`."))
            .build();
        components.add_security_scheme("access_token", SecurityScheme::Http(bearer));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A switch key (`dws_…`)."))
            .build();
        components.add_security_scheme("switch_key", SecurityScheme::Http(bearer));
    }
}

/// Single resources whose version is not among their fields.
const VERSIONED: &[&str] = &[
    "get_channel_limit",
    "set_channel_limit",
    "get_block_list",
    "update_block_list",
    "get_ringing",
    "set_ringing",
    "get_outbound_number",
    "get_my_outbound_number",
    "set_my_outbound_number",
    "set_outbound_number",
    "operator_get_options",
    "operator_set_options",
];

/// A file as it is downloaded.
const CSV_EXAMPLE: &str = "電話番号,一致,メモ,期限\n090-1234-5678,完全一致,しつこい営業,\n";

static DOCUMENT: LazyLock<Value> = LazyLock::new(build);

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// The document as it is checked in: indented, with a line break at the end.
pub fn document_text() -> String {
    serde_json::to_string_pretty(document()).unwrap_or_default() + "\n"
}

fn build() -> Value {
    let (_, openapi) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Api::openapi())
        .configure(crate::app::routes::routes)
        .split_for_parts();
    let mut document = serde_json::to_value(openapi).unwrap_or_default();
    document["servers"] = json!([{"url": "/", "description": "This server."}]);
    document["externalDocs"] =
        json!({"url": "/api/docs/errors", "description": "What each error code means."});
    document["webhooks"] = webhooks::section();
    refine::refine(&mut document);
    let schemas = document["components"]["schemas"].clone();
    let mut shared = Map::new();
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            open_by_key(path, method, operation);
            complete(path, method, operation, &schemas, &mut shared);
        }
    }
    document["components"]["examples"] = problem_examples();
    document["components"]["responses"] = shared.into();
    document
}

/// Where a session opens an operation, a key with the right scope does, too.
fn open_by_key(path: &str, method: &str, operation: &mut Value) {
    let Some(security) = operation["security"].as_array_mut() else { return };
    let by_session = security.iter().any(|way| way.get("session").is_some());
    if let Some(scope) = api_scopes::needed(method, path).filter(|_| by_session) {
        security.push(json!({"api_key": [scope.as_str()]}));
        // The page shows no scopes of keys by itself.
        let said = operation["description"]
            .as_str()
            .map(|text| format!("{}\n\n", text.trim_end()))
            .unwrap_or_default();
        operation["description"] = format!("{said}Scope of keys: `{}`.", scope.as_str()).into();
    }
}

fn complete(
    path: &str,
    method: &str,
    operation: &mut Value,
    schemas: &Value,
    shared: &mut Map<String, Value>,
) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let codes = error_codes(path, method, &id, operation);
    let is_limited = codes.contains(&ErrorCode::TooManyRequests);
    let is_repeatable = codes.contains(&ErrorCode::IdempotencyKeyReused);
    let text = |description: &str, example: &str| json!({"description": description, "schema": {"type": "string"}, "example": example});
    if codes.contains(&ErrorCode::RangeNotSatisfiable) {
        let whole = operation["responses"]["200"].clone();
        operation["responses"]["206"] = whole;
        operation["responses"]["206"]["description"] = "The bytes that `Range` asks for.".into();
    }
    for (status, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
        if is_repeatable && status.starts_with('2') {
            answer["headers"]["Idempotent-Replayed"] =
                text("`true` where the same request was answered before.", "true");
        }
        if status == "201" && is_repeatable {
            answer["headers"]["Location"] = text(
                "Path of what was made.",
                &format!("{path}/01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22"),
            );
        }
        if status == "206" {
            answer["headers"]["Content-Range"] =
                text("Which bytes these are, and of how many.", "bytes 0-65535/187204");
        }
    }
    for group in codes.chunk_by(|a, b| a.status() == b.status()) {
        let (name, response) = error_response(group);
        operation["responses"][group[0].status().to_string()] =
            json!({"$ref": format!("#/components/responses/{name}")});
        shared.insert(name, response);
    }
    let bodies =
        operation["responses"].as_object_mut().into_iter().flatten().map(|(_, response)| response);
    for body in bodies {
        add_example(body, schemas);
        if let Some(file) = body.pointer_mut("/content/text~1csv") {
            file["example"] = CSV_EXAMPLE.into();
            body["headers"]["Content-Disposition"] = json!({
                "description": "What the file is called.", "schema": {"type": "string"},
                    "example": "attachment; filename=\"block-list.csv\"",
            });
        }
        let schema = body.pointer("/content/application~1json/schema").cloned().unwrap_or_default();
        if is_limited && body.get("$ref").is_none() {
            body["headers"]["RateLimit-Policy"] = json!({
                "description": "How many requests a key or terminal may make within how many \
                    seconds; not with a session.",
                "schema": {"type": "string"}, "example": "\"key\";q=600;w=60",
            });
            body["headers"]["RateLimit"] = json!({
                "description": "How many remain now, and after how many seconds all of them are \
                    there again.",
                "schema": {"type": "string"}, "example": "\"key\";r=599;t=1",
            });
        }
        if has_version(&schema, schemas) || (!schema.is_null() && VERSIONED.contains(&id.as_str()))
        {
            body["headers"]["ETag"] = json!({"description": "Version of the resource, for \
                `If-Match`.", "schema": {"type": "string"}, "example": "\"7\""});
        }
    }
    if operation.get("requestBody").is_some() {
        add_example(&mut operation["requestBody"], schemas);
    }
}

/// The document, compressed where the client takes it.
#[get("/api/v1/openapi.json")]
pub async fn openapi_json(request: HttpRequest) -> HttpResponse {
    /// The text, the same in gzip, and the hash of the text.
    static FORMS: LazyLock<(Bytes, Bytes, String)> = LazyLock::new(|| {
        let text = document_text();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let zipped = gzip.write_all(text.as_bytes()).and_then(|()| gzip.finish());
        let hash = crypto::hex(&Sha256::digest(text.as_bytes()));
        (text.into(), zipped.unwrap_or_default().into(), hash)
    });
    let (text, zipped, hash) = &*FORMS;
    let is_zipped = takes_gzip(&request) && !zipped.is_empty();
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((
            ETAG,
            format!("\"{}{}\"", &hash[..16], if is_zipped { "-gzip" } else { "" }),
        ));
    if is_zipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    response.body(if is_zipped { zipped.clone() } else { text.clone() })
}

/// The document as a page to browse and try.
pub fn docs_page() -> impl actix_web::dev::HttpServiceFactory {
    // Swagger UI writes style attributes; scripts come from here only.
    const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
        img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'";
    web::scope("/api/docs")
        .wrap(
            DefaultHeaders::new()
                .add((CONTENT_SECURITY_POLICY, POLICY))
                .add(("X-Content-Type-Options", "nosniff")),
        )
        .service(
            SwaggerUi::new("/{_:.*}").config(
                // Closed, to be found: there are more than a hundred operations.
                Config::new(["/api/v1/openapi.json"])
                    .use_base_layout()
                    .doc_expansion("none")
                    .filter(true)
                    .default_models_expand_depth(-1),
            ),
        )
}

/// A path of the document, with places for ids.
struct Pattern(Vec<String>);

impl Pattern {
    fn new(path: &str) -> Self {
        Self(path.split('/').map(str::to_owned).collect())
    }

    fn fits(&self, path: &str) -> bool {
        let mut segments = path.split('/');
        let fits = self.0.iter().all(|part| {
            segments.next().is_some_and(|sent| match part.starts_with('{') {
                true => !sent.is_empty(),
                false => part == sent,
            })
        });
        fits && segments.next().is_none()
    }
}

/// Answers what no route takes: 405 where the path exists with other methods, else 404.
pub async fn unknown_route(request: HttpRequest) -> HttpResponse {
    static METHODS: LazyLock<Vec<(Pattern, String)>> = LazyLock::new(|| {
        let mut found: BTreeMap<&String, Vec<String>> = BTreeMap::new();
        for (path, item) in document()["paths"].as_object().into_iter().flatten() {
            let methods = found.entry(path).or_default();
            for (method, _) in item.as_object().into_iter().flatten() {
                methods.push(method.to_uppercase());
                if method == "get" {
                    methods.push("HEAD".to_owned());
                }
            }
        }
        found.into_iter().map(|(path, methods)| (Pattern::new(path), methods.join(", "))).collect()
    });
    match METHODS.iter().find(|(pattern, _)| pattern.fits(request.path())) {
        Some((_, methods)) => {
            let mut response = problem(&request, &Failure::Code(ErrorCode::MethodNotAllowed));
            if let Ok(value) = methods.parse() {
                response.headers_mut().insert(ALLOW, value);
            }
            response
        }
        None => problem(&request, &Failure::NOT_FOUND),
    }
}

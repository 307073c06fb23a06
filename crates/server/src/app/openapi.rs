//! The OpenAPI document: from the handlers, completed with what follows from their shape.
//!
//! Handlers say what is special about them. What every operation of a kind has in common (its error
//! answers, its examples) is added here by rule, so that it can neither be forgotten nor differ.

mod errors;
mod examples;
mod refine;
mod webhooks;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::{ALLOW, CONTENT_SECURITY_POLICY};
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, get, web};
use api_types::{
    ErrorCode, LiveChange, Problem, RevisionChange, WebhookCallEvent, WebhookTestEvent,
};
use serde_json::{Map, Value, json};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::error::Failure;
use crate::http::problem::problem;
use crate::identity::api_scopes;
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

/// The document.
#[get("/api/v1/openapi.json")]
pub async fn openapi_json() -> HttpResponse {
    static TEXT: LazyLock<String> = LazyLock::new(document_text);
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Cache-Control", "no-cache"))
        .body(TEXT.as_str())
}

/// The page lives in a folder of its own.
#[get("/api/docs")]
pub async fn docs_redirect() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("Location", "/api/docs/")).finish()
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

/// Answers what no route takes: 405 where the path exists with other methods, else 404.
pub async fn unknown_route(request: HttpRequest) -> HttpResponse {
    static METHODS: LazyLock<Vec<(Vec<String>, String)>> = LazyLock::new(|| {
        let mut found: BTreeMap<&String, Vec<String>> = BTreeMap::new();
        for (path, item) in document()["paths"].as_object().into_iter().flatten() {
            found.entry(path).or_default().extend(
                item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase()),
            );
        }
        found
            .into_iter()
            .map(|(path, methods)| {
                (path.split('/').map(str::to_owned).collect(), methods.join(", "))
            })
            .collect()
    });
    let segments: Vec<&str> = request.path().split('/').collect();
    let fits = |pattern: &[String]| {
        pattern.len() == segments.len()
            && pattern
                .iter()
                .zip(&segments)
                .all(|(p, s)| (p.starts_with('{') && !s.is_empty()) || p == s)
    };
    match METHODS.iter().find(|(pattern, _)| fits(pattern)) {
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

//! The error answers of operations: most follow from an operation's shape.

use api_types::{ApiScope, ErrorCode, FieldCode, UsedBy};
use serde_json::{Map, Value, json};

use crate::error::Failure;

/// What an operation may answer besides what follows from its shape.
const SPECIAL: &[(&str, &[ErrorCode])] = &[
    (
        "create_session",
        &[ErrorCode::BadCredentials, ErrorCode::AccountSuspended, ErrorCode::TooManyAttempts],
    ),
    (
        "create_tokens",
        &[ErrorCode::BadCredentials, ErrorCode::AccountSuspended, ErrorCode::TooManyAttempts],
    ),
    ("create_tokens_by_link", &[ErrorCode::LinkExpired, ErrorCode::AccountSuspended]),
    ("refresh_tokens", &[ErrorCode::RefreshTokenEnded, ErrorCode::AccountSuspended]),
    ("create_sign_in_link", &[ErrorCode::ConfirmationRequired]),
    ("confirm_session", &[ErrorCode::TooManyAttempts]),
    ("set_password", &[ErrorCode::TooManyAttempts]),
    ("reveal_password", &[ErrorCode::ConfirmationRequired, ErrorCode::Invalid]),
    ("restore_audit_entry", &[ErrorCode::ChangedSince, ErrorCode::AlreadyDone]),
    ("list_block_import_rows", &[ErrorCode::Gone]),
    ("get_block_import_failed_rows", &[ErrorCode::Gone]),
    ("apply_block_import", &[ErrorCode::Gone, ErrorCode::AlreadyDone]),
    ("undo_block_import", &[ErrorCode::AlreadyDone]),
    ("undo_block_deletion", &[ErrorCode::AlreadyDone, ErrorCode::Invalid]),
    ("resend_delivery", &[ErrorCode::AlreadyDone]),
    ("get_switch_changes", &[ErrorCode::SnapshotNeeded]),
    ("report_switch_applied", &[ErrorCode::SnapshotNeeded]),
    (
        "get_download",
        &[ErrorCode::LinkExpired, ErrorCode::NotFound, ErrorCode::RangeNotSatisfiable],
    ),
    ("get_call_event_attachment", &[ErrorCode::RangeNotSatisfiable]),
    ("create_password_reset", &[ErrorCode::TooManyAttempts]),
    ("delete_notify_rule", &[ErrorCode::InUse]),
    ("test_service", &[ErrorCode::TooManyAttempts]),
    ("rotate_service_secret", &[ErrorCode::Invalid]),
    ("receive_line_callback", &[ErrorCode::Unauthenticated, ErrorCode::NotFound]),
    ("complete_password_reset", &[ErrorCode::LinkExpired, ErrorCode::AccountSuspended]),
];

/// What an operation may answer where it does not succeed, by status.
pub(super) fn error_codes(path: &str, method: &str, id: &str, operation: &Value) -> Vec<ErrorCode> {
    let names: Vec<&str> = operation["security"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    let parameters: Vec<(&str, &str)> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|parameter| Some((parameter["in"].as_str()?, parameter["name"].as_str()?)))
        .collect();
    let has = |place: &str, name: Option<&str>| {
        parameters.iter().any(|(p, n)| *p == place && name.is_none_or(|name| name == *n))
    };
    let mut codes = vec![ErrorCode::Internal, ErrorCode::Unavailable];
    if !names.is_empty() {
        codes.push(ErrorCode::Unauthenticated);
    }
    if names.iter().any(|name| matches!(*name, "session" | "access_token")) {
        codes.push(ErrorCode::AccountSuspended);
    }
    if names.contains(&"api_key") {
        codes.extend([ErrorCode::ScopeMissing, ErrorCode::AddressNotAllowed]);
    } else if names.contains(&"session") {
        codes.push(ErrorCode::NotForKeys);
    }
    if names.iter().any(|name| matches!(*name, "api_key" | "access_token")) {
        codes.push(ErrorCode::TooManyRequests);
    }
    if names.contains(&"csrf") {
        codes.push(ErrorCode::CsrfFailed);
    }
    if method != "get" && !names.iter().any(|name| matches!(*name, "operator_key" | "switch_key")) {
        codes.push(ErrorCode::ForeignOrigin);
    }
    if operation.get("requestBody").is_some() {
        codes.extend([
            ErrorCode::MalformedRequest,
            ErrorCode::BodyTooLarge,
            ErrorCode::UnsupportedMediaType,
            ErrorCode::UnsupportedEncoding,
            ErrorCode::Invalid,
        ]);
    }
    if path.contains("_id}") {
        codes.push(ErrorCode::NotFound);
    }
    if has("query", None) {
        codes.push(ErrorCode::Invalid);
    }
    if has("header", Some("If-Match")) || method == "post" {
        codes.push(ErrorCode::InvalidHeader);
    }
    if has("header", Some("If-Match")) {
        codes.extend([ErrorCode::Stale, ErrorCode::PreconditionRequired]);
    }
    if has("header", Some("Idempotency-Key")) {
        codes.push(ErrorCode::IdempotencyKeyReused);
    }
    codes.extend(
        SPECIAL.iter().filter(|(special, _)| *special == id).flat_map(|(_, codes)| codes.iter()),
    );
    codes
        .sort_by_key(|code| (code.status(), ErrorCode::ALL.iter().position(|known| known == code)));
    codes.dedup();
    codes
}

/// The error answer of a status: the same codes are one component, whoever answers them.
pub(super) fn error_response(codes: &[ErrorCode]) -> (String, Value) {
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let lines: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}", code.as_str(), code.description().trim()))
        .collect();
    let example = |name: &&str| {
        ((*name).to_owned(), json!({"$ref": format!("#/components/examples/{name}")}))
    };
    let examples: Map<String, Value> = names.iter().map(example).collect();
    let mut response = json!({
        "description": lines.join("\n\n"),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    });
    if codes.iter().any(|code| {
        matches!(
            code,
            ErrorCode::TooManyAttempts | ErrorCode::TooManyRequests | ErrorCode::Unavailable
        )
    }) {
        response["headers"]["Retry-After"] =
            json!({"description": "Seconds to wait.", "schema": {"type": "integer"}, "example": 8});
    }
    if codes
        .iter()
        .any(|code| matches!(code, ErrorCode::TooManyAttempts | ErrorCode::TooManyRequests))
    {
        response["headers"]["RateLimit"] = json!({"description": "`r`: nothing remains. `t`: after \
            so many seconds everything is there again; the next request is good after \
            `Retry-After`.", "schema": {"type": "string"}, "example": "\"attempts\";r=0;t=8"});
    }
    if codes.contains(&ErrorCode::RangeNotSatisfiable) {
        response["headers"]["Content-Range"] = json!({"description": "How long the file is.",
            "schema": {"type": "string"}, "example": "bytes */187204"});
    }
    (names.join("_or_"), response)
}

/// One problem document of each code, for the operations to refer to.
pub(super) fn problem_examples() -> Value {
    let example = |code: &ErrorCode| {
        let failure = match *code {
            ErrorCode::Invalid => Failure::field("/name", FieldCode::ControlCharacter),
            ErrorCode::InvalidHeader => Failure::header("If-Match", FieldCode::InvalidFormat),
            ErrorCode::InUse => Failure::InUse(vec![UsedBy {
                number_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22".into(),
                number: "+815012345678".into(),
                number_name: "代表番号".into(),
            }]),
            ErrorCode::ScopeMissing => Failure::ScopeMissing(ApiScope::NumbersWrite),
            ErrorCode::RangeNotSatisfiable => Failure::Range { size: 187_204 },
            ErrorCode::TooManyAttempts => Failure::TooManyAttempts { retry_after_s: 8 },
            ErrorCode::TooManyRequests => Failure::TooManyRequests { retry_after_s: 2 },
            ErrorCode::AccountSuspended => Failure::Suspended { reason: None },
            other => Failure::Code(other),
        };
        let problem = failure
            .problem(crate::platform::texts::Lang::Ja, "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21");
        (code.as_str().to_owned(), json!({"summary": code.description().trim(), "value": problem}))
    };
    ErrorCode::ALL.iter().map(example).collect::<Map<_, _>>().into()
}

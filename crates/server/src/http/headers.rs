//! Headers of requests, for the OpenAPI document.

use utoipa::IntoParams;

/// The version that a write was made from.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header for the document; the extractor reads it")]
pub struct IfMatchHeader {
    /// The ETag of the resource as you read it: `"7"`, quotes included.
    #[param(rename = "If-Match", example = "\"7\"")]
    if_match: String,
}

/// Makes a POST safe to repeat.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header for the document; the extractor reads it")]
pub struct IdempotencyKeyHeader {
    /// Any text of yours, 1 to 255 characters. The same request under the same key gets the same
    /// answer for 24 hours and happens once; the repeated answer carries `Idempotent-Replayed:
    /// true`.
    #[param(
        rename = "Idempotency-Key",
        example = "order-4711-number-1",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]([ -~]*[!-~])?$"
    )]
    idempotency_key: Option<String>,
}

/// Makes an exchange of tokens safe to repeat.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header for the document; the extractor reads it")]
pub struct RefreshKeyHeader {
    /// Any text of yours, 1 to 255 characters, new for each exchange. The same request under the
    /// same key is answered with the same refresh token and a fresh access token for as long as
    /// that refresh token was not used.
    #[param(
        rename = "Idempotency-Key",
        example = "refresh-17",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]([ -~]*[!-~])?$"
    )]
    idempotency_key: Option<String>,
}

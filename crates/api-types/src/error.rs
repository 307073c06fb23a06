//! Error answers: RFC 9457 problem details with a stable `code`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident, $code:literal, $status:literal;)+) => {
        /// What went wrong with a request as a whole. The text of each code is stable; its status follows from it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant),+];

            /// The stable text of the code, as it stands in the JSON answer.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$variant => $code),+ }
            }

            /// The HTTP status that goes with the code.
            pub fn status(self) -> u16 {
                match self { $(ErrorCode::$variant => $status),+ }
            }

            /// One English sentence for the API document.
            pub fn description(self) -> &'static str {
                match self { $(ErrorCode::$variant => concat!($($doc),+)),+ }
            }
        }
    };
}

error_codes! {
    /// The body is not JSON, or a header cannot be read.
    MalformedRequest, "malformed_request", 400;
    /// No session or key came with the request, or it has ended.
    Unauthenticated, "unauthenticated", 401;
    /// The ID or the password is wrong.
    BadCredentials, "bad_credentials", 401;
    /// The caller is known but may not do this.
    Forbidden, "forbidden", 403;
    /// A write with the session cookie came without the matching `X-CSRF-Token`.
    CsrfFailed, "csrf_failed", 403;
    /// The request came from a page of another site.
    ForeignOrigin, "foreign_origin", 403;
    /// The contract is suspended.
    AccountSuspended, "account_suspended", 403;
    /// There is no such thing, or it belongs to someone else.
    NotFound, "not_found", 404;
    /// The path exists, but not with this method.
    MethodNotAllowed, "method_not_allowed", 405;
    /// A value that must be unique is in use already.
    Conflict, "conflict", 409;
    /// Another thing still depends on this one.
    InUse, "in_use", 409;
    /// The link was used before or has expired.
    LinkExpired, "link_expired", 410;
    /// Someone changed this since it was read; read it again and repeat.
    Stale, "stale", 412;
    /// The body is larger than allowed.
    BodyTooLarge, "body_too_large", 413;
    /// The body has another media type than the operation reads.
    UnsupportedMediaType, "unsupported_media_type", 415;
    /// One or more fields are wrong; `errors` names each.
    Invalid, "invalid", 422;
    /// The `Idempotency-Key` was used for a different request.
    IdempotencyKeyReused, "idempotency_key_reused", 422;
    /// The operation needs `If-Match` with the ETag that was read.
    PreconditionRequired, "precondition_required", 428;
    /// Too many attempts; wait as `Retry-After` says.
    TooManyAttempts, "too_many_attempts", 429;
    /// Something failed at our side.
    Internal, "internal", 500;
    /// The service cannot answer just now; try again.
    Unavailable, "unavailable", 503;
}

/// What is wrong with one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldCode {
    /// Must be given.
    Required,
    /// Longer than allowed.
    TooLong,
    /// Shorter than allowed.
    TooShort,
    /// Outside the allowed range.
    OutOfRange,
    /// Cannot be read as what it should be.
    InvalidFormat,
    /// Has another JSON type than expected, or is not one of the listed values.
    WrongType,
    /// Is not a field of this request.
    UnknownField,
    /// Contains a control character or a line break.
    ControlCharacter,
    /// The contract does not include it.
    NotContracted,
    /// Does not apply to this number or ID.
    NotApplicable,
    /// Names something that does not exist in this account.
    NotFound,
    /// The terminal does not ring for this number.
    DoesNotRing,
    /// Is in use already.
    Taken,
    /// The two entries differ.
    Mismatch,
    /// The password is wrong.
    WrongPassword,
    /// The password is too easy to guess.
    TooWeak,
}

impl FieldCode {
    /// Every code.
    pub const ALL: &[FieldCode] = &[
        FieldCode::Required,
        FieldCode::TooLong,
        FieldCode::TooShort,
        FieldCode::OutOfRange,
        FieldCode::InvalidFormat,
        FieldCode::WrongType,
        FieldCode::UnknownField,
        FieldCode::ControlCharacter,
        FieldCode::NotContracted,
        FieldCode::NotApplicable,
        FieldCode::NotFound,
        FieldCode::DoesNotRing,
        FieldCode::Taken,
        FieldCode::Mismatch,
        FieldCode::WrongPassword,
        FieldCode::TooWeak,
    ];

    /// The stable text of the code, as it stands in the JSON answer.
    pub fn as_str(self) -> &'static str {
        match self {
            FieldCode::Required => "required",
            FieldCode::TooLong => "too_long",
            FieldCode::TooShort => "too_short",
            FieldCode::OutOfRange => "out_of_range",
            FieldCode::InvalidFormat => "invalid_format",
            FieldCode::WrongType => "wrong_type",
            FieldCode::UnknownField => "unknown_field",
            FieldCode::ControlCharacter => "control_character",
            FieldCode::NotContracted => "not_contracted",
            FieldCode::NotApplicable => "not_applicable",
            FieldCode::NotFound => "not_found",
            FieldCode::DoesNotRing => "does_not_ring",
            FieldCode::Taken => "taken",
            FieldCode::Mismatch => "mismatch",
            FieldCode::WrongPassword => "wrong_password",
            FieldCode::TooWeak => "too_weak",
        }
    }
}

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the field in the request body; `?name` for a query parameter.
    #[schema(example = "/display_name")]
    pub pointer: String,
    /// Stable code.
    #[schema(example = "not_contracted")]
    pub code: FieldCode,
    /// The reason and the way out, in the language of `Accept-Language`.
    #[schema(example = "IP電話機オプションのご契約がないため、空欄にしてください。")]
    pub message: String,
}

/// An error answer, `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the meaning is in `code`.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: String,
    /// Short text of the status, in the language of `Accept-Language`.
    #[schema(example = "入力内容を確認してください")]
    pub title: String,
    /// The HTTP status again.
    #[schema(example = 422)]
    pub status: u16,
    /// Stable code.
    #[schema(example = "invalid")]
    pub code: ErrorCode,
    /// What happened and what to do next, in the language of `Accept-Language`.
    #[schema(example = "1か所に誤りがあります。")]
    pub detail: String,
    /// The wrong fields; only with status 422.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// Quote this when you ask the operator; it is in our log.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21")]
    pub request_id: String,
}

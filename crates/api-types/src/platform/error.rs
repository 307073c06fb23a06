//! Error answers: RFC 9457 problem details with a stable `code`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident, $code:literal, $status:literal;)+) => {
        /// What went wrong with a request as a whole. The text of each code is stable; its status
        /// follows from it.
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
    /// The body is not JSON.
    MalformedRequest, "malformed_request", 400;
    /// A header cannot be read, or does not go with this operation; `errors` names it.
    InvalidHeader, "invalid_header", 400;
    /// No session or key came with the request, or it has ended.
    Unauthenticated, "unauthenticated", 401;
    /// The ID or the password is wrong.
    BadCredentials, "bad_credentials", 401;
    /// The refresh token is none of ours, has expired, was used before or was revoked: sign in
    /// again.
    RefreshTokenEnded, "refresh_token_ended", 401;
    /// The caller is known but may not do this.
    Forbidden, "forbidden", 403;
    /// The key does not open this operation: its scope is named in the operation's `security`.
    ScopeMissing, "scope_missing", 403;
    /// This operation is for people who are signed in to the portal; no key opens it.
    NotForKeys, "not_for_keys", 403;
    /// The key does not work from this address.
    AddressNotAllowed, "address_not_allowed", 403;
    /// The password must be confirmed first: `POST /session/confirm`.
    ConfirmationRequired, "confirmation_required", 403;
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
    /// The setting was changed again since; say `overwrite` to restore all the same.
    ChangedSince, "changed_since", 409;
    /// It was taken back before, or was never done.
    AlreadyDone, "already_done", 409;
    /// The link was used before or has expired.
    LinkExpired, "link_expired", 410;
    /// It was kept for a while and is gone now.
    Gone, "gone", 410;
    /// The position is too old or was not given out by this database: load the snapshot again.
    SnapshotNeeded, "snapshot_needed", 410;
    /// Someone changed this since it was read; read it again and repeat.
    Stale, "stale", 412;
    /// The body is larger than allowed.
    BodyTooLarge, "body_too_large", 413;
    /// The body has another media type than the operation reads.
    UnsupportedMediaType, "unsupported_media_type", 415;
    /// The body is compressed in a way that is not read here: send it plain or as gzip.
    UnsupportedEncoding, "unsupported_encoding", 415;
    /// The file ends before the bytes that `Range` asks for; `Content-Range` says how long it is.
    RangeNotSatisfiable, "range_not_satisfiable", 416;
    /// One or more fields are wrong; `errors` names each.
    Invalid, "invalid", 422;
    /// The `Idempotency-Key` was used for a different request.
    IdempotencyKeyReused, "idempotency_key_reused", 422;
    /// The operation needs `If-Match` with the ETag that was read.
    PreconditionRequired, "precondition_required", 428;
    /// Too many attempts; wait as `Retry-After` says.
    TooManyAttempts, "too_many_attempts", 429;
    /// The key or the terminal calls too often; wait as `Retry-After` says.
    TooManyRequests, "too_many_requests", 429;
    /// Something failed at our side.
    Internal, "internal", 500;
    /// The service cannot answer just now; try again.
    Unavailable, "unavailable", 503;
}

macro_rules! field_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident, $code:literal;)+) => {
        /// What is wrong with one field.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum FieldCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl FieldCode {
            /// Every code, in the order of the table.
            pub const ALL: &[FieldCode] = &[$(FieldCode::$variant),+];

            /// The stable text of the code, as it stands in the JSON answer.
            pub fn as_str(self) -> &'static str {
                match self { $(FieldCode::$variant => $code),+ }
            }

            /// One English sentence for the list of errors.
            pub fn description(self) -> &'static str {
                match self { $(FieldCode::$variant => concat!($($doc),+)),+ }
            }
        }
    };
}

field_codes! {
    /// Must be given.
    Required, "required";
    /// Longer than allowed.
    TooLong, "too_long";
    /// Shorter than allowed.
    TooShort, "too_short";
    /// Outside the allowed range.
    OutOfRange, "out_of_range";
    /// Cannot be read as what it should be.
    InvalidFormat, "invalid_format";
    /// Has another JSON type than expected, or is not one of the listed values.
    WrongType, "wrong_type";
    /// Is not a field of this request.
    UnknownField, "unknown_field";
    /// Contains a control character or a line break.
    ControlCharacter, "control_character";
    /// The contract does not include it.
    NotContracted, "not_contracted";
    /// Does not apply to this number or ID.
    NotApplicable, "not_applicable";
    /// Names something that does not exist in this account.
    NotFound, "not_found";
    /// The terminal does not ring for this number.
    DoesNotRing, "does_not_ring";
    /// Is in use already.
    Taken, "taken";
    /// The two entries differ.
    Mismatch, "mismatch";
    /// The password is wrong.
    WrongPassword, "wrong_password";
    /// The password is too easy to guess.
    TooWeak, "too_weak";
    /// The password contains the login id.
    ContainsLoginId, "contains_login_id";
    /// Contains a character that does not belong into a phone number.
    UnexpectedCharacter, "unexpected_character";
    /// Contains `*` or `#`, which no caller's number has.
    StarOrHash, "star_or_hash";
    /// Too few digits for a phone number.
    NumberTooShort, "number_too_short";
    /// Too many digits for a phone number.
    NumberTooLong, "number_too_long";
    /// Begins neither with 0 nor with `+`.
    NoPrefix, "no_prefix";
    /// The leading 0 was lost, as spreadsheets do; the message says what the number would be.
    LostZero, "lost_zero";
    /// Was turned into something like `9.01E+09` by a spreadsheet; digits are lost.
    ScientificNotation, "scientific_notation";
    /// Is a kind of call without a number; those have switches of their own.
    NoNumberGiven, "no_number_given";
    /// Is a number of this account.
    OwnNumber, "own_number";
    /// Is the number that this account's calls are forwarded from or to.
    ForwardingNumber, "forwarding_number";
    /// Is an emergency number.
    EmergencyNumber, "emergency_number";
    /// A prefix of so few digits would cover too many callers.
    PrefixTooShort, "prefix_too_short";
    /// The prefix covers a number of this account.
    CoversOwnNumber, "covers_own_number";
    /// The prefix covers the number that this account's calls are forwarded from or to.
    CoversForwardingNumber, "covers_forwarding_number";
    /// It would cover numbers that this account called or answered lately; send `confirm` to add it
    /// all the same.
    CoversRecentCalls, "covers_recent_calls";
    /// It would cover a whole country; send `confirm` to add it all the same.
    CoversCountry, "covers_country";
    /// Stands in the list already.
    Duplicate, "duplicate";
    /// The list is full.
    LimitReached, "limit_reached";
    /// Lies in the past.
    InThePast, "in_the_past";
    /// Is none of the known words.
    UnknownChoice, "unknown_choice";
    /// Is no date.
    InvalidDate, "invalid_date";
    /// Rings first, so it must ring.
    RingsFirst, "rings_first";
    /// The file has more rows than may be imported at once.
    TooManyRows, "too_many_rows";
    /// The file is larger than may be imported at once.
    FileTooLarge, "file_too_large";
    /// The file is a spreadsheet, not CSV.
    Spreadsheet, "spreadsheet";
    /// The file is no text.
    NotText, "not_text";
    /// The file has bytes that its encoding does not know.
    BadEncoding, "bad_encoding";
    /// A quotation mark is not closed.
    BrokenQuote, "broken_quote";
    /// No column holds phone numbers.
    NoCallerColumn, "no_caller_column";
    /// Cannot be written in this encoding.
    NotRepresentable, "not_representable";
    /// Is an old address of a mobile carrier, with dots where mail servers take none.
    CarrierAddress, "carrier_address";
    /// The service was asked and says that this does not work; send `unchecked` to keep it all the
    /// same.
    ServiceRefused, "service_refused";
    /// Is Slack's token of a person or an app, not of a bot.
    NotBotToken, "not_bot_token";
    /// Is a token of Slack that is replaced every few hours.
    RotatingToken, "rotating_token";
    /// Is the name of a channel, not its id.
    ChannelName, "channel_name";
    /// Is the URL of an Office 365 connector; those stopped working in May 2026.
    RetiredConnector, "retired_connector";
    /// Is not the URL of a Teams workflow.
    NotTeamsWorkflow, "not_teams_workflow";
    /// Is not the URL of a Google Chat webhook.
    NotGoogleChatWebhook, "not_google_chat_webhook";
    /// The end of the URL is missing.
    IncompleteUrl, "incomplete_url";
    /// Does not begin with `https://`.
    NotHttps, "not_https";
    /// Is a token of LINE Notify, which ended in March 2025.
    LineNotifyToken, "line_notify_token";
    /// Is a LINE ID that people see; notices need the id that programs see.
    LineDisplayId, "line_display_id";
    /// Is a private key in PKCS#1 form.
    Pkcs1Key, "pkcs1_key";
    /// Is a private key under a password.
    EncryptedKey, "encrypted_key";
    /// Is not a whole private key.
    NotPrivateKey, "not_private_key";
    /// The URL holds a user name or a password.
    UrlCredentials, "url_credentials";
    /// Is a URL of this service itself.
    OwnUrl, "own_url";
    /// Is an address that is not reached from the internet.
    PrivateAddress, "private_address";
}

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) to the field in the request body; `?name` for a query parameter;
    /// `#line=12` for a line of a file; the name of a header.
    #[schema(example = "/display_name")]
    pub pointer: String,
    /// Stable code.
    #[schema(example = "not_contracted")]
    pub code: FieldCode,
    /// The reason and the way out, in the language of `Accept-Language`.
    #[schema(example = "IP電話機オプションのご契約がないため、空欄にしてください。")]
    pub message: String,
    /// The values that may stand there, where it is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["ringtone_1", "ringtone_2"]))]
    pub allowed: Vec<String>,
    /// Id of the entry that is there already; only with `duplicate`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b25")]
    pub existing_id: Option<String>,
}

/// A number that still uses what was to be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UsedBy {
    /// Id of the number.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub number_id: String,
    /// The number in E.164.
    #[schema(example = "+815012345678")]
    pub number: String,
    /// Its name; empty when it has none.
    #[schema(example = "代表番号")]
    pub number_name: String,
}

/// An error answer, `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained, relative to this server. Compare `code` instead.
    #[serde(rename = "type")]
    #[schema(example = "/api/docs/errors#invalid")]
    pub kind: String,
    /// Short text of the code, in the language of `Accept-Language`.
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
    /// The wrong fields, or the wrong header; only with status 422 and 400.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The scope that the key lacks; only with `scope_missing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "numbers:write")]
    pub required_scope: Option<String>,
    /// The numbers that still use it; only with `in_use`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used_by: Vec<UsedBy>,
    /// Quote this when you ask the operator; it is in our log.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21")]
    pub request_id: String,
}

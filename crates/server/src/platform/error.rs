//! What can go wrong with a request, and how it is answered.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_ENCODING, CONTENT_RANGE, ContentType, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use api_types::{ApiScope, ErrorCode, FieldCode, FieldFault, Problem, UsedBy};
use store::StoreError;

use crate::platform::crypto::SealError;
use crate::platform::texts::{self, Lang};

/// Why a request fails. Everything that a handler cannot answer becomes one of these; the language
/// and the request id are filled in when it is rendered (by the problem middleware).
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A code that says it all.
    #[error("{}", .0.as_str())]
    Code(ErrorCode),
    /// Wrong fields.
    #[error("invalid fields")]
    Fields(Vec<FieldFault>),
    /// A wrong header: the pointer is its name.
    #[error("invalid header")]
    Header(FieldFault),
    /// Numbers still use it.
    #[error("in use")]
    InUse(Vec<UsedBy>),
    /// The key lacks this scope.
    #[error("scope missing")]
    ScopeMissing(ApiScope),
    /// `Range` asks for what lies behind the end of the file.
    #[error("range not satisfiable")]
    Range {
        /// Bytes of the file.
        size: u64,
    },
    /// Too many attempts.
    #[error("too many attempts")]
    TooManyAttempts {
        /// Seconds to wait, at least 1.
        retry_after_s: u64,
    },
    /// A key or a softphone calls too often.
    #[error("too many requests")]
    TooManyRequests {
        /// Seconds to wait, at least 1.
        retry_after_s: u64,
    },
    /// The contract is suspended.
    #[error("account suspended")]
    Suspended {
        /// Why, as the operator wrote it.
        reason: Option<String>,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that should not happen; the text goes to the log only.
    #[error("internal: {0}")]
    Internal(String),
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Failure::Internal(error.to_string())
    }
}

impl Failure {
    /// One wrong field.
    pub fn field(pointer: &str, code: FieldCode) -> Self {
        Failure::Fields(vec![FieldFault::new(pointer, code)])
    }

    /// A header that is wrong.
    pub fn header(name: &str, code: FieldCode) -> Self {
        Failure::Header(FieldFault::new(name, code))
    }

    /// There is no such thing.
    pub const NOT_FOUND: Failure = Failure::Code(ErrorCode::NotFound);

    /// The stable code of the answer.
    pub fn code(&self) -> ErrorCode {
        match self {
            Failure::Code(code) => *code,
            Failure::Fields(_) => ErrorCode::Invalid,
            Failure::Header(_) => ErrorCode::InvalidHeader,
            Failure::InUse(_) => ErrorCode::InUse,
            Failure::ScopeMissing(_) => ErrorCode::ScopeMissing,
            Failure::Range { .. } => ErrorCode::RangeNotSatisfiable,
            Failure::TooManyAttempts { .. } => ErrorCode::TooManyAttempts,
            Failure::TooManyRequests { .. } => ErrorCode::TooManyRequests,
            Failure::Suspended { .. } => ErrorCode::AccountSuspended,
            Failure::Store(error) if error.is_unavailable() => ErrorCode::Unavailable,
            Failure::Store(_) | Failure::Internal(_) => ErrorCode::Internal,
        }
    }

    /// The problem document in a language.
    pub fn problem(&self, lang: Lang, request_id: &str) -> Problem {
        let code = self.code();
        let mut errors = Vec::new();
        let mut required_scope = None;
        let mut used_by = Vec::new();
        let mut values: Vec<(&str, String)> = Vec::new();
        match self {
            Failure::Fields(faults) => {
                errors = faults.iter().map(|fault| texts::field_error(lang, fault)).collect();
                values.push(("count", errors.len().to_string()));
            }
            Failure::Header(fault) => {
                let error = texts::field_error(lang, fault);
                values
                    .extend([("header", error.pointer.clone()), ("reason", error.message.clone())]);
                errors.push(error);
            }
            Failure::InUse(numbers) => {
                values.push(("numbers", texts::numbers(lang, numbers)));
                used_by.clone_from(numbers);
            }
            Failure::ScopeMissing(scope) => {
                required_scope = Some(scope.as_str().to_owned());
                values.push(("scope", scope.as_str().to_owned()));
            }
            Failure::Range { size } => values.push(("size", size.to_string())),
            Failure::TooManyAttempts { retry_after_s }
            | Failure::TooManyRequests { retry_after_s } => {
                values.push(("seconds", retry_after_s.to_string()));
            }
            Failure::Suspended { reason } => {
                values.push(("reason", reason.clone().unwrap_or_default()));
            }
            Failure::Code(_) | Failure::Store(_) | Failure::Internal(_) => {}
        }
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Problem {
            kind: format!("/api/docs/errors#{}", code.as_str()),
            title: texts::problem_title(lang, code),
            status: code.status(),
            code,
            detail: texts::problem_detail(lang, code, &values).trim().to_owned(),
            errors,
            required_scope,
            used_by,
            request_id: request_id.to_owned(),
        }
    }

    /// The answer in a language.
    pub fn response(&self, lang: Lang, request_id: &str) -> HttpResponse {
        if matches!(self.code(), ErrorCode::Internal | ErrorCode::Unavailable) {
            tracing::error!(request_id, error = %self, "a request failed: {self}");
        }
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header(("Content-Language", lang.tag()));
        match self {
            Failure::TooManyAttempts { retry_after_s } => {
                response.insert_header((RETRY_AFTER, retry_after_s.to_string()));
                // draft-ietf-httpapi-ratelimit-headers: nothing remains until the window ends in so
                // many seconds.
                response
                    .insert_header(("RateLimit", format!("\"attempts\";r=0;t={retry_after_s}")));
            }
            Failure::TooManyRequests { retry_after_s } => {
                response.insert_header((RETRY_AFTER, retry_after_s.to_string()));
            }
            _ if self.code() == ErrorCode::Unavailable => {
                response.insert_header((RETRY_AFTER, "2"));
            }
            // RFC 6750, 3.1: a client that reads it knows whether another token would help.
            Failure::ScopeMissing(scope) => {
                let scope = scope.as_str();
                response.insert_header((
                    "WWW-Authenticate",
                    format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""),
                ));
            }
            Failure::Code(ErrorCode::Unauthenticated) => {
                response.insert_header(("WWW-Authenticate", "Bearer"));
            }
            Failure::Range { size } => {
                response.insert_header((CONTENT_RANGE, format!("bytes */{size}")));
            }
            Failure::Code(ErrorCode::UnsupportedEncoding) => {
                response.insert_header((ACCEPT_ENCODING, "gzip"));
            }
            _ => {}
        }
        response
            .content_type("application/problem+json")
            .json_problem(&self.problem(lang, request_id))
    }
}

trait JsonProblem {
    fn json_problem(&mut self, problem: &Problem) -> HttpResponse;
}

impl JsonProblem for actix_web::HttpResponseBuilder {
    fn json_problem(&mut self, problem: &Problem) -> HttpResponse {
        self.body(serde_json::to_vec(problem).unwrap_or_default())
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    // Only a stand-in: the problem middleware replaces it, since no language is known here.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).content_type(ContentType::plaintext()).finish()
    }
}

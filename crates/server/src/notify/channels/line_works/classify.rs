//! What LINE WORKS's answers mean.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::notify::Outcome;

/// An answer of the API.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body; null when it is no JSON.
    pub body: Value,
    /// `rateLimit-reset`, as it came.
    pub reset: Option<String>,
}

impl Answer {
    /// Code and description.
    pub fn detail(&self) -> String {
        let part = |name: &str| self.body[name].as_str().unwrap_or_default();
        [part("code"), part("error"), part("description"), part("error_description")]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(": ")
    }
}

/// What an answer of the API means; 401 is the caller's.
pub fn classify(answer: &Answer, now: DateTime<Utc>) -> (Outcome, Option<&'static str>) {
    let code = answer.body["code"].as_str().unwrap_or_default();
    match answer.status {
        200..=299 => (Outcome::Delivered, None),
        401 => (Outcome::BadConfig, Some("line_works.unauthorized")),
        // A file that is too large, or a full storage: not the fault of the settings.
        403 if code == "LIMIT_EXCEEDED" => (Outcome::BadPayload, Some("line_works.content")),
        403 => (Outcome::BadConfig, Some("line_works.forbidden")),
        404 => (Outcome::BadConfig, Some("line_works.not_found")),
        429 => (
            Outcome::Retry { after: Some(until_reset(answer.reset.as_deref(), now)) },
            Some("line_works.busy"),
        ),
        400..=499 => (Outcome::BadPayload, Some("line_works.content")),
        _ => (Outcome::Retry { after: None }, Some("line_works.server_error")),
    }
}

/// How long the limit lasts: the header is documented without a unit, so both seconds left and a
/// time are understood; a minute, which is what limits count by, where it says nothing that can be.
fn until_reset(reset: Option<&str>, now: DateTime<Utc>) -> TimeDelta {
    let seconds = reset.and_then(|text| text.trim().parse::<i64>().ok());
    let left = seconds
        .map(|seconds| if seconds > 1_000_000_000 { seconds - now.timestamp() } else { seconds });
    TimeDelta::seconds(left.filter(|left| (1..=3_600).contains(left)).unwrap_or(60))
}

/// What a refusal of the token endpoint means (RFC 6749, 5.2).
pub fn classify_token(answer: &Answer, now: DateTime<Utc>) -> (Outcome, &'static str) {
    let error = answer.body["error"].as_str().or(answer.body["code"].as_str()).unwrap_or_default();
    match (answer.status, error) {
        (429, _) => (
            Outcome::Retry { after: Some(until_reset(answer.reset.as_deref(), now)) },
            "line_works.busy",
        ),
        (_, "invalid_client") => (Outcome::BadConfig, "line_works.bad_client"),
        (_, "invalid_grant") => (Outcome::BadConfig, "line_works.bad_account"),
        (400..=499, _) => (Outcome::BadConfig, "line_works.token_refused"),
        _ => (Outcome::Retry { after: None }, "line_works.server_error"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_306_500, 0).unwrap()
    }

    fn answer(status: u16, code: &str, reset: Option<&str>) -> Answer {
        Answer {
            status,
            body: json!({"code": code, "description": "said so"}),
            reset: reset.map(str::to_owned),
        }
    }

    #[test]
    fn answers() {
        let after = |seconds| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let table = [
            (answer(201, "", None), Outcome::Delivered, None),
            (answer(200, "", None), Outcome::Delivered, None),
            (
                answer(400, "INVALID_PARAMETER", None),
                Outcome::BadPayload,
                Some("line_works.content"),
            ),
            (answer(400, "BAD_REQUEST", None), Outcome::BadPayload, Some("line_works.content")),
            (answer(403, "FORBIDDEN", None), Outcome::BadConfig, Some("line_works.forbidden")),
            (answer(403, "ACCESS_DENIED", None), Outcome::BadConfig, Some("line_works.forbidden")),
            (answer(403, "LIMIT_EXCEEDED", None), Outcome::BadPayload, Some("line_works.content")),
            (answer(404, "BOT_NOT_EXIST", None), Outcome::BadConfig, Some("line_works.not_found")),
            (answer(429, "TOO_MANY_REQUESTS", None), after(60), Some("line_works.busy")),
            (answer(429, "TOO_MANY_REQUESTS", Some("17")), after(17), Some("line_works.busy")),
            (
                answer(429, "TOO_MANY_REQUESTS", Some("1795306525")),
                after(25),
                Some("line_works.busy"),
            ),
            (answer(429, "TOO_MANY_REQUESTS", Some("soon")), after(60), Some("line_works.busy")),
            (answer(429, "TOO_MANY_REQUESTS", Some("-1")), after(60), Some("line_works.busy")),
            (
                answer(500, "INTERNAL_SERVER_ERROR", None),
                Outcome::Retry { after: None },
                Some("line_works.server_error"),
            ),
            (
                answer(503, "SERVICE_UNAVAILABLE", None),
                Outcome::Retry { after: None },
                Some("line_works.server_error"),
            ),
        ];
        for (answer, outcome, problem) in table {
            assert_eq!(classify(&answer, now()), (outcome, problem), "{answer:?}");
        }
    }

    #[test]
    fn refusals_of_a_token() {
        let refused =
            |status, error: &str| Answer { status, body: json!({"error": error}), reset: None };
        let table = [
            (refused(401, "invalid_client"), Outcome::BadConfig, "line_works.bad_client"),
            (refused(400, "invalid_grant"), Outcome::BadConfig, "line_works.bad_account"),
            (refused(400, "unauthorized_client"), Outcome::BadConfig, "line_works.token_refused"),
            (refused(400, "invalid_scope"), Outcome::BadConfig, "line_works.token_refused"),
            (refused(500, ""), Outcome::Retry { after: None }, "line_works.server_error"),
        ];
        for (answer, outcome, problem) in table {
            assert_eq!(classify_token(&answer, now()), (outcome, problem), "{answer:?}");
        }
    }
}

//! What Chatwork's answers mean.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::notify::Outcome;
use crate::notify::egress::Answer;

/// The limit of a room counts by ten seconds.
const ROOM: TimeDelta = TimeDelta::seconds(10);
/// The limit of an account counts by five minutes, in seconds: nothing longer is believed.
const ACCOUNT_S: i64 = 300;

/// What an answer means, and the key of its texts.
pub fn answer(answer: &Answer, now: DateTime<Utc>) -> (Outcome, Option<&'static str>) {
    let number = |name: &str| answer.header(name).and_then(|text| text.trim().parse().ok());
    classify(
        answer.status,
        &answer.json(),
        number("x-ratelimit-remaining"),
        number("x-ratelimit-reset"),
        now,
    )
}

fn classify(
    status: u16,
    body: &Value,
    remaining: Option<i64>,
    reset: Option<i64>,
    now: DateTime<Utc>,
) -> (Outcome, Option<&'static str>) {
    match status {
        200..=299 => (Outcome::Delivered, None),
        401 => (Outcome::BadConfig, Some("chatwork.unauthorized")),
        403 => (Outcome::BadConfig, Some("chatwork.forbidden")),
        404 => (Outcome::BadConfig, Some("chatwork.no_room")),
        429 => (
            Outcome::Retry { after: Some(wait(body, remaining, reset, now)) },
            Some("chatwork.busy"),
        ),
        408 | 500.. => (Outcome::Retry { after: None }, Some("chatwork.trouble")),
        400..=499 => (Outcome::BadPayload, Some("chatwork.content")),
        // Something in between answers instead of Chatwork: whether the message went through is not
        // known.
        _ => (Outcome::Unknown, Some("chatwork.unsure")),
    }
}

/// How long a limit lasts: that of the room, or that of the account until the time in its header.
fn wait(body: &Value, remaining: Option<i64>, reset: Option<i64>, now: DateTime<Utc>) -> TimeDelta {
    let of_room = body["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|error| error.as_str().is_some_and(|text| text.contains("per room")));
    match (remaining, reset) {
        _ if of_room => ROOM,
        (Some(1..), _) => ROOM,
        (_, Some(reset)) => TimeDelta::seconds(
            reset.saturating_sub(now.timestamp()).saturating_add(1).clamp(1, ACCOUNT_S),
        ),
        (_, None) => TimeDelta::seconds(30),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::notify::doctor;
    use crate::platform::texts::Lang;

    #[test]
    fn answers() {
        let now = DateTime::from_timestamp(1_795_306_500, 0).unwrap();
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let later = || Outcome::Retry { after: None };
        let room = json!({"errors": ["Rate limit for message posting per room exceeded."]});
        let other = json!({"errors": ["Rate limit exceeded"]});
        let table = [
            (200, json!({"message_id": "1"}), None, None, Outcome::Delivered, None),
            (429, other.clone(), Some(0), Some(1_795_306_620), retry(121), Some("chatwork.busy")),
            (429, other.clone(), Some(0), Some(1_795_306_400), retry(1), Some("chatwork.busy")),
            (429, other.clone(), Some(0), Some(i64::MAX), retry(300), Some("chatwork.busy")),
            (429, other.clone(), Some(12), Some(1_795_306_620), retry(10), Some("chatwork.busy")),
            (429, room, Some(0), Some(1_795_306_620), retry(10), Some("chatwork.busy")),
            (429, Value::Null, None, None, retry(30), Some("chatwork.busy")),
            (500, Value::Null, None, None, later(), Some("chatwork.trouble")),
            (503, Value::Null, None, None, later(), Some("chatwork.trouble")),
            (
                401,
                json!({"errors": ["Invalid API token"]}),
                None,
                None,
                Outcome::BadConfig,
                Some("chatwork.unauthorized"),
            ),
            (403, Value::Null, None, None, Outcome::BadConfig, Some("chatwork.forbidden")),
            (404, Value::Null, None, None, Outcome::BadConfig, Some("chatwork.no_room")),
            (400, Value::Null, None, None, Outcome::BadPayload, Some("chatwork.content")),
            (413, Value::Null, None, None, Outcome::BadPayload, Some("chatwork.content")),
            (302, Value::Null, None, None, Outcome::Unknown, Some("chatwork.unsure")),
        ];
        for (status, body, remaining, reset, outcome, problem) in table {
            assert_eq!(
                classify(status, &body, remaining, reset, now),
                (outcome, problem),
                "{status} {body} {remaining:?} {reset:?}"
            );
        }
    }

    #[test]
    fn every_problem_has_words() {
        let problems = [
            "busy",
            "content",
            "file_failed",
            "file_gone",
            "file_later",
            "file_too_large",
            "file_unsure",
            "forbidden",
        ];
        for problem in
            problems.into_iter().chain(["no_room", "readonly", "trouble", "unauthorized", "unsure"])
        {
            for lang in [Lang::Ja, Lang::En] {
                let words = doctor::explain(lang, &format!("chatwork.{problem}"), None);
                assert!(
                    !words.message.starts_with("doctor.") && !words.advice.starts_with("doctor."),
                    "{problem} {lang:?}"
                );
            }
        }
    }
}

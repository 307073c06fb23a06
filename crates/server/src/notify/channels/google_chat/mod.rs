//! Google Chat: messages to the incoming webhook of a space.
//!
//! Source: developers.google.com/workspace/chat, "Build a Google Chat app as a webhook", and the
//! discovery document of the API. The URL is the permission: it goes out byte for byte, with our
//! parameters behind it. The same `requestId` on every attempt lets Google know a notice that it
//! has already.

use api_types::{Credentials, ServiceType};
use chrono::TimeDelta;
use serde_json::{Value, json};
use url::Url;

use crate::notify::channels::field;
use crate::notify::{Job, Notice, Outcome, Progress, Report, Senders, Subject, words};
use crate::platform::config::host_allowed;

/// Longest text, in characters.
const TEXT_MAX: usize = ServiceType::GoogleChat.describe().text_max;
/// Longest text once a longer one was refused.
const PLAIN_MAX: usize = 1_000;

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Makes one attempt.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let progress = job.progress.clone();
        let Some(notice) = job.notices.first() else {
            return Report::new(Outcome::Delivered, None, "", progress);
        };
        let setting = |name| senders.config.providers.get(ServiceType::GoogleChat, name);
        let pasted = field(credentials, "url");
        let host = Url::parse(pasted)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default();
        if !host_allowed(setting("allowed_hosts"), &host) {
            return Report::new(
                Outcome::BadConfig,
                Some("google_chat.host"),
                "the host is not Google Chat's",
                progress,
            );
        }
        let message = message(notice, job.plain);
        let url = address(
            &at_proxy(pasted, setting("base_url")),
            message.get("thread").is_some(),
            &notice.delivery_id,
        );
        match senders.http.post(&url).json(&message).send().await {
            Ok(answer) => {
                let body = answer.json();
                let unauthorized = if answer.status == 401 { progress.unauthorized + 1 } else { 0 };
                let (outcome, problem) = classify(
                    answer.status,
                    &body,
                    unauthorized,
                    answer.retry_after(senders.clock.now()),
                );
                let progress = match outcome {
                    Outcome::Delivered => Progress {
                        text_sent: Some(body["name"].as_str().unwrap_or("sent").to_owned()),
                        file_done: true,
                        ..progress
                    },
                    _ => Progress { unauthorized, ..progress },
                };
                let part = |name: &str| body["error"][name].as_str().unwrap_or_default().to_owned();
                let detail = [part("status"), part("message")]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(": ");
                Report::new(outcome, problem, &detail, progress).status(answer.status)
            }
            Err(error) => error.report(progress),
        }
    }
}

/// Parameters of ours: people paste addresses that have them already.
const OURS: [&str; 3] = ["messageReplyOption", "requestId", "threadKey"];

/// The pasted address with our parameters, each once. A reply option without a thread is refused.
fn address(pasted: &str, in_thread: bool, request_id: &str) -> String {
    let (path, query) = pasted.split_once('?').unwrap_or((pasted, ""));
    let theirs = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && !OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name))
    });
    let option = in_thread.then_some("messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
    let id = format!("requestId={request_id}");
    let query: Vec<&str> = theirs.chain(option).chain([id.as_str()]).collect();
    format!("{path}?{}", query.join("&"))
}

/// The URL with another scheme, host and port, where a proxy stands in between.
fn at_proxy(pasted: &str, base_url: &str) -> String {
    let path =
        pasted.split_once("://").and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]));
    match (base_url.is_empty(), path) {
        (false, Some(path)) => format!("{base_url}{path}"),
        _ => pasted.to_owned(),
    }
}

/// What an answer means. A webhook that works has been seen to answer 401 now and then:
/// `unauthorized` says how often it did in a row, with this one.
fn classify(
    status: u16,
    body: &Value,
    unauthorized: u32,
    retry_after: Option<TimeDelta>,
) -> (Outcome, Option<&'static str>) {
    let invalid_key = body["error"]["details"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|detail| detail["reason"] == "API_KEY_INVALID");
    match status {
        // The message comes back; without it nothing is proven.
        200..=299 if body["name"].is_string() => (Outcome::Delivered, None),
        200..=299 => (Outcome::Unknown, Some("google_chat.unavailable")),
        429 => (
            Outcome::Retry { after: Some(retry_after.unwrap_or(TimeDelta::seconds(1))) },
            Some("google_chat.ratelimited"),
        ),
        401 if unauthorized < 3 => (Outcome::Retry { after: None }, Some("google_chat.token")),
        400 if invalid_key => (Outcome::BadConfig, Some("google_chat.token")),
        401 | 403 => (Outcome::BadConfig, Some("google_chat.token")),
        404 | 410 => (Outcome::BadConfig, Some("google_chat.no_space")),
        408 | 500.. => (Outcome::Retry { after: retry_after }, Some("google_chat.unavailable")),
        _ => (Outcome::BadPayload, Some("google_chat.refused")),
    }
}

/// Chat's markup knows no way to say that a character means itself: those that begin formats, links
/// and mentions are written wide.
fn escape(text: &str) -> String {
    let wide = |c: char| match c {
        '<' => '＜',
        '>' => '＞',
        '*' => '＊',
        '_' => '＿',
        '~' => '～',
        '`' => '｀',
        other => other,
    };
    text.chars().map(wide).collect()
}

fn message(notice: &Notice, plain: bool) -> Value {
    let mut lines = words::lines(notice);
    lines.link = lines.link.filter(|(_, url)| url.len() < PLAIN_MAX);
    let link = lines.link.take();
    let label = link
        .as_ref()
        .map(|(label, url)| if plain { url.clone() } else { format!("<{url}|{}>", escape(label)) });
    let room = label.as_ref().map_or(0, |label| label.chars().count() + 1) + 2;
    let limit = if plain { PLAIN_MAX } else { TEXT_MAX };
    let text = escape(&lines.plain(limit.saturating_sub(room), |_| 1));
    let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
    // The link stands above the footer, as everywhere.
    let (rest, footer) = rest.rsplit_once('\n').unwrap_or(("", rest));
    let title = if plain { title.to_owned() } else { format!("*{title}*") };
    let parts = [Some(title), Some(rest.to_owned()), label, Some(footer.to_owned())];
    let text =
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    let mut message = json!({"text": text});
    // What belongs to one call stands together: a transcript that comes later goes below its
    // voicemail.
    if matches!(notice.subject, Subject::Event(_) | Subject::Transcript(_))
        && !notice.call_event_id.is_empty()
    {
        message["thread"] = json!({"threadKey": notice.call_event_id});
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::doctor;
    use crate::platform::texts::Lang;

    #[test]
    fn answers_are_understood() {
        let none = json!({});
        let sent = json!({"name": "spaces/A/messages/1"});
        let key = json!({"error": {"code": 400, "status": "INVALID_ARGUMENT",
            "details": [{"reason": "API_KEY_INVALID"}]}});
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let table = [
            (200, &sent, 0, None, Outcome::Delivered, None),
            (200, &none, 0, None, Outcome::Unknown, Some("google_chat.unavailable")),
            (429, &none, 0, None, retry(1), Some("google_chat.ratelimited")),
            (429, &none, 0, Some(20), retry(20), Some("google_chat.ratelimited")),
            (401, &none, 1, None, Outcome::Retry { after: None }, Some("google_chat.token")),
            (401, &none, 2, None, Outcome::Retry { after: None }, Some("google_chat.token")),
            (401, &none, 3, None, Outcome::BadConfig, Some("google_chat.token")),
            (403, &none, 0, None, Outcome::BadConfig, Some("google_chat.token")),
            (400, &key, 0, None, Outcome::BadConfig, Some("google_chat.token")),
            (404, &none, 0, None, Outcome::BadConfig, Some("google_chat.no_space")),
            (400, &none, 0, None, Outcome::BadPayload, Some("google_chat.refused")),
            (413, &none, 0, None, Outcome::BadPayload, Some("google_chat.refused")),
            (503, &none, 0, None, Outcome::Retry { after: None }, Some("google_chat.unavailable")),
        ];
        for (status, body, unauthorized, seconds, outcome, problem) in table {
            assert_eq!(
                classify(status, body, unauthorized, seconds.map(TimeDelta::seconds)),
                (outcome, problem),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(escape("<users/all> *a* _b_ `x` ~y~"), "＜users/all＞ ＊a＊ ＿b＿ ｀x｀ ～y～");
    }

    #[test]
    fn our_parameters_stand_in_the_address_once() {
        const OPTION: &str = "messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD";
        let base = "https://chat.googleapis.com/v1/spaces/A/messages";
        for more in [
            "".to_owned(),
            format!("&{OPTION}"),
            "&messageReplyOption=REPLY_MESSAGE_OR_FAIL".to_owned(),
            "&threadKey=mine&requestId=mine".to_owned(),
            "&messagereplyoption=x".to_owned(),
        ] {
            let pasted = format!("{base}?key=k&token=t%3D{more}");
            assert_eq!(
                address(&pasted, true, "1"),
                format!("{base}?key=k&token=t%3D&{OPTION}&requestId=1"),
                "{pasted}"
            );
            assert_eq!(
                address(&pasted, false, "1"),
                format!("{base}?key=k&token=t%3D&requestId=1"),
                "{pasted}"
            );
        }
        let first = format!("{base}?{OPTION}&key=k&token=t");
        assert_eq!(address(&first, false, "1"), format!("{base}?key=k&token=t&requestId=1"));
    }

    #[test]
    fn a_pasted_url_keeps_every_byte() {
        let pasted = "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t%3D";
        assert_eq!(at_proxy(pasted, ""), pasted);
        assert_eq!(
            at_proxy(pasted, "http://127.0.0.1:9"),
            "http://127.0.0.1:9/v1/spaces/A/messages?key=k&token=t%3D"
        );
    }

    #[test]
    fn every_problem_has_words() {
        for problem in ["host", "no_space", "ratelimited", "refused", "token", "unavailable"] {
            for lang in [Lang::Ja, Lang::En] {
                let words = doctor::explain(lang, &format!("google_chat.{problem}"), None);
                assert!(
                    !words.message.starts_with("doctor.") && !words.advice.starts_with("doctor."),
                    "{problem} {lang:?}"
                );
            }
        }
    }
}

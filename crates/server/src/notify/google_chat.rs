//! Google Chat: messages to the incoming webhook of a space.
//!
//! Source: developers.google.com/workspace/chat, "Build a Google Chat app as a webhook", and the discovery document of the API. The URL
//! is the permission: it goes out byte for byte, with our parameters behind it.

use api_types::Credentials;
use chrono::TimeDelta;
use serde_json::{Value, json};
use url::Url;

use super::{Job, Notice, Outcome, Progress, Report, Senders, Subject, words};
use crate::config::host_allowed;

/// The text is kept to so many characters: the former limit, of which nobody says that it is gone.
const TEXT: usize = 4_000;
/// The whole message takes so many bytes.
const MESSAGE: usize = 30_000;

/// Makes one attempt.
pub async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
    let progress = job.progress.clone();
    let Some(notice) = job.notices.first() else { return Report::new(Outcome::Delivered, None, "", progress) };
    let providers = &senders.config.providers.google_chat;
    let pasted = credentials.get("url").map(String::as_str).unwrap_or_default();
    let host = Url::parse(pasted).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if !host_allowed(&providers.allowed_hosts, &host) {
        return Report::new(Outcome::BadConfig, Some("google_chat.host"), "the host is not Google Chat's", progress);
    }
    let url = format!(
        "{}&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD&requestId={}",
        at_proxy(pasted, &providers.base_url),
        notice.delivery_id
    );
    match senders.http.post(&url).json(&message(notice, job.plain)).send().await {
        Ok(answer) => {
            let body = answer.json();
            let failures = u32::from(job.progress.text_sent.as_deref() == Some("401")) + 1;
            let (outcome, problem) = classify(answer.status, &body, failures);
            let detail = body.pointer("/error/status").and_then(Value::as_str).unwrap_or_default().to_owned();
            let progress = match answer.status {
                401 => Progress { text_sent: Some("401".into()), ..progress },
                _ => Progress { text_sent: body["name"].as_str().map(str::to_owned), ..progress },
            };
            Report::new(outcome, problem, &detail, progress).status(answer.status)
        }
        Err(error) => error.report(progress),
    }
}

/// The URL with another scheme, host and port, where a proxy stands in between.
fn at_proxy(pasted: &str, base_url: &str) -> String {
    let path = pasted.split_once("://").and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]));
    match (base_url.is_empty(), path) {
        (false, Some(path)) => format!("{base_url}{path}"),
        _ => pasted.to_owned(),
    }
}

/// What an answer means. A webhook that works has been seen to answer 401 now and then, so the first ones are tried again.
fn classify(status: u16, body: &Value, failures: u32) -> (Outcome, Option<&'static str>) {
    let invalid_key = body["error"]["details"].as_array().into_iter().flatten().any(|detail| detail["reason"] == "API_KEY_INVALID");
    match status {
        200..=299 => (Outcome::Delivered, None),
        429 => (Outcome::Retry { after: Some(TimeDelta::seconds(5)) }, Some("google_chat.ratelimited")),
        401 if failures < 3 => (Outcome::Retry { after: None }, Some("google_chat.token")),
        400 if invalid_key => (Outcome::BadConfig, Some("google_chat.token")),
        401 | 403 => (Outcome::BadConfig, Some("google_chat.token")),
        404 => (Outcome::BadConfig, Some("google_chat.no_space")),
        400..=499 => (Outcome::BadPayload, Some("google_chat.refused")),
        _ => (Outcome::Retry { after: None }, Some("google_chat.unavailable")),
    }
}

/// Untrusted text: what begins markup, links or mentions gets a mark without width behind it, and begins nothing any more.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push('＜'),
            '>' => escaped.push('＞'),
            '*' | '_' | '~' | '`' => escaped.extend([c, '\u{2060}']),
            c => escaped.push(c),
        }
    }
    escaped
}

fn length(c: char) -> usize {
    if matches!(c, '*' | '_' | '~' | '`') { 2 } else { 1 }
}

fn message(notice: &Notice, plain: bool) -> Value {
    let text = words::lines(notice).plain(if plain { 2_000 } else { TEXT }, length);
    // The link is ours and stays one.
    let link = words::lines(notice).link.map(|(_, url)| url);
    let text = match &link {
        Some(url) => {
            let parts: Vec<String> = text.split(url.as_str()).map(escape).collect();
            parts.join(url)
        }
        None => escape(&text),
    };
    let mut message = json!({"text": words::cut_bytes(&text, MESSAGE)});
    // What belongs to one call stands together: a transcript that comes later goes below its voicemail.
    if matches!(notice.subject, Subject::Event(_) | Subject::Transcript(_)) && !notice.call_event_id.is_empty() {
        message["thread"] = json!({"threadKey": notice.call_event_id});
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        let none = json!({});
        let key = json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}});
        let soon = Outcome::Retry { after: Some(TimeDelta::seconds(5)) };
        let table = [
            (200, &none, 1, Outcome::Delivered, None),
            (429, &none, 1, soon, Some("google_chat.ratelimited")),
            (401, &none, 1, Outcome::Retry { after: None }, Some("google_chat.token")),
            (401, &none, 3, Outcome::BadConfig, Some("google_chat.token")),
            (403, &none, 1, Outcome::BadConfig, Some("google_chat.token")),
            (400, &key, 1, Outcome::BadConfig, Some("google_chat.token")),
            (404, &none, 1, Outcome::BadConfig, Some("google_chat.no_space")),
            (400, &none, 1, Outcome::BadPayload, Some("google_chat.refused")),
            (413, &none, 1, Outcome::BadPayload, Some("google_chat.refused")),
            (503, &none, 1, Outcome::Retry { after: None }, Some("google_chat.unavailable")),
        ];
        for (status, body, failures, outcome, problem) in table {
            assert_eq!(classify(status, body, failures), (outcome, problem), "{status} {body}");
        }
    }

    #[test]
    fn nothing_from_outside_is_markup() {
        let text = escape("<users/all> *a* <https://evil.example|here> `x`");
        assert!(!text.contains('<') && !text.contains("*a*") && !text.contains("`x`"), "{text}");
    }

    #[test]
    fn a_pasted_url_keeps_every_byte() {
        let pasted = "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t%3D";
        assert_eq!(at_proxy(pasted, ""), pasted);
        assert_eq!(at_proxy(pasted, "http://127.0.0.1:9"), "http://127.0.0.1:9/v1/spaces/A/messages?key=k&token=t%3D");
    }
}

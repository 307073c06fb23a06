//! Microsoft Teams: an adaptive card to the URL of a workflow ("Send webhook alerts to a channel").
//!
//! Source: learn.microsoft.com, "Post to a webhook from a workflow"; the card's schema 1.4. An answer of 202 only says that the flow has
//! begun, so nothing is ever proven here.

use api_types::Credentials;
use serde_json::{Value, json};
use url::Url;

use super::{Job, Notice, Outcome, Report, Senders, words};
use crate::config::host_allowed;

/// Teams takes about 28 KB with everything; whether that counts UTF-8 or UTF-16 is not said, and this is safe for both.
const MESSAGE: usize = 24 * 1024;

/// Makes one attempt. Several notices go as one card.
pub async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
    let progress = job.progress.clone();
    let url = credentials.get("url").map(String::as_str).unwrap_or_default();
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if !host_allowed(&senders.config.providers.teams.allowed_hosts, &host) {
        return Report::new(Outcome::BadConfig, Some("teams.host"), "the host is not one of Microsoft's", progress);
    }
    let body = message(&job.notices, job.plain);
    match senders.http.post(url).json(&body).send().await {
        Ok(answer) => {
            let (outcome, problem) = classify(answer.status, answer.retry_after());
            let detail = answer.json().pointer("/error/message").and_then(Value::as_str).unwrap_or_default().to_owned();
            Report::new(outcome, problem, &detail, progress).status(answer.status)
        }
        Err(error) => error.report(progress),
    }
}

/// What an answer means.
fn classify(status: u16, retry_after: Option<chrono::TimeDelta>) -> (Outcome, Option<&'static str>) {
    let half_a_minute = chrono::TimeDelta::seconds(30);
    match status {
        200..=299 => (Outcome::HandedOver, None),
        429 => (Outcome::Retry { after: Some(retry_after.unwrap_or(half_a_minute)) }, Some("teams.ratelimited")),
        401 | 403 => (Outcome::BadConfig, Some("teams.not_anyone")),
        404 | 410 => (Outcome::BadConfig, Some("teams.no_workflow")),
        400 | 413 => (Outcome::BadPayload, Some("teams.refused")),
        408 | 500..=599 => (Outcome::Retry { after: None }, Some("teams.unavailable")),
        _ => (Outcome::BadConfig, Some("teams.no_workflow")),
    }
}

/// Untrusted text: a text block reads a part of Markdown.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '*' | '_' | '\\' | '`' | '#' | '~' | '<' | '>') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The whole message within its limit: of several notices each has its share, and the transcripts are what is cut.
fn message(notices: &[Notice], plain: bool) -> Value {
    let mut transcript = MESSAGE;
    loop {
        let message = envelope(notices, plain, transcript);
        if message.to_string().len() <= MESSAGE || transcript == 0 {
            return message;
        }
        transcript = if transcript > 200 { transcript * 2 / 3 } else { 0 };
    }
}

fn envelope(notices: &[Notice], plain: bool, transcript: usize) -> Value {
    let mut body = Vec::new();
    for (index, notice) in notices.iter().enumerate() {
        body.extend(blocks(notice, plain, transcript, index > 0));
    }
    let actions: Vec<Value> = match plain {
        true => Vec::new(),
        // More than six buttons are not shown; the links stand in the texts.
        false => notices.iter().take(6).filter_map(|notice| words::lines(notice).link).map(|(title, url)| action(&title, &url)).collect(),
    };
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body,
    });
    if !actions.is_empty() {
        card["actions"] = actions.into();
    }
    let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": card});
    json!({"type": "message", "attachments": [attachment]})
}

fn action(title: &str, url: &str) -> Value {
    json!({"type": "Action.OpenUrl", "title": words::cut(title, 40), "url": url})
}

fn blocks(notice: &Notice, plain: bool, transcript: usize, separator: bool) -> Vec<Value> {
    let lines = words::lines(notice);
    if plain {
        let text = lines.plain(4_000.min(transcript.max(1_000)), |_| 1);
        // A single line break is no break in Markdown.
        return vec![json!({"type": "TextBlock", "text": escape(&text).replace('\n', "\n\n"), "wrap": true, "separator": separator})];
    }
    let title = json!({
        "type": "TextBlock", "text": escape(&lines.title), "wrap": true, "weight": "Bolder", "size": "Medium", "separator": separator,
    });
    let mut blocks = vec![title];
    let facts: Vec<Value> = lines.rows.iter().map(|(title, value)| json!({"title": title, "value": escape(value)})).collect();
    if !facts.is_empty() {
        blocks.push(json!({"type": "FactSet", "facts": facts}));
    }
    if let Some(text) = lines.transcript.as_deref().filter(|_| transcript > 0) {
        let text = words::cut_bytes(text, transcript);
        blocks.push(json!({"type": "TextBlock", "text": escape(&text).replace('\n', "\n\n"), "wrap": true}));
    }
    blocks.push(json!({"type": "TextBlock", "text": escape(&lines.footer), "wrap": true, "size": "Small", "isSubtle": true}));
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        let retry = |seconds: i64| Outcome::Retry { after: Some(chrono::TimeDelta::seconds(seconds)) };
        let table = [
            (202, None, Outcome::HandedOver, None),
            (200, None, Outcome::HandedOver, None),
            (429, None, retry(30), Some("teams.ratelimited")),
            (429, Some(7), retry(7), Some("teams.ratelimited")),
            (401, None, Outcome::BadConfig, Some("teams.not_anyone")),
            (403, None, Outcome::BadConfig, Some("teams.not_anyone")),
            (404, None, Outcome::BadConfig, Some("teams.no_workflow")),
            (410, None, Outcome::BadConfig, Some("teams.no_workflow")),
            (302, None, Outcome::BadConfig, Some("teams.no_workflow")),
            (400, None, Outcome::BadPayload, Some("teams.refused")),
            (413, None, Outcome::BadPayload, Some("teams.refused")),
            (502, None, Outcome::Retry { after: None }, Some("teams.unavailable")),
        ];
        for (status, seconds, outcome, problem) in table {
            assert_eq!(classify(status, seconds.map(chrono::TimeDelta::seconds)), (outcome, problem), "{status}");
        }
    }

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(escape("[here](https://evil.example) *a* <at>b</at>"), r"\[here\](https://evil.example) \*a\* \<at\>b\</at\>");
    }
}

//! Webhooks of one's own, by Standard Webhooks 1.0.0: JSON, signed with a secret that only the two
//! sides know.

use api_types::{
    Credentials, NotifyEvent, RouteCaller, WEBHOOK_BODY_MAX, WebhookAttachment, WebhookCall,
    WebhookCallEvent, WebhookCallType, WebhookTest, WebhookTestEvent, WebhookTestType,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::notify::egress::Answer;
use crate::notify::{
    Event, Job, Notice, Outcome, Progress, Report, Senders, Subject, egress, words,
};
use crate::platform::crypto;

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Whether somebody answers there. What the answer is says nothing: the signing secret is not
    /// known there yet, and many know POST only.
    async fn check(senders: &Senders, credentials: &Credentials) -> Option<Report> {
        let url = super::field(credentials, "url");
        let error = senders.http.head(url).send_anywhere().await.err()?;
        let problem = match error {
            egress::Error::Unreachable(_) => "webhook.nobody",
            _ if error.may_have_arrived() => return None,
            _ => error.problem(),
        };
        let progress = Progress::default();
        Some(Report::new(Outcome::BadConfig, Some(problem), &error.to_string(), progress))
    }

    /// Makes one attempt.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let failed = |outcome: Outcome, problem: &str, detail: &str| {
            Report::new(outcome, Some(problem), detail, job.progress.clone())
        };
        let Some(notice) = job.notices.first() else {
            return Report::new(Outcome::Delivered, None, "", job.progress.clone());
        };
        let Some(body) = body(notice, job.plain) else {
            return failed(
                Outcome::BadPayload,
                "webhook.refused",
                "this kind of notice has no webhook event",
            );
        };
        let now = senders.clock.now();
        let signature = signatures(credentials, now).sign(
            &notice.delivery_id,
            now.timestamp(),
            body.as_bytes(),
        );
        if signature.is_empty() {
            return failed(Outcome::BadConfig, "webhook.no_secret", "");
        }
        let url = credentials
            .get("url")
            .and_then(|url| Url::parse(url).ok())
            .filter(|url| matches!(url.scheme(), "https" | "http"));
        let Some(url) = url else {
            return failed(Outcome::BadConfig, "webhook.bad_url", "");
        };
        let post = async |url: &Url| {
            let request = senders
                .http
                .post(url)
                .header("webhook-id", &notice.delivery_id)
                .header("webhook-timestamp", &now.timestamp().to_string())
                .header("webhook-signature", &signature)
                .header("content-type", "application/json")
                .body(body.clone());
            request.send_anywhere().await
        };
        let answer = match post(&url).await {
            Ok(answer) => match moved_within(&url, &answer) {
                Some(place) => post(&place).await,
                None => Ok(answer),
            },
            Err(error) => Err(error),
        };
        match answer {
            Ok(answer) => {
                let after = answer.retry_after(now).filter(|after| *after > TimeDelta::zero());
                let (outcome, problem) = classify(answer.status, after);
                let mut progress = job.progress.clone();
                if outcome == Outcome::Delivered {
                    progress.text_sent = Some(notice.delivery_id.clone());
                    progress.file_done = true;
                }
                // What the other side says about a refusal is what its owner needs; about a success it
                // is nobody's business.
                let said =
                    if problem.is_some() { words::one_line(&answer.text()) } else { String::new() };
                Report::new(outcome, problem, &said, progress).status(answer.status)
            }
            Err(error @ egress::Error::Unknown(_)) => {
                failed(Outcome::Unknown, "webhook.timeout", &error.to_string())
            }
            Err(error @ egress::Error::Refused) => {
                failed(Outcome::BadConfig, error.problem(), &error.to_string())
            }
            // No such host, no server, no good certificate: today.
            Err(error) => {
                failed(Outcome::Retry { after: None }, error.problem(), &error.to_string())
            }
        }
    }
}

/// The secrets that are valid now, the newest one first: two for a while after a new one was made.
struct Keys(Vec<Vec<u8>>);

fn signatures(credentials: &Credentials, now: DateTime<Utc>) -> Keys {
    let newest = credentials.get("signing_secret").and_then(|secret| key(secret));
    let until = credentials
        .get("previous_until")
        .and_then(|until| DateTime::parse_from_rfc3339(until).ok());
    let previous = credentials
        .get("previous_signing_secret")
        .filter(|_| until.is_some_and(|until| now < until));
    Keys(newest.into_iter().chain(previous.and_then(|secret| key(secret))).collect())
}

/// The bytes of a secret: `whsec_` and base64.
fn key(secret: &str) -> Option<Vec<u8>> {
    let text = secret.strip_prefix("whsec_")?;
    STANDARD.decode(text).ok().filter(|key| !key.is_empty())
}

impl Keys {
    /// The value of `webhook-signature`; empty without a secret.
    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let signed = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
        let one = |key: &Vec<u8>| format!("v1,{}", STANDARD.encode(crypto::hmac(key, &signed)));
        self.0.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

/// What a notice is as JSON, below [`WEBHOOK_BODY_MAX`] bytes; `None` for what webhooks do not tell
/// of. `plain` leaves the transcript out.
pub fn body(notice: &Notice, plain: bool) -> Option<String> {
    let (kind, event) = match &notice.subject {
        Subject::Event(event) => (
            match event.kind {
                NotifyEvent::MissedCall => WebhookCallType::Missed,
                NotifyEvent::Voicemail => WebhookCallType::Voicemail,
                NotifyEvent::Fax => WebhookCallType::Fax,
                NotifyEvent::ForwardedCall => WebhookCallType::Forwarded,
            },
            event,
        ),
        Subject::Transcript(event) => (WebhookCallType::Transcribed, event),
        Subject::Test { rule_name, at } => {
            let data = WebhookTest {
                delivery_id: notice.delivery_id.clone(),
                short_id: notice.short_id.clone(),
                rule_name: rule_name.clone(),
            };
            return serde_json::to_string(&WebhookTestEvent {
                kind: WebhookTestType::Test,
                timestamp: *at,
                data,
            })
            .ok();
        }
        Subject::ServiceStopped { .. } => return None,
    };
    let whole =
        event.transcript.as_deref().map(words::several_lines).filter(|text| !text.is_empty());
    let mut data = call(notice, event);
    let write = |data: &WebhookCall| {
        serde_json::to_string(&WebhookCallEvent { kind, timestamp: event.at, data: data.clone() })
            .ok()
    };
    if let Some(whole) = whole {
        data.transcript = Some(String::new());
        let room = if plain { 0 } else { WEBHOOK_BODY_MAX.saturating_sub(write(&data)?.len() + 1) };
        let kept = words::cut_by(&whole, room, in_json);
        data.transcript_cut = kept != whole;
        data.transcript = Some(kept).filter(|kept| !kept.is_empty());
    }
    write(&data)
}

/// Bytes of a character within a JSON text.
fn in_json(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' => 2,
        _ => c.len_utf8(),
    }
}

fn call(notice: &Notice, event: &Event) -> WebhookCall {
    WebhookCall {
        delivery_id: notice.delivery_id.clone(),
        short_id: notice.short_id.clone(),
        call_event_id: notice.call_event_id.clone(),
        id: notice.call_event_id.clone(),
        at: event.at,
        number_id: event.number_id.clone(),
        number: event.number.clone(),
        number_name: event.number_name.clone(),
        caller: RouteCaller::from(&event.caller),
        reason: event.reason,
        duration_s: event.duration_s,
        pages: event.pages,
        forwarded_to: event.forwarded_to.clone(),
        transcript: None,
        transcript_cut: false,
        attachment: notice.attachment.as_ref().map(|file| WebhookAttachment {
            kind: file.kind,
            content_type: file.content_type.clone(),
            file_name: file.file_name.clone(),
            size: file.size,
            url: file.file_url.clone(),
            page_url: file.page_url.clone(),
            expires_at: file.expires_at,
        }),
    }
}

/// Where the same request may be sent again (RFC 9110, 15.4.8 and 15.4.9): to another path of the
/// same origin. Elsewhere it would go to somebody whom its owner did not name.
fn moved_within(url: &Url, answer: &Answer) -> Option<Url> {
    if !matches!(answer.status, 307 | 308) {
        return None;
    }
    let place = url.join(answer.header("location")?).ok()?;
    (place.origin() == url.origin() && place != *url).then_some(place)
}

/// What an answer means.
fn classify(status: u16, retry_after: Option<TimeDelta>) -> (Outcome, Option<&'static str>) {
    match status {
        200..=299 => (Outcome::Delivered, None),
        // Often a proxy or a sign-in page, and over soon; what stays so is switched off in time.
        300..=399 => (Outcome::Retry { after: retry_after }, Some("webhook.redirect")),
        410 => (Outcome::BadConfig, Some("webhook.gone")),
        413 => (Outcome::BadPayload, Some("webhook.too_large")),
        429 => (Outcome::Retry { after: retry_after }, Some("webhook.busy")),
        500..=599 => (Outcome::Retry { after: retry_after }, Some("webhook.server_error")),
        // A wrong path, a failing check of the signature: mended at the other side, without us.
        _ => (Outcome::Retry { after: retry_after }, Some("webhook.refused")),
    }
}

#[cfg(test)]
mod tests;

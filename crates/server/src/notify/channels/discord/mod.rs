//! Discord: a message to the webhook of a channel, with the file in it.
//!
//! Source: docs.discord.com/developers, "Execute Webhook", "Uploading Files" and "Rate Limits".
//! There is no key against duplicates: a notice whose answer was lost may come twice, and its short
//! id tells. A webhook cannot reply: a late transcript leads to its voicemail by a link.

use actix_web::web::Bytes;
use api_types::{AttachmentKind, Credentials, ServiceType};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::notify::channels::{field, file_of};
use crate::notify::egress::Answer;
use crate::notify::{Attachment, Job, Notice, Outcome, Progress, Report, Senders, Subject, words};
use crate::platform::config::host_allowed;

/// Longest text, in UTF-16 units.
const TEXT_MAX: usize = ServiceType::Discord.describe().text_max;
/// Longest text once a longer one was refused.
const PLAIN_MAX: usize = 1_000;
/// No preview of links: one that opens them might use them up.
const SUPPRESS_EMBEDS: u32 = 1 << 2;
/// Longest wait for a limit that is believed.
const REST_MAX_S: f64 = 3_600.0;

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Makes one attempt: text and file go as one message.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let progress = job.progress.clone();
        let Some(notice) = job.notices.first().filter(|_| progress.text_sent.is_none()) else {
            return Report::new(Outcome::Delivered, None, "", progress);
        };
        let Some(webhook) = Webhook::of(senders, credentials) else {
            let detail = "the host is not Discord's";
            return Report::new(Outcome::BadConfig, Some("discord.host"), detail, progress);
        };
        let message = message(notice, job.plain, webhook.first_of(notice).await.as_deref());
        let without = match webhook.file(notice, job).await {
            Ok(None) => None,
            Ok(Some((file, bytes))) => {
                let report = webhook.post(&message, Some((file, &bytes)), progress.clone()).await;
                if report.problem.as_deref() != Some("discord.file_refused") {
                    return report;
                }
                Some(("discord.file_refused", report.detail))
            }
            Err(why) => Some(why),
        };
        // The notice has the link, and must not be lost over its file.
        let report = webhook.post(&message, None, progress).await;
        match without {
            Some((problem, detail)) if report.outcome == Outcome::Delivered => {
                Report { problem: Some(problem.to_owned()), detail, ..report }
            }
            _ => report,
        }
    }

    /// Asks whether the webhook is there.
    async fn check(senders: &Senders, credentials: &Credentials) -> Option<Report> {
        let webhook = Webhook::of(senders, credentials)?;
        let answer = senders.http.get(&webhook.url).send().await.ok()?;
        let (outcome, problem) = classify(&answer, senders.clock.now());
        (outcome == Outcome::BadConfig).then(|| {
            Report::new(outcome, problem, &detail(&answer), Progress::default())
                .status(answer.status)
        })
    }
}

struct Webhook<'a> {
    senders: &'a Senders,
    /// Without a query.
    url: String,
    thread: &'a str,
}

impl<'a> Webhook<'a> {
    /// Nothing where the host is not Discord's.
    fn of(senders: &'a Senders, credentials: &'a Credentials) -> Option<Self> {
        let setting = |name| senders.config.providers.get(ServiceType::Discord, name);
        let pasted = Url::parse(field(credentials, "url")).ok()?;
        let is_theirs =
            pasted.host_str().is_some_and(|host| host_allowed(setting("allowed_hosts"), host));
        let base = match setting("base_url") {
            "" => pasted.origin().ascii_serialization(),
            elsewhere => elsewhere.to_owned(),
        };
        is_theirs.then(|| Self {
            senders,
            url: format!("{base}{}", pasted.path()),
            thread: field(credentials, "thread_id"),
        })
    }

    /// The file with its bytes, where there is one that goes along; an error says why it does not.
    async fn file<'n>(
        &self,
        notice: &'n Notice,
        job: &Job,
    ) -> Result<Option<(&'n Attachment, Bytes)>, (&'static str, String)> {
        let Some(file) = file_of(notice, job) else { return Ok(None) };
        let carries = ServiceType::Discord.describe().carries;
        let carried = match file.kind {
            AttachmentKind::Audio => carries.audio,
            AttachmentKind::Fax => carries.fax,
        };
        if !carried.takes(file.size) {
            return Err(("discord.file_too_large", format!("{} bytes", file.size)));
        }
        match self.senders.attachments.read(&file.object_key).await {
            Ok(bytes) => Ok(Some((file, bytes))),
            Err(error) => Err(("discord.file_gone", error.to_string())),
        }
    }

    /// Where the notice is that this one follows.
    async fn first_of(&self, notice: &Notice) -> Option<String> {
        let first = notice.thread.as_ref()?;
        let answer = self.senders.http.get(&self.url).send().await.ok()?;
        let said = answer.json();
        let guild = said["guild_id"].as_str().filter(|_| answer.is_success())?;
        Some(format!("https://discord.com/channels/{guild}/{first}"))
    }

    /// One message.
    async fn post(
        &self,
        message: &Value,
        file: Option<(&Attachment, &[u8])>,
        progress: Progress,
    ) -> Report {
        let mut url = format!("{}?wait=true", self.url);
        if !self.thread.is_empty() {
            url.push_str(&format!("&thread_id={}", self.thread));
        }
        let request = self.senders.http.post(&url);
        let request = match file {
            Some((file, bytes)) => request.file(
                &[("payload_json", &message.to_string())],
                "files[0]",
                (&file.file_name, &file.content_type),
                bytes,
            ),
            None => request.json(message),
        };
        match request.send().await {
            Ok(answer) => read(&answer, file.is_some(), progress, self.senders.clock.now()),
            Err(error) => error.report(progress),
        }
    }
}

fn read(answer: &Answer, with_file: bool, progress: Progress, now: DateTime<Utc>) -> Report {
    let (outcome, mut problem) = classify(answer, now);
    if with_file && outcome == Outcome::BadPayload {
        problem = Some("discord.file_refused");
    }
    let said = answer.json();
    let part = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let progress = match outcome {
        Outcome::Delivered => Progress {
            text_sent: Some(format!("{}/{}", part("channel_id"), part("id"))),
            file_done: true,
            ..progress
        },
        _ => progress,
    };
    Report {
        rest: rest(answer),
        ..Report::new(outcome, problem, &detail(answer), progress).status(answer.status)
    }
}

/// Seconds as Discord writes them: with a fraction.
fn wait(seconds: f64) -> Option<TimeDelta> {
    let good = seconds.is_finite() && seconds > 0.0;
    // An hour of milliseconds is far within what an integer holds.
    good.then(|| TimeDelta::milliseconds((seconds.min(REST_MAX_S) * 1_000.0).ceil() as i64))
}

/// For how long the webhook takes nothing more, as the headers of any answer say.
fn rest(answer: &Answer) -> Option<TimeDelta> {
    let number = |name: &str| answer.header(name)?.trim().parse::<f64>().ok();
    if number("x-ratelimit-remaining")? > 0.0 {
        return None;
    }
    wait(number("x-ratelimit-reset-after")?)
}

fn detail(answer: &Answer) -> String {
    let said = answer.json();
    match (&said["code"], said["message"].as_str()) {
        (Value::Number(code), Some(message)) => format!("{code}: {message}"),
        (_, message) => message.unwrap_or_default().to_owned(),
    }
}

/// What an answer means. Beside the status there is a code of Discord's own.
fn classify(answer: &Answer, now: DateTime<Utc>) -> (Outcome, Option<&'static str>) {
    let said = answer.json();
    let bad_config = |problem| (Outcome::BadConfig, Some(problem));
    match (answer.status, said["code"].as_i64().unwrap_or_default()) {
        // With `wait` the message comes back; without it nothing is proven.
        (200..=299, _) if said["id"].is_string() => (Outcome::Delivered, None),
        (200..=299, _) => (Outcome::Unknown, Some("discord.unavailable")),
        (429, _) => {
            let after = said["retry_after"].as_f64().and_then(wait);
            let after = after.or_else(|| answer.retry_after(now)).unwrap_or(TimeDelta::seconds(5));
            (Outcome::Retry { after: Some(after) }, Some("discord.ratelimited"))
        }
        (400 | 403 | 404, 10_003) => bad_config("discord.no_thread"),
        (400 | 403, 50_083 | 160_005) => bad_config("discord.thread_closed"),
        (400, 220_001) => bad_config("discord.thread_needed"),
        (404 | 410, _) => bad_config("discord.no_webhook"),
        (401 | 403, _) => bad_config("discord.token"),
        (408 | 500.., _) => {
            (Outcome::Retry { after: answer.retry_after(now) }, Some("discord.unavailable"))
        }
        _ => (Outcome::BadPayload, Some("discord.refused")),
    }
}

/// Characters that begin formats, links and mentions.
const MARKUP: &str = "\\*_~`|<>[]#@";

/// UTF-16 units of a character once it is escaped.
fn measure(c: char) -> usize {
    c.len_utf16() + usize::from(MARKUP.contains(c))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if MARKUP.contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn message(notice: &Notice, plain: bool, first: Option<&str>) -> Value {
    let mut lines = words::lines(notice);
    // An address in brackets shows no preview, and stays as it is.
    let link = lines.link.take().filter(|(_, url)| url.len() < PLAIN_MAX / 2);
    let links = [
        first.filter(|_| matches!(notice.subject, Subject::Transcript(_))).map(str::to_owned),
        link.map(|(label, url)| format!("{}\n<{url}>", escape(&label))),
    ];
    let links: Vec<String> = links.into_iter().flatten().collect();
    let room: usize = links.iter().map(|text| text.encode_utf16().count() + 1).sum();
    let limit = if plain { PLAIN_MAX } else { TEXT_MAX };
    // Four more stand around the title.
    let text = escape(&lines.plain(limit.saturating_sub(room + 4), measure));
    let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
    // The links stand above the footer, as everywhere.
    let (rest, footer) = rest.rsplit_once('\n').unwrap_or(("", rest));
    let title = if plain { title.to_owned() } else { format!("**{title}**") };
    let parts = [title, rest.to_owned()].into_iter().chain(links).chain([footer.to_owned()]);
    let content: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    json!({
        "content": content.join("\n"),
        "allowed_mentions": {"parse": []},
        "flags": SUPPRESS_EMBEDS,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &Value) -> Answer {
        let pairs = headers.iter().map(|(name, value)| {
            (reqwest::header::HeaderName::from_static(name), value.parse().unwrap())
        });
        Answer { status, headers: pairs.collect(), body: body.to_string().into_bytes() }
    }

    #[test]
    fn answers_are_understood() {
        let code = |code: i64| json!({"code": code, "message": "said"});
        let retry = |milliseconds: i64| Outcome::Retry {
            after: Some(TimeDelta::milliseconds(milliseconds)),
        };
        let now = DateTime::UNIX_EPOCH;
        let limited = json!({"message": "You are being rate limited.", "retry_after": 1.337});
        let table = [
            (200, json!({"id": "1"}), Outcome::Delivered, None),
            (429, limited, retry(1_337), Some("discord.ratelimited")),
            (429, json!({"retry_after": 1e300}), retry(3_600_000), Some("discord.ratelimited")),
            (429, Value::Null, retry(7_000), Some("discord.ratelimited")),
            (404, code(10_015), Outcome::BadConfig, Some("discord.no_webhook")),
            (404, code(10_003), Outcome::BadConfig, Some("discord.no_thread")),
            (200, Value::Null, Outcome::Unknown, Some("discord.unavailable")),
            (401, code(50_027), Outcome::BadConfig, Some("discord.token")),
            (403, code(50_027), Outcome::BadConfig, Some("discord.token")),
            (400, code(220_001), Outcome::BadConfig, Some("discord.thread_needed")),
            (400, code(50_083), Outcome::BadConfig, Some("discord.thread_closed")),
            (400, code(50_035), Outcome::BadPayload, Some("discord.refused")),
            (413, code(40_005), Outcome::BadPayload, Some("discord.refused")),
            (502, Value::Null, retry(7_000), Some("discord.unavailable")),
        ];
        for (status, body, outcome, problem) in table {
            let answer = answer(status, &[("retry-after", "7")], &body);
            assert_eq!(classify(&answer, now), (outcome, problem), "{status} {body}");
        }
    }

    #[test]
    fn a_limit_that_is_used_up_is_a_rest() {
        for (remaining, after, expected) in [
            ("1", "0.8", None),
            ("0", "0.8", Some(800)),
            ("0", "99999", Some(3_600_000)),
            ("0", "-1", None),
            ("0", "soon", None),
        ] {
            let headers =
                [("x-ratelimit-remaining", remaining), ("x-ratelimit-reset-after", after)];
            let rest = rest(&answer(200, &headers, &Value::Null));
            assert_eq!(rest, expected.map(TimeDelta::milliseconds), "{remaining} {after}");
        }
        assert_eq!(rest(&answer(200, &[], &Value::Null)), None);
    }

    #[test]
    fn nothing_from_outside_is_markup() {
        let hostile = "@everyone <@1> **a** [b](https://evil.example) `c` ||d|| # e";
        let escaped = escape(hostile);
        assert_eq!(
            escaped,
            "\\@everyone \\<\\@1\\> \\*\\*a\\*\\* \\[b\\](https://evil.example) \\`c\\` \
             \\|\\|d\\|\\| \\# e"
        );
        assert_eq!(hostile.chars().map(measure).sum::<usize>(), escaped.encode_utf16().count());
    }
}

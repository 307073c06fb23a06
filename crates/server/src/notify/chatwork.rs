//! Chatwork: a message, then its file, by an API token.
//!
//! Source: developer.chatwork.com and the RAML of chatwork/api. The status alone says whether it went well.

use api_types::Credentials;
use chrono::{DateTime, TimeDelta, Utc};

use super::http::Answer;
use super::{Attachment, Job, Notice, Outcome, Progress, Report, Senders, words};

/// The longest body, in bytes, so that it fits whatever the limit of 65,535 counts.
const BODY: usize = 60_000;
/// The largest file, in bytes.
const FILE: u64 = 5 * 1024 * 1024;

/// Makes one attempt: the text, then its file. A file that fails never fails the notice: the link stands in the text.
pub async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
    let mut progress = job.progress.clone();
    let Some(notice) = job.notices.first() else { return Report::new(Outcome::Delivered, None, "", progress) };
    let room = Room::new(senders, credentials);
    if progress.text_sent.is_none() {
        match room.post(notice, job.plain).await {
            Ok(id) => progress.text_sent = Some(id),
            Err(report) => return Report { progress, ..report },
        }
    }
    let sent = |progress: Progress| Report::new(Outcome::Delivered, None, "", Progress { file_done: true, ..progress }).status(200);
    let Some(file) = notice.attachment.as_ref().filter(|file| !progress.file_done && file.size <= FILE) else { return sent(progress) };
    match room.attach(notice, file).await {
        Ok(()) => sent(progress),
        // Once more, with the text left out.
        Err(report) if matches!(report.outcome, Outcome::Retry { .. }) => Report { progress, ..report },
        Err(report) => Report { outcome: Outcome::Delivered, progress: Progress { file_done: true, ..progress }, ..report },
    }
}

/// Asks whether the token works and whether it may write in the room; `None` as well where Chatwork itself cannot be reached.
pub async fn check(senders: &Senders, credentials: &Credentials) -> Option<Report> {
    let room = Room::new(senders, credentials);
    let wrong = |answer: &Answer, problem: &str| {
        Some(Report::new(Outcome::BadConfig, Some(problem), &detail(answer), Progress::default()).status(answer.status))
    };
    let me = room.get("/me").await?;
    match me.status {
        401 => return wrong(&me, "chatwork.invalid_token"),
        403 => return wrong(&me, "chatwork.forbidden"),
        _ => {}
    }
    let found = room.get(&format!("/rooms/{}", room.id)).await?;
    match found.status {
        400 | 404 => wrong(&found, "chatwork.no_room"),
        403 => wrong(&found, "chatwork.forbidden"),
        200 if found.json()["role"] == "readonly" => wrong(&found, "chatwork.read_only"),
        _ => None,
    }
}

struct Room<'a> {
    senders: &'a Senders,
    token: &'a str,
    id: &'a str,
}

impl<'a> Room<'a> {
    fn new(senders: &'a Senders, credentials: &'a Credentials) -> Self {
        let field = |name: &str| credentials.get(name).map(String::as_str).unwrap_or_default();
        Self { senders, token: field("api_token"), id: field("room_id") }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.senders.config.providers.chatwork.base_url)
    }

    async fn get(&self, path: &str) -> Option<Answer> {
        self.senders.http.get(&self.url(path)).header("x-chatworktoken", self.token).send().await.ok()
    }

    async fn post(&self, notice: &Notice, plain: bool) -> Result<String, Report> {
        let url = self.url(&format!("/rooms/{}/messages", self.id));
        let form = [("body", body(notice, plain)), ("self_unread", "1".into())];
        let request = self.senders.http.post(&url).header("x-chatworktoken", self.token).form(&form);
        let answer = request.send().await.map_err(|error| error.report(Progress::default()))?;
        self.sort(&answer)?;
        Ok(answer.json()["message_id"].as_str().unwrap_or("sent").to_owned())
    }

    async fn attach(&self, notice: &Notice, file: &Attachment) -> Result<(), Report> {
        let bytes = self.senders.attachments.read(&file.object_key).await;
        let failed = |detail: &str| Report::new(Outcome::BadPayload, Some("chatwork.file_refused"), detail, Progress::default());
        let bytes = bytes.map_err(|error| failed(&error.to_string()))?;
        let url = self.url(&format!("/rooms/{}/files", self.id));
        let message = escape(&words::title(notice));
        let request = self.senders.http.post(&url).header("x-chatworktoken", self.token);
        let request = request.file(&[("message", &message)], "file", (&file.file_name, &file.content_type), &bytes);
        match request.send().await {
            Ok(answer) => match self.sort(&answer) {
                Err(report) if matches!(report.outcome, Outcome::Retry { .. }) => Err(report),
                Err(_) => Err(failed(&detail(&answer)).status(answer.status)),
                Ok(()) => Ok(()),
            },
            // It may be there already, and the link is in any case.
            Err(error) => Err(Report { outcome: Outcome::BadPayload, ..error.report(Progress::default()) }),
        }
    }

    fn sort(&self, answer: &Answer) -> Result<(), Report> {
        let left = |name: &str| answer.header(name).and_then(|value| value.trim().parse::<i64>().ok());
        let limits = Limits { remaining: left("x-ratelimit-remaining"), reset: left("x-ratelimit-reset") };
        match classify(answer.status, &answer.text(), &limits, self.senders.clock.now()) {
            None => Ok(()),
            Some((outcome, problem)) => {
                Err(Report::new(outcome, Some(problem), &detail(answer), Progress::default()).status(answer.status))
            }
        }
    }
}

/// What Chatwork says about its limits.
#[derive(Clone, Copy, Debug, Default)]
struct Limits {
    remaining: Option<i64>,
    /// Unix seconds.
    reset: Option<i64>,
}

/// What an answer means; `None` = it went well.
fn classify(status: u16, body: &str, limits: &Limits, now: DateTime<Utc>) -> Option<(Outcome, &'static str)> {
    let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds.clamp(1, 600))) };
    Some(match status {
        200..=299 => return None,
        429 => {
            let per_room = body.contains("posting per room") || limits.remaining.is_some_and(|remaining| remaining > 0);
            let wait = match limits.reset {
                Some(reset) if !per_room => reset - now.timestamp() + 1,
                _ => 10,
            };
            (retry(wait), "chatwork.ratelimited")
        }
        401 => (Outcome::BadConfig, "chatwork.invalid_token"),
        403 => (Outcome::BadConfig, "chatwork.forbidden"),
        404 => (Outcome::BadConfig, "chatwork.no_room"),
        400..=499 => (Outcome::BadPayload, "chatwork.refused"),
        _ => (Outcome::Retry { after: None }, "chatwork.unavailable"),
    })
}

fn detail(answer: &Answer) -> String {
    let json = answer.json();
    let errors: Vec<&str> = json["errors"].as_array().into_iter().flatten().filter_map(|error| error.as_str()).collect();
    if errors.is_empty() { format!("HTTP {}", answer.status) } else { errors.join("; ") }
}

/// Untrusted text: no bracket begins a mention, a quotation or a box any more.
fn escape(text: &str) -> String {
    text.replace('[', "［").replace(']', "］")
}

/// What a message says; `plain` leaves Chatwork's own notation out.
fn body(notice: &Notice, plain: bool) -> String {
    let lines = words::lines(notice);
    let measure = |c: char| if matches!(c, '[' | ']') { '［'.len_utf8() } else { c.len_utf8() };
    if plain {
        return escape(&lines.plain(BODY, measure));
    }
    let title = escape(&lines.title);
    let text = lines.plain(BODY - title.len() - 64, measure);
    let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
    format!("[info][title]{title}[/title]{}[/info]", escape(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        let now = DateTime::from_timestamp(1_795_316_400, 0).unwrap();
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let limits = |remaining: i64, reset: i64| Limits { remaining: Some(remaining), reset: Some(1_795_316_400 + reset) };
        let per_room = r#"{"errors":["Rate limit for message posting per room exceeded."]}"#;
        let table = [
            (200, "", Limits::default(), None),
            (429, "", limits(0, 120), Some((retry(121), "chatwork.ratelimited"))),
            (429, "", limits(5, 120), Some((retry(10), "chatwork.ratelimited"))),
            (429, per_room, limits(0, 120), Some((retry(10), "chatwork.ratelimited"))),
            (429, "", Limits::default(), Some((retry(10), "chatwork.ratelimited"))),
            (401, "", Limits::default(), Some((Outcome::BadConfig, "chatwork.invalid_token"))),
            (403, "", Limits::default(), Some((Outcome::BadConfig, "chatwork.forbidden"))),
            (404, "", Limits::default(), Some((Outcome::BadConfig, "chatwork.no_room"))),
            (400, "", Limits::default(), Some((Outcome::BadPayload, "chatwork.refused"))),
            (413, "", Limits::default(), Some((Outcome::BadPayload, "chatwork.refused"))),
            (302, "", Limits::default(), Some((Outcome::Retry { after: None }, "chatwork.unavailable"))),
            (500, "", Limits::default(), Some((Outcome::Retry { after: None }, "chatwork.unavailable"))),
        ];
        for (status, body, limits, expected) in table {
            assert_eq!(classify(status, body, &limits, now), expected, "{status} {body} {limits:?}");
        }
    }

    #[test]
    fn nothing_from_outside_is_notation() {
        assert_eq!(escape("[To:1] [toall] [/info]"), "［To:1］ ［toall］ ［/info］");
    }
}

//! Slack: `chat.postMessage` by a bot token, then the file in the message's thread.
//!
//! Source: docs.slack.dev, method pages and "Rate limits". Errors come with status 200 and `ok: false`.

mod classify;
mod text;

use actix_web::web::Bytes;
use api_types::Credentials;
use serde_json::{Value, json};

use super::http::Answer;
use super::{Attachment, Job, Notice, Outcome, Progress, Report, Senders};
pub use classify::{Class, class_of};

/// Makes one attempt: the text, then its file. A file that fails never fails the notice: the link stands in the text.
pub async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
    let mut progress = job.progress.clone();
    let Some(notice) = job.notices.first() else { return Report::new(Outcome::Delivered, None, "", progress) };
    let api = Api { senders, token: field(credentials, "bot_token"), channel: field(credentials, "channel_id") };
    if progress.text_sent.is_none() {
        match api.post(notice, job.plain).await {
            Ok(name) => progress.text_sent = Some(name),
            Err(report) => return Report { progress, ..report },
        }
    }
    let Some(file) = notice.attachment.as_ref().filter(|_| !progress.file_done) else {
        progress.file_done = true;
        return Report::new(Outcome::Delivered, None, "", progress).status(200);
    };
    let outcome = api.attach(file, progress.text_sent.as_deref().unwrap_or_default()).await;
    match outcome {
        // Once more, with the text left out.
        Err(report) if matches!(report.outcome, Outcome::Retry { .. }) => Report { progress, ..report },
        Err(report) => {
            progress.file_done = true;
            Report { outcome: Outcome::Delivered, progress, ..report }
        }
        Ok(()) => {
            progress.file_done = true;
            Report::new(Outcome::Delivered, None, "", progress).status(200)
        }
    }
}

/// Asks whether the token works and whether the bot is in the channel; `None` as well where Slack itself cannot be reached or may not
/// be asked.
pub async fn check(senders: &Senders, credentials: &Credentials) -> Option<Report> {
    let api = Api { senders, token: field(credentials, "bot_token"), channel: field(credentials, "channel_id") };
    if let Err(report) = api.call("auth.test", &json!({})).await {
        return (report.outcome == Outcome::BadConfig).then_some(report);
    }
    let request = senders.http.get(&format!("{}/conversations.info?channel={}", api.base(), api.channel)).bearer(api.token);
    let answer = request.send().await.ok()?;
    let body = answer.json();
    let wrong = |problem: &str| Some(Report::new(Outcome::BadConfig, Some(problem), problem, Progress::default()).status(answer.status));
    if body["ok"] == true {
        let channel = &body["channel"];
        return match (channel["is_archived"] == true, channel["is_member"] == false && channel["is_im"] != true) {
            (true, _) => wrong("slack.is_archived"),
            (_, true) => wrong("slack.not_in_channel"),
            _ => None,
        };
    }
    // Without the scopes for this question only a notice can tell.
    (body["error"] == "channel_not_found").then(|| wrong("slack.channel_not_found")).flatten()
}

fn field<'a>(credentials: &'a Credentials, name: &str) -> &'a str {
    credentials.get(name).map(String::as_str).unwrap_or_default()
}

struct Api<'a> {
    senders: &'a Senders,
    token: &'a str,
    channel: &'a str,
}

impl Api<'_> {
    fn base(&self) -> &str {
        &self.senders.config.providers.slack.base_url
    }

    async fn call(&self, method: &str, body: &Value) -> Result<Value, Report> {
        let request = self.senders.http.post(&format!("{}/{method}", self.base())).bearer(self.token).json(body);
        sort(request.send().await)
    }

    /// Sends the text and answers the name of the message: `channel/ts`.
    async fn post(&self, notice: &Notice, plain: bool) -> Result<String, Report> {
        let text = text::mrkdwn(notice);
        let mut body = json!({"channel": self.channel, "text": text, "unfurl_links": false, "unfurl_media": false});
        if !plain {
            body["blocks"] = text::blocks(notice);
        }
        let answer = self.call("chat.postMessage", &body).await?;
        let part = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        Ok(format!("{}/{}", part("channel"), part("ts")))
    }

    /// Uploads a file into the thread of a message, in Slack's three steps; begins once more where the upload itself got lost.
    async fn attach(&self, file: &Attachment, message: &str) -> Result<(), Report> {
        let bytes = self.senders.attachments.read(&file.object_key).await;
        let bytes = bytes.map_err(|error| failed("slack.file_unreadable", &error.to_string()))?;
        match self.upload(file, bytes.clone(), message).await {
            Err(report) if matches!(report.problem.as_deref(), Some("slack.file_lost")) => self.upload(file, bytes, message).await,
            other => other,
        }
    }

    async fn upload(&self, file: &Attachment, bytes: Bytes, message: &str) -> Result<(), Report> {
        let http = &self.senders.http;
        let form = [("filename", file.file_name.clone()), ("length", bytes.len().to_string())];
        let request = http.post(&format!("{}/files.getUploadURLExternal", self.base())).bearer(self.token).form(&form);
        let answer = sort(request.send().await)?;
        let (Some(url), Some(id)) = (answer["upload_url"].as_str(), answer["file_id"].as_str()) else {
            return Err(failed("slack.file_lost", "no upload_url"));
        };
        // Without the token: the URL itself is the permission.
        match http.post(url).header("content-type", "application/octet-stream").body(bytes).send().await {
            Ok(Answer { status: 200, .. }) => {}
            Ok(answer) => return Err(failed("slack.file_lost", &answer.text()).status(answer.status)),
            Err(error) => return Err(failed("slack.file_lost", &error.to_string())),
        }
        let (channel, thread) = message.split_once('/').unwrap_or((self.channel, ""));
        let mut body = json!({"files": [{"id": id, "title": file.file_name}], "channel_id": channel});
        if !thread.is_empty() {
            body["thread_ts"] = thread.into();
        }
        match self.call("files.completeUploadExternal", &body).await {
            Err(report) if report.detail == "file_not_found" => Err(failed("slack.file_lost", "file_not_found")),
            other => other.map(drop),
        }
    }
}

fn failed(problem: &str, detail: &str) -> Report {
    Report::new(Outcome::BadPayload, Some(problem), detail, Progress::default())
}

/// What an answer means: its body, or the report of the attempt.
fn sort(answer: Result<Answer, super::http::Error>) -> Result<Value, Report> {
    let answer = answer.map_err(|error| error.report(Progress::default()))?;
    let body = answer.json();
    if answer.is_success() && body["ok"] == true {
        return Ok(body);
    }
    let error = body["error"].as_str().unwrap_or_default();
    let (outcome, problem) = classify::classify(answer.status, error, answer.retry_after());
    Err(Report::new(outcome, Some(&problem), if error.is_empty() { "no reason was given" } else { error }, Progress::default())
        .status(answer.status))
}

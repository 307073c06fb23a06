//! LINE WORKS: messages of a bot, API 2.0.

mod api;
mod classify;
mod token;

use api_types::{AttachmentKind, Credentials, ServiceType};
use serde_json::{Value, json};
use url::Url;

use crate::notify::channels::{field, file_of};
use crate::notify::{Attachment, Job, Outcome, Progress, Report, Senders, words};
use crate::platform::config::host_allowed;
use classify::{Answer, classify};

pub use token::Tokens;

/// Longest text, in UTF-16 units.
const TEXT_MAX: usize = ServiceType::LineWorks.describe().text_max;
/// Largest file that is sent as `audio`; above it a recording goes as `file`.
const AUDIO_MAX: u64 = 1_000_000;

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Makes one attempt: the text, then the file.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let mut progress = job.progress.clone();
        let Some(notice) = job.notices.first() else {
            return Report::new(Outcome::Delivered, None, "", progress);
        };
        let mut status = None;
        if progress.text_sent.is_none() {
            let text = words::lines(notice).plain(TEXT_MAX, char::len_utf16);
            let report = post(senders, credentials, &json!({"type": "text", "text": text})).await;
            if report.outcome != Outcome::Delivered {
                return Report { progress, ..report };
            }
            status = report.status;
            progress.text_sent = Some(notice.delivery_id.clone());
        }
        if let Some(file) = file_of(notice, job).filter(|_| !progress.file_done) {
            let report = send_file(senders, credentials, file).await;
            match report.outcome {
                Outcome::Delivered => status = report.status.or(status),
                // Only the file is left to do.
                Outcome::Retry { .. } => return Report { progress, ..report },
                // The text with the link has arrived, and that is what counts; a second copy of a file
                // is worse than a link.
                _ => {
                    progress.file_done = true;
                    let said =
                        format!("file: {} {}", report.problem.unwrap_or_default(), report.detail);
                    return Report {
                        status,
                        ..Report::new(Outcome::Delivered, None, &said, progress)
                    };
                }
            }
        }
        progress.file_done = true;
        Report { status, ..Report::new(Outcome::Delivered, None, "", progress) }
    }

    /// Asks for a token, and for the bot.
    async fn check(senders: &Senders, credentials: &Credentials) -> Option<Report> {
        senders.line_works.forget(credentials);
        let path = format!("/bots/{}", field(credentials, "bot_id"));
        let report =
            with_token(senders, credentials, async |token| api::get(senders, &path, token).await)
                .await;
        matches!(report.outcome, Outcome::BadConfig).then_some(report)
    }
}

/// Where messages go: a room, or a person, whose id is a login name with an `@`.
fn destination(credentials: &Credentials) -> String {
    let (bot, to) = (field(credentials, "bot_id"), field(credentials, "channel_id"));
    let kind = if to.contains('@') { "users" } else { "channels" };
    format!("/bots/{bot}/{kind}/{to}/messages")
}

async fn post(senders: &Senders, credentials: &Credentials, content: &Value) -> Report {
    let (path, body) = (destination(credentials), json!({"content": content}));
    with_token(senders, credentials, async |token| api::post(senders, &path, token, &body).await)
        .await
}

/// Uploads the file and sends it.
async fn send_file(senders: &Senders, credentials: &Credentials, file: &Attachment) -> Report {
    let bytes = match senders.attachments.read(&file.object_key).await {
        Ok(bytes) => bytes,
        Err(error) => {
            return Report::new(
                Outcome::BadPayload,
                Some("line_works.content"),
                &error.to_string(),
                Progress::default(),
            );
        }
    };
    // An address works once and for a while: when it is refused, a new one is asked for, once.
    let mut again = true;
    let id = loop {
        let (id, url) = match upload_place(senders, credentials, file).await {
            Ok(place) => place,
            Err(report) => return report,
        };
        let report = with_token(senders, credentials, async |token| {
            api::upload(senders, url.clone(), token, file, &bytes).await
        })
        .await;
        match report.outcome {
            Outcome::Delivered => break id,
            Outcome::BadPayload | Outcome::BadConfig if again => again = false,
            _ => return api::harmless(report),
        }
    };
    let is_m4a = matches!(file.content_type.as_str(), "audio/mp4" | "audio/x-m4a" | "audio/m4a");
    let kind = if file.kind == AttachmentKind::Audio && is_m4a && file.size <= AUDIO_MAX {
        "audio"
    } else {
        "file"
    };
    post(senders, credentials, &json!({"type": kind, "fileId": id})).await
}

/// Asks where the bytes go: the file's id and the address.
async fn upload_place(
    senders: &Senders,
    credentials: &Credentials,
    file: &Attachment,
) -> Result<(String, Url), Report> {
    let failed = |detail: &str| {
        Report::new(Outcome::BadPayload, Some("line_works.content"), detail, Progress::default())
    };
    let (path, asked) = (
        format!("/bots/{}/attachments", field(credentials, "bot_id")),
        json!({"fileName": file.file_name}),
    );
    let mut place = Value::Null;
    let report = with_token(senders, credentials, async |token| {
        let answer = api::post(senders, &path, token, &asked).await?;
        place = answer.body.clone();
        Ok(answer)
    });
    let report = api::harmless(report.await);
    if report.outcome != Outcome::Delivered {
        return Err(report);
    }
    let (Some(id), Some(address)) = (place["fileId"].as_str(), place["uploadUrl"].as_str()) else {
        return Err(failed("the answer has no fileId or no uploadUrl"));
    };
    // The token goes to that address: only to those that are LINE WORKS's own.
    let allowed = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        host_allowed(senders.config.providers.get(ServiceType::LineWorks, "upload_hosts"), &host)
    };
    match Url::parse(address).ok().filter(allowed) {
        Some(url) => Ok((id.to_owned(), url)),
        None => Err(failed("the upload address is none of LINE WORKS")),
    }
}

/// Makes a request with a token; with a fresh one and once more where the first one is not taken
/// any more.
async fn with_token(
    senders: &Senders,
    credentials: &Credentials,
    mut request: impl AsyncFnMut(&str) -> Result<Answer, Report>,
) -> Report {
    for _ in 0..2 {
        let token = match token::get(senders, credentials).await {
            Ok(token) => token,
            Err(report) => return report,
        };
        match request(&token).await {
            Ok(answer) if answer.status == 401 => senders.line_works.forget(credentials),
            Ok(answer) => {
                let (outcome, problem) = classify(&answer, senders.clock.now());
                return Report::new(outcome, problem, &answer.detail(), Progress::default())
                    .status(answer.status);
            }
            Err(report) => return report,
        }
    }
    Report::new(
        Outcome::BadConfig,
        Some("line_works.unauthorized"),
        "401 with a fresh token",
        Progress::default(),
    )
    .status(401)
}

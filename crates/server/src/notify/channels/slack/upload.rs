//! The file of a notice, in three steps: ask where to, put it there, show it in the thread of the
//! notice.

use serde_json::{Value, json};

use super::{Slack, classify, detail};
use crate::notify::egress::Answer;
use crate::notify::{Attachment, Notice, Outcome, Report, words};

/// Keys of texts of what can become of a file.
#[cfg(test)]
pub const PROBLEMS: [&str; 8] = [
    "slack.file_failed",
    "slack.file_gone",
    "slack.file_later",
    "slack.file_not_allowed",
    "slack.file_not_in_channel",
    "slack.file_scope",
    "slack.file_storage_full",
    "slack.file_unsure",
];

/// Why a file did not get there.
struct Failed {
    problem: &'static str,
    detail: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It will not get there.
    ForGood,
    /// It can be tried later.
    Later(Option<chrono::TimeDelta>),
    /// The address has been used up: begin again.
    Restart,
}

impl Slack<'_> {
    /// Uploads the file of a notice that `sent` (`channel/ts`) tells of. Whatever becomes of it,
    /// the notice is there and has the link. What can be tried later goes back to the queue, which
    /// knows that the text is there.
    pub async fn upload(&self, notice: &Notice, sent: &str, text: &Report) -> Report {
        let Some(file) = &notice.attachment else { return text.clone() };
        let mut outcome = self.steps(notice, file, sent).await;
        if matches!(&outcome, Err(Failed { kind: Kind::Restart, .. })) {
            outcome = self.steps(notice, file, sent).await;
        }
        let mut progress = text.progress.clone();
        match outcome {
            Err(Failed { problem, detail, kind: Kind::Later(after) }) => Report {
                status: text.status,
                ..Report::new(Outcome::Retry { after }, Some(problem), &detail, progress)
            },
            Err(Failed { problem, detail, .. }) => {
                progress.file_done = true;
                Report {
                    status: text.status,
                    ..Report::new(Outcome::Delivered, Some(problem), &detail, progress)
                }
            }
            Ok(()) => {
                progress.file_done = true;
                Report { progress, ..text.clone() }
            }
        }
    }

    async fn steps(&self, notice: &Notice, file: &Attachment, sent: &str) -> Result<(), Failed> {
        let gone =
            |detail: String| Failed { problem: "slack.file_gone", detail, kind: Kind::ForGood };
        let bytes = self
            .senders
            .attachments
            .read(&file.object_key)
            .await
            .map_err(|error| gone(error.to_string()))?;
        if bytes.is_empty() {
            return Err(gone("the file is empty".into()));
        }
        let length = bytes.len().to_string();
        let form = [("filename", file.file_name.as_str()), ("length", length.as_str())];
        let place =
            self.step("files.getUploadURLExternal", |request| request.form(&form), false).await?;
        let (Some(url), Some(id)) = (place["upload_url"].as_str(), place["file_id"].as_str())
        else {
            return Err(Failed {
                problem: "slack.file_failed",
                detail: "no upload_url".into(),
                kind: Kind::ForGood,
            });
        };
        self.put(url, &file.content_type, bytes).await?;
        let (channel, ts) = sent.split_once('/').unwrap_or((self.channel, ""));
        let mut body =
            json!({"files": [{"id": id, "title": words::title(notice)}], "channel_id": channel});
        if !ts.is_empty() {
            body["thread_ts"] = ts.into();
        }
        self.step("files.completeUploadExternal", |request| request.json(&body), true)
            .await
            .map(drop)
    }

    /// Puts the bytes where Slack said. The address is a secret by itself; the token never goes
    /// there.
    async fn put(
        &self,
        url: &str,
        content_type: &str,
        bytes: actix_web::web::Bytes,
    ) -> Result<(), Failed> {
        let failed =
            |detail: String, kind: Kind| Failed { problem: "slack.file_failed", detail, kind };
        match self
            .senders
            .http
            .post(url)
            .header("content-type", content_type)
            .body(bytes)
            .send()
            .await
        {
            Ok(Answer { status: 200, .. }) => Ok(()),
            Ok(answer) => Err(failed(format!("upload: HTTP {}", answer.status), Kind::Restart)),
            // Without the last step nobody sees the bytes: once more does no harm.
            Err(error) => Err(Failed {
                problem: "slack.file_later",
                detail: error.to_string(),
                kind: Kind::Later(None),
            }),
        }
    }

    /// A call of the Web API about the file. `shows` says whether people see what it does, so that
    /// it must not be done twice.
    async fn step(
        &self,
        method: &str,
        fill: impl FnOnce(crate::notify::egress::Request) -> crate::notify::egress::Request,
        shows: bool,
    ) -> Result<Value, Failed> {
        let answer = match self.call(method, fill).await {
            Ok(answer) => answer,
            Err(error) if shows && error.may_have_arrived() => {
                return Err(Failed {
                    problem: "slack.file_unsure",
                    detail: error.to_string(),
                    kind: Kind::ForGood,
                });
            }
            Err(error) => {
                return Err(Failed {
                    problem: "slack.file_later",
                    detail: error.to_string(),
                    kind: Kind::Later(None),
                });
            }
        };
        classify::answer(&answer, self.senders.clock.now()).map_err(|(outcome, problem)| {
            let detail = format!("{method}: HTTP {} {}", answer.status, detail(&answer));
            let (problem, kind) = match (outcome, problem) {
                (Outcome::Unknown, _) if shows => ("slack.file_unsure", Kind::ForGood),
                (Outcome::Unknown, _) => ("slack.file_later", Kind::Later(None)),
                (Outcome::Retry { after }, _) => ("slack.file_later", Kind::Later(after)),
                (_, "slack.missing_scope") => ("slack.file_scope", Kind::ForGood),
                (_, "slack.not_in_channel") => ("slack.file_not_in_channel", Kind::ForGood),
                (
                    _,
                    known @ ("slack.file_not_allowed"
                    | "slack.file_too_large"
                    | "slack.file_storage_full"),
                ) => (known, Kind::ForGood),
                _ if answer.json()["error"] == "file_not_found" => {
                    ("slack.file_failed", Kind::Restart)
                }
                _ => ("slack.file_failed", Kind::ForGood),
            };
            Failed { problem, detail, kind }
        })
    }
}

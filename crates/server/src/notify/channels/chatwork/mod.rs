//! Chatwork: a message in a room, and the file as a second one.
//!
//! The status alone says how it went. There is no key against duplicates: a notice whose answer was
//! lost may come twice, and its short id tells.

mod classify;

use api_types::{Credentials, ServiceType};

use crate::notify::channels::{field, file_of};
use crate::notify::egress::{Answer, Error, Request};
use crate::notify::{Attachment, Job, Notice, Outcome, Progress, Report, Senders, words};

/// Longest message once a longer one was refused, in characters.
const PLAIN_MAX: usize = 1_000;
/// Longest message, in characters.
const TEXT_MAX: usize = ServiceType::Chatwork.describe().text_max;

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Makes one attempt.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let Some(notice) = job.notices.first() else {
            return Report::new(Outcome::Delivered, None, "", job.progress.clone());
        };
        let room = Room {
            senders,
            token: field(credentials, "api_token"),
            id: field(credentials, "room_id"),
        };
        let text = match &job.progress.text_sent {
            Some(_) => Report::new(Outcome::Delivered, None, "", job.progress.clone()),
            None => room.post(notice, job).await,
        };
        if text.outcome != Outcome::Delivered || text.progress.file_done {
            return text;
        }
        match file_of(notice, job) {
            Some(file) => room.show(notice, file, text).await,
            None => Report { progress: Progress { file_done: true, ..text.progress }, ..text },
        }
    }

    /// Asks whether the token works, and whether its owner may post in the room.
    async fn check(senders: &Senders, credentials: &Credentials) -> Option<Report> {
        let room = Room {
            senders,
            token: field(credentials, "api_token"),
            id: field(credentials, "room_id"),
        };
        let wrong = |answer: &Answer, problem: &str| {
            Some(
                Report::new(
                    Outcome::BadConfig,
                    Some(problem),
                    &detail(answer),
                    Progress::default(),
                )
                .status(answer.status),
            )
        };
        for path in ["/me", &format!("/rooms/{}", room.id)] {
            let answer = room.call(senders.http.get(room.url(path))).await.ok()?;
            match classify::answer(&answer, senders.clock.now()) {
                (Outcome::BadConfig, Some(problem)) => return wrong(&answer, problem),
                (Outcome::Delivered, _) if answer.json()["role"] == "readonly" => {
                    return wrong(&answer, "chatwork.readonly");
                }
                (Outcome::Delivered, _) => {}
                _ => return None,
            }
        }
        None
    }
}

fn detail(answer: &Answer) -> String {
    let body = answer.json();
    let errors = body["errors"].as_array().into_iter().flatten().filter_map(|error| error.as_str());
    errors.collect::<Vec<_>>().join("; ")
}

struct Room<'a> {
    senders: &'a Senders,
    token: &'a str,
    id: &'a str,
}

impl Room<'_> {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.senders.config.providers.get(ServiceType::Chatwork, "base_url"))
    }

    async fn call(&self, request: Request) -> Result<Answer, Error> {
        request.header("x-chatworktoken", self.token).send().await
    }

    /// Sends the text.
    async fn post(&self, notice: &Notice, job: &Job) -> Report {
        let mut progress = job.progress.clone();
        // The token is a person's: without this they would never see what arrived in their name.
        let form = [("body", message(notice, job.plain)), ("self_unread", "1".to_owned())];
        let url = self.url(&format!("/rooms/{}/messages", self.id));
        let answer = match self.call(self.senders.http.post(url).form(&form)).await {
            Ok(answer) => answer,
            Err(error) => return error.report(progress),
        };
        let (mut outcome, mut problem) = classify::answer(&answer, self.senders.clock.now());
        if outcome == Outcome::Delivered {
            // The message's id comes back; without it nothing is proven.
            match answer.json()["message_id"].as_str() {
                Some(id) => progress.text_sent = Some(id.to_owned()),
                None => (outcome, problem) = (Outcome::Unknown, Some("chatwork.unsure")),
            }
        }
        Report::new(outcome, problem, &detail(&answer), progress).status(answer.status)
    }

    /// Sends the file. Whatever becomes of it, the notice is there and has the link; what can be
    /// tried later goes back to the queue.
    async fn show(&self, notice: &Notice, file: &Attachment, text: Report) -> Report {
        let (outcome, problem, detail) = self.upload(notice, file).await;
        let file_done = outcome == Outcome::Delivered;
        let progress = Progress { file_done, ..text.progress };
        match problem {
            None => Report { progress, ..text },
            Some(problem) => Report {
                status: text.status,
                ..Report::new(outcome, Some(problem), &detail, progress)
            },
        }
    }

    async fn upload(
        &self,
        notice: &Notice,
        file: &Attachment,
    ) -> (Outcome, Option<&'static str>, String) {
        let given_up =
            |problem: &'static str, detail: String| (Outcome::Delivered, Some(problem), detail);
        if !ServiceType::Chatwork.describe().carries.audio.takes(file.size) {
            return given_up("chatwork.file_too_large", format!("{} bytes", file.size));
        }
        let bytes = match self.senders.attachments.read(&file.object_key).await {
            Ok(bytes) => bytes,
            Err(error) => return given_up("chatwork.file_gone", error.to_string()),
        };
        let title = format!("{}（{}）", words::title(notice), notice.short_id);
        let url = self.url(&format!("/rooms/{}/files", self.id));
        let named = (file.file_name.as_str(), file.content_type.as_str());
        let answer = match self
            .call(self.senders.http.post(url).file(
                &[("message", &escape(&title))],
                "file",
                named,
                &bytes,
            ))
            .await
        {
            Ok(answer) => answer,
            Err(error) if error.may_have_arrived() => {
                return given_up("chatwork.file_unsure", error.to_string());
            }
            Err(error) => {
                return (
                    Outcome::Retry { after: None },
                    Some("chatwork.file_later"),
                    error.to_string(),
                );
            }
        };
        let said = format!("HTTP {} {}", answer.status, detail(&answer));
        match classify::answer(&answer, self.senders.clock.now()) {
            (Outcome::Delivered, _) => (Outcome::Delivered, None, String::new()),
            (Outcome::Retry { after }, _) => {
                (Outcome::Retry { after }, Some("chatwork.file_later"), said)
            }
            _ if answer.status == 413 => given_up("chatwork.file_too_large", said),
            _ => given_up("chatwork.file_failed", said),
        }
    }
}

/// What a message says.
fn message(notice: &Notice, plain: bool) -> String {
    let lines = words::lines(notice);
    if plain {
        return escape(&lines.plain(PLAIN_MAX, |_| 1));
    }
    // Everything but the first line goes below it.
    let whole = escape(&lines.plain(TEXT_MAX, |_| 1));
    let (title, rest) = whole.split_once('\n').unwrap_or((&whole, ""));
    format!("[info][title]{title}[/title]{rest}[/info]")
}

/// Chatwork's notation begins with a bracket: without one, text mentions and formats nothing.
fn escape(text: &str) -> String {
    text.replace('[', "［").replace(']', "］")
}

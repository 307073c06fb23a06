//! Slack: a message of a bot, and the file in its thread.
//!
//! Slack answers 200 whatever happens and says what is wrong in `error`; only being asked too often
//! is a status of its own. There is no key against duplicates: a notice whose answer was lost may
//! come twice, and its short id tells.

mod classify;
mod message;
mod upload;

use api_types::{Credentials, ServiceType};
use serde_json::{Value, json};

use crate::notify::channels::{field, file_of};
use crate::notify::egress::{Answer, Error, Request};
use crate::notify::{Job, Notice, Outcome, Progress, Report, Senders};

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Makes one attempt.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let Some(notice) = job.notices.first() else {
            return Report::new(Outcome::Delivered, None, "", job.progress.clone());
        };
        let slack = Slack {
            senders,
            token: field(credentials, "bot_token"),
            channel: field(credentials, "channel_id"),
        };
        let Some(sent) = job.progress.text_sent.clone() else {
            let report = slack.post(notice, job).await;
            let (Outcome::Delivered, Some(sent)) = (&report.outcome, &report.progress.text_sent)
            else {
                return report;
            };
            return match file_of(notice, job) {
                Some(_) => slack.upload(notice, &sent.clone(), &report).await,
                None => {
                    Report { progress: Progress { file_done: true, ..report.progress }, ..report }
                }
            };
        };
        let before = Report::new(Outcome::Delivered, None, "", job.progress.clone());
        match file_of(notice, job) {
            Some(_) if !job.progress.file_done => slack.upload(notice, &sent, &before).await,
            _ => before,
        }
    }

    /// Asks whether the token works, and whether the bot is in the channel where its scopes let it ask.
    async fn check(senders: &Senders, credentials: &Credentials) -> Option<Report> {
        let slack = Slack {
            senders,
            token: field(credentials, "bot_token"),
            channel: field(credentials, "channel_id"),
        };
        let wrong = |problem: &str, answer: &Answer| {
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
        let known = slack.call("auth.test", |request| request.json(&json!({}))).await.ok()?;
        if let Err((Outcome::BadConfig, problem)) = classify::answer(&known, senders.clock.now()) {
            return wrong(problem, &known);
        }
        if !slack.channel.starts_with(['C', 'G']) {
            return None;
        }
        let found =
            slack.look(&format!("conversations.info?channel={}", slack.channel)).await.ok()?;
        match classify::answer(&found, senders.clock.now()) {
            // Notices need other scopes than this question: whether the channel is right will be seen
            // by the first test.
            Err((_, "slack.missing_scope")) => None,
            Err((Outcome::BadConfig, problem)) => wrong(problem, &found),
            Err(_) => None,
            Ok(body) if body["channel"]["is_archived"] == true => {
                wrong("slack.is_archived", &found)
            }
            Ok(body) if body["channel"]["is_member"] == false => {
                wrong("slack.not_in_channel", &found)
            }
            Ok(_) => None,
        }
    }
}

/// What an answer says is wrong, and with scopes which one.
fn detail(answer: &Answer) -> String {
    let body = answer.json();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let messages =
        body["response_metadata"]["messages"].as_array().into_iter().flatten().filter_map(text);
    let needed = text(&body["needed"])
        .filter(|scope| !scope.is_empty())
        .map(|scope| format!("needed: {scope}"));
    text(&body["error"]).into_iter().chain(needed).chain(messages).collect::<Vec<_>>().join("; ")
}

struct Slack<'a> {
    senders: &'a Senders,
    token: &'a str,
    channel: &'a str,
}

impl Slack<'_> {
    /// One call of the Web API.
    async fn call(
        &self,
        method: &str,
        fill: impl FnOnce(Request) -> Request,
    ) -> Result<Answer, Error> {
        let base = self.senders.config.providers.get(ServiceType::Slack, "base_url");
        let url = format!("{base}/{method}");
        fill(self.senders.http.post(url).bearer(self.token)).send().await
    }

    /// One question to the Web API.
    async fn look(&self, question: &str) -> Result<Answer, Error> {
        let base = self.senders.config.providers.get(ServiceType::Slack, "base_url");
        let url = format!("{base}/{question}");
        self.senders.http.get(url).bearer(self.token).send().await
    }

    /// Sends the text.
    async fn post(&self, notice: &Notice, job: &Job) -> Report {
        let mut body = message::body(notice, self.channel, job.plain);
        let mut answer = self.call("chat.postMessage", |request| request.json(&body)).await;
        // What was said belongs below the notice of the call, but it is worth more than its place.
        if body.get("thread_ts").is_some() && answer.as_ref().is_ok_and(classify::no_thread) {
            if let Some(fields) = body.as_object_mut() {
                fields.remove("thread_ts");
            }
            answer = self.call("chat.postMessage", |request| request.json(&body)).await;
        }
        let mut progress = job.progress.clone();
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return error.report(progress),
        };
        match classify::answer(&answer, self.senders.clock.now()) {
            Ok(said) => {
                let part = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
                progress.text_sent = Some(format!("{}/{}", part("channel"), part("ts")));
                Report::new(Outcome::Delivered, None, "", progress)
            }
            Err((outcome, problem)) => {
                Report::new(outcome, Some(problem), &detail(&answer), progress)
            }
        }
        .status(answer.status)
    }
}

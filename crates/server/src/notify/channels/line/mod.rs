//! LINE: pushes of the Messaging API of an official account.
//!
//! The one provider with a documented key against duplicates: the same `X-Line-Retry-Key` on every
//! attempt makes a second push of the same notice impossible for 24 hours. So nothing that goes
//! wrong on the way is ambiguous here, it is just tried again.

pub mod callbacks;
mod messages;
pub mod reply;

use api_types::{Credentials, ServiceType};
use serde_json::{Value, json};
use url::Url;

use crate::notify::channels::field;
use crate::notify::{Job, Outcome, Progress, Report, Senders, words};

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Makes one attempt.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let Some(notice) = job.notices.first() else {
            return Report::new(Outcome::Delivered, None, "", job.progress.clone());
        };
        let to = field(credentials, "to");
        if to.is_empty() {
            return Report::new(
                Outcome::BadConfig,
                Some("line.no_destination"),
                "",
                job.progress.clone(),
            );
        }
        let body = json!({"to": to, "messages": messages::messages(notice, job.plain)});
        let answer =
            call(senders, credentials, "/v2/bot/message/push", Some((&notice.delivery_id, &body)))
                .await;
        let mut progress = job.progress.clone();
        match answer {
            Ok(answer) => {
                let (outcome, problem) = classify(answer.status, &answer.body);
                if outcome == Outcome::Delivered {
                    progress.text_sent = answer
                        .body
                        .pointer("/sentMessages/0/id")
                        .and_then(Value::as_str)
                        .map(str::to_owned);
                    progress.file_done = true;
                }
                Report::new(outcome, problem, &answer.detail(), progress).status(answer.status)
            }
            Err(report) => Report { progress, ..report },
        }
    }

    /// Asks whether the token works and whether the destination can be reached; `None` as well where
    /// LINE itself is not to be reached.
    async fn check(senders: &Senders, credentials: &Credentials) -> Option<Report> {
        let wrong = |answer: &Answer, problem: &str| {
            Some(
                Report::new(
                    Outcome::BadConfig,
                    Some(problem),
                    &answer.detail(),
                    Progress::default(),
                )
                .status(answer.status),
            )
        };
        let bot = call(senders, credentials, "/v2/bot/info", None).await.ok()?;
        if let (Outcome::BadConfig, Some(problem)) = classify(bot.status, &bot.body) {
            return wrong(&bot, problem);
        }
        let to = field(credentials, "to");
        let (path, problem) = match to.chars().next()? {
            'U' => (format!("/v2/bot/profile/{to}"), "line.not_friend"),
            'C' => (format!("/v2/bot/group/{to}/summary"), "line.not_in_group"),
            // Rooms of several people cannot be asked about.
            _ => return None,
        };
        let destination = call(senders, credentials, &path, None).await.ok()?;
        match destination.status {
            400 | 404 => wrong(&destination, problem),
            _ => None,
        }
    }
}

/// What LINE calls a person or a group; nothing where it does not say.
async fn name_of(senders: &Senders, credentials: &Credentials, to: &str) -> Option<String> {
    let (path, field) = match to.chars().next()? {
        'U' => (format!("/v2/bot/profile/{to}"), "displayName"),
        'C' => (format!("/v2/bot/group/{to}/summary"), "groupName"),
        _ => return None,
    };
    let answer = call(senders, credentials, &path, None).await.ok()?;
    let name = words::one_line(answer.body[field].as_str()?);
    Some(name.chars().take(50).collect()).filter(|name: &String| !name.is_empty())
}

/// One exchange: a push with its retry key, or a question.
async fn call(
    senders: &Senders,
    credentials: &Credentials,
    path: &str,
    push: Option<(&str, &Value)>,
) -> Result<Answer, Report> {
    let failed = |outcome: Outcome, problem: &str, detail: &str| {
        Report::new(outcome, Some(problem), detail, Progress::default())
    };
    let base = senders.config.providers.get(ServiceType::Line, "base_url");
    let url = Url::parse(&format!("{base}{path}"));
    let url = url
        .map_err(|error| failed(Outcome::BadConfig, "line.bad_destination", &error.to_string()))?;
    let request = match push {
        Some((key, body)) => senders.http.post(url).header("X-Line-Retry-Key", key).json(body),
        None => senders.http.get(url),
    };
    match request.bearer(field(credentials, "channel_access_token")).send().await {
        Ok(answer) => Ok(Answer { status: answer.status, body: answer.json() }),
        // With the key it does not matter whether it arrived.
        Err(error) => {
            let problem =
                if error.may_have_arrived() { "line.timeout" } else { "line.unreachable" };
            Err(failed(Outcome::Retry { after: None }, problem, &error.to_string()))
        }
    }
}

struct Answer {
    status: u16,
    body: Value,
}

impl Answer {
    /// What LINE says, with the places that it complains about.
    fn detail(&self) -> String {
        let message = self.body["message"].as_str().unwrap_or_default();
        let details = self.body["details"].as_array().into_iter().flatten().map(|detail| {
            let part = |name: &str| detail[name].as_str().unwrap_or_default();
            format!("{}: {}", part("property"), part("message"))
        });
        [message.to_owned()]
            .into_iter()
            .chain(details)
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("; ")
    }
}

/// What an answer means. LINE has no error codes: texts are all there is.
fn classify(status: u16, body: &Value) -> (Outcome, Option<&'static str>) {
    let message = body["message"].as_str().unwrap_or_default().to_ascii_lowercase();
    let about_destination = || {
        let properties = body["details"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|detail| detail["property"].as_str());
        message.contains("failed to send messages")
            || message.contains("'to'")
            || properties.into_iter().any(|property| property == "to")
    };
    match status {
        200..=299 if body.is_object() => (Outcome::Delivered, None),
        // With the key it can be sent again until LINE itself answers.
        200..=299 => (Outcome::Retry { after: None }, Some("line.server_error")),
        // Accepted before, under the same retry key.
        409 => (Outcome::Delivered, None),
        401 => (Outcome::BadConfig, Some("line.unauthorized")),
        403 => (Outcome::BadConfig, Some("line.no_access")),
        404 | 410 => (Outcome::BadConfig, Some("line.bad_destination")),
        400 if about_destination() => (Outcome::BadConfig, Some("line.bad_destination")),
        // Until the month ends or the plan is changed nothing will get through: its owner has to
        // know, and what comes is held.
        429 if message.contains("monthly limit") => (Outcome::BadConfig, Some("line.quota")),
        429 => (Outcome::Retry { after: None }, Some("line.busy")),
        400..=499 => (Outcome::BadPayload, Some("line.content")),
        _ => (Outcome::Retry { after: None }, Some("line.server_error")),
    }
}

#[cfg(test)]
mod tests;

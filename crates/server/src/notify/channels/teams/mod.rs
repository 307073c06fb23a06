//! Microsoft Teams: an adaptive card to the URL of a workflow ("Send webhook alerts to a channel").
//!
//! Source: learn.microsoft.com, "Post to a webhook from a workflow"; the card's schema 1.4. An
//! answer of 202 only says that the flow has begun, so nothing is ever proven here.

mod card;

use api_types::{Credentials, ServiceType};
use chrono::TimeDelta;
use url::Url;

use crate::notify::channels::field;
use crate::notify::{Job, Outcome, Progress, Report, Senders};
use crate::platform::config::host_allowed;

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Makes one attempt. Several notices go as one card.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let progress = job.progress.clone();
        let Some(first) = job.notices.first() else {
            return Report::new(Outcome::HandedOver, None, "", progress);
        };
        let url = field(credentials, "url");
        let host = Url::parse(url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default();
        if !host_allowed(senders.config.providers.get(ServiceType::Teams, "allowed_hosts"), &host) {
            return Report::new(
                Outcome::BadConfig,
                Some("teams.host"),
                "the host is not one of Microsoft's",
                progress,
            );
        }
        match senders.http.post(url).json(&card::message(&job.notices, job.plain)).send().await {
            Ok(answer) => {
                let (outcome, problem) = classify(
                    answer.status,
                    &answer.text(),
                    answer.retry_after(senders.clock.now()),
                );
                let progress = match outcome {
                    Outcome::HandedOver => Progress {
                        text_sent: Some(first.delivery_id.clone()),
                        file_done: true,
                        ..progress
                    },
                    _ => progress,
                };
                let said = answer.json();
                let part = |name: &str| said["error"][name].as_str().unwrap_or_default().to_owned();
                let detail = [part("code"), part("message")]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(": ");
                Report::new(outcome, problem, &detail, progress).status(answer.status)
            }
            Err(error) => error.report(progress),
        }
    }
}

/// What an answer means.
fn classify(
    status: u16,
    body: &str,
    retry_after: Option<TimeDelta>,
) -> (Outcome, Option<&'static str>) {
    let slower = || Outcome::Retry { after: Some(retry_after.unwrap_or(TimeDelta::seconds(30))) };
    match status {
        // Teams itself may refuse behind a status that says that all is well.
        200..=299 if body.contains("Microsoft Teams endpoint returned HTTP error 429") => {
            (slower(), Some("teams.ratelimited"))
        }
        200..=299 => (Outcome::HandedOver, None),
        429 => (slower(), Some("teams.ratelimited")),
        401 | 403 => (Outcome::BadConfig, Some("teams.not_anyone")),
        404 | 410 => (Outcome::BadConfig, Some("teams.no_workflow")),
        408 | 500.. => (Outcome::Retry { after: retry_after }, Some("teams.unavailable")),
        _ => (Outcome::BadPayload, Some("teams.refused")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::doctor;
    use crate::platform::texts::Lang;

    #[test]
    fn answers_are_understood() {
        let retry = |seconds: i64| Outcome::Retry { after: Some(TimeDelta::seconds(seconds)) };
        let throttled = "Webhook message delivery failed with error: Microsoft Teams endpoint \
            returned HTTP error 429 with ContextId";
        let table = [
            (202, "", None, Outcome::HandedOver, None),
            (200, "1", None, Outcome::HandedOver, None),
            (200, throttled, None, retry(30), Some("teams.ratelimited")),
            (429, "", None, retry(30), Some("teams.ratelimited")),
            (429, "", Some(7), retry(7), Some("teams.ratelimited")),
            (401, "", None, Outcome::BadConfig, Some("teams.not_anyone")),
            (403, "", None, Outcome::BadConfig, Some("teams.not_anyone")),
            (404, "", None, Outcome::BadConfig, Some("teams.no_workflow")),
            (410, "", None, Outcome::BadConfig, Some("teams.no_workflow")),
            (400, "", None, Outcome::BadPayload, Some("teams.refused")),
            (413, "", None, Outcome::BadPayload, Some("teams.refused")),
            (408, "", None, Outcome::Retry { after: None }, Some("teams.unavailable")),
            (502, "", None, Outcome::Retry { after: None }, Some("teams.unavailable")),
        ];
        for (status, body, seconds, outcome, problem) in table {
            assert_eq!(
                classify(status, body, seconds.map(TimeDelta::seconds)),
                (outcome, problem),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn every_problem_has_words() {
        for problem in
            ["host", "no_workflow", "not_anyone", "ratelimited", "refused", "unavailable"]
        {
            for lang in [Lang::Ja, Lang::En] {
                let words = doctor::explain(lang, &format!("teams.{problem}"), None);
                assert!(
                    !words.message.starts_with("doctor.") && !words.advice.starts_with("doctor."),
                    "{problem} {lang:?}"
                );
            }
        }
    }
}

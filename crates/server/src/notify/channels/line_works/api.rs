//! Requests to LINE WORKS.

use actix_web::web::Bytes;
use api_types::ServiceType;
use serde_json::Value;
use url::Url;

use super::classify::Answer;
use crate::notify::egress::Request;
use crate::notify::{Attachment, Outcome, Progress, Report, Senders};
use crate::platform::crypto;

/// `GET`.
///
/// # Errors
/// When no answer came, as the report of the attempt.
pub async fn get(senders: &Senders, path: &str, token: &str) -> Result<Answer, Report> {
    exchange(senders.http.get(url(senders, path).ok_or_else(nowhere)?).bearer(token)).await
}

/// `POST` with JSON.
///
/// # Errors
/// When no answer came, as the report of the attempt.
pub async fn post(
    senders: &Senders,
    path: &str,
    token: &str,
    body: &Value,
) -> Result<Answer, Report> {
    exchange(senders.http.post(url(senders, path).ok_or_else(nowhere)?).bearer(token).json(body))
        .await
}

/// Asks for a token.
///
/// # Errors
/// When no answer came, as the report of the attempt.
pub async fn sign_in(senders: &Senders, form: &[(&str, &str)]) -> Result<Answer, Report> {
    let url = Url::parse(&format!(
        "{}/oauth2/v2.0/token",
        senders.config.providers.get(ServiceType::LineWorks, "auth_url")
    ))
    .map_err(|_| nowhere())?;
    // Asking again does no harm, whatever became of the first time.
    exchange(senders.http.post(url).form(form)).await.map_err(harmless)
}

/// The bytes of a file, to where an answer said.
///
/// # Errors
/// When no answer came, as the report of the attempt.
pub async fn upload(
    senders: &Senders,
    url: Url,
    token: &str,
    file: &Attachment,
    bytes: &Bytes,
) -> Result<Answer, Report> {
    let boundary = format!("denwaban-{}", crypto::new_token());
    // Names of files are ours: ASCII, without quotation marks.
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"Filedata\"; \
            filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
        file.file_name, file.content_type
    );
    let body = [head.as_bytes(), bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
    let kind = format!("multipart/form-data; boundary={boundary}");
    exchange(senders.http.post(url).bearer(token).header("content-type", &kind).body(body)).await
}

/// A report of something that can be repeated without harm: that it may have happened does not
/// matter.
pub fn harmless(report: Report) -> Report {
    match report.outcome {
        Outcome::Unknown => Report { outcome: Outcome::Retry { after: None }, ..report },
        _ => report,
    }
}

fn url(senders: &Senders, path: &str) -> Option<Url> {
    Url::parse(&format!(
        "{}{path}",
        senders.config.providers.get(ServiceType::LineWorks, "base_url")
    ))
    .ok()
}

/// Ids of bots and rooms are checked where they are entered; what makes no URL all the same leads
/// nowhere.
fn nowhere() -> Report {
    Report::new(
        Outcome::BadConfig,
        Some("line_works.not_found"),
        "the ids make no URL",
        Progress::default(),
    )
}

async fn exchange(request: Request) -> Result<Answer, Report> {
    let failed = |outcome: Outcome, problem: &str, detail: &str| {
        Report::new(outcome, Some(problem), detail, Progress::default())
    };
    match request.send().await {
        Ok(answer) => Ok(Answer {
            status: answer.status,
            body: answer.json(),
            reset: answer.header("ratelimit-reset").map(str::to_owned),
        }),
        Err(error) if error.may_have_arrived() => {
            Err(failed(Outcome::Unknown, "line_works.timeout", &error.to_string()))
        }
        Err(error) => Err(failed(
            Outcome::Retry { after: None },
            "line_works.unreachable",
            &error.to_string(),
        )),
    }
}

//! Answers of a LINE bot to who has just spoken to it. They cost nothing of the monthly quota.

use api_types::{Credentials, ServiceType};
use serde_json::json;
use url::Url;

use crate::notify::Senders;

/// Answers with one text. Whether it arrives changes nothing, so that it does not is only noted.
pub async fn send(senders: &Senders, credentials: &Credentials, reply_token: &str, text: &str) {
    let (Some(token), Ok(url)) = (
        credentials.get("channel_access_token"),
        Url::parse(&format!(
            "{}/v2/bot/message/reply",
            senders.config.providers.get(ServiceType::Line, "base_url")
        )),
    ) else {
        return;
    };
    let body = json!({"replyToken": reply_token, "messages": [{"type": "text", "text": text}]});
    match senders.http.post(url).bearer(token).json(&body).send().await {
        Ok(answer) if answer.is_success() => {}
        Ok(answer) => {
            tracing::info!(status = answer.status, "LINE did not take an answer of the bot")
        }
        Err(error) => tracing::info!(%error, "LINE was not reached with an answer of the bot"),
    }
}

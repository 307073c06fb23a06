//! `/callbacks/line/{token}`: what LINE tells of the bot of a service. Whoever sends the word to
//! the bot has the notices sent there.

use actix_web::{HttpRequest, HttpResponse, post, web};
use api_types::{Credentials, ErrorCode, ServiceType};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde::Deserialize;
use store::notify::notify_service;
use store::{EntranceScope, Scope};

use crate::error::Failure;
use crate::notify::channels::line::reply;
use crate::notify::http::services::changed;
use crate::notify::notify_services::{self, ServiceChange};
use crate::notify::{State, vault};
use crate::platform::change::{Actor, Expected};
use crate::platform::crypto;
use crate::platform::texts::{Lang, text};

/// What LINE sends:
/// <https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects>. What we do not
/// know we pass over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Call {
    events: Vec<Event>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    timestamp: i64,
    reply_token: String,
    source: Source,
    message: Message,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Source {
    group_id: Option<String>,
    room_id: Option<String>,
    user_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Message {
    #[serde(rename = "type")]
    kind: String,
    text: String,
}

/// A message that says the word: where it was said, and when by LINE's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Registration {
    to: String,
    timestamp: i64,
    reply_token: String,
    lang: Lang,
}

/// Hear from LINE
///
/// The address stands in the service's `line_setup`, to be entered as Webhook URL in the LINE
/// Developers console. Only what is signed with the service's channel secret is heard. A message
/// `登録` or `register` makes the place where it was sent the destination of the service.
#[utoipa::path(operation_id = "receive_line_callback", tag = "callbacks",
    params(("token" = String, Path, description = "The random part of the address."),
        ("x-line-signature" = String, Header,
            description = "Base64 of HMAC-SHA256 of the body under the channel secret.")),
    request_body(content = Object, content_type = "application/json",
        description = "What LINE writes.", example = json!({"events": []})),
    responses((status = 200, description = "Heard.")), security(()))]
#[post("/callbacks/line/{token}")]
pub async fn receive_line_callback(
    app: web::Data<State>,
    request: HttpRequest,
    token: web::Path<String>,
    body: web::Bytes,
) -> Result<HttpResponse, Failure> {
    let hash = crypto::hash_token(&token);
    let found = app
        .db
        .read(move |conn| {
            notify_service::find_by_callback(conn, EntranceScope::authenticating(), &hash)
        })
        .await?;
    let service = found.ok_or(Failure::NOT_FOUND)?;
    let credentials = vault::open(&app.secrets, &service)?;
    let signature = request
        .headers()
        .get("x-line-signature")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !is_signed(&credentials, signature, &body) {
        return Err(Failure::Code(ErrorCode::Unauthenticated));
    }
    // LINE sends again what is not answered well, and what we cannot read now we cannot read later.
    let call: Call = serde_json::from_slice(&body).unwrap_or_default();
    let newest = call.events.iter().filter_map(registration).max_by_key(|found| found.timestamp);
    if let Some(found) = newest {
        let reply = (found.reply_token.clone(), text(found.lang, "service.line_registered", &[]));
        if register(&app, &service, found).await? {
            changed(&app, &service.account_id, &service.id);
            // LINE waits for our answer, the room does not.
            actix_web::rt::spawn(async move {
                reply::send(&app.senders, &credentials, &reply.0, &reply.1).await
            });
        }
    }
    Ok(HttpResponse::Ok().finish())
}

fn is_signed(credentials: &Credentials, signature: &str, body: &[u8]) -> bool {
    let Some(secret) = credentials.get("channel_secret").filter(|secret| !secret.is_empty()) else {
        return false;
    };
    crypto::same(&STANDARD.encode(crypto::hmac(secret.as_bytes(), body)), signature)
}

/// The registration that an event is, if it is one. A group comes before the person who speaks in
/// it.
fn registration(event: &Event) -> Option<Registration> {
    if event.kind != "message" || event.message.kind != "text" {
        return None;
    }
    let lang = word(&event.message.text)?;
    let Source { group_id, room_id, user_id } = &event.source;
    let to = group_id.as_ref().or(room_id.as_ref()).or(user_id.as_ref())?.clone();
    let id_alone = Credentials::from([("to".into(), to.clone())]);
    api_types::credentials::read(
        ServiceType::Line,
        &id_alone,
        true,
        &api_types::credentials::Rules::of(ServiceType::Line),
    )
    .ok()?;
    Some(Registration {
        to,
        timestamp: event.timestamp,
        reply_token: event.reply_token.clone(),
        lang,
    })
}

/// The language of the word, in any width and case and whatever space is around it.
fn word(text: &str) -> Option<Lang> {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    match text.trim().chars().map(narrow).collect::<String>().to_lowercase().as_str() {
        "登録" => Some(Lang::Ja),
        "register" => Some(Lang::En),
        _ => None,
    }
}

/// Makes a place the destination; answers whether the word was new. What comes again, or late,
/// changes nothing.
async fn register(
    app: &web::Data<State>,
    service: &notify_service::Row,
    found: Registration,
) -> Result<bool, Failure> {
    let (scope, ids) =
        (Scope::account(&service.account_id), (service.rule_id.clone(), service.id.clone()));
    let (shared, ctx) = (app.clone(), app.ctx(Actor::service(&service.label)));
    app.db
        .write(move |conn| -> Result<bool, Failure> {
            let row = notify_services::locked_notify_service(
                conn,
                &scope,
                (&ids.0, &ids.1),
                &Expected::Any,
            )?;
            let stored = vault::open(&shared.secrets, &row)?;
            let last = stored
                .get(vault::REGISTERED_AT)
                .and_then(|text| text.parse().ok())
                .unwrap_or(i64::MIN);
            let known = DateTime::from_timestamp_millis(found.timestamp).is_some();
            if found.timestamp <= last || !known {
                return Ok(false);
            }
            let mut all = stored.clone();
            all.insert("to".into(), found.to);
            all.insert(vault::REGISTERED_AT.into(), found.timestamp.to_string());
            let credentials =
                Some(vault::seal(&shared.secrets, &row.id, ServiceType::Line, &stored, &all)?);
            let wanted = ServiceChange { credentials, mends: true, ..ServiceChange::default() };
            notify_services::change_notify_service(conn, &scope, &ctx, &row, &wanted)?;
            Ok(true)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_in_any_width_and_case() {
        for (said, lang) in [
            ("登録", Some(Lang::Ja)),
            (" 登録\n", Some(Lang::Ja)),
            ("　登録　", Some(Lang::Ja)),
            ("register", Some(Lang::En)),
            ("Register", Some(Lang::En)),
            ("ＲＥＧＩＳＴＥＲ", Some(Lang::En)),
            ("登録してください", None),
            ("register me", None),
            ("", None),
        ] {
            assert_eq!(word(said), lang, "{said:?}");
        }
    }

    #[test]
    fn a_group_comes_before_the_person_in_it() {
        let id = |begins: &str| format!("{begins}{}", "0123456789abcdef".repeat(2));
        let event = |source: serde_json::Value| -> Event {
            serde_json::from_value(serde_json::json!({
                "type": "message", "timestamp": 1, "replyToken": "r", "source": source,
                    "message": {"type": "text", "text": "登録"},
            }))
            .unwrap()
        };
        for (source, to) in [
            (serde_json::json!({"type": "user", "userId": id("U")}), Some(id("U"))),
            (
                serde_json::json!({"type": "group", "groupId": id("C"), "userId": id("U")}),
                Some(id("C")),
            ),
            (
                serde_json::json!({"type": "room", "roomId": id("R"), "userId": id("U")}),
                Some(id("R")),
            ),
            (serde_json::json!({"type": "group", "groupId": "nonsense"}), None),
            (serde_json::json!({}), None),
        ] {
            assert_eq!(registration(&event(source.clone())).map(|found| found.to), to, "{source}");
        }
    }
}

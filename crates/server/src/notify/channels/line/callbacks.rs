//! `/callbacks/line/{token}`: what LINE tells of the bot of a service. Whoever sends the word with
//! the code of the portal to the bot has the notices sent there. Anybody can befriend a bot: the
//! word alone does nothing.

use actix_web::{HttpRequest, HttpResponse, post, web};
use api_types::{Credentials, ErrorCode, NotifyLanguage, ServiceType};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta};
use maud::{DOCTYPE, html};
use serde::Deserialize;
use store::accounts::account;
use store::notify::{notify_rule, notify_service};
use store::{Conn, EntranceScope, Scope, new_id};

use crate::error::Failure;
use crate::identity::attempts;
use crate::notify::channels::line::reply;
use crate::notify::http::services::changed;
use crate::notify::notify_services::{self, ServiceChange};
use crate::notify::{State, vault};
use crate::platform::change::{Actor, Expected};
use crate::platform::crypto;
use crate::platform::mail::Mail;
use crate::platform::spelling;
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

/// Wrong codes that one service hears within [`WINDOW`].
const TRIES: i32 = 10;
const WINDOW: TimeDelta = TimeDelta::minutes(10);

/// A message that says the word: where it was said, and when by LINE's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Registration {
    /// The code behind the word.
    code: Option<String>,
    to: String,
    timestamp: i64,
    reply_token: String,
    lang: Lang,
}

/// Hear from LINE
///
/// The address stands in the service's `line_setup`, to be entered as Webhook URL in the LINE
/// Developers console. Only what is signed with the service's channel secret is heard. A message
/// `登録` or `register` with the code that the portal shows for ten minutes makes the place where it
/// was sent the destination of the service, and the contract's contact is told by mail.
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
        let said = found.clone();
        let heard = register(&app, &service, found).await?;
        if heard == Registered::Done {
            changed(&app, &service.account_id, &service.id);
        }
        if let Some(key) = heard.reply() {
            // LINE waits for our answer, the room does not.
            actix_web::rt::spawn(async move {
                let reply = text(said.lang, key, &[]);
                reply::send(&app.senders, &credentials, &said.reply_token, &reply).await;
                if heard == Registered::Done
                    && let Err(error) = tell_owner(&app, &service, &credentials, &said).await
                {
                    tracing::error!(%error, "nobody was told of a new destination of LINE");
                }
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
    let (lang, code) = word(&event.message.text)?;
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
        code,
        to,
        timestamp: event.timestamp,
        reply_token: event.reply_token.clone(),
        lang,
    })
}

/// The language of the word and the code behind it, in any width and case and whatever space is
/// around them.
fn word(text: &str) -> Option<(Lang, Option<String>)> {
    let said = spelling::login_id(text);
    let (lang, rest) = [("登録", Lang::Ja), ("register", Lang::En)]
        .into_iter()
        .find_map(|(word, lang)| Some((lang, said.strip_prefix(word)?)))?;
    let is_between = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '「' | '」');
    let code: String = rest.chars().filter(|c| !is_between(*c)).collect();
    match code.as_str() {
        "" => Some((lang, None)),
        digits if digits.chars().all(|c| c.is_ascii_digit()) => Some((lang, Some(code))),
        _ => None,
    }
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Registered {
    /// The place is the destination now.
    Done,
    /// The word came without a code.
    WithoutCode,
    /// The code is none, or none any more.
    WrongCode,
    /// It comes again, or late.
    Old,
}

impl Registered {
    /// The key of what the room is answered.
    fn reply(self) -> Option<&'static str> {
        match self {
            Self::Done => Some("service.line_registered"),
            Self::WithoutCode => Some("service.line_needs_code"),
            Self::WrongCode => Some("service.line_wrong_code"),
            Self::Old => None,
        }
    }
}

/// The service as it is now, which nobody else changes meanwhile.
fn locked(conn: &mut Conn, service: &notify_service::Row) -> Result<notify_service::Row, Failure> {
    let ids = (service.rule_id.as_str(), service.id.as_str());
    let scope = Scope::account(&service.account_id);
    notify_services::locked_notify_service(conn, &scope, ids, &Expected::Any)
}

/// Makes a place the destination, if the code is right. What comes again, or late, changes nothing.
async fn register(
    app: &web::Data<State>,
    service: &notify_service::Row,
    found: Registration,
) -> Result<Registered, Failure> {
    let Some(code) = found.code else { return Ok(Registered::WithoutCode) };
    let (scope, service) = (Scope::account(&service.account_id), service.clone());
    let (shared, ctx) = (app.clone(), app.ctx(Actor::service(&service.label)));
    // Six digits are guessed by who may try for ever.
    match attempts::count(app, "line-code", &service.id, TRIES, WINDOW).await {
        Ok(()) => {}
        Err(Failure::TooManyAttempts { .. }) => return Ok(Registered::WrongCode),
        Err(error) => return Err(error),
    }
    app.db
        .write(move |conn| -> Result<Registered, Failure> {
            let row = locked(conn, &service)?;
            let stored = vault::open(&shared.secrets, &row)?;
            let last = stored
                .get(vault::REGISTERED_AT)
                .and_then(|text| text.parse().ok())
                .unwrap_or(i64::MIN);
            let known = DateTime::from_timestamp_millis(found.timestamp).is_some();
            if found.timestamp <= last || !known {
                return Ok(Registered::Old);
            }
            let (codes, _) = vault::line_codes(&shared.secrets, &row.id, &stored, ctx.now);
            if !codes.iter().any(|known| crypto::same(known, &code)) {
                return Ok(Registered::WrongCode);
            }
            let mut all = stored.clone();
            all.insert("to".into(), found.to);
            all.insert(vault::REGISTERED_AT.into(), found.timestamp.to_string());
            all.remove(vault::REGISTERED_NAME);
            let credentials =
                Some(vault::seal(&shared.secrets, &row.id, ServiceType::Line, &stored, &all)?);
            let wanted = ServiceChange { credentials, mends: true, ..ServiceChange::default() };
            notify_services::change_notify_service(conn, &scope, &ctx, &row, &wanted)?;
            Ok(Registered::Done)
        })
        .await
}

/// Asks LINE who that is, keeps the name for the portal, and tells the contract's contact by mail.
async fn tell_owner(
    app: &web::Data<State>,
    service: &notify_service::Row,
    credentials: &Credentials,
    said: &Registration,
) -> Result<(), Failure> {
    let name = super::name_of(&app.senders, credentials, &said.to).await;
    let (scope, kept) = (Scope::account(&service.account_id), (service.clone(), name.clone()));
    let (shared, to) = (app.clone(), said.to.clone());
    let (contact, lang) = app
        .db
        .write(move |conn| -> Result<_, Failure> {
            let (service, name) = kept;
            let row = locked(conn, &service)?;
            let mut all = vault::open(&shared.secrets, &row)?;
            if let Some(name) = name.filter(|_| all.get("to") == Some(&to)) {
                all.insert(vault::REGISTERED_NAME.into(), name);
                let sealed = vault::seal(&shared.secrets, &row.id, ServiceType::Line, &all, &all)?;
                notify_service::reseal(conn, &scope, &row.id, &sealed.sealed)?;
            }
            let rule = notify_rule::find(conn, &scope, &row.rule_id)?;
            let lang = match rule.map(|rule| rule.language.0) {
                Some(NotifyLanguage::En) => Lang::En,
                _ => Lang::Ja,
            };
            Ok((account::contact_mail(conn, &scope)?, lang))
        })
        .await?;
    changed(app, &service.account_id, &service.id);
    let Some(contact) = contact else { return Ok(()) };
    let url = app.config.public_url();
    let values = [
        ("label", service.label.as_str()),
        ("name", name.as_deref().unwrap_or(&said.to)),
        ("url", url.as_str()),
    ];
    let say = |key: &str| text(lang, &format!("mail.line_registered.{key}"), &values);
    let page = html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            body style="font-family:sans-serif;line-height:1.6" {
                p { (say("body")) }
                p style="color:#566066" { (say("note")) }
            }
        }
    };
    let mail = Mail {
        to: contact,
        subject: say("subject"),
        text: format!("{}\n\n{}\n", say("body"), say("note")),
        html: page.into_string(),
        ..Mail::default()
    };
    let sent = app.mailer.send_patiently(mail, &new_id()).await;
    sent.map_err(|error| Failure::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_and_the_code_in_any_width_and_case() {
        let with = |lang, code: &str| Some((lang, Some(code.to_owned())));
        for (said, heard) in [
            ("登録", Some((Lang::Ja, None))),
            (" 登録\n", Some((Lang::Ja, None))),
            ("　登録　", Some((Lang::Ja, None))),
            ("登録 482913", with(Lang::Ja, "482913")),
            ("登録482913", with(Lang::Ja, "482913")),
            ("登録　４８２９１３", with(Lang::Ja, "482913")),
            ("登録：482 913", with(Lang::Ja, "482913")),
            ("register", Some((Lang::En, None))),
            ("Register 482913", with(Lang::En, "482913")),
            ("ＲＥＧＩＳＴＥＲ 482913", with(Lang::En, "482913")),
            ("登録してください", None),
            ("register me", None),
            ("482913", None),
            ("", None),
        ] {
            assert_eq!(word(said), heard, "{said:?}");
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

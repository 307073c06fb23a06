//! `/downloads/{token}`: what a link in a notice leads to, without signing in.
//!
//! Opening it changes nothing, since programs that preview links open them too; only fetched bytes
//! are counted.

use actix_web::http::StatusCode;
use actix_web::http::header::{ByteRangeSpec, Header as _, Range};
use actix_web::{HttpRequest, HttpResponse, get, web};
use api_types::AttachmentKind;
use maud::{Markup, html};
use store::calls::{attachment, call_event};
use store::numbers::number;
use store::{EntranceScope, Scope};

use crate::calls::http::file_answer;
use crate::calls::view::caller;
use crate::calls::{State, downloads};
use crate::error::Failure;
use crate::http::extract::Shared;
use crate::http::head;
use crate::http::plain_page;
use crate::platform::state::Platform;
use crate::platform::texts::{Lang, text};
use crate::platform::words;

/// Where a link leads.
struct Found {
    row: attachment::Row,
    event: Option<call_event::Row>,
    number: Option<number::Row>,
}

/// What a token leads to now; `None` where nothing is to be had any more, or never was.
async fn find(app: &Platform, token: &str) -> Result<Option<Found>, Failure> {
    let Some(named) = downloads::read(&app.secrets, token) else { return Ok(None) };
    let now = app.clock.now_naive();
    let found = app
        .db
        .read(move |conn| -> Result<Option<Found>, Failure> {
            let Some(row) = attachment::of_link(conn, EntranceScope::authenticating(), &named.id)?
            else {
                return Ok(None);
            };
            if row.link_serial != named.serial
                || row.link_revoked_at.is_some()
                || row.link_expires_at <= now
            {
                return Ok(None);
            }
            let scope = Scope::account(&row.account_id);
            let event = call_event::find(conn, &scope, &row.call_event_id)?;
            let number = match &event {
                Some(event) => number::find(conn, &scope, &event.number_id)?,
                None => None,
            };
            Ok(Some(Found { row, event, number }))
        })
        .await?;
    Ok(found)
}

/// The page of a recording or a fax, for people: a player or a button, the transcript, and until
/// when the link works; 410 when the link has expired or was revoked. Not in the document: what it
/// answers is for no program.
#[get("/downloads/{token}")]
pub async fn get_download_page(
    app: Shared,
    lang: Lang,
    token: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let found = find(&app, &token).await?;
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::GONE };
    let (title, body) = match &found {
        None => {
            let say = |key: &str| text(lang, &format!("downloads.{key}"), &[]);
            let title = say("gone_title");
            let body = html! { h1 { (title) } p { (say("gone")) } };
            (title, body)
        }
        Some(found) => content(lang, &token, found),
    };
    Ok(plain_page::answer(status, lang, &title, &body))
}

/// The bytes of a recording or a fax
///
/// As named in a notice. `Range` is honoured, so that a player can jump.
#[utoipa::path(get, operation_id = "get_download", tag = "downloads",
    params(("token" = String, Path, description = "From a notice."),
        ("file_name" = String, Path, description = "Any name.")),
    responses((status = 200, description = "The bytes.",
        content((Vec<u8> = "audio/mp4"), (Vec<u8> = "audio/mpeg"),
        (Vec<u8> = "audio/ogg"), (Vec<u8> = "audio/wav"), (Vec<u8> = "application/pdf"),
            (Vec<u8> = "image/tiff")))), security(()))]
#[get("/downloads/{token}/{file_name}")]
pub async fn get_download(
    app: web::Data<State>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let Some(found) = find(&app, &path.0).await? else {
        return Err(Failure::Code(api_types::ErrorCode::LinkExpired));
    };
    let response =
        file_answer::bytes(&app, &request, &found.row, request.query_string() == "download")
            .await?;
    // A player fetches one recording in many parts, and some ask for two bytes first to see whether
    // they may.
    let begins = match Range::parse(&request) {
        Ok(Range::Bytes(parts)) => match parts.as_slice() {
            [ByteRangeSpec::From(0)] => true,
            [ByteRangeSpec::FromTo(0, last)] => *last > 1,
            _ => false,
        },
        _ => true,
    };
    if !head::is_alone(&request) && response.status().is_success() && begins {
        let (scope, id, now) =
            (Scope::account(&found.row.account_id), found.row.id.clone(), app.clock.now_naive());
        tracing::info!(attachment = id, "an attachment was fetched through its link");
        app.db.write(move |conn| attachment::count_download(conn, &scope, &id, now)).await?;
    }
    Ok(response)
}

/// Title and body of the page of what is still to be had.
fn content(lang: Lang, token: &str, found: &Found) -> (String, Markup) {
    let say = |key: &str, values: &[(&str, &str)]| text(lang, &format!("downloads.{key}"), values);
    let row = &found.row;
    let audio = row.kind == AttachmentKind::Audio;
    let who = found
        .event
        .as_ref()
        .and_then(caller)
        .map(|caller| words::caller(lang, &caller))
        .unwrap_or_default();
    let title = say(if audio { "voicemail" } else { "fax" }, &[("caller", &who)]);
    let href = format!("/downloads/{token}/{}", row.file_name);
    let transcript = found
        .event
        .as_ref()
        .and_then(|event| event.transcript.as_deref())
        .filter(|text| !text.is_empty());
    let until = words::moment(lang, row.link_expires_at.and_utc());
    let body = html! {
        h1 { (title) }
        dl {
            @for (label, value) in facts(lang, found, audio) {
                div { dt { (say(label, &[])) } dd { (value) } }
            }
        }
        @if audio {
            audio controls preload="none" src=(href) { (say("no_player", &[])) }
        } @else {
            a.main href=(href) { (say("open", &[])) }
        }
        @if let Some(said) = transcript {
            section { h2 { (say("transcript", &[])) } p.said { (said) } }
        }
        p.actions { a href={ (href) "?download" } { (say("save", &[])) } }
        p.note { (say("until", &[("until", &until)])) }
    };
    (title, body)
}

/// What is known of the call: keys of labels, and values.
fn facts(lang: Lang, found: &Found, audio: bool) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(event) = &found.event {
        facts.push(("at", words::moment(lang, event.at.and_utc())));
        let seconds = event.duration_s.and_then(|seconds| u32::try_from(seconds).ok());
        if let Some(seconds) = seconds.filter(|_| audio) {
            facts.push(("duration", words::duration(lang, seconds)));
        }
    }
    if let Some(number) = &found.number {
        let shown = api_types::PhoneNumber::parse(&number.e164)
            .map(|number| number.japanese())
            .unwrap_or_default();
        let named = if number.name.is_empty() { shown } else { format!("{shown} {}", number.name) };
        facts.push(("number", named));
    }
    facts
}

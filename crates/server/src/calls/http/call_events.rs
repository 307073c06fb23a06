//! `/call-events`: what happened on the account's numbers, and its files.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use api_types::{CallEvent, CallEventQuery, DeliveryCounts, DeliveryState, Page, PageQuery};
use store::calls::attachment;
use store::calls::call_event::{self, Filter};
use store::notify::delivery;
use store::numbers::number;
use store::{Conn, Place, Scope};

use crate::calls::http::file_answer;
use crate::calls::{State, view};
use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Query, Shared};
use crate::http::paging::Window;
use crate::identity::callers::Member;
use crate::platform::texts::Lang;

/// List what happened
///
/// Missed calls, voicemails, faxes and forwarded calls, by the time of the call, the latest first.
/// Switches may report late: what is reported later than others can stand before them, and
/// `received_at` says when it came. `GET /call-events/stream` tells of it.
#[utoipa::path(operation_id = "list_call_events", tag = "call-events", params(CallEventQuery),
    responses((status = 200, description = "What happened.", body = Page<CallEvent>)),
        security(("session" = [])))]
#[get("/call-events")]
pub async fn list_call_events(
    app: Shared,
    holder: Member,
    lang: Lang,
    query: Query<CallEventQuery>,
) -> Result<HttpResponse, Failure> {
    let CallEventQuery { limit, cursor, kind, number_id } = query.0;
    let window = Window::new(&PageQuery { limit, cursor })?;
    let filter = Filter { kind, number_id, before: window.place()? };
    let now = app.clock.now_naive();
    let page = app
        .db
        .read(move |conn| -> Result<Page<CallEvent>, Failure> {
            let rows = call_event::list(conn, &holder.scope, &filter, window.fetch())?;
            let page = window.page(rows, |row| Place::new(row.at, &row.id).text());
            Ok(Page {
                items: complete(conn, &holder.scope, lang, &page.items, now)?,
                next_cursor: page.next_cursor,
            })
        })
        .await?;
    Ok(answer::json(&page))
}

/// The events with their files and with what became of their notices.
fn complete(
    conn: &mut Conn,
    scope: &Scope,
    lang: Lang,
    rows: &[call_event::Row],
    now: chrono::NaiveDateTime,
) -> Result<Vec<CallEvent>, Failure> {
    let numbers: HashMap<String, number::Row> =
        number::list(conn, scope)?.into_iter().map(|row| (row.id.clone(), row)).collect();
    let files: Vec<&str> = rows.iter().filter_map(|row| row.attachment_id.as_deref()).collect();
    let files: HashMap<String, attachment::Row> = attachment::with_ids(conn, scope, &files)?
        .into_iter()
        .map(|row| (row.id.clone(), row))
        .collect();
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut counts: HashMap<String, DeliveryCounts> = HashMap::new();
    for notice in delivery::states(conn, scope, &ids)? {
        let Some(event_id) = notice.call_event_id else { continue };
        let count = counts.entry(event_id).or_default();
        match notice.state.0 {
            DeliveryState::Delivered | DeliveryState::HandedOver => count.sent += 1,
            DeliveryState::Waiting | DeliveryState::Sending | DeliveryState::Held => {
                count.waiting += 1;
            }
            DeliveryState::Failed => count.failed += 1,
            DeliveryState::Canceled | DeliveryState::Skipped => {}
        }
    }
    rows.iter()
        .map(|row| {
            let file = row.attachment_id.as_ref().and_then(|id| files.get(id));
            let number = numbers.get(&row.number_id);
            view::call_event(
                row,
                number,
                file,
                counts.get(&row.id).copied().unwrap_or_default(),
                lang,
                now,
            )
        })
        .collect()
}

/// One thing that happened
#[utoipa::path(operation_id = "get_call_event", tag = "call-events",
    params(("event_id" = String, Path, description = "Id of the event.")),
    responses((status = 200, description = "What happened.", body = CallEvent)),
        security(("session" = [])))]
#[get("/call-events/{event_id}")]
pub async fn get_call_event(
    app: Shared,
    holder: Member,
    lang: Lang,
    event_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now_naive();
    let event = app.db.read(move |conn| one(conn, &holder.scope, lang, &event_id, now)).await?;
    Ok(answer::json(&event))
}

fn one(
    conn: &mut Conn,
    scope: &Scope,
    lang: Lang,
    id: &str,
    now: chrono::NaiveDateTime,
) -> Result<CallEvent, Failure> {
    let row = call_event::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    complete(conn, scope, lang, &[row], now)?.pop().ok_or(Failure::NOT_FOUND)
}

/// The recording or the fax of an event
///
/// As the holder, whether or not the link in notices still works. `Range` is honoured, so that a
/// player can jump.
#[utoipa::path(get, operation_id = "get_call_event_attachment", tag = "call-events",
    params(("event_id" = String, Path, description = "Id of the event.")),
    responses((status = 200, description = "The bytes.",
        content((Vec<u8> = "audio/mp4"), (Vec<u8> = "audio/mpeg"),
        (Vec<u8> = "audio/ogg"), (Vec<u8> = "audio/wav"), (Vec<u8> = "application/pdf"),
            (Vec<u8> = "image/tiff")))),
    security(("session" = [])))]
#[get("/call-events/{event_id}/attachment")]
pub async fn get_call_event_attachment(
    app: web::Data<State>,
    holder: Member,
    request: HttpRequest,
    event_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let row = app
        .db
        .read(move |conn| -> Result<attachment::Row, Failure> {
            let event =
                call_event::find(conn, &holder.scope, &event_id)?.ok_or(Failure::NOT_FOUND)?;
            let id = event.attachment_id.ok_or(Failure::NOT_FOUND)?;
            attachment::find(conn, &holder.scope, &id)?.ok_or(Failure::NOT_FOUND)
        })
        .await?;
    file_answer::bytes(&app, &request, &row, request.query_string() == "download").await
}

/// Revoke the link that stands in notices
///
/// Whoever has it cannot open it any more. The holder still can, and later notices have no link to
/// it.
#[utoipa::path(operation_id = "revoke_call_event_link", tag = "call-events",
    params(("event_id" = String, Path, description = "Id of the event.")),
    responses((status = 200, description = "The event, without a link.", body = CallEvent)),
        security(("session" = [], "csrf" = [])))]
#[post("/call-events/{event_id}/revoke-link")]
pub async fn revoke_call_event_link(
    app: Shared,
    holder: Member,
    lang: Lang,
    event_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now_naive();
    let event = app
        .db
        .write(move |conn| -> Result<CallEvent, Failure> {
            let event =
                call_event::find(conn, &holder.scope, &event_id)?.ok_or(Failure::NOT_FOUND)?;
            let id = event.attachment_id.ok_or(Failure::NOT_FOUND)?;
            attachment::revoke_link(conn, &holder.scope, &id, now)?;
            one(conn, &holder.scope, lang, &event_id, now)
        })
        .await?;
    Ok(answer::json(&event))
}

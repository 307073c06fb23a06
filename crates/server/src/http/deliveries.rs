//! `/deliveries`: what was sent, to whom, and what came of it.

use actix_web::{HttpResponse, get, post, web};
use api_types::{DeliveriesResend, DeliveriesResent, Delivery, DeliveryQuery, ErrorCode, Page, PageQuery};
use store::delivery::{self, Filter, Row};
use store::{Conn, Scope, StoreError, notify_service};

use super::answer;
use super::extract::{Body, Holder, Query, Shared};
use super::paging::Window;
use crate::error::Failure;
use crate::texts::Lang;
use crate::view;

/// List what was sent
///
/// One notice to one destination each, the latest first, without its attempts.
#[utoipa::path(operation_id = "list_deliveries", tag = "deliveries", params(DeliveryQuery),
    responses((status = 200, description = "What was sent.", body = Page<Delivery>)), security(("session" = [])))]
#[get("/deliveries")]
pub async fn list_deliveries(app: Shared, holder: Holder, lang: Lang, query: Query<DeliveryQuery>) -> Result<HttpResponse, Failure> {
    let DeliveryQuery { limit, cursor, call_event_id, service_id, state } = query.0;
    let window = Window::new(&PageQuery { limit, cursor })?;
    let state = state.map(|state| view::text_of(&state));
    let filter = Filter { call_event_id, service_id, state, before: window.after.clone() };
    let fetch = window.fetch();
    let rows = app.db.read(move |conn| delivery::list(conn, &holder.scope, &filter, fetch)).await?;
    let page = window.page(rows, |row| row.id.clone());
    let items = page.items.iter().map(|row| view::delivery(row, &[], lang)).collect::<Result<_, _>>()?;
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

/// One notice with each attempt
#[utoipa::path(operation_id = "get_delivery", tag = "deliveries", params(("delivery_id" = String, Path, description = "Id of the delivery.")),
    responses((status = 200, description = "The notice.", body = Delivery)), security(("session" = [])))]
#[get("/deliveries/{delivery_id}")]
pub async fn get_delivery(app: Shared, holder: Holder, lang: Lang, delivery_id: web::Path<String>) -> Result<HttpResponse, Failure> {
    let found = app.db.read(move |conn| one(conn, &holder.scope, lang, &delivery_id)).await?;
    Ok(answer::json(&found))
}

fn one(conn: &mut Conn, scope: &Scope, lang: Lang, id: &str) -> Result<Delivery, Failure> {
    let row = delivery::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    let attempts = delivery::attempts(conn, scope, id)?;
    view::delivery(&row, &attempts, lang)
}

/// Send a notice again
///
/// One that was delivered, given up or skipped; under the same id, so that receivers recognise it.
#[utoipa::path(operation_id = "resend_delivery", tag = "deliveries", params(("delivery_id" = String, Path, description = "Id of the delivery.")),
    responses((status = 200, description = "The notice, which waits to be sent.", body = Delivery)),
    security(("session" = [], "csrf" = [])))]
#[post("/deliveries/{delivery_id}/resend")]
pub async fn resend_delivery(app: Shared, holder: Holder, lang: Lang, delivery_id: web::Path<String>) -> Result<HttpResponse, Failure> {
    let now = app.clock.now_naive();
    let found = app
        .db
        .write(move |conn| -> Result<Delivery, Failure> {
            let row = delivery::find(conn, &holder.scope, &delivery_id)?.ok_or(Failure::NOT_FOUND)?;
            if !view::is_resendable(&row) || !again(conn, &holder.scope, &row, now)? {
                return Err(Failure::Code(ErrorCode::AlreadyDone));
            }
            one(conn, &holder.scope, lang, &delivery_id)
        })
        .await?;
    app.wake.notify_one();
    Ok(answer::json(&found))
}

/// Lets a notice wait again: for its service to be switched on, where that is off.
fn again(conn: &mut Conn, scope: &Scope, row: &Row, now: chrono::NaiveDateTime) -> Result<bool, StoreError> {
    let state = match &row.service_id {
        None => "waiting",
        Some(id) => match notify_service::find(conn, scope, id)? {
            Some(service) if service.enabled => "waiting",
            Some(_) => "held",
            None => return Ok(false),
        },
    };
    delivery::revive(conn, scope, &row.id, state, now)
}

/// Send everything again that failed or was skipped
#[utoipa::path(operation_id = "resend_deliveries", tag = "deliveries", request_body = DeliveriesResend,
    responses((status = 200, description = "How many are sent again.", body = DeliveriesResent)), security(("session" = [], "csrf" = [])))]
#[post("/deliveries/resend")]
pub async fn resend_deliveries(app: Shared, holder: Holder, body: Body<DeliveriesResend>) -> Result<HttpResponse, Failure> {
    let (now, since) = (app.clock.now_naive(), body.value.since.naive_utc());
    let resent = app
        .db
        .write(move |conn| -> Result<u32, StoreError> {
            let mut resent = 0;
            for row in delivery::ended_in_vain(conn, &holder.scope, since, body.value.rule_id.as_deref())? {
                resent += u32::from(again(conn, &holder.scope, &row, now)?);
            }
            Ok(resent)
        })
        .await?;
    app.wake.notify_one();
    Ok(answer::json(&DeliveriesResent { resent }))
}

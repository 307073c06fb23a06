//! `/deliveries`: what was sent, to whom, and what came of it.

use actix_web::{HttpResponse, get, post, web};
use api_types::{
    DeliveriesResend, DeliveriesResent, Delivery, DeliveryQuery, ErrorCode, LiveChange, Page,
    PageQuery,
};
use chrono::TimeDelta;
use store::notify::delivery::{self, Filter};
use store::notify::delivery_attempt;
use store::notify::resend::{self, Meant};
use store::{Conn, Scope};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, Query, Shared};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::idempotency::{Asked, do_once};
use crate::http::paging::Window;
use crate::identity::callers::Member;
use crate::notify::resend::Resender;
use crate::notify::{State, view};
use crate::platform::texts::Lang;

/// List what was sent
///
/// One notice to one destination each, the latest first, without its attempts.
#[utoipa::path(operation_id = "list_deliveries", tag = "deliveries", params(DeliveryQuery),
    responses((status = 200, description = "What was sent.", body = Page<Delivery>)),
        security(("session" = [])))]
#[get("/deliveries")]
pub async fn list_deliveries(
    app: Shared,
    holder: Member,
    lang: Lang,
    query: Query<DeliveryQuery>,
) -> Result<HttpResponse, Failure> {
    let DeliveryQuery { limit, cursor, call_event_id, service_id, state } = query.0;
    let window = Window::new(&PageQuery { limit, cursor })?;
    let filter = Filter { call_event_id, service_id, state, before: window.after.clone() };
    let fetch = window.fetch();
    let rows = app.db.read(move |conn| delivery::list(conn, &holder.scope, &filter, fetch)).await?;
    let page = window.page(rows, |row| row.id.clone());
    let items = page.items.iter().map(|row| view::delivery(row, &[], lang)).collect();
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

/// One notice with each attempt
#[utoipa::path(operation_id = "get_delivery", tag = "deliveries",
    params(("delivery_id" = String, Path, description = "Id of the delivery.")),
    responses((status = 200, description = "The notice.", body = Delivery)),
        security(("session" = [])))]
#[get("/deliveries/{delivery_id}")]
pub async fn get_delivery(
    app: Shared,
    holder: Member,
    lang: Lang,
    delivery_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let found = app.db.read(move |conn| one(conn, &holder.scope, lang, &delivery_id)).await?;
    Ok(answer::json(&found))
}

fn one(conn: &mut Conn, scope: &Scope, lang: Lang, id: &str) -> Result<Delivery, Failure> {
    let row = delivery::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    let attempts = delivery_attempt::list(conn, scope, id)?;
    Ok(view::delivery(&row, &attempts, lang))
}

/// Send a notice again
///
/// One that was given up or skipped goes on under its id. One that had arrived is sent as a new
/// notice, which is answered then, since its receiver would take the same one for a duplicate.
#[utoipa::path(operation_id = "resend_delivery", tag = "deliveries",
    params(("delivery_id" = String, Path, description = "Id of the delivery."),
        IdempotencyKeyHeader),
    responses((status = 200, description = "The notice, which waits to be sent.", body = Delivery)),
    security(("session" = [], "csrf" = [])))]
#[post("/deliveries/{delivery_id}/resend")]
pub async fn resend_delivery(
    app: web::Data<State>,
    holder: Member,
    key: IdempotencyKey,
    lang: Lang,
    delivery_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let delivery_id = delivery_id.into_inner();
    let (now, link_lasts, scope) = (app.clock.now_naive(), link_lasts(&app), holder.scope.clone());
    let asked = Asked::new(&holder.account_caller(), key, "");
    let done = do_once(&app, asked, move |conn| -> Result<Delivery, Failure> {
        let row = delivery::find(conn, &scope, &delivery_id)?.ok_or(Failure::NOT_FOUND)?;
        let sent = Resender::new(&scope, now, link_lasts).send(conn, row)?;
        one(conn, &scope, lang, &sent.ok_or(Failure::Code(ErrorCode::AlreadyDone))?)
    })
    .await?;
    tell(&app, &holder, done.value.call_event_id.clone(), Some(done.value.id.clone()));
    Ok(answer::done(&done, None))
}

/// Send everything again that failed or was skipped
///
/// And was planned at `since` or later; before `until`, of one rule or of one service where they
/// are given.
#[utoipa::path(operation_id = "resend_deliveries", tag = "deliveries",
    request_body = DeliveriesResend, params(IdempotencyKeyHeader),
    responses((status = 200, description = "How many are sent again.", body = DeliveriesResent)),
        security(("session" = [], "csrf" = [])))]
#[post("/deliveries/resend")]
pub async fn resend_deliveries(
    app: web::Data<State>,
    holder: Member,
    key: IdempotencyKey,
    body: Body<DeliveriesResend>,
) -> Result<HttpResponse, Failure> {
    let (now, link_lasts, scope) = (app.clock.now_naive(), link_lasts(&app), holder.scope.clone());
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    let DeliveriesResend { since, until, rule_id, service_id } = body.value;
    let until = until.map(|until| until.naive_utc());
    let meant = Meant { since: since.naive_utc(), until, rule_id, service_id };
    let done = do_once(&app, asked, move |conn| -> Result<DeliveriesResent, Failure> {
        let mut resender = Resender::new(&scope, now, link_lasts);
        let mut resent = 0;
        for row in resend::ended_in_vain(conn, &scope, &meant)? {
            resent += u32::from(resender.send(conn, row)?.is_some());
        }
        Ok(DeliveriesResent { resent })
    })
    .await?;
    // Too many to name: who looks reads everything anew.
    tell(&app, &holder, None, None);
    Ok(answer::done(&done, None))
}

fn link_lasts(app: &State) -> TimeDelta {
    TimeDelta::days(app.config.attachments.link_days.into())
}

fn tell(app: &State, holder: &Member, call_event_id: Option<String>, delivery_id: Option<String>) {
    app.calls.planned.notify_one();
    app.calls.live.tell(
        holder.scope.account_id(),
        LiveChange { call_event_id, delivery_id, service_id: None },
    );
}

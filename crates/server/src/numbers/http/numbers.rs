//! `/numbers`: phone numbers and their general settings.

use actix_web::{HttpResponse, get, patch, put, web};
use api_types::{ChannelLimit, ChannelLimitPut, Number, NumberPatch, Page, PageQuery};
use store::numbers::number::{self, Changes, Row};
use store::routing::contract::{self, Contract};
use store::{Conn, Scope};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IfMatch, Query, Shared};
use crate::http::headers::IfMatchHeader;
use crate::http::paging::Window;
use crate::identity::callers::Member;
use crate::numbers::rules::change;
use crate::numbers::{provisioning, view};
use crate::platform::change::{Ctx, check_version};

/// List the numbers
///
/// The primary number first, then in the order of their digits.
#[utoipa::path(operation_id = "list_numbers", tag = "numbers", params(PageQuery),
    responses((status = 200, description = "The numbers of the account.", body = Page<Number>)),
        security(("session" = [])))]
#[get("/numbers")]
pub async fn list_numbers(
    app: Shared,
    holder: Member,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let contract = app.db.read(move |conn| load(conn, &holder.scope)).await?;
    let rows = contract.numbers.iter().collect();
    let page = window.slice(rows, |row| format!("{}/{}", u8::from(!row.is_primary()), row.e164));
    let items =
        page.items.into_iter().map(|row| view::number(&contract, row)).collect::<Result<_, _>>()?;
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

fn load(conn: &mut Conn, scope: &Scope) -> Result<Contract, Failure> {
    contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)
}

/// One number
#[utoipa::path(operation_id = "get_number", tag = "numbers",
    params(("number_id" = String, Path, description = "Id of the number.")),
    responses((status = 200, description = "The number.", body = Number)),
        security(("session" = [])))]
#[get("/numbers/{number_id}")]
pub async fn get_number(
    app: Shared,
    holder: Member,
    number_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let number = app.db.read(move |conn| find(conn, &holder.scope, &number_id)).await?;
    Ok(answer::versioned(&number, number.version))
}

fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Number, Failure> {
    let contract = load(conn, scope)?;
    view::number(&contract, contract.number(id).ok_or(Failure::NOT_FOUND)?)
}

/// Change a number's general settings
///
/// Only the fields that are sent change. `capabilities` of the number tells which settings apply;
/// another one is refused at its field.
#[utoipa::path(operation_id = "update_number", tag = "numbers", request_body = NumberPatch,
    params(("number_id" = String, Path, description = "Id of the number."), IfMatchHeader),
    responses((status = 200, description = "The number after the change.", body = Number)),
        security(("session" = [], "csrf" = [])))]
#[patch("/numbers/{number_id}")]
pub async fn update_number(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    number_id: web::Path<String>,
    body: Body<NumberPatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let number = app
        .db
        .write(move |conn| {
            write(conn, &holder.scope, &ctx, if_match, &number_id, |contract, row| {
                change::number(contract, row, &body.value, ctx.now).map_err(Failure::Fields)
            })
        })
        .await?;
    Ok(answer::versioned(&number, number.version))
}

/// The one way in which a holder changes a number: lock, version, rule, row, log.
fn write(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: IfMatch,
    id: &str,
    decide: impl FnOnce(&Contract, &Row) -> Result<Changes, Failure>,
) -> Result<Number, Failure> {
    let contract = contract::load_locked(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let row = contract.number(id).ok_or(Failure::NOT_FOUND)?;
    check_version(row.version, &if_match.0)?;
    let changes = decide(&contract, row)?;
    let after = provisioning::change_number(conn, scope, ctx, row, &changes)?;
    view::number(&contract, &after)
}

/// A number's channel limit
///
/// Its ETag is the number's.
#[utoipa::path(operation_id = "get_channel_limit", tag = "numbers",
    params(("number_id" = String, Path, description = "Id of the number.")),
    responses((status = 200, description = "Calls at once, and the most that the contract allows.",
        body = ChannelLimit)),
    security(("session" = [])))]
#[get("/numbers/{number_id}/channel-limit")]
pub async fn get_channel_limit(
    app: Shared,
    holder: Member,
    number_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let row = app
        .db
        .read(move |conn| number::find(conn, &holder.scope, &number_id))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    let number = view::operator_number(&row);
    Ok(answer::versioned(
        &ChannelLimit { limit: number.channel_limit, max: number.max_channels },
        number.version,
    ))
}

/// Set a number's channel limit
///
/// 1 to the contract's maximum for this number.
#[utoipa::path(operation_id = "set_channel_limit", tag = "numbers", request_body = ChannelLimitPut,
    params(("number_id" = String, Path, description = "Id of the number."), IfMatchHeader),
    responses((status = 200, description = "The limit after the change.", body = ChannelLimit)),
        security(("session" = [], "csrf" = [])))]
#[put("/numbers/{number_id}/channel-limit")]
pub async fn set_channel_limit(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    number_id: web::Path<String>,
    body: Body<ChannelLimitPut>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let number = app
        .db
        .write(move |conn| {
            write(conn, &holder.scope, &ctx, if_match, &number_id, |contract, row| {
                change::channel_limit(contract, row, body.value.limit, ctx.now)
                    .map_err(Failure::Fields)
            })
        })
        .await?;
    Ok(answer::versioned(
        &ChannelLimit { limit: number.channel_limit, max: number.max_channels },
        number.version,
    ))
}

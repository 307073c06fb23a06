//! `/ids`: IDs and their general settings.

use actix_web::{HttpResponse, get, patch, web};
use api_types::{Page, PageQuery, PhoneId, PhoneIdPatch};
use chrono::NaiveDateTime;
use store::routing::contract;
use store::{Conn, Scope};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IfMatch, Query, Shared};
use crate::http::headers::IfMatchHeader;
use crate::http::paging::Window;
use crate::identity::callers::Member;
use crate::numbers::rules::change;
use crate::numbers::terminals::Terminals;
use crate::numbers::{phone_ids, view};
use crate::platform::change::check_version;

/// List the IDs
///
/// The basic ID first, then by extension, each with the terminals that are signed in or registered.
#[utoipa::path(operation_id = "list_ids", tag = "ids", params(PageQuery),
    responses((status = 200, description = "The IDs of the account.", body = Page<PhoneId>)),
        security(("session" = [])))]
#[get("/ids")]
pub async fn list_ids(
    app: Shared,
    holder: Member,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let now = app.clock.now_naive();
    let page = app
        .db
        .read(move |conn| -> Result<Page<PhoneId>, Failure> {
            let contract = contract::load(conn, &holder.scope)?.ok_or(Failure::NOT_FOUND)?;
            let terminals = Terminals::load(conn, &holder.scope, now)?;
            // Extensions sort as numbers: 99 comes before 201.
            let key = |row: &&store::numbers::phone_id::Row| {
                format!("{}/{:0>6}", u8::from(!row.is_basic()), row.extension)
            };
            let page = window.slice(contract.phone_ids.iter().collect(), key);
            let items = page
                .items
                .into_iter()
                .map(|row| view::phone_id(&contract, row, &terminals))
                .collect();
            Ok(Page { items, next_cursor: page.next_cursor })
        })
        .await?;
    Ok(answer::json(&page))
}

fn find(conn: &mut Conn, scope: &Scope, id: &str, now: NaiveDateTime) -> Result<PhoneId, Failure> {
    let contract = contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let row = contract.phone_id(id).ok_or(Failure::NOT_FOUND)?;
    Ok(view::phone_id(&contract, row, &Terminals::load(conn, scope, now)?))
}

/// One ID
#[utoipa::path(operation_id = "get_id", tag = "ids", params(("phone_id" = String, Path,
    description = "Id of the ID.")),
    responses((status = 200, description = "The ID.", body = PhoneId)), security(("session" = [])))]
#[get("/ids/{phone_id}")]
pub async fn get_id(
    app: Shared,
    holder: Member,
    phone_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now_naive();
    let found = app.db.read(move |conn| find(conn, &holder.scope, &phone_id, now)).await?;
    Ok(answer::versioned(&found, found.version))
}

/// Change an ID's general settings
///
/// Only the fields that are sent change.
#[utoipa::path(operation_id = "update_id", tag = "ids", request_body = PhoneIdPatch,
    params(("phone_id" = String, Path, description = "Id of the ID."), IfMatchHeader),
    responses((status = 200, description = "The ID after the change.", body = PhoneId)),
        security(("session" = [], "csrf" = [])))]
#[patch("/ids/{phone_id}")]
pub async fn update_id(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    phone_id: web::Path<String>,
    body: Body<PhoneIdPatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let changed = app
        .db
        .write(move |conn| {
            let contract = contract::load_locked(conn, &holder.scope)?.ok_or(Failure::NOT_FOUND)?;
            let before = contract.phone_id(&phone_id).ok_or(Failure::NOT_FOUND)?;
            check_version(before.version, &if_match.0)?;
            let changes =
                change::phone_id(&contract, before, &body.value).map_err(Failure::Fields)?;
            phone_ids::change_phone_id(conn, &holder.scope, &ctx, before, &changes)?;
            find(conn, &holder.scope, &phone_id, ctx.at())
        })
        .await?;
    Ok(answer::versioned(&changed, changed.version))
}

//! `/numbers/{number_id}/block-list`: the switches for calls without a number. They are settings of
//! the number; the entries of the list are the room `block_list`'s.

use actix_web::{HttpResponse, get, patch, web};
use api_types::{BLOCK_ENTRIES_MAX, BlockList, BlockListPatch};
use store::numbers::number;
use store::routing::contract;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IfMatch, Shared};
use crate::http::headers::IfMatchHeader;
use crate::identity::callers::Member;
use crate::numbers::provisioning::change_number;
use crate::numbers::rules;
use crate::platform;
use crate::platform::change::check_version;

fn view_of(row: &number::Row) -> BlockList {
    BlockList {
        reject_withheld: row.reject_withheld,
        reject_pay_phone: row.reject_pay_phone,
        reject_out_of_range: row.reject_out_of_range,
        reject_service_conflict: row.reject_service_conflict,
        entry_count: u32::try_from(row.block_entry_count).unwrap_or(u32::MAX),
        entry_limit: u32::try_from(BLOCK_ENTRIES_MAX).unwrap_or(u32::MAX),
    }
}

/// A number's switches for calls without a number
///
/// Their ETag is the number's. The entries of the list stand in a list of their own.
#[utoipa::path(operation_id = "get_block_list", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number.")),
    responses((status = 200, description = "The switches, and how long the list is.",
        body = BlockList)), security(("session" = [])))]
#[get("/numbers/{number_id}/block-list")]
pub async fn get_block_list(
    app: Shared,
    holder: Member,
    number_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let row = app
        .db
        .read(move |conn| number::find(conn, &holder.scope, &number_id))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    Ok(answer::versioned(&view_of(&row), platform::wire::unsigned(row.version)))
}

/// Change a number's switches for calls without a number
///
/// Only the fields that are sent change.
#[utoipa::path(operation_id = "update_block_list", tag = "block-list",
    request_body = BlockListPatch,
    params(("number_id" = String, Path, description = "Id of the number."), IfMatchHeader),
    responses((status = 200, description = "The switches after the change.", body = BlockList)),
        security(("session" = [], "csrf" = [])))]
#[patch("/numbers/{number_id}/block-list")]
pub async fn update_block_list(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    number_id: web::Path<String>,
    body: Body<BlockListPatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let row = app
        .db
        .write(move |conn| -> Result<number::Row, Failure> {
            let contract = contract::load_locked(conn, &holder.scope)?.ok_or(Failure::NOT_FOUND)?;
            let row = contract.number(&number_id).ok_or(Failure::NOT_FOUND)?;
            check_version(row.version, &if_match.0)?;
            change_number(conn, &holder.scope, &ctx, row, &rules::change::block_list(&body.value))
        })
        .await?;
    Ok(answer::versioned(&view_of(&row), platform::wire::unsigned(row.version)))
}

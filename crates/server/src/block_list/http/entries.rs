//! `/numbers/{number_id}/block-list`: whom a number refuses.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use api_types::{
    BlockCheck, BlockCheckRequest, BlockEntriesDelete, BlockEntriesDeleted, BlockEntriesRestored,
    BlockEntry, BlockEntryCreate, BlockEntryPage, BlockEntryPatch, BlockEntryQuery, FieldCode,
    FieldFault, PageQuery, search_terms,
};
use store::block_list::block_entry::{self, Wanted};
use store::numbers::number;

use crate::block_list;
use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, IfMatch, Query, Shared};
use crate::http::headers::{IdempotencyKeyHeader, IfMatchHeader};
use crate::http::idempotency::{Asked, Created, do_once, once};
use crate::http::paging::Window;
use crate::identity::callers::Member;
use crate::platform::texts::Lang;

/// List the entries of a block list
///
/// The latest first. `q` finds part of a number, in whatever way it is written, or of a note; a
/// page of a search may be short, even empty, while `next_cursor` is set: go on with it.
#[utoipa::path(operation_id = "list_block_entries", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."), BlockEntryQuery),
    responses((status = 200, description = "Entries of the list.", body = BlockEntryPage)),
        security(("session" = [])))]
#[get("/numbers/{number_id}/block-list/entries")]
pub async fn list_block_entries(
    app: Shared,
    holder: Member,
    number_id: web::Path<String>,
    query: Query<BlockEntryQuery>,
) -> Result<HttpResponse, Failure> {
    let BlockEntryQuery { limit, cursor, q } = query.0;
    let window = Window::new(&PageQuery { limit, cursor })?;
    if q.as_ref().is_some_and(|q| q.chars().count() > 100) {
        return Err(Failure::Fields(vec![FieldFault::new("?q", FieldCode::TooLong).limit(100)]));
    }
    let wanted = Wanted {
        texts: q.as_deref().map(search_terms).unwrap_or_default(),
        before: window.after.clone(),
    };
    let (limit, now) = (i64::try_from(window.limit).unwrap_or(i64::MAX), app.clock.now_naive());
    let page = app
        .db
        .read(move |conn| -> Result<BlockEntryPage, Failure> {
            let number =
                number::find(conn, &holder.scope, &number_id)?.ok_or(Failure::NOT_FOUND)?;
            let found = block_entry::page(conn, &holder.scope, &number_id, &wanted, limit)?;
            Ok(BlockEntryPage {
                items: found
                    .rows
                    .iter()
                    .map(|row| block_list::entry(row, now))
                    .collect::<Result<_, _>>()?,
                next_cursor: found.next.as_deref().map(Window::cursor),
                total: u32::try_from(number.block_entry_count).unwrap_or(u32::MAX),
            })
        })
        .await?;
    Ok(answer::json(&page))
}

/// Add an entry to a block list
///
/// What would hurt the account is refused: its own numbers, the number that its calls are forwarded
/// from, emergency numbers, a beginning of fewer than three digits. What covers numbers that were
/// called or answered in the last 30 days, or a whole country, needs `confirm`.
#[utoipa::path(operation_id = "create_block_entry", tag = "block-list",
    request_body = BlockEntryCreate,
    params(("number_id" = String, Path, description = "Id of the number."), IdempotencyKeyHeader),
    responses((status = 201, description = "The new entry.", body = BlockEntry)),
        security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/block-list/entries")]
pub async fn create_block_entry(
    app: Shared,
    holder: Member,
    key: IdempotencyKey,
    number_id: web::Path<String>,
    body: Body<BlockEntryCreate>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    let (scope, new, number_id) = (holder.scope.clone(), body.value, number_id.into_inner());
    once(&app, asked, move |conn| {
        let value = block_list::add(conn, &scope, &ctx, &number_id, &new)?;
        let location = format!("/api/v1/numbers/{number_id}/block-list/entries/{}", value.id);
        Ok(Created { version: Some(value.version), location, value })
    })
    .await
}

/// Check what an entry would mean
///
/// How the caller is understood, why it cannot be added or what to think about first, which entry
/// covers it already, and which of the calls of the last 30 days it would have stopped. Changes
/// nothing; a text that cannot be read is no error here.
#[utoipa::path(operation_id = "check_block_entry", tag = "block-list",
    request_body = BlockCheckRequest,
    params(("number_id" = String, Path, description = "Id of the number.")),
    responses((status = 200, description = "What it would mean.", body = BlockCheck)),
        security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/block-list/entries/check")]
pub async fn check_block_entry(
    app: Shared,
    holder: Member,
    lang: Lang,
    number_id: web::Path<String>,
    body: Body<BlockCheckRequest>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let check = app
        .db
        .read(move |conn| {
            block_list::check(conn, &holder.scope, &ctx, lang, &number_id, &body.value)
        })
        .await?;
    Ok(answer::json(&check))
}

/// One entry of a block list
#[utoipa::path(operation_id = "get_block_entry", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."),
        ("entry_id" = String, Path, description = "Id of the entry.")),
    responses((status = 200, description = "The entry.", body = BlockEntry)),
        security(("session" = [])))]
#[get("/numbers/{number_id}/block-list/entries/{entry_id}")]
pub async fn get_block_entry(
    app: Shared,
    holder: Member,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now_naive();
    let row = app
        .db
        .read(move |conn| block_entry::find(conn, &holder.scope, &path.0, &path.1))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    let entry = block_list::entry(&row, now)?;
    Ok(answer::versioned(&entry, entry.version))
}

/// Change an entry's note or expiry
///
/// Only the fields that are sent change.
#[utoipa::path(operation_id = "update_block_entry", tag = "block-list",
    request_body = BlockEntryPatch,
    params(("number_id" = String, Path, description = "Id of the number."),
        ("entry_id" = String, Path, description = "Id of the entry."),
        IfMatchHeader),
    responses((status = 200, description = "The entry after the change.", body = BlockEntry)),
        security(("session" = [], "csrf" = [])))]
#[patch("/numbers/{number_id}/block-list/entries/{entry_id}")]
pub async fn update_block_entry(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    path: web::Path<(String, String)>,
    body: Body<BlockEntryPatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let entry = app
        .db
        .write(move |conn| {
            block_list::change(
                conn,
                &holder.scope,
                &ctx,
                &if_match.0,
                (&path.0, &path.1),
                &body.value,
            )
        })
        .await?;
    Ok(answer::versioned(&entry, entry.version))
}

/// Remove an entry
///
/// For an undo remove it with `POST …/entries/delete`, which answers a `deletion_id`.
#[utoipa::path(operation_id = "delete_block_entry", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."),
        ("entry_id" = String, Path, description = "Id of the entry."),
        IfMatchHeader),
    responses((status = 204, description = "It no longer refuses.")),
        security(("session" = [], "csrf" = [])))]
#[delete("/numbers/{number_id}/block-list/entries/{entry_id}")]
pub async fn delete_block_entry(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    app.db
        .write(move |conn| {
            block_list::remove_one(conn, &holder.scope, &ctx, &if_match.0, (&path.0, &path.1))
        })
        .await?;
    Ok(answer::no_content())
}

/// Remove entries
///
/// Some by their ids, or all, or all that a search finds. What is not in the list any more is
/// passed over.
#[utoipa::path(operation_id = "delete_block_entries", tag = "block-list",
    request_body = BlockEntriesDelete,
    params(("number_id" = String, Path, description = "Id of the number."), IdempotencyKeyHeader),
    responses((status = 200, description = "How many were removed, and how to take it back.",
        body = BlockEntriesDeleted)),
    security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/block-list/entries/delete")]
pub async fn delete_block_entries(
    app: Shared,
    holder: Member,
    key: IdempotencyKey,
    number_id: web::Path<String>,
    body: Body<BlockEntriesDelete>,
) -> Result<HttpResponse, Failure> {
    let number_id = number_id.into_inner();
    let (ctx, scope) = (holder.ctx(&app), holder.scope.clone());
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    let done = do_once(&app, asked, move |conn| {
        block_list::remove(conn, &scope, &ctx, &number_id, &body.value)
    })
    .await?;
    Ok(answer::done(&done, None))
}

/// Put removed entries back
///
/// Within 30 days. An entry whose number was added again meanwhile stays away.
#[utoipa::path(operation_id = "undo_block_deletion", tag = "block-list",
    params(("number_id" = String, Path, description = "Id of the number."),
        ("deletion_id" = String, Path, description = "The `deletion_id` of the removal."),
        IdempotencyKeyHeader),
    responses((status = 200, description = "How many are in the list again.",
        body = BlockEntriesRestored)),
    security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/block-list/deletions/{deletion_id}/undo")]
pub async fn undo_block_deletion(
    app: Shared,
    holder: Member,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let path = path.into_inner();
    let (ctx, scope) = (holder.ctx(&app), holder.scope.clone());
    let asked = Asked::new(&holder.account_caller(), key, "");
    let done = do_once(&app, asked, move |conn| {
        block_list::put_back(conn, &scope, &ctx, &path.0, &path.1)
    })
    .await?;
    Ok(answer::done(&done, None))
}

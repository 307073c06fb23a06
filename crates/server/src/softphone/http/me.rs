//! `/me`: the softphone's own view.

use actix_web::{HttpResponse, delete, get, put};
use api_types::{
    Directory, Me, MyNumber, OutboundNumber, OutboundNumberPut, Page, PageQuery, Terminal,
    TerminalRegistration,
};
use store::numbers::phone_id;
use store::routing::contract;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IfMatch, Query, Shared};
use crate::http::headers::IfMatchHeader;
use crate::http::paging::Window;
use crate::identity::softphone::Softphone;
use crate::numbers::rules::change;
use crate::numbers::terminals::Terminals;
use crate::platform::change::check_version;
use crate::softphone::view;
use crate::{identity, numbers, platform};

/// Who is signed in
#[utoipa::path(operation_id = "get_me", tag = "me", responses((status = 200,
    description = "The ID and this terminal.", body = Me)),
    security(("access_token" = [])))]
#[get("/me")]
pub async fn get_me(softphone: Softphone) -> HttpResponse {
    let Softphone { terminal, phone_id, account, .. } = &softphone;
    let me = view::me(account, phone_id, terminal);
    answer::versioned(&me, me.version)
}

/// The numbers and what to show for them
///
/// Names and ringtones for incoming calls: the primary number first. Keep them; `GET /me/stream`
/// says when to read them anew.
#[utoipa::path(operation_id = "list_my_numbers", tag = "me", params(PageQuery),
    responses((status = 200, description = "The numbers of the contract.", body = Page<MyNumber>)),
        security(("access_token" = [])))]
#[get("/me/numbers")]
pub async fn list_my_numbers(
    app: Shared,
    softphone: Softphone,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let contract = app
        .db
        .read(move |conn| contract::load(conn, &softphone.scope))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    let key = |row: &&store::numbers::number::Row| {
        format!("{}/{}", u8::from(!row.is_primary()), row.e164)
    };
    let page = window.slice(contract.numbers.iter().collect(), key);
    let items = page
        .items
        .into_iter()
        .map(|row| view::my_number(&contract, row, &softphone.phone_id.id))
        .collect();
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

/// Everybody within the contract
///
/// Extensions and names for a list to call from: all IDs, this one included (`is_me`), in one
/// answer. Ask again with `If-None-Match`: who is registered changes without a message of `GET
/// /me/stream`.
#[utoipa::path(operation_id = "get_my_directory", tag = "me",
    params(("If-None-Match" = Option<String>, Header,
        description = "The `ETag` of the directory that you have.")),
    responses((status = 200, description = "The IDs of the contract.", body = Directory,
        headers(("ETag" = String, description = "Names exactly this directory."))),
        (status = 304, description = "You have it.")),
    security(("access_token" = [])))]
#[get("/me/directory")]
pub async fn get_my_directory(app: Shared, softphone: Softphone) -> Result<HttpResponse, Failure> {
    let now = app.clock.now_naive();
    let directory = app
        .db
        .read(move |conn| -> Result<Directory, Failure> {
            let scope = &softphone.scope;
            let contract = contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
            let terminals = Terminals::load(conn, scope, now)?;
            Ok(view::directory(&contract, &terminals, &softphone.phone_id.id, now))
        })
        .await?;
    Ok(answer::hashed(&directory))
}

/// Say what this terminal is
///
/// What the portal shows as 端末種類; an app sends it anew when its device got another name.
#[utoipa::path(operation_id = "set_my_terminal", tag = "me", request_body = TerminalRegistration,
    responses((status = 200, description = "The terminal as the portal shows it.",
        body = Terminal)), security(("access_token" = [])))]
#[put("/me/terminal")]
pub async fn set_my_terminal(
    app: Shared,
    softphone: Softphone,
    body: Body<TerminalRegistration>,
) -> Result<HttpResponse, Failure> {
    let ctx = softphone.ctx(&app);
    let row = app
        .db
        .write(move |conn| {
            let key = (softphone.phone_id.id.as_str(), softphone.terminal.id.as_str());
            identity::tokens::rename_terminal(conn, &softphone.scope, &ctx, key, body.value)
        })
        .await?;
    Ok(answer::json(&numbers::view::terminal(&row)))
}

/// Sign this terminal out
///
/// As `POST /tokens/revoke`, with the access token.
#[utoipa::path(operation_id = "delete_my_terminal", tag = "me",
    responses((status = 204, description = "Signed out.")),
    security(("access_token" = [])))]
#[delete("/me/terminal")]
pub async fn delete_my_terminal(
    app: Shared,
    softphone: Softphone,
) -> Result<HttpResponse, Failure> {
    let ctx = softphone.ctx(&app);
    let Softphone { scope, terminal, .. } = softphone;
    app.db
        .write(move |conn| {
            numbers::phone_ids::delete_terminal(
                conn,
                &scope,
                &ctx,
                &terminal.phone_id,
                &terminal.id,
            )
        })
        .await?;
    Ok(answer::no_content())
}

/// The number that this ID calls out with
///
/// `null` = the primary number. The ETag is the ID's.
#[utoipa::path(operation_id = "get_my_outbound_number", tag = "me",
    responses((status = 200, description = "The number.", body = OutboundNumber)),
        security(("access_token" = [])))]
#[get("/me/outbound-number")]
pub async fn get_my_outbound_number(softphone: Softphone) -> HttpResponse {
    let row = softphone.phone_id;
    answer::versioned(
        &OutboundNumber { number_id: row.outbound_number_id },
        platform::wire::unsigned(row.version),
    )
}

/// Set the number that this ID calls out with
///
/// One of the contract's numbers (`GET /me/numbers`); the switch presents it on the next call.
#[utoipa::path(operation_id = "set_my_outbound_number", tag = "me",
    request_body = OutboundNumberPut, params(IfMatchHeader),
    responses((status = 200, description = "The number after the change.", body = OutboundNumber)),
        security(("access_token" = [])))]
#[put("/me/outbound-number")]
pub async fn set_my_outbound_number(
    app: Shared,
    softphone: Softphone,
    if_match: IfMatch,
    body: Body<OutboundNumberPut>,
) -> Result<HttpResponse, Failure> {
    let ctx = softphone.ctx(&app);
    let row = app
        .db
        .write(move |conn| -> Result<phone_id::Row, Failure> {
            let contract =
                contract::load_locked(conn, &softphone.scope)?.ok_or(Failure::NOT_FOUND)?;
            let row = contract.phone_id(&softphone.phone_id.id).ok_or(Failure::NOT_FOUND)?;
            check_version(row.version, &if_match.0)?;
            let changes =
                change::own_outbound_number(&contract, body.value.number_id.unwrap_or_default())
                    .map_err(Failure::Fields)?;
            numbers::phone_ids::change_phone_id(conn, &softphone.scope, &ctx, row, &changes)
        })
        .await?;
    Ok(answer::versioned(
        &OutboundNumber { number_id: row.outbound_number_id },
        platform::wire::unsigned(row.version),
    ))
}

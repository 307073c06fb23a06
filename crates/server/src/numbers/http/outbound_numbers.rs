//! `/ids/{phone_id}/outbound-number`: the number that an IP phone or premises device calls out
//! with.

use actix_web::{HttpResponse, get, put, web};
use api_types::{OutboundNumber, OutboundNumberPut};
use store::numbers::phone_id;
use store::routing::contract;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IfMatch, Shared};
use crate::http::headers::IfMatchHeader;
use crate::identity::callers::Member;
use crate::numbers::phone_ids;
use crate::numbers::rules::change;
use crate::platform;
use crate::platform::change::check_version;

/// The number that an ID calls out with
///
/// `null` = the primary number. Where the app decides by itself, this is not asked. The ETag is the
/// ID's.
#[utoipa::path(operation_id = "get_outbound_number", tag = "ids",
    params(("phone_id" = String, Path, description = "Id of the ID.")),
    responses((status = 200, description = "The number.", body = OutboundNumber)),
        security(("session" = [])))]
#[get("/ids/{phone_id}/outbound-number")]
pub async fn get_outbound_number(
    app: Shared,
    holder: Member,
    phone_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let row = app
        .db
        .read(move |conn| phone_id::find(conn, &holder.scope, &phone_id))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    Ok(answer::versioned(
        &OutboundNumber { number_id: row.outbound_number_id },
        platform::wire::unsigned(row.version),
    ))
}

/// Set the number that an ID calls out with
///
/// One of the account's numbers, for IDs with the IP-phone or premises-device option in accounts
/// with two or more numbers.
#[utoipa::path(operation_id = "set_outbound_number", tag = "ids", request_body = OutboundNumberPut,
    params(("phone_id" = String, Path, description = "Id of the ID."), IfMatchHeader),
    responses((status = 200, description = "The number after the change.", body = OutboundNumber)),
    security(("session" = [], "csrf" = [])))]
#[put("/ids/{phone_id}/outbound-number")]
pub async fn set_outbound_number(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    phone_id: web::Path<String>,
    body: Body<OutboundNumberPut>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let row = app
        .db
        .write(move |conn| -> Result<phone_id::Row, Failure> {
            let contract = contract::load_locked(conn, &holder.scope)?.ok_or(Failure::NOT_FOUND)?;
            let row = contract.phone_id(&phone_id).ok_or(Failure::NOT_FOUND)?;
            check_version(row.version, &if_match.0)?;
            let changes =
                change::outbound_number(&contract, row, body.value.number_id.unwrap_or_default())
                    .map_err(Failure::Fields)?;
            phone_ids::change_phone_id(conn, &holder.scope, &ctx, row, &changes)
        })
        .await?;
    Ok(answer::versioned(
        &OutboundNumber { number_id: row.outbound_number_id },
        platform::wire::unsigned(row.version),
    ))
}

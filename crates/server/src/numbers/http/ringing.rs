//! `/numbers/{number_id}/ringing`: which IDs ring for a number.

use actix_web::{HttpResponse, get, put, web};
use api_types::{Ringing, RingingPut};
use store::routing::contract;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IfMatch, Shared};
use crate::http::headers::IfMatchHeader;
use crate::identity::callers::Member;
use crate::numbers::{ringing, view};
use crate::platform::{self, change};

/// Which IDs ring for a number
///
/// Every ID of the account, with whether it rings. The ETag is the number's.
#[utoipa::path(operation_id = "get_ringing", tag = "numbers",
    params(("number_id" = String, Path, description = "Id of the number.")),
    responses((status = 200, description = "The switches.", body = Ringing)),
        security(("session" = [])))]
#[get("/numbers/{number_id}/ringing")]
pub async fn get_ringing(
    app: Shared,
    holder: Member,
    number_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let contract = app
        .db
        .read(move |conn| contract::load(conn, &holder.scope))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    let row = contract.number(&number_id).ok_or(Failure::NOT_FOUND)?;
    Ok(answer::versioned(&view::ringing(&contract, row), platform::wire::unsigned(row.version)))
}

/// Set which IDs ring for a number
///
/// An ID that is not named stays as it is. The one that rings first must ring. Where none rings,
/// callers hear that nobody can be reached.
#[utoipa::path(operation_id = "set_ringing", tag = "numbers", request_body = RingingPut,
    params(("number_id" = String, Path, description = "Id of the number."), IfMatchHeader),
    responses((status = 200, description = "The switches after the change.", body = Ringing)),
        security(("session" = [], "csrf" = [])))]
#[put("/numbers/{number_id}/ringing")]
pub async fn set_ringing(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    number_id: web::Path<String>,
    body: Body<RingingPut>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let (ringing, version) = app
        .db
        .write(move |conn| -> Result<_, Failure> {
            let contract = contract::load_locked(conn, &holder.scope)?.ok_or(Failure::NOT_FOUND)?;
            let row = contract.number(&number_id).ok_or(Failure::NOT_FOUND)?;
            change::check_version(row.version, &if_match.0)?;
            ringing::set_ringing(conn, &holder.scope, &ctx, &contract, row, &body.value)?;
            let after = contract::load(conn, &holder.scope)?.ok_or(Failure::NOT_FOUND)?;
            let row = after.number(&number_id).ok_or(Failure::NOT_FOUND)?;
            Ok((view::ringing(&after, row), row.version))
        })
        .await?;
    Ok(answer::versioned(&ringing, platform::wire::unsigned(version)))
}

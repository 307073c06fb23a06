//! `/operator/accounts/{account_id}/numbers`.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use api_types::{OperatorNumber, OperatorNumberCreate, OperatorNumberPatch, Page, PageQuery};
use store::accounts::account;
use store::numbers::number;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, IfMatch, Query, Shared};
use crate::http::headers::{IdempotencyKeyHeader, IfMatchHeader};
use crate::http::idempotency::{Asked, Created, once};
use crate::http::paging::Window;
use crate::identity::callers::Operator;
use crate::numbers::{provisioning, view};

/// Add a number to a contract
///
/// It rings every ID of the contract until its holder says otherwise.
#[utoipa::path(operation_id = "operator_create_number", tag = "operator",
    request_body = OperatorNumberCreate,
    params(("account_id" = String, Path, description = "Id of the contract."),
        IdempotencyKeyHeader),
    responses((status = 201, description = "The new number.", body = OperatorNumber)),
        security(("operator_key" = [])))]
#[post("/operator/accounts/{account_id}/numbers")]
pub async fn operator_create_number(
    app: Shared,
    operator: Operator,
    key: IdempotencyKey,
    account_id: web::Path<String>,
    body: Body<OperatorNumberCreate>,
) -> Result<HttpResponse, Failure> {
    let (ctx, scope, new) =
        (operator.ctx(&app), operator.scope.account(account_id.as_str()), body.value);
    let asked = Asked::new(&operator.key_id, key, &body.hash);
    once(&app, asked, move |conn| {
        let value = provisioning::create_number(conn, &scope, &ctx, new.clone())?;
        let location =
            format!("/api/v1/operator/accounts/{}/numbers/{}", scope.account_id(), value.id);
        Ok(Created { version: Some(value.version), location, value })
    })
    .await
}

/// List a contract's numbers
#[utoipa::path(operation_id = "operator_list_numbers", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract."), PageQuery),
    responses((status = 200, description = "The numbers of the contract.",
        body = Page<OperatorNumber>)), security(("operator_key" = [])))]
#[get("/operator/accounts/{account_id}/numbers")]
pub async fn operator_list_numbers(
    app: Shared,
    operator: Operator,
    account_id: web::Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let scope = operator.scope.account(account_id.into_inner());
    let rows = app
        .db
        .read(move |conn| -> Result<_, Failure> {
            account::find(conn, &scope)?.ok_or(Failure::NOT_FOUND)?;
            Ok(number::list(conn, &scope)?)
        })
        .await?;
    let page = window.slice(rows, |row| format!("{}/{}", u8::from(!row.is_primary()), row.e164));
    Ok(answer::json(&Page {
        items: page.items.iter().map(view::operator_number).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// One number of a contract
#[utoipa::path(operation_id = "operator_get_number", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("number_id" = String, Path, description = "Id of the number.")),
    responses((status = 200, description = "The number.", body = OperatorNumber)),
        security(("operator_key" = [])))]
#[get("/operator/accounts/{account_id}/numbers/{number_id}")]
pub async fn operator_get_number(
    app: Shared,
    operator: Operator,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (account_id, number_id) = path.into_inner();
    let scope = operator.scope.account(account_id);
    let row = app
        .db
        .read(move |conn| number::find(conn, &scope, &number_id))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    let number = view::operator_number(&row);
    Ok(answer::versioned(&number, number.version))
}

/// Change what is contracted of a number
///
/// A channel limit above the new maximum comes down with it.
#[utoipa::path(operation_id = "operator_update_number", tag = "operator",
    request_body = OperatorNumberPatch,
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("number_id" = String, Path, description = "Id of the number."), IfMatchHeader),
    responses((status = 200, description = "The number after the change.", body = OperatorNumber)),
        security(("operator_key" = [])))]
#[patch("/operator/accounts/{account_id}/numbers/{number_id}")]
pub async fn operator_update_number(
    app: Shared,
    operator: Operator,
    if_match: IfMatch,
    path: web::Path<(String, String)>,
    body: Body<OperatorNumberPatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let (account_id, number_id) = path.into_inner();
    let scope = operator.scope.account(account_id);
    let changed = app
        .db
        .write(move |conn| {
            provisioning::patch_number(conn, &scope, &ctx, &if_match.0, &number_id, body.value)
        })
        .await?;
    Ok(answer::versioned(&changed, changed.version))
}

/// Remove a number from a contract
///
/// IDs that called out with it fall back to what their app decides.
#[utoipa::path(operation_id = "operator_delete_number", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("number_id" = String, Path, description = "Id of the number."), IfMatchHeader),
    responses((status = 204, description = "The number is gone.")),
        security(("operator_key" = [])))]
#[delete("/operator/accounts/{account_id}/numbers/{number_id}")]
pub async fn operator_delete_number(
    app: Shared,
    operator: Operator,
    if_match: IfMatch,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let (account_id, number_id) = path.into_inner();
    let scope = operator.scope.account(account_id);
    app.db
        .write(move |conn| provisioning::delete_number(conn, &scope, &ctx, &if_match.0, &number_id))
        .await?;
    Ok(answer::no_content())
}

//! `/operator/accounts`: contracts and their options.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};
use api_types::{
    AccountOptions, OperatorAccount, OperatorAccountCreate, OperatorAccountPatch, Page, PageQuery,
};
use store::accounts::account;

use crate::accounts::provisioning;
use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, IfMatch, Query, Shared};
use crate::http::headers::{IdempotencyKeyHeader, IfMatchHeader};
use crate::http::idempotency::{Asked, Created, once};
use crate::http::paging::Window;
use crate::identity::callers::Operator;

/// Make a contract
#[utoipa::path(operation_id = "operator_create_account", tag = "operator",
    request_body = OperatorAccountCreate, params(IdempotencyKeyHeader),
    responses((status = 201, description = "The new contract.", body = OperatorAccount)),
        security(("operator_key" = [])))]
#[post("/operator/accounts")]
pub async fn operator_create_account(
    app: Shared,
    operator: Operator,
    key: IdempotencyKey,
    body: Body<OperatorAccountCreate>,
) -> Result<HttpResponse, Failure> {
    let (ctx, scope, new) = (operator.ctx(&app), operator.scope, body.value);
    let asked = Asked::new(&operator.key_id, key, &body.hash);
    once(&app, asked, move |conn| {
        let value = provisioning::create_account(conn, scope, &ctx, new.clone())?;
        Ok(Created {
            version: Some(value.version),
            location: format!("/api/v1/operator/accounts/{}", value.id),
            value,
        })
    })
    .await
}

/// List contracts
///
/// In the order of their making.
#[utoipa::path(operation_id = "operator_list_accounts", tag = "operator", params(PageQuery),
    responses((status = 200, description = "Contracts.", body = Page<OperatorAccount>)),
        security(("operator_key" = [])))]
#[get("/operator/accounts")]
pub async fn operator_list_accounts(
    app: Shared,
    operator: Operator,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let (after, fetch) = (window.after.clone(), window.fetch());
    let accounts = app
        .db
        .read(move |conn| {
            let rows = account::list(conn, operator.scope, after.as_deref(), fetch)?;
            provisioning::account_views(conn, operator.scope, &rows)
        })
        .await?;
    Ok(answer::json(&window.page(accounts, |account| account.id.clone())))
}

/// One contract
#[utoipa::path(operation_id = "operator_get_account", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract.")),
    responses((status = 200, description = "The contract.", body = OperatorAccount)),
        security(("operator_key" = [])))]
#[get("/operator/accounts/{account_id}")]
pub async fn operator_get_account(
    app: Shared,
    operator: Operator,
    account_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let scope = operator.scope.account(account_id.into_inner());
    let found = app.db.read(move |conn| provisioning::account_view(conn, &scope)).await?;
    Ok(answer::versioned(&found, found.version))
}

/// Change, suspend or resume a contract
///
/// A suspension ends every session at once; whoever signs in then reads `suspended_reason`.
#[utoipa::path(operation_id = "operator_update_account", tag = "operator",
    request_body = OperatorAccountPatch,
    params(("account_id" = String, Path, description = "Id of the contract."), IfMatchHeader),
    responses((status = 200, description = "The contract after the change.",
        body = OperatorAccount)), security(("operator_key" = [])))]
#[patch("/operator/accounts/{account_id}")]
pub async fn operator_update_account(
    app: Shared,
    operator: Operator,
    if_match: IfMatch,
    account_id: web::Path<String>,
    body: Body<OperatorAccountPatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let scope = operator.scope.account(account_id.into_inner());
    let changed = app
        .db
        .write(move |conn| provisioning::patch_account(conn, &scope, &ctx, &if_match.0, body.value))
        .await?;
    Ok(answer::versioned(&changed, changed.version))
}

/// Delete a contract
///
/// With its numbers, IDs, sessions and history. This cannot be undone.
#[utoipa::path(operation_id = "operator_delete_account", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract."), IfMatchHeader),
    responses((status = 204, description = "The contract is gone.")),
        security(("operator_key" = [])))]
#[delete("/operator/accounts/{account_id}")]
pub async fn operator_delete_account(
    app: Shared,
    operator: Operator,
    if_match: IfMatch,
    account_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let scope = operator.scope.account(account_id.into_inner());
    let now = app.clock.now_naive();
    app.db.write(move |conn| provisioning::delete_account(conn, &scope, now, &if_match.0)).await?;
    Ok(answer::no_content())
}

/// A contract's options
#[utoipa::path(operation_id = "operator_get_options", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract.")),
    responses((status = 200, description = "What is contracted.", body = AccountOptions)),
        security(("operator_key" = [])))]
#[get("/operator/accounts/{account_id}/options")]
pub async fn operator_get_options(
    app: Shared,
    operator: Operator,
    account_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let scope = operator.scope.account(account_id.into_inner());
    let found = app.db.read(move |conn| provisioning::account_view(conn, &scope)).await?;
    Ok(answer::versioned(&found.options, found.version))
}

/// Replace a contract's options
///
/// Absent options end. When the IP-phone option ends, display names are emptied with it.
#[utoipa::path(operation_id = "operator_set_options", tag = "operator",
    request_body = AccountOptions,
    params(("account_id" = String, Path, description = "Id of the contract."), IfMatchHeader),
    responses((status = 200, description = "What is contracted after the change.",
        body = AccountOptions)), security(("operator_key" = [])))]
#[put("/operator/accounts/{account_id}/options")]
pub async fn operator_set_options(
    app: Shared,
    operator: Operator,
    if_match: IfMatch,
    account_id: web::Path<String>,
    body: Body<AccountOptions>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let scope = operator.scope.account(account_id.into_inner());
    let options = body.value;
    let changed = app
        .db
        .write(move |conn| provisioning::set_options(conn, &scope, &ctx, &if_match.0, options))
        .await?;
    Ok(answer::versioned(&changed.options, changed.version))
}

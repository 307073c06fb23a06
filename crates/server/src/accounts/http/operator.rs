//! `/operator/accounts`: contracts and their options.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};
use api_types::{
    AccountOptions, OperatorAccount, OperatorAccountCreate, OperatorAccountPatch,
    OperatorAccountQuery, Page, PageQuery,
};

use crate::accounts::search::Wanted;
use crate::accounts::{opening, provisioning, search};
use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, IfMatch, Query, Shared};
use crate::http::headers::{IdempotencyKeyHeader, IfMatchHeader};
use crate::http::idempotency::{Asked, Created, once};
use crate::http::paging::Window;
use crate::identity::callers::Operator;

/// Make a contract
///
/// With its first numbers and IDs, where they are known: all of it is made, or nothing. IDs without
/// `password` get one, which stands in `generated_password`, this once. `missing` of the answer
/// says what the contract still lacks; without a basic ID nobody can sign in to it.
#[utoipa::path(operation_id = "operator_create_account", tag = "operator",
    request_body = OperatorAccountCreate, params(IdempotencyKeyHeader),
    responses((status = 201, description = "The new contract and what was made in it.",
        body = OperatorAccount)), security(("operator_key" = [])))]
#[post("/operator/accounts")]
pub async fn operator_create_account(
    app: Shared,
    operator: Operator,
    key: IdempotencyKey,
    body: Body<OperatorAccountCreate>,
) -> Result<HttpResponse, Failure> {
    let (ctx, scope, mut new) = (operator.ctx(&app), operator.scope, body.value);
    let realm = app.config.switch.sip_domain.clone();
    let mut ids = std::mem::take(&mut new.ids);
    let (ids, passwords) = app
        .hashing(move || {
            let passwords = opening::prepare_passwords(&realm, &mut ids)?;
            Ok::<_, Failure>((ids, passwords))
        })
        .await??;
    new.ids = ids;
    let shared = app.clone();
    let asked = Asked::new(&operator.key_id, key, &body.hash);
    once(&app, asked, move |conn| {
        let secrets = &shared.secrets;
        let value = opening::create_account(conn, scope, &ctx, secrets, new.clone(), &passwords)?;
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
/// In the order of their making; all of them, or those with a name, a reference or a number.
#[utoipa::path(operation_id = "operator_list_accounts", tag = "operator",
    params(OperatorAccountQuery),
    responses((status = 200, description = "Contracts.", body = Page<OperatorAccount>)),
        security(("operator_key" = [])))]
#[get("/operator/accounts")]
pub async fn operator_list_accounts(
    app: Shared,
    operator: Operator,
    query: Query<OperatorAccountQuery>,
) -> Result<HttpResponse, Failure> {
    let wanted = Wanted::new(&query.0)?;
    let OperatorAccountQuery { limit, cursor, .. } = query.0;
    let window = Window::new(&PageQuery { limit, cursor })?;
    let (after, fetch) = (window.after.clone(), window.fetch());
    let accounts = app
        .db
        .read(move |conn| {
            let rows = search::list(conn, operator.scope, &wanted, after.as_deref(), fetch)?;
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

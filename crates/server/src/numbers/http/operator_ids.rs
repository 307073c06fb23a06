//! `/operator/accounts/{account_id}/ids`, their passwords and terminals.

use actix_web::{HttpResponse, delete, get, patch, post, put, web};
use api_types::{
    OperatorPasswordPut, OperatorPasswordSet, OperatorPhoneId, OperatorPhoneIdCreate,
    OperatorPhoneIdCreated, OperatorPhoneIdPatch, Page, PageQuery, Terminal, TerminalRegistration,
};
use store::accounts::account;
use store::numbers::phone_id;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, IfMatch, Query, Shared};
use crate::http::headers::{IdempotencyKeyHeader, IfMatchHeader};
use crate::http::idempotency::{Asked, Created, once};
use crate::http::paging::Window;
use crate::identity;
use crate::identity::callers::Operator;
use crate::identity::passwords::PreparedPassword;
use crate::numbers::terminals::Terminals;
use crate::numbers::{phone_ids, view};
use crate::platform::change;

/// Add an ID to a contract
///
/// Without `password` one is made and stands in `generated_password`, this once.
#[utoipa::path(operation_id = "operator_create_id", tag = "operator",
    request_body = OperatorPhoneIdCreate,
    params(("account_id" = String, Path, description = "Id of the contract."),
        IdempotencyKeyHeader),
    responses((status = 201, description = "The new ID.", body = OperatorPhoneIdCreated)),
        security(("operator_key" = [])))]
#[post("/operator/accounts/{account_id}/ids")]
pub async fn operator_create_id(
    app: Shared,
    operator: Operator,
    key: IdempotencyKey,
    account_id: web::Path<String>,
    body: Body<OperatorPhoneIdCreate>,
) -> Result<HttpResponse, Failure> {
    let (ctx, scope, mut new) =
        (operator.ctx(&app), operator.scope.account(account_id.as_str()), body.value);
    let given = new.password.take();
    if let Some(password) = &given {
        identity::passwords::check_password("/password", &new.login_id, password)?;
    }
    let kind = new.kind;
    let realm = app.config.switch.sip_domain.clone();
    let password = app.hashing(move || PreparedPassword::new(&realm, kind, given)).await?;
    let shared = app.clone();
    let asked = Asked::new(&operator.key_id, key, &body.hash);
    once(&app, asked, move |conn| {
        let phone_id = phone_ids::create_phone_id(
            conn,
            &scope,
            &ctx,
            &shared.secrets,
            new.clone(),
            &password,
        )?;
        let location =
            format!("/api/v1/operator/accounts/{}/ids/{}", scope.account_id(), phone_id.id);
        let version = Some(phone_id.version);
        Ok(Created {
            value: OperatorPhoneIdCreated { phone_id, generated_password: password.generated() },
            version,
            location,
        })
    })
    .await
}

/// List a contract's IDs
#[utoipa::path(operation_id = "operator_list_ids", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract."), PageQuery),
    responses((status = 200, description = "The IDs of the contract.",
        body = Page<OperatorPhoneId>)), security(("operator_key" = [])))]
#[get("/operator/accounts/{account_id}/ids")]
pub async fn operator_list_ids(
    app: Shared,
    operator: Operator,
    account_id: web::Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let scope = operator.scope.account(account_id.into_inner());
    let now = app.clock.now_naive();
    let (rows, terminals) = app
        .db
        .read(move |conn| -> Result<_, Failure> {
            account::find(conn, &scope)?.ok_or(Failure::NOT_FOUND)?;
            Ok((phone_id::list(conn, &scope)?, Terminals::load(conn, &scope, now)?))
        })
        .await?;
    let page =
        window.slice(rows, |row| format!("{}/{:0>6}", u8::from(!row.is_basic()), row.extension));
    let items = page.items.iter().map(|row| view::operator_phone_id(row, &terminals)).collect();
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

/// One ID of a contract
#[utoipa::path(operation_id = "operator_get_id", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("phone_id" = String, Path, description = "Id of the ID.")),
    responses((status = 200, description = "The ID.", body = OperatorPhoneId)),
        security(("operator_key" = [])))]
#[get("/operator/accounts/{account_id}/ids/{phone_id}")]
pub async fn operator_get_id(
    app: Shared,
    operator: Operator,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (account_id, phone_id) = path.into_inner();
    let scope = operator.scope.account(account_id);
    let now = app.clock.now_naive();
    let found =
        app.db.read(move |conn| phone_ids::phone_id_view(conn, &scope, &phone_id, now)).await?;
    Ok(answer::versioned(&found, found.version))
}

/// Change what is contracted of an ID
#[utoipa::path(operation_id = "operator_update_id", tag = "operator",
    request_body = OperatorPhoneIdPatch,
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("phone_id" = String, Path, description = "Id of the ID."), IfMatchHeader),
    responses((status = 200, description = "The ID after the change.", body = OperatorPhoneId)),
        security(("operator_key" = [])))]
#[patch("/operator/accounts/{account_id}/ids/{phone_id}")]
pub async fn operator_update_id(
    app: Shared,
    operator: Operator,
    if_match: IfMatch,
    path: web::Path<(String, String)>,
    body: Body<OperatorPhoneIdPatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let (account_id, phone_id) = path.into_inner();
    let scope = operator.scope.account(account_id);
    let changed = app
        .db
        .write(move |conn| {
            phone_ids::patch_phone_id(conn, &scope, &ctx, &if_match.0, &phone_id, body.value)
        })
        .await?;
    Ok(answer::versioned(&changed, changed.version))
}

/// Remove an ID from a contract
///
/// Its terminals and sessions end; numbers where it rang first ring all at once again.
#[utoipa::path(operation_id = "operator_delete_id", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("phone_id" = String, Path, description = "Id of the ID."), IfMatchHeader),
    responses((status = 204, description = "The ID is gone.")), security(("operator_key" = [])))]
#[delete("/operator/accounts/{account_id}/ids/{phone_id}")]
pub async fn operator_delete_id(
    app: Shared,
    operator: Operator,
    if_match: IfMatch,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let (account_id, phone_id) = path.into_inner();
    let scope = operator.scope.account(account_id);
    app.db
        .write(move |conn| phone_ids::delete_phone_id(conn, &scope, &ctx, &if_match.0, &phone_id))
        .await?;
    Ok(answer::no_content())
}

/// Set an ID's password
///
/// Ends its sessions. Without `password` one is made and stands in `generated_password`, this once.
#[utoipa::path(operation_id = "operator_set_password", tag = "operator",
    request_body = OperatorPasswordPut,
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("phone_id" = String, Path, description = "Id of the ID."), IfMatchHeader),
    responses((status = 200, description = "The password is set.", body = OperatorPasswordSet)),
        security(("operator_key" = [])))]
#[put("/operator/accounts/{account_id}/ids/{phone_id}/password")]
pub async fn operator_set_password(
    app: Shared,
    operator: Operator,
    if_match: IfMatch,
    path: web::Path<(String, String)>,
    body: Body<OperatorPasswordPut>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let (account_id, id) = path.into_inner();
    let scope = operator.scope.account(account_id);
    let (reading, wanted) = (scope.clone(), id.clone());
    let row = app
        .db
        .read(move |conn| phone_id::find(conn, &reading, &wanted))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    if let Some(password) = &body.value.password {
        identity::passwords::check_password("/password", &row.login_id, password)?;
    }
    let kind = row.kind.0;
    let realm = app.config.switch.sip_domain.clone();
    let password =
        app.hashing(move || PreparedPassword::new(&realm, kind, body.value.password)).await?;
    let generated_password = password.generated();
    let shared = app.clone();
    app.db
        .write(move |conn| {
            change::locked(conn, &scope)?;
            let present = phone_id::find(conn, &scope, &id)?.ok_or(Failure::NOT_FOUND)?;
            change::check_version(present.version, &if_match.0)?;
            identity::passwords::set_password(
                conn,
                &scope,
                &ctx,
                &shared.secrets,
                &id,
                &password,
                None,
            )
            .map(drop)
        })
        .await?;
    Ok(answer::json(&OperatorPasswordSet { generated_password }))
}

/// Sign a terminal in
///
/// For terminals that the operator installs: IP phones and boxes.
#[utoipa::path(operation_id = "operator_create_terminal", tag = "operator",
    request_body = TerminalRegistration,
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("phone_id" = String, Path, description = "Id of the ID."), IdempotencyKeyHeader),
    responses((status = 201, description = "The terminal.", body = Terminal)),
        security(("operator_key" = [])))]
#[post("/operator/accounts/{account_id}/ids/{phone_id}/terminals")]
pub async fn operator_create_terminal(
    app: Shared,
    operator: Operator,
    key: IdempotencyKey,
    path: web::Path<(String, String)>,
    body: Body<TerminalRegistration>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let (account_id, phone_id) = path.into_inner();
    let (scope, new) = (operator.scope.account(&account_id), body.value);
    let asked = Asked::new(&operator.key_id, key, &body.hash);
    once(&app, asked, move |conn| {
        let value = phone_ids::create_terminal(conn, &scope, &ctx, &phone_id, new.clone())?;
        let location = format!(
            "/api/v1/operator/accounts/{}/ids/{phone_id}/terminals/{}",
            scope.account_id(),
            value.id
        );
        Ok(Created { value, version: None, location })
    })
    .await
}

/// Sign a terminal out
#[utoipa::path(operation_id = "operator_delete_terminal", tag = "operator",
    params(("account_id" = String, Path, description = "Id of the contract."),
        ("phone_id" = String, Path, description = "Id of the ID."),
        ("terminal_id" = String, Path, description = "Id of the terminal.")),
    responses((status = 204, description = "The terminal is signed out.")),
        security(("operator_key" = [])))]
#[delete("/operator/accounts/{account_id}/ids/{phone_id}/terminals/{terminal_id}")]
pub async fn operator_delete_terminal(
    app: Shared,
    operator: Operator,
    path: web::Path<(String, String, String)>,
) -> Result<HttpResponse, Failure> {
    let ctx = operator.ctx(&app);
    let (account_id, phone_id, terminal_id) = path.into_inner();
    let scope = operator.scope.account(account_id);
    app.db
        .write(move |conn| phone_ids::delete_terminal(conn, &scope, &ctx, &phone_id, &terminal_id))
        .await?;
    Ok(answer::no_content())
}

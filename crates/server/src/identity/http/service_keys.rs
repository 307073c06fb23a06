//! `/operator/keys` and `/operator/switches`: keys of operators and switches.

use actix_web::{HttpResponse, delete, get, post, web};
use api_types::{Page, PageQuery, ServiceKey, ServiceKeyCreate, ServiceKeyCreated};
use store::identity::service_key::{self, KeyKind};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, Query, Shared};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::idempotency::{Asked, Created, once};
use crate::http::paging::Window;
use crate::identity::callers::Operator;
use crate::identity::service_keys;
use crate::identity::view;

/// Make an operator key
///
/// The key stands in `key`, this once.
#[utoipa::path(operation_id = "operator_create_key", tag = "operator",
    request_body = ServiceKeyCreate, params(IdempotencyKeyHeader),
    responses((status = 201, description = "The new key.", body = ServiceKeyCreated)),
        security(("operator_key" = [])))]
#[post("/operator/keys")]
pub async fn operator_create_key(
    app: Shared,
    operator: Operator,
    key: IdempotencyKey,
    body: Body<ServiceKeyCreate>,
) -> Result<HttpResponse, Failure> {
    create(app, operator, key, body, KeyKind::Operator, "keys").await
}

/// Add a switch
///
/// Its key stands in `key`, this once.
#[utoipa::path(operation_id = "operator_create_switch", tag = "operator",
    request_body = ServiceKeyCreate, params(IdempotencyKeyHeader),
    responses((status = 201, description = "The new switch with its key.",
        body = ServiceKeyCreated)), security(("operator_key" = [])))]
#[post("/operator/switches")]
pub async fn operator_create_switch(
    app: Shared,
    operator: Operator,
    key: IdempotencyKey,
    body: Body<ServiceKeyCreate>,
) -> Result<HttpResponse, Failure> {
    create(app, operator, key, body, KeyKind::Switch, "switches").await
}

async fn create(
    app: Shared,
    operator: Operator,
    key: IdempotencyKey,
    body: Body<ServiceKeyCreate>,
    kind: KeyKind,
    path: &'static str,
) -> Result<HttpResponse, Failure> {
    let (ctx, scope, new) = (operator.ctx(&app), operator.scope, body.value);
    let asked = Asked::new(&operator.key_id, key, &body.hash);
    once(&app, asked, move |conn| {
        let value = service_keys::create_service_key(conn, scope, &ctx, kind, new.clone())?;
        Ok(Created {
            location: format!("/api/v1/operator/{path}/{}", value.service_key.id),
            version: None,
            value,
        })
    })
    .await
}

/// List operator keys
#[utoipa::path(operation_id = "operator_list_keys", tag = "operator", params(PageQuery),
    responses((status = 200, description = "Operator keys, without the keys themselves.",
        body = Page<ServiceKey>)),
    security(("operator_key" = [])))]
#[get("/operator/keys")]
pub async fn operator_list_keys(
    app: Shared,
    operator: Operator,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    list(app, operator, query, KeyKind::Operator).await
}

/// List switches
#[utoipa::path(operation_id = "operator_list_switches", tag = "operator", params(PageQuery),
    responses((status = 200, description = "Switches, without their keys.",
        body = Page<ServiceKey>)), security(("operator_key" = [])))]
#[get("/operator/switches")]
pub async fn operator_list_switches(
    app: Shared,
    operator: Operator,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    list(app, operator, query, KeyKind::Switch).await
}

async fn list(
    app: Shared,
    operator: Operator,
    query: Query<PageQuery>,
    kind: KeyKind,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let (after, fetch) = (window.after.clone(), window.fetch());
    let rows = app
        .db
        .read(move |conn| service_key::list(conn, operator.scope, kind, after.as_deref(), fetch))
        .await?;
    let page = window.page(rows, |row| row.id.clone());
    Ok(answer::json(&Page {
        items: page.items.iter().map(view::service_key).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// One operator key
#[utoipa::path(operation_id = "operator_get_key", tag = "operator",
    params(("key_id" = String, Path, description = "Id of the key.")),
    responses((status = 200, description = "The key, without itself.", body = ServiceKey)),
        security(("operator_key" = [])))]
#[get("/operator/keys/{key_id}")]
pub async fn operator_get_key(
    app: Shared,
    operator: Operator,
    key_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    find(app, operator, key_id.into_inner(), KeyKind::Operator).await
}

/// One switch
#[utoipa::path(operation_id = "operator_get_switch", tag = "operator",
    params(("switch_id" = String, Path, description = "Id of the switch.")),
    responses((status = 200, description = "The switch, without its key.", body = ServiceKey)),
        security(("operator_key" = [])))]
#[get("/operator/switches/{switch_id}")]
pub async fn operator_get_switch(
    app: Shared,
    operator: Operator,
    switch_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    find(app, operator, switch_id.into_inner(), KeyKind::Switch).await
}

async fn find(
    app: Shared,
    operator: Operator,
    id: String,
    kind: KeyKind,
) -> Result<HttpResponse, Failure> {
    let row = app.db.read(move |conn| service_key::find(conn, operator.scope, kind, &id)).await?;
    Ok(answer::json(&view::service_key(&row.ok_or(Failure::NOT_FOUND)?)))
}

/// Delete an operator key
///
/// It stops working at once.
#[utoipa::path(operation_id = "operator_delete_key", tag = "operator",
    params(("key_id" = String, Path, description = "Id of the key.")),
    responses((status = 204, description = "The key is gone.")), security(("operator_key" = [])))]
#[delete("/operator/keys/{key_id}")]
pub async fn operator_delete_key(
    app: Shared,
    operator: Operator,
    key_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    remove(app, operator, key_id.into_inner(), KeyKind::Operator).await
}

/// Delete a switch
///
/// Its key stops working at once.
#[utoipa::path(operation_id = "operator_delete_switch", tag = "operator",
    params(("switch_id" = String, Path, description = "Id of the switch.")),
    responses((status = 204, description = "The switch is gone.")),
        security(("operator_key" = [])))]
#[delete("/operator/switches/{switch_id}")]
pub async fn operator_delete_switch(
    app: Shared,
    operator: Operator,
    switch_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    remove(app, operator, switch_id.into_inner(), KeyKind::Switch).await
}

async fn remove(
    app: Shared,
    operator: Operator,
    id: String,
    kind: KeyKind,
) -> Result<HttpResponse, Failure> {
    if !app.db.write(move |conn| service_key::delete(conn, operator.scope, kind, &id)).await? {
        return Err(Failure::NOT_FOUND);
    }
    Ok(answer::no_content())
}

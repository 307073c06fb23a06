//! `/api-keys`: keys of integrators. Only the portal makes and removes them; a key opens no other
//! keys.

use actix_web::{HttpResponse, delete, get, post, web};
use api_types::{ApiKey, ApiKeyCreate, ApiKeyCreated, Page, PageQuery};
use store::identity::api_key;

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, Query, Shared};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::idempotency::{Asked, Created, once};
use crate::http::paging::Window;
use crate::identity::callers::Holder;
use crate::identity::{api_keys, view};

/// List API keys
#[utoipa::path(operation_id = "list_api_keys", tag = "api-keys", params(PageQuery),
    responses((status = 200, description = "API keys, without the keys themselves.",
        body = Page<ApiKey>)), security(("session" = [])))]
#[get("/api-keys")]
pub async fn list_api_keys(
    app: Shared,
    holder: Holder,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let (after, fetch) = (window.after.clone(), window.fetch());
    let rows = app
        .db
        .read(move |conn| api_key::list(conn, &holder.scope, after.as_deref(), fetch))
        .await?;
    let page = window.page(rows, |row| row.id.clone());
    Ok(answer::json(&Page {
        items: page.items.iter().map(view::api_key).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Make an API key
///
/// At most 50. The key stands in `key`, this once. What each operation needs is named in its
/// `security` in this document, as `api_key: ["numbers:read"]`; without it the operation answers
/// `scope_missing`.
#[utoipa::path(operation_id = "create_api_key", tag = "api-keys", request_body = ApiKeyCreate,
    params(IdempotencyKeyHeader),
    responses((status = 201, description = "The new key.", body = ApiKeyCreated)),
        security(("session" = [], "csrf" = [])))]
#[post("/api-keys")]
pub async fn create_api_key(
    app: Shared,
    holder: Holder,
    key: IdempotencyKey,
    body: Body<ApiKeyCreate>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    let (scope, new) = (holder.scope.clone(), body.value);
    once(&app, asked, move |conn| {
        let value = api_keys::create_api_key(conn, &scope, &ctx, new.clone())?;
        Ok(Created {
            version: None,
            location: format!("/api/v1/api-keys/{}", value.api_key.id),
            value,
        })
    })
    .await
}

/// One API key
#[utoipa::path(operation_id = "get_api_key", tag = "api-keys",
    params(("api_key_id" = String, Path, description = "Id of the key.")),
    responses((status = 200, description = "The key, without itself.", body = ApiKey)),
        security(("session" = [])))]
#[get("/api-keys/{api_key_id}")]
pub async fn get_api_key(
    app: Shared,
    holder: Holder,
    id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let row = app
        .db
        .read(move |conn| api_key::find(conn, &holder.scope, &id))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    Ok(answer::json(&view::api_key(&row)))
}

/// Delete an API key
///
/// It stops working at once.
#[utoipa::path(operation_id = "delete_api_key", tag = "api-keys",
    params(("api_key_id" = String, Path, description = "Id of the key.")),
    responses((status = 204, description = "The key is gone.")),
        security(("session" = [], "csrf" = [])))]
#[delete("/api-keys/{api_key_id}")]
pub async fn delete_api_key(
    app: Shared,
    holder: Holder,
    id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    app.db.write(move |conn| api_keys::delete_api_key(conn, &holder.scope, &ctx, &id)).await?;
    Ok(answer::no_content())
}

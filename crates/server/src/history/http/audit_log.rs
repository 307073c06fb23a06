//! `/audit-log`: who changed what, when, from what to what.

use actix_web::{HttpResponse, get, post, web};
use api_types::{AuditEntry, AuditObject, AuditRestore, Page, PageQuery};
use serde::Deserialize;
use store::history::audit;
use store::{Place, StoreError};
use utoipa::IntoParams;

use crate::error::Failure;
use crate::history::{restore, view};
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, Query, Shared};
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::idempotency::{Asked, do_once};
use crate::http::paging::Window;
use crate::identity::callers::{Holder, Member};

/// Which part of the change log is wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// How many entries at most, 1 to 200; 100 when absent.
    #[param(minimum = 1, maximum = 200, example = 100)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Only changes of this number, ID or contract.
    #[param(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub object_id: Option<String>,
    /// Only changes of this kind of thing.
    #[param(inline, example = "number")]
    pub object_kind: Option<AuditObject>,
}

/// List changes
///
/// The latest first: who, when, and the changed fields before and after.
#[utoipa::path(operation_id = "list_audit_log", tag = "audit-log", params(AuditQuery),
    responses((status = 200, description = "Changes of the account's settings.",
        body = Page<AuditEntry>)), security(("session" = [])))]
#[get("/audit-log")]
pub async fn list_audit_log(
    app: Shared,
    holder: Member,
    query: Query<AuditQuery>,
) -> Result<HttpResponse, Failure> {
    let AuditQuery { limit, cursor, object_id, object_kind } = query.0;
    let window = Window::new(&PageQuery { limit, cursor })?;
    let (filter, fetch) =
        (audit::Filter { object_kind, object_id, before: window.place()? }, window.fetch());
    let (rows, names) = app
        .db
        .read(move |conn| {
            let rows = audit::list(conn, &holder.scope, &filter, fetch)?;
            let names = view::names(conn, &holder.scope, &rows)?;
            Ok::<_, StoreError>((rows, names))
        })
        .await?;
    let page = window.page(rows, |row| Place::new(row.at, &row.id).text());
    let items = page.items.iter().map(|row| view::audit_entry(row, &names)).collect();
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

/// Take a change back
///
/// Puts the values from before the change back, as a new change by the rules of today. Where the
/// setting was changed again since, it needs `overwrite`. Only changes that are `restorable` can be
/// taken back.
#[utoipa::path(operation_id = "restore_audit_entry", tag = "audit-log", request_body = AuditRestore,
    params(("audit_id" = String, Path, description = "Id of the change."), IdempotencyKeyHeader),
    responses((status = 200, description = "The new change.", body = AuditEntry)),
        security(("session" = [], "csrf" = [])))]
#[post("/audit-log/{audit_id}/restore")]
pub async fn restore_audit_entry(
    app: Shared,
    holder: Holder,
    key: IdempotencyKey,
    audit_id: web::Path<String>,
    body: Body<AuditRestore>,
) -> Result<HttpResponse, Failure> {
    let audit_id = audit_id.into_inner();
    let ctx = holder.ctx(&app);
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    let done = do_once(&app, asked, move |conn| {
        restore::restore(conn, &holder.scope, &ctx, &audit_id, body.value.overwrite)
    })
    .await?;
    Ok(answer::done(&done, None))
}

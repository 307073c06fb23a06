//! `/audit-log`: who changed what, when, from what to what.

use actix_web::{HttpResponse, get, post, web};
use api_types::{AuditEntry, AuditObject, AuditRestore, Page, PageQuery};
use serde::Deserialize;
use store::history::audit;
use utoipa::IntoParams;

use crate::error::Failure;
use crate::history::{restore, view};
use crate::http::answer;
use crate::http::extract::{Body, Query, Shared};
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
        (audit::Filter { object_kind, object_id, before: window.after.clone() }, window.fetch());
    let rows = app.db.read(move |conn| audit::list(conn, &holder.scope, &filter, fetch)).await?;
    let page = window.page(rows, |row| row.id.clone());
    let items = page.items.iter().map(view::audit_entry).collect();
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

/// Take a change back
///
/// Puts the values from before the change back, as a new change by the rules of today. Where the
/// setting was changed again since, it needs `overwrite`. Only changes that are `restorable` can be
/// taken back.
#[utoipa::path(operation_id = "restore_audit_entry", tag = "audit-log", request_body = AuditRestore,
    params(("audit_id" = String, Path, description = "Id of the change.")),
    responses((status = 200, description = "The new change.", body = AuditEntry)),
        security(("session" = [], "csrf" = [])))]
#[post("/audit-log/{audit_id}/restore")]
pub async fn restore_audit_entry(
    app: Shared,
    holder: Holder,
    audit_id: web::Path<String>,
    body: Body<AuditRestore>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let entry = app
        .db
        .write(move |conn| {
            restore::restore(conn, &holder.scope, &ctx, &audit_id, body.value.overwrite)
        })
        .await?;
    Ok(answer::json(&entry))
}

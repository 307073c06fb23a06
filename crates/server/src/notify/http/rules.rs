//! `/notify-rules`: who is told about what happens on a number.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use api_types::{
    NotifyRule, NotifyRuleCreate, NotifyRuleDelete, NotifyRulePatch, Page, PageQuery,
    ServiceSummary,
};
use store::notify::{notify_rule, notify_service};
use store::routing::contract;
use store::{Conn, Scope};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, IfMatch, Query, Shared};
use crate::http::headers::{IdempotencyKeyHeader, IfMatchHeader};
use crate::http::idempotency::{Asked, Created, once};
use crate::http::paging::Window;
use crate::identity::callers::Member;
use crate::notify::{notify_rules, view};
use crate::numbers::rules::change;
use crate::platform::change::{check_version, locked};
use crate::platform::texts::Lang;

fn summaries(
    rows: &[notify_service::Row],
    rule_id: &str,
    lang: Lang,
) -> Result<Vec<ServiceSummary>, Failure> {
    rows.iter()
        .filter(|row| row.rule_id == rule_id)
        .map(|row| Ok(view::service_summary(row, lang)))
        .collect()
}

fn load(conn: &mut Conn, scope: &Scope, id: &str, lang: Lang) -> Result<NotifyRule, Failure> {
    let contract = contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let row = contract.notify_rules.iter().find(|row| row.id == id).ok_or(Failure::NOT_FOUND)?;
    let services = notify_service::of_rule(conn, scope, id)?;
    Ok(view::notify_rule(&contract, row, summaries(&services, id, lang)?))
}

/// List the notify rules
///
/// The choices for `notify_rule_id` of a number, in the order of their making, each with its
/// services and the numbers that use it.
#[utoipa::path(operation_id = "list_notify_rules", tag = "notify-rules", params(PageQuery),
    responses((status = 200, description = "The notify rules of the account.",
        body = Page<NotifyRule>)), security(("session" = [])))]
#[get("/notify-rules")]
pub async fn list_notify_rules(
    app: Shared,
    holder: Member,
    lang: Lang,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let (contract, services) = app
        .db
        .read(move |conn| -> Result<_, Failure> {
            let contract = contract::load(conn, &holder.scope)?.ok_or(Failure::NOT_FOUND)?;
            Ok((contract, notify_service::list(conn, &holder.scope)?))
        })
        .await?;
    let page = window.slice(contract.notify_rules.iter().collect(), |row| row.id.clone());
    let rule = |row: &notify_rule::Row| {
        Ok(view::notify_rule(&contract, row, summaries(&services, &row.id, lang)?))
    };
    let items = page.items.into_iter().map(rule).collect::<Result<_, Failure>>()?;
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

/// Make a notify rule
///
/// At most 100. Mail addresses are told as they are; services are added to the rule afterwards, and
/// numbers pick it in their settings.
#[utoipa::path(operation_id = "create_notify_rule", tag = "notify-rules",
    request_body = NotifyRuleCreate, params(IdempotencyKeyHeader),
    responses((status = 201, description = "The new rule.", body = NotifyRule)),
        security(("session" = [], "csrf" = [])))]
#[post("/notify-rules")]
pub async fn create_notify_rule(
    app: Shared,
    holder: Member,
    key: IdempotencyKey,
    lang: Lang,
    body: Body<NotifyRuleCreate>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    let (scope, new) = (holder.scope.clone(), body.value);
    once(&app, asked, move |conn| {
        let row = notify_rules::create_notify_rule(conn, &scope, &ctx, &new)?;
        let value = load(conn, &scope, &row.id, lang)?;
        Ok(Created {
            version: Some(value.version),
            location: format!("/api/v1/notify-rules/{}", row.id),
            value,
        })
    })
    .await
}

/// One notify rule
#[utoipa::path(operation_id = "get_notify_rule", tag = "notify-rules",
    params(("rule_id" = String, Path, description = "Id of the rule.")),
    responses((status = 200, description = "The rule.", body = NotifyRule)),
        security(("session" = [])))]
#[get("/notify-rules/{rule_id}")]
pub async fn get_notify_rule(
    app: Shared,
    holder: Member,
    lang: Lang,
    rule_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let rule = app.db.read(move |conn| load(conn, &holder.scope, &rule_id, lang)).await?;
    Ok(answer::versioned(&rule, rule.version))
}

/// Change a notify rule
///
/// Only the fields that are sent change; lists are sent whole. What waits to be sent already goes
/// where it was to go.
#[utoipa::path(operation_id = "update_notify_rule", tag = "notify-rules",
    request_body = NotifyRulePatch,
    params(("rule_id" = String, Path, description = "Id of the rule."), IfMatchHeader),
    responses((status = 200, description = "The rule after the change.", body = NotifyRule)),
        security(("session" = [], "csrf" = [])))]
#[patch("/notify-rules/{rule_id}")]
pub async fn update_notify_rule(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    lang: Lang,
    rule_id: web::Path<String>,
    body: Body<NotifyRulePatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let rule = app
        .db
        .write(move |conn| -> Result<_, Failure> {
            let scope = &holder.scope;
            locked(conn, scope)?;
            let row = notify_rule::find(conn, scope, &rule_id)?.ok_or(Failure::NOT_FOUND)?;
            check_version(row.version, &if_match.0)?;
            let changes = change::notify_rule(&body.value).map_err(Failure::Fields)?;
            notify_rules::change_notify_rule(conn, scope, &ctx, &row, &changes)?;
            load(conn, scope, &rule_id, lang)
        })
        .await?;
    Ok(answer::versioned(&rule, rule.version))
}

/// Remove a notify rule
///
/// With its services, and what waits to be sent for it. While numbers use it that is refused with
/// `in_use`, unless `detach=true` also takes it away from them.
#[utoipa::path(operation_id = "delete_notify_rule", tag = "notify-rules",
    params(("rule_id" = String, Path, description = "Id of the rule."), NotifyRuleDelete,
        IfMatchHeader),
    responses((status = 204, description = "Nobody is told by it any more.")),
        security(("session" = [], "csrf" = [])))]
#[delete("/notify-rules/{rule_id}")]
pub async fn delete_notify_rule(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    rule_id: web::Path<String>,
    query: Query<NotifyRuleDelete>,
) -> Result<HttpResponse, Failure> {
    let (ctx, detach) = (holder.ctx(&app), query.0.detach);
    app.db
        .write(move |conn| {
            notify_rules::delete_notify_rule(
                conn,
                &holder.scope,
                &ctx,
                &if_match.0,
                &rule_id,
                detach,
            )
        })
        .await?;
    Ok(answer::no_content())
}

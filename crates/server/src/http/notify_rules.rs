//! `/notify-rules`: the rules that numbers can pick.

use actix_web::{HttpResponse, get};
use api_types::{NotifyRule, Page, PageQuery};
use store::contract;

use super::answer;
use super::extract::{Holder, Query, Shared};
use super::paging::Window;
use crate::error::Failure;
use crate::view;

/// List the notify rules
///
/// The choices for `notify_rule_id` of a number, in the order of their making.
#[utoipa::path(operation_id = "list_notify_rules", tag = "notify-rules", params(PageQuery),
    responses((status = 200, description = "The notify rules of the account.", body = Page<NotifyRule>)), security(("session" = [])))]
#[get("/notify-rules")]
pub async fn list_notify_rules(app: Shared, holder: Holder, query: Query<PageQuery>) -> Result<HttpResponse, Failure> {
    let window = Window::new(&query.0)?;
    let contract = app.db.read(move |conn| contract::load(conn, &holder.scope)).await?.ok_or(Failure::NOT_FOUND)?;
    let page = window.slice(contract.notify_rules.iter().collect(), |row| row.id.clone());
    let items = page.items.into_iter().map(|row| view::notify_rule(&contract, row, Vec::new())).collect();
    Ok(answer::json(&Page { items, next_cursor: page.next_cursor }))
}

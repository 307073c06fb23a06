//! `/account/switch-state`: 保存済み → 交換機に反映済み.

use actix_web::{HttpResponse, get};
use api_types::SwitchState;
use store::accounts::route_change;
use store::switch::switch_report;
use store::{Conn, StoreError};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::Shared;
use crate::identity::callers::Member;
use crate::switch::feed::state;

/// Whether calls are decided by what was saved last
///
/// About the last change of the account that decides about calls. It says nothing of the operator's
/// switches but how far they have come all together.
#[utoipa::path(operation_id = "get_switch_state", tag = "account",
    responses((status = 200, description = "How far the last change has come.",
        body = SwitchState)), security(("session" = [])))]
#[get("/account/switch-state")]
pub async fn get_switch_state(app: Shared, member: Member) -> Result<HttpResponse, Failure> {
    let scope = member.scope;
    let read = move |conn: &mut Conn| -> Result<_, StoreError> {
        let saved = route_change::last(conn, &scope)?;
        let switches =
            switch_report::seen(conn, &scope, saved.as_ref().and_then(|saved| saved.position))?;
        Ok((saved, switches))
    };
    let (saved, switches) = app.db.read(read).await?;
    Ok(answer::json(&state::state(app.clock.now_naive(), saved.as_ref(), &switches)))
}

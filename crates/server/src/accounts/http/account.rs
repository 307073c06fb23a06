//! `/account`: the contract, as its holder sees it.

use actix_web::{HttpResponse, get, patch};
use api_types::{Account, AccountPatch};
use store::accounts::account;
use store::routing::contract;
use store::{Conn, Scope};

use crate::accounts::{provisioning, view};
use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IfMatch, Shared};
use crate::http::headers::IfMatchHeader;
use crate::identity::callers::Member;
use crate::platform::change;

fn find(conn: &mut Conn, scope: &Scope) -> Result<Account, Failure> {
    Ok(view::account(&contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)?))
}

/// The contract
#[utoipa::path(operation_id = "get_account", tag = "account",
    responses((status = 200, description = "The contract of the caller.", body = Account)),
        security(("session" = [])))]
#[get("/account")]
pub async fn get_account(app: Shared, holder: Member) -> Result<HttpResponse, Failure> {
    let account = app.db.read(move |conn| find(conn, &holder.scope)).await?;
    Ok(answer::versioned(&account, account.version))
}

/// Change the contract's contact address
#[utoipa::path(operation_id = "update_account", tag = "account", request_body = AccountPatch,
    params(IfMatchHeader),
    responses((status = 200, description = "The contract after the change.", body = Account)),
        security(("session" = [], "csrf" = [])))]
#[patch("/account")]
pub async fn update_account(
    app: Shared,
    holder: Member,
    if_match: IfMatch,
    body: Body<AccountPatch>,
) -> Result<HttpResponse, Failure> {
    let ctx = holder.ctx(&app);
    let account = app
        .db
        .write(move |conn| {
            let before = change::locked(conn, &holder.scope)?;
            change::check_version(before.version, &if_match.0)?;
            let changes = account::Changes {
                contact_mail: body.value.contact_mail.map(Some),
                ..account::Changes::default()
            };
            provisioning::update_account(conn, &holder.scope, &ctx, &before, &changes)?;
            find(conn, &holder.scope)
        })
        .await?;
    Ok(answer::versioned(&account, account.version))
}

//! `/switch/ids/{login_id}`: what a terminal signs in with, and which numbers it may present.

use actix_web::{HttpResponse, get, web};
use api_types::{Capability, SwitchDigest, SwitchOutbound, SwitchPhoneId};
use store::numbers::phone_id;
use store::routing::contract::{self, Contract};
use store::{Conn, SwitchScope};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::Shared;
use crate::identity::callers::Switch;
use crate::identity::digest::Digest;
use crate::numbers::rules::capabilities;
use crate::platform;
use crate::platform::state::Platform;

/// A terminal's ID
///
/// For the registrar: digest credentials (RFC 8760), and the rules for calling out. Keep the
/// credentials in memory only, and ask again when the terminal signs in the next time: passwords
/// change.
#[utoipa::path(operation_id = "get_switch_id", tag = "switch",
    params(("login_id" = String, Path, description = "What the terminal signs in with.")),
    responses((status = 200, description = "The ID.", body = SwitchPhoneId)),
        security(("switch_key" = [])))]
#[get("/switch/ids/{login_id}")]
pub async fn get_switch_id(
    app: Shared,
    switch: Switch,
    login_id: web::Path<String>,
) -> Result<HttpResponse, Failure> {
    let (scope, shared) = (switch.scope, app.clone());
    let login_id = login_id.into_inner().to_lowercase();
    let found = app
        .db
        .read(move |conn| find(conn, scope, &shared, &login_id))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    Ok(answer::json(&found))
}

fn find(
    conn: &mut Conn,
    scope: SwitchScope,
    app: &Platform,
    login_id: &str,
) -> Result<Option<SwitchPhoneId>, Failure> {
    let Some(row) = phone_id::of_login_id(conn, scope, login_id)? else { return Ok(None) };
    let Some(contract) = contract::load(conn, &scope.account(&row.account_id))? else {
        return Ok(None);
    };
    let active = contract.account.is_active();
    let digest = Digest::of(&app.secrets, &row, &app.config.switch.sip_domain).filter(|_| active);
    Ok(Some(SwitchPhoneId {
        outbound: outbound(&contract, &row),
        active,
        digest: digest.map(|digest| SwitchDigest {
            realm: digest.realm,
            ha1: digest.md5,
            ha1_sha256: digest.sha256,
        }),
        revision: platform::wire::unsigned(contract.account.revision),
        phone_id: row.id,
        login_id: row.login_id,
        extension: row.extension,
        terminal_name: row.terminal_name,
    }))
}

/// The numbers that an ID may present: the chosen one where the portal offers the choice, else any
/// of the contract, since the app chooses.
fn outbound(contract: &Contract, row: &phone_id::Row) -> SwitchOutbound {
    let chosen = row
        .outbound_number_id
        .as_ref()
        .and_then(|id| contract.number(id))
        .or(contract.numbers.first());
    let number = chosen.map(|number| number.e164.clone());
    let allowed =
        match capabilities::of_phone_id(contract, row).contains(&Capability::OutboundNumber) {
            true => number.iter().cloned().collect(),
            false => contract.numbers.iter().map(|number| number.e164.clone()).collect(),
        };
    SwitchOutbound { number, allowed }
}

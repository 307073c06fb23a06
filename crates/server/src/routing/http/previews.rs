//! `/numbers/{number_id}/route-preview`: what becomes of a call, by the code that the switch will
//! ask.

use actix_web::{HttpResponse, post, web};
use api_types::{Caller, NoNumber, RouteDecision, RoutePreviewRequest};
use store::block_list::block_entry;
use store::notify::notify_service;
use store::routing::contract;
use store::{Conn, Scope};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, Shared};
use crate::identity::callers::Member;
use crate::platform;
use crate::platform::texts::Lang;
use crate::routing::decide::{
    Call, Callback, NumberSettings, SipCodes, candidate_keys, decide_call,
};
use crate::routing::view;

/// Preview what becomes of a call
///
/// The decision that the switch would get: which setting decides and why, which terminals ring in
/// which order, what the caller hears, who would be told. Nothing is changed and nobody is called.
#[utoipa::path(operation_id = "preview_route", tag = "numbers", request_body = RoutePreviewRequest,
    params(("number_id" = String, Path, description = "Id of the number.")),
    responses((status = 200, description = "The decision.", body = RouteDecision)),
        security(("session" = [], "csrf" = [])))]
#[post("/numbers/{number_id}/route-preview")]
pub async fn preview_route(
    app: Shared,
    holder: Member,
    lang: Lang,
    number_id: web::Path<String>,
    body: Body<RoutePreviewRequest>,
) -> Result<HttpResponse, Failure> {
    let RoutePreviewRequest { caller, at, active_calls, emergency_callback } = body.value;
    let caller = match platform::wire::read_word::<NoNumber>(&caller) {
        Some(kind) => Caller::NoNumber(kind),
        None => {
            Caller::parse(&caller).map_err(|error| Failure::Fields(vec![error.fault("/caller")]))?
        }
    };
    let at = at.map_or_else(|| app.clock.now_naive(), |at| at.naive_utc());
    let callback = if emergency_callback { Callback::Certain } else { Callback::No };
    let call = Call { caller, at, active_calls: active_calls.into(), callback };
    let codes = app.config.switch.sip_codes;
    let decision = app
        .db
        .read(move |conn| decide(conn, &holder.scope, lang, &number_id, &call, &codes))
        .await?;
    Ok(answer::json(&decision))
}

fn decide(
    conn: &mut Conn,
    scope: &Scope,
    lang: Lang,
    number_id: &str,
    call: &Call,
    codes: &SipCodes,
) -> Result<RouteDecision, Failure> {
    let contract = contract::load(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let number = contract.number(number_id).ok_or(Failure::NOT_FOUND)?;
    let entries =
        block_entry::with_patterns(conn, scope, number_id, &candidate_keys(&call.caller))?;
    let services = match &number.notify_rule_id {
        Some(rule_id) => notify_service::of_rule(conn, scope, rule_id)?,
        None => Vec::new(),
    };
    let decision = decide_call(&NumberSettings::new(&contract, number, &entries), call, codes);
    Ok(view::decision(&contract, number, &services, call, &decision, lang))
}

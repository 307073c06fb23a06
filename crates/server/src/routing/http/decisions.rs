//! `/switch/route-decision`: may this call ring, and where?

use actix_web::dev::Payload;
use actix_web::http::header::{Accept, CACHE_CONTROL, Header as _};
use actix_web::{FromRequest, HttpRequest, HttpResponse, post, web};
use api_types::{ErrorCode, RouteQuestion, SwitchDecision, field_faults};
use futures_util::future::LocalBoxFuture;
use validator::Validate;

use crate::error::Failure;
use crate::http::extract::{then, whole_body};
use crate::http::mended::mended;
use crate::http::read;
use crate::http::upload::media_type;
use crate::identity::callers::Switch;
use crate::platform::texts::Lang;
use crate::routing::decide::{Call, Callback};
use crate::routing::{self, Called, Form, PUBLIC, Question, State};

const XML: &str = "text/xml; charset=utf-8";

/// Counter: decisions, by action.
const DECISIONS: &str = "denwaban_route_decisions_total";

/// Decide about a call
///
/// Send the identity of the caller as it stands in the SIP headers: what it means is found out
/// here. The answer is always 200 for a call that was decided, also for one to a number that nobody
/// has (`reject` with 404). It comes from memory that is never older than a second, and says the
/// account revision that it is made of.
///
/// **Extensions**: with `calling_login_id`, `called` may be an extension of the contract of that
/// ID. Its terminal rings (`matched.rule` is `internal_call`, `calling` is who calls), whatever is
/// set for numbers: block lists, pauses, channels. An extension that no ID of the contract has is
/// answered as a number that nobody has (`reject`, `unknown_extension`), also where nobody has the
/// ID; a suspended contract is refused. Nothing leads from one contract to another. 110, 118 and
/// 119 are never extensions. With a number as `called`, `calling_login_id` changes nothing: a
/// contract that calls its own number meets what is set for it, with the identity that the switch
/// sends.
///
/// Three forms, by `Accept`: JSON, whose `rtjson` Kamailio takes as it is; `text/xml` as
/// FreeSWITCH's mod_xml_curl reads it; `application/x-www-form-urlencoded` for Asterisk's `CURL()`
/// with `hashcompat`. A question may be a form, too: with the names of the JSON, or with the
/// channel variables that mod_xml_curl sends, which is answered in XML: "not found" for contexts
/// that are not in `switch.freeswitch_contexts` of the configuration, such as that of outgoing
/// calls; but calls of extensions (`variable_denwaban_calling_login_id`) are answered in all of
/// them. `channel_limit` always comes last in a form: an answer without it was cut off. Where a
/// switch cannot send a bearer token, the key may be the password of HTTP basic authentication.
///
/// A switch that does not understand `action` should ring as it does while the portal is away.
#[utoipa::path(operation_id = "decide_route", tag = "switch",
    params(("Accept-Language" = Option<String>, Header,
        description = "The language of `matched.reason` and `caller.text`: `ja` or `en`.",
        example = "ja")),
    request_body(content((RouteQuestion = "application/json"),
        (RouteQuestion = "application/x-www-form-urlencoded",
        example = json!({"call_id": "1a2b3c@pbx.example", "called": "+81312345678",
            "from_user": "+819012345678", "active_calls": 1})))),
    responses((status = 200, description = "The decision.", content(
        (SwitchDecision = "application/json"),
        (String = "text/xml", example = "<document type=\"freeswitch/xml\">…</document>"),
        (String = "application/x-www-form-urlencoded",
            example = "action=ring&devices=minato001%2Cminato002&ring_after_s=0%2C10\
                &channel_limit=2")))),
    security(("switch_key" = [])))]
#[post("/switch/route-decision")]
pub async fn decide_route(
    app: web::Data<State>,
    switch: Switch,
    request: HttpRequest,
    lang: Lang,
    asked: Asked,
) -> Result<HttpResponse, Failure> {
    if asked.0.is_elsewhere(&app.config.switch.freeswitch_contexts) {
        return Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type(XML)
            .body(routing::NOT_FOUND));
    }
    let Question { question, form, context } = asked.0;
    question.validate().map_err(|errors| Failure::Fields(field_faults(&errors)))?;
    let called = Called::of(&question)?;
    let call = Call {
        caller: question.caller(),
        at: question.at.map_or_else(|| app.clock.now_naive(), |at| at.naive_utc()),
        active_calls: question.active_calls,
        callback: match question.priority.as_deref().map(str::trim) {
            Some(priority) if priority.eq_ignore_ascii_case("psap-callback") => {
                if app.config.switch.marks_psap(&switch.name) {
                    Callback::Certain
                } else {
                    Callback::Claimed
                }
            }
            _ => Callback::No,
        },
    };
    let routed =
        routing::route(&app.clone().into_inner(), switch.scope, called, call.clone()).await?;
    let config = &app.config.switch;
    let decision = routing::decision(&routed, &call, config, lang);
    metrics::counter!(DECISIONS, "action" => crate::platform::wire::word(&decision.action))
        .increment(1);
    // An odd header is no reason to lose a call.
    let accepted = Accept::parse(&request).ok().and_then(|accept| Form::accepted(&accept));
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CACHE_CONTROL, "no-store"));
    Ok(match accepted.unwrap_or(form) {
        Form::Json => answer.json(&decision),
        Form::Xml => answer.content_type(XML).body(routing::xml(
            &decision,
            context.as_deref().unwrap_or(PUBLIC),
            &config.sip_domain,
        )),
        Form::Form => {
            answer.content_type("application/x-www-form-urlencoded").body(routing::form(&decision))
        }
    })
}

/// A question in one of its forms, still to be checked.
#[derive(Debug)]
pub struct Asked(pub Question);

impl FromRequest for Asked {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (kind, bytes) = (media_type(request.headers()), whole_body(request, payload));
        then(request, async move {
            let bytes = bytes.await?;
            let question = match kind.as_str() {
                "application/json" => {
                    read::json::<RouteQuestion>(mended(&bytes).as_bytes())?.into()
                }
                "application/x-www-form-urlencoded" => Question::of_form(&bytes),
                _ => return Err(Failure::Code(ErrorCode::UnsupportedMediaType)),
            };
            Ok(Self(question))
        })
    }
}

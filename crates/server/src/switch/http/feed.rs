//! `/switch/snapshot`, `/switch/changes`, `/switch/applied`: what a switch decides by while nobody
//! can be asked.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, ETag, EntityTag, VARY};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, post, web};
use api_types::{CHANGES_WAIT_MAX_S, FieldCode, SwitchApplied, SwitchChangesQuery, SwitchLine};

use crate::error::Failure;
use crate::http::answer;
use crate::http::conditional::{is_known, takes_gzip};
use crate::http::extract::{Body, Query};
use crate::identity::callers::Switch;
use crate::switch::State;
use crate::switch::feed::{self, Document};

/// A line after the other, each a JSON object.
const LINES: &str = "application/x-ndjson";
/// Header of the signature.
const SIGNATURE: &str = "Denwaban-Signature";

/// All numbers and IDs, to decide by while nobody can be asked
///
/// A text of lines, each a `SwitchLine`: a `header`, a `contract` or a `number` each, an `end` that
/// counts them. A text without its end was cut off: keep what you have. Kinds and fields that you
/// do not know are to be read past. Follow it with `GET /switch/changes`.
///
/// **What becomes of a call**, as `POST /switch/route-decision` would say:
///
/// 1. No `number` is dialled so: refused with `sip_codes.unknown_number`.
/// 2. It is `suspended`: refused with `sip_codes.suspended`.
/// 3. Unless the caller is one of `never_refused`, or the call carries `Priority: psap-callback` and
///    the switch marks such calls itself or `callbacks_until` has not come: a
///    caller without a number is refused with `sip_codes.no_number` where the `reject_…` of the
///    kind is on; one with a number with `sip_codes.blocked` where `exact` has it, or `prefix` a
///    beginning of it, whose time has not come.
/// 4. `channel_limit` calls are under way: `busy_announcement`, else refused with `sip_codes.busy`.
/// 5. `rtjson` is `null`: refused with `sip_codes.no_terminal`.
/// 6. `rtjson` rings, and after `later.after_s` seconds what stands in `later.rtjson`. After
///    `voicemail_after_s`, where it is there, the caller may leave a message.
///
/// **What becomes of a call from an ID to an extension**: the `contract` that has the ID is
/// `suspended`: refused with `sip_codes.suspended`. None of its `ids` has the extension, or no
/// contract has the ID: refused with `sip_codes.unknown_number`. Else the one that has it rings,
/// whatever is set for numbers.
///
/// Callers are compared as E.164 (`+819012345678`), services as their three digits (`117`).
///
/// **Signature**: `Denwaban-Signature` is a JWS with a detached payload (RFC 7515, appendix F; RFC
/// 7797, `b64` = false; ES256) under a key of `/.well-known/jwks.json`. Its payload is
/// `sha-256=:…:`, in which stands in Base64 the SHA-256 of the text (not of its compressed bytes).
/// So `HEADER..SIGNATURE` is good when SIGNATURE is that of `HEADER.sha-256=:…:`.
///
/// Credentials of terminals are not in it: one copied file would let somebody ring and call as
/// everybody. A registrar keeps in memory what `GET /switch/ids/{login_id}` told it.
#[utoipa::path(operation_id = "get_switch_snapshot", tag = "switch",
    params(("If-None-Match" = Option<String>, Header,
        description = "The `ETag` of the snapshot that you have.")),
    responses(
        (status = 200,
            description = "The snapshot; compressed (gzip) where `Accept-Encoding` takes it.",
            content((SwitchLine = "application/x-ndjson", example = json!(EXAMPLE))),
            headers(("ETag" = String, description = "Names exactly this text."),
                ("Denwaban-Signature" = String, description = "Detached JWS."))),
        (status = 304, description = "You have the newest one.")),
    security(("switch_key" = [])))]
#[get("/switch/snapshot")]
pub async fn get_switch_snapshot(
    app: web::Data<State>,
    switch: Switch,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let app = app.into_inner();
    let position = feed::position(&app, switch.scope).await?;
    if is_known(&request, &tag_of(&request, &Document::tag(&app.config.switch, position))) {
        let mut answer = HttpResponse::build(StatusCode::NOT_MODIFIED);
        tagged(&mut answer, &request, &Document::tag(&app.config.switch, position));
        return Ok(answer.finish());
    }
    let document = feed::snapshot(&app, switch.scope).await?;
    let mut answer = HttpResponse::Ok();
    if document.is_settled {
        tagged(&mut answer, &request, &Document::tag(&app.config.switch, document.position));
    }
    send(&app, &request, answer, &document).await
}

/// What has changed since a position
///
/// Lines as in the snapshot: a `contract` or a `number` as it is now for each that changed,
/// `removed` for numbers that nobody has any more. A `contract` that is gone has no `ids`. It
/// answers at once where there is something, else when there is, or after `wait_s` seconds with the
/// same position. Bring all lines into force, report it to `POST /switch/applied`, and ask again
/// with the position of the `end`. What comes twice, or looks as before, is right.
///
/// `snapshot_needed` says that the position is older than three days, or of another database: begin
/// with the snapshot again. Whatever else goes wrong: decide by what you have, and ask again.
#[utoipa::path(operation_id = "get_switch_changes", tag = "switch", params(SwitchChangesQuery),
    responses((status = 200,
        description = "The changes; compressed (gzip) where `Accept-Encoding` takes it.",
        content((SwitchLine = "application/x-ndjson", example = json!(EXAMPLE_OF_CHANGES))),
        headers(("Denwaban-Signature" = String,
            description = "Detached JWS, as the snapshot's.")))),
    security(("switch_key" = [])))]
#[get("/switch/changes")]
pub async fn get_switch_changes(
    app: web::Data<State>,
    switch: Switch,
    request: HttpRequest,
    query: Query<SwitchChangesQuery>,
) -> Result<HttpResponse, Failure> {
    let SwitchChangesQuery { since, wait_s } = query.0;
    if wait_s > CHANGES_WAIT_MAX_S {
        return Err(Failure::field("?wait_s", FieldCode::OutOfRange));
    }
    let app = app.into_inner();
    let wait = Duration::from_secs(wait_s.into());
    let document = feed::changes(&app, switch.scope, stored(since), wait).await?;
    send(&app, &request, HttpResponse::Ok(), &document).await
}

/// Report what you serve
///
/// After each change that has come into force, and every 30 seconds while there is none: the portal
/// tells its users when what they saved is in force, and that a switch has not been heard of for 90
/// seconds. A switch that never reports counts as one that asks about each call. Each switch has a
/// key of its own.
#[utoipa::path(operation_id = "report_switch_applied", tag = "switch", request_body = SwitchApplied,
    responses((status = 204, description = "Noted.")), security(("switch_key" = [])))]
#[post("/switch/applied")]
pub async fn report_switch_applied(
    app: web::Data<State>,
    switch: Switch,
    body: Body<SwitchApplied>,
) -> Result<HttpResponse, Failure> {
    feed::applied(&app, switch.scope, switch.key_id, stored(body.value.position)).await?;
    Ok(answer::no_content())
}

/// A position as it is stored; what is too large for one is none of ours.
fn stored(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn tag_of(request: &HttpRequest, tag: &str) -> EntityTag {
    let coding = if takes_gzip(request) { "-gzip" } else { "" };
    EntityTag::new_strong(format!("{tag}{coding}"))
}

fn tagged(answer: &mut HttpResponseBuilder, request: &HttpRequest, tag: &str) {
    answer
        .insert_header(ETag(tag_of(request, tag)))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((CACHE_CONTROL, "private, no-cache"));
}

async fn send(
    app: &State,
    request: &HttpRequest,
    mut answer: HttpResponseBuilder,
    document: &Document,
) -> Result<HttpResponse, Failure> {
    let signature = app
        .identity
        .signing()
        .await?
        .detached(app.clock.now_naive(), document.digest.as_bytes())?;
    let is_compressed = takes_gzip(request);
    answer
        .content_type(LINES)
        .insert_header((SIGNATURE, signature))
        .insert_header((VARY, "Accept-Encoding"))
        .insert_header((CACHE_CONTROL, "private, no-cache"));
    if is_compressed {
        answer.insert_header((CONTENT_ENCODING, "gzip"));
    }
    let size = if is_compressed { document.compressed_size } else { document.size };
    Ok(answer.no_chunking(size).streaming(Box::pin(document.stream(is_compressed))))
}

/// A contract of two IDs and a number with a list of three entries, of which one rings first.
const EXAMPLE: &str = r#"{"type":"header","format":1,"since":null,"position":1795316400000000,"sip_domain":"sip.example.jp","sip_codes":{"no_number":{"code":433,"reason":"Anonymity Disallowed"},"blocked":{"code":603,"reason":"Decline"},"busy":{"code":486,"reason":"Busy Here"},"no_terminal":{"code":480,"reason":"Temporarily Unavailable"},"unknown_number":{"code":404,"reason":"Not Found"},"suspended":{"code":480,"reason":"Temporarily Unavailable"}},"never_refused":["110","118","119"]}
{"type":"contract","account_id":"01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b20","suspended":false,"ids":[{"login_id":"minato000","extension":"200","terminal_name":""},{"login_id":"minato001","extension":"201","terminal_name":"営業 山田"}]}
{"type":"number","number":"+81312345678","dialled":["+81312345678","0312345678"],"suspended":false,"reject_withheld":true,"reject_pay_phone":false,"reject_out_of_range":false,"reject_service_conflict":false,"exact":{"+81120444555":"2026-12-01T00:00:00Z","+819012345678":null},"prefix":{"+8150":null},"channel_limit":3,"busy_announcement":"busy","rtjson":{"version":"1.0","routing":"parallel","routes":[{"uri":"sip:minato000@sip.example.jp"}]},"later":{"after_s":10,"rtjson":{"version":"1.0","routing":"parallel","routes":[{"uri":"sip:minato000@sip.example.jp"},{"uri":"sip:minato001@sip.example.jp"}]}},"number_name":"代表番号","display_name":"","ringtone":"ringtone_1"}
{"type":"end","position":1795316400000000,"contracts":1,"numbers":1,"removed":0,"entries":3}
"#;

/// A number that went.
const EXAMPLE_OF_CHANGES: &str = r#"{"type":"header","format":1,"since":1795316400000000,"position":1795316400800000,"sip_domain":"sip.example.jp","sip_codes":{"no_number":{"code":433,"reason":"Anonymity Disallowed"},"blocked":{"code":603,"reason":"Decline"},"busy":{"code":486,"reason":"Busy Here"},"no_terminal":{"code":480,"reason":"Temporarily Unavailable"},"unknown_number":{"code":404,"reason":"Not Found"},"suspended":{"code":480,"reason":"Temporarily Unavailable"}},"never_refused":["110","118","119"]}
{"type":"removed","number":"+81312345679","dialled":["+81312345679","0312345679"]}
{"type":"end","position":1795316400800000,"contracts":0,"numbers":0,"removed":1,"entries":0}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_are_lines_that_we_write() {
        for text in [EXAMPLE, EXAMPLE_OF_CHANGES] {
            let mut kinds = Vec::new();
            for line in text.lines() {
                let read: SwitchLine = serde_json::from_str(line).unwrap();
                assert_eq!(serde_json::to_string(&read).unwrap(), line);
                kinds.push(std::mem::discriminant(&read));
            }
            assert!(kinds.len() >= 3, "{text}");
        }
    }
}

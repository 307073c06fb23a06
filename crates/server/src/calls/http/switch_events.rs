//! `/switch/attachments`, `/switch/events`: what the operator's switches report.

use crate::platform::wire::unsigned;
use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, post, web};
use api_types::{
    SwitchAttachment, SwitchEvent, SwitchEventAnswer, SwitchEventAnswers, SwitchEventOutcome,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::calls::State;
use crate::calls::intake::{self, Intake, Outcome};
use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Query, seconds};
use crate::http::upload::{SwitchFile, SwitchReports};
use crate::identity::callers::Switch;
use crate::platform::texts::{Lang, item_errors};

/// A recording or a fax as a form sends it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form for the document; the extractor reads it")]
pub struct AttachmentForm {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Length of a recording in milliseconds.
    #[schema(example = 23400)]
    duration_ms: Option<u32>,
}

/// What is known of a file besides its bytes.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AttachmentQuery {
    /// Length of a recording in milliseconds; of WAV and M4A it is found in the file.
    #[param(example = 23400, maximum = 86400000)]
    pub duration_ms: Option<u32>,
}

/// Hand in a recording or a fax
///
/// M4A, MP3, WAV, Ogg, PDF or TIFF, recognised by its content: as the body, or as the field `file`
/// of a form. Then name it as `attachment_id` of an event, within a day.
#[utoipa::path(operation_id = "create_switch_attachment", tag = "switch", params(AttachmentQuery),
    request_body(content((String = "application/octet-stream", example = "(bytes)"),
        (AttachmentForm = "multipart/form-data",
        example = json!({"file": "(bytes)", "duration_ms": 23400})))),
    responses((status = 201, description = "It is kept.", body = SwitchAttachment)),
        security(("switch_key" = [])))]
#[post("/switch/attachments")]
pub async fn create_switch_attachment(
    app: web::Data<State>,
    switch: Switch,
    query: Query<AttachmentQuery>,
    file: SwitchFile,
) -> Result<HttpResponse, Failure> {
    let duration_ms = query.0.duration_ms.or(file.duration_ms);
    let kept = crate::calls::attachments::hand_in(
        &app,
        switch.scope,
        switch.key_id,
        file.bytes,
        duration_ms,
    )
    .await?;
    let body = SwitchAttachment {
        attachment_id: kept.id,
        content_type: kept.content_type,
        size: unsigned(kept.size_bytes),
    };
    Ok(HttpResponse::build(StatusCode::CREATED)
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(body))
}

/// Report what happened
///
/// An array of at most 1,000 events. Each is answered by itself, in their order: `accepted`,
/// `duplicate` (its `id` came before from this switch), or `rejected` with what is wrong. They may
/// come late, several times and in any order. A missed call may be reported by each terminal under
/// one `call_id`; one notice is sent, and none when somebody answered. A missed call that is
/// `refused` by the number's own settings is counted there and told to nobody.
///
/// Where a switch can't write JSON safely, as a dialplan with a caller's name in it, one event may
/// be a form (`application/x-www-form-urlencoded`) with the same names. Names without a value are as
/// if they were not there.
#[utoipa::path(operation_id = "create_switch_events", tag = "switch",
    request_body = Vec<SwitchEvent>,
    responses((status = 200, description = "One answer per event.", body = SwitchEventAnswers)),
        security(("switch_key" = [])))]
#[post("/switch/events")]
pub async fn create_switch_events(
    app: web::Data<State>,
    switch: Switch,
    lang: Lang,
    events: SwitchReports,
) -> Result<HttpResponse, Failure> {
    let link_lasts = seconds(u64::from(app.config.attachments.link_days) * 86_400);
    let intake = Intake {
        switch_id: switch.key_id,
        now: app.clock.now(),
        link_lasts,
        callback_lasts: seconds(app.config.switch.emergency_callback_s),
    };
    let items: Vec<intake::Item> =
        events.0.into_iter().map(|sent| intake::Item::read(sent, intake.now)).collect();
    let (scope, ids) =
        (switch.scope, items.iter().map(|item| item.event_id().to_owned()).collect::<Vec<_>>());
    let planner = (app.planner)(intake.now, seconds(app.config.outbox.settle_s));
    let taken =
        app.db.write(move |conn| intake::take(conn, scope, &intake, &items, planner)).await?;
    for (account_id, change) in taken.changes {
        app.live.tell(&account_id, change);
    }
    if taken.planned > 0 {
        app.planned.notify_one();
    }
    let outcomes = taken.outcomes.into_iter().zip(ids).enumerate();
    let items =
        outcomes.map(|(index, (outcome, id))| answer_to(lang, index, id, outcome)).collect();
    Ok(answer::json(&SwitchEventAnswers { items }))
}

fn answer_to(lang: Lang, index: usize, id: String, outcome: Outcome) -> SwitchEventAnswer {
    let (outcome, faults) = match outcome {
        Outcome::Accepted => (SwitchEventOutcome::Accepted, Vec::new()),
        Outcome::Duplicate => (SwitchEventOutcome::Duplicate, Vec::new()),
        Outcome::Rejected(faults) => (SwitchEventOutcome::Rejected, faults),
    };
    SwitchEventAnswer { id, outcome, errors: item_errors(lang, index, &faults) }
}

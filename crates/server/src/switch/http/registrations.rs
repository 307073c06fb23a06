//! `/switch/registrations`: which terminals are registered.

use actix_web::{HttpResponse, post};
use api_types::{Registration, RegistrationAnswer, RegistrationAnswers, RegistrationOutcome};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::Shared;
use crate::http::upload::SwitchReports;
use crate::identity::callers::Switch;
use crate::platform::texts::{Lang, item_errors};
use crate::switch::registrations::{self, Outcome};

/// Report which terminals are registered
///
/// An array of at most 1,000 reports. Each is answered by itself, in their order: `accepted`,
/// `outdated` (something newer is known of this contact), or `rejected` with what is wrong. They may
/// come late, several times and in any order. What is registered stands in `terminals` of the ID
/// until `expires_at`: a terminal that expires need not be reported. No terminal is signed out by a
/// report, and it is no entry of the change log.
///
/// Where a switch can't write JSON safely, one report may be a form
/// (`application/x-www-form-urlencoded`) with the same names. Names without a value are as if they
/// were not there.
#[utoipa::path(operation_id = "report_registrations", tag = "switch",
    request_body = Vec<Registration>,
    responses((status = 200, description = "One answer per report.", body = RegistrationAnswers)),
        security(("switch_key" = [])))]
#[post("/switch/registrations")]
pub async fn report_registrations(
    app: Shared,
    switch: Switch,
    lang: Lang,
    reports: SwitchReports,
) -> Result<HttpResponse, Failure> {
    let now = app.clock.now();
    let items: Vec<registrations::Item> =
        reports.0.into_iter().map(|sent| registrations::read(sent, now)).collect();
    let login_ids: Vec<String> = items.iter().map(|(login_id, _)| login_id.clone()).collect();
    let outcomes =
        app.db.write(move |conn| registrations::take(conn, switch.scope, &items)).await?;
    let answers = outcomes.into_iter().zip(login_ids).enumerate();
    let items = answers.map(|(index, (outcome, id))| answer_to(lang, index, id, outcome)).collect();
    Ok(answer::json(&RegistrationAnswers { items }))
}

fn answer_to(lang: Lang, index: usize, login_id: String, outcome: Outcome) -> RegistrationAnswer {
    let (outcome, faults) = match outcome {
        Outcome::Accepted => (RegistrationOutcome::Accepted, Vec::new()),
        Outcome::Outdated => (RegistrationOutcome::Outdated, Vec::new()),
        Outcome::Rejected(faults) => (RegistrationOutcome::Rejected, faults),
    };
    RegistrationAnswer { login_id, outcome, errors: item_errors(lang, index, &faults) }
}

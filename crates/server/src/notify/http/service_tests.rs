//! `/notify-rules/{rule_id}/services/{service_id}/test`: a notice that everybody there sees.

use actix_web::{HttpResponse, post, web};
use api_types::{ServiceTest, TestOutcome};
use chrono::TimeDelta;
use store::new_id;
use store::notify::{notify_rule, service_health};

use crate::error::Failure;
use crate::http::answer;
use crate::identity::attempts;
use crate::identity::callers::Member;
use crate::notify::http::services::{changed, find};
use crate::notify::{
    Job, Notice, Outcome, Progress, Report, State, Subject, Target, doctor, vault, words,
};
use crate::platform::texts::{Lang, text};

/// So many tests of one service within [`WINDOW`].
const TESTS: i32 = 5;
const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// Send a test notice
///
/// Now, whether the service is on or off, and only once: the answer says what came of it, and where
/// it failed what to do. At most five a minute. A test that fails changes nothing.
#[utoipa::path(operation_id = "test_service", tag = "notify-rules",
    params(("rule_id" = String, Path, description = "Id of the rule."),
        ("service_id" = String, Path, description = "Id of the service.")),
    responses((status = 200, description = "What came of it.", body = ServiceTest)),
        security(("session" = [], "csrf" = [])))]
#[post("/notify-rules/{rule_id}/services/{service_id}/test")]
pub async fn test_service(
    app: web::Data<State>,
    holder: Member,
    lang: Lang,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let scope = holder.scope.clone();
    let (rule, service) = app
        .db
        .read(move |conn| -> Result<_, Failure> {
            let service = find(conn, &scope, (&path.0, &path.1))?;
            let rule =
                notify_rule::find(conn, &scope, &service.rule_id)?.ok_or(Failure::NOT_FOUND)?;
            Ok((rule, service))
        })
        .await?;
    attempts::count(
        &app,
        "service-test",
        &format!("{}/{}", service.account_id, service.id),
        TESTS,
        WINDOW,
    )
    .await?;
    let target = Target::Service {
        kind: service.kind.0,
        credentials: vault::open_or_none(&app.secrets, &service),
    };
    let delivery_id = new_id();
    let notice = Notice {
        short_id: words::short_id(&delivery_id),
        delivery_id,
        call_event_id: String::new(),
        language: rule.language.0,
        private_subject: rule.private_subject,
        subject: Subject::Test { rule_name: rule.name, at: app.clock.now() },
        attachment: None,
        thread: None,
    };
    let report = app
        .senders
        .send(&target, &Job { notices: vec![notice], progress: Progress::default(), plain: false })
        .await;
    if matches!(report.outcome, Outcome::Delivered | Outcome::HandedOver) {
        let (scope, id) = (holder.scope, service.id.clone());
        if app.db.write(move |conn| service_health::clear(conn, &scope, &id)).await? {
            changed(&app, &service.account_id, &service.id);
        }
    }
    Ok(answer::json(&result(lang, &report)))
}

fn result(lang: Lang, report: &Report) -> ServiceTest {
    let outcome = match report.outcome {
        Outcome::Delivered => TestOutcome::Delivered,
        Outcome::HandedOver => TestOutcome::HandedOver,
        _ => TestOutcome::Failed,
    };
    let problem = match (&report.problem, outcome) {
        (code, TestOutcome::Failed) => {
            Some(doctor::explain(lang, code.as_deref().unwrap_or("unknown"), None))
        }
        _ => None,
    };
    let message = match (&problem, &report.outcome) {
        (_, Outcome::Unknown) => text(lang, "service.test.unknown", &[]),
        (Some(problem), _) => problem.message.clone(),
        (None, Outcome::HandedOver) => text(lang, "service.test.handed_over", &[]),
        (None, _) => text(lang, "service.test.delivered", &[]),
    };
    let duration_ms = u32::try_from(report.took.as_millis()).unwrap_or(u32::MAX);
    ServiceTest { outcome, message, problem, status: report.status, duration_ms }
}

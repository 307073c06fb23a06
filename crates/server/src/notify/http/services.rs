//! `/notify-rules/{rule_id}/services`: the destinations of a rule.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use api_types::{
    Added, Credentials, FieldCode, LiveChange, Page, PageQuery, Service, ServiceCreate,
    ServicePatch, ServiceType, credentials,
};
use store::notify::{notify_rule, notify_service};
use store::{Conn, Scope};

use crate::error::Failure;
use crate::http::answer;
use crate::http::extract::{Body, IdempotencyKey, IfMatch, Query};
use crate::http::headers::{IdempotencyKeyHeader, IfMatchHeader};
use crate::http::idempotency::{Asked, Created, do_once, is_kept, once};
use crate::http::paging::Window;
use crate::identity::callers::Member;
use crate::notify::notify_services::{self, ServiceChange};
use crate::notify::{State, refusal, vault, view};
use crate::platform::change;
use crate::platform::texts::Lang;

/// Reads credentials by the rules of the configuration.
fn read(
    app: &State,
    kind: ServiceType,
    given: &Credentials,
    partial: bool,
) -> Result<Credentials, Failure> {
    let url = app.config.public_url();
    let own_authority = format!(
        "{}:{}",
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or_default()
    );
    let rules = credentials::Rules {
        hosts: Some(app.config.providers.get(kind, "allowed_hosts")),
        own_authority: &own_authority,
        allow_private: app.config.egress.allow_private,
    };
    credentials::read(kind, given, partial, &rules).map_err(|faults| {
        Failure::Fields(faults.into_iter().map(|fault| fault.of_channel(kind.key())).collect())
    })
}

/// A service of a rule.
///
/// # Errors
/// `not_found`.
pub(crate) fn find(
    conn: &mut Conn,
    scope: &Scope,
    (rule_id, id): (&str, &str),
) -> Result<notify_service::Row, Failure> {
    notify_service::find(conn, scope, id)?
        .filter(|row| row.rule_id == rule_id)
        .ok_or(Failure::NOT_FOUND)
}

fn show(
    app: &State,
    conn: &mut Conn,
    scope: &Scope,
    row: &notify_service::Row,
    (lang, is_person): (Lang, bool),
) -> Result<Service, Failure> {
    let waiting = notify_service::waiting(conn, scope, &row.id)?;
    let credentials = vault::open_or_none(&app.secrets, row);
    let code = is_person.then(|| {
        let (codes, until) =
            vault::line_codes(&app.secrets, &row.id, &credentials, app.clock.now());
        (codes.into_iter().next().unwrap_or_default(), until)
    });
    Ok(view::service(row, &credentials, waiting, &app.config.public_url(), code, lang))
}

/// Tells screens and workers that a service changed.
pub(crate) fn changed(app: &State, account_id: &str, service_id: &str) {
    app.calls.live.tell(
        account_id,
        LiveChange {
            call_event_id: None,
            delivery_id: None,
            service_id: Some(service_id.to_owned()),
        },
    );
    // What was held may be due now.
    app.calls.planned.notify_one();
}

/// List the services of a rule
///
/// In the order of their making.
#[utoipa::path(operation_id = "list_services", tag = "notify-rules",
    params(("rule_id" = String, Path, description = "Id of the rule."), PageQuery),
    responses((status = 200, description = "The services; secrets as a hint.",
        body = Page<Service>)), security(("session" = [])))]
#[get("/notify-rules/{rule_id}/services")]
pub async fn list_services(
    app: web::Data<State>,
    holder: Member,
    lang: Lang,
    rule_id: web::Path<String>,
    query: Query<PageQuery>,
) -> Result<HttpResponse, Failure> {
    let seen = (lang, holder.is_person());
    let window = Window::new(&query.0)?;
    let shared = app.clone();
    let items = app
        .db
        .read(move |conn| -> Result<Vec<Service>, Failure> {
            notify_rule::find(conn, &holder.scope, &rule_id)?.ok_or(Failure::NOT_FOUND)?;
            let rows = notify_service::of_rule(conn, &holder.scope, &rule_id)?;
            rows.iter().map(|row| show(&shared, conn, &holder.scope, row, seen)).collect()
        })
        .await?;
    Ok(answer::json(&window.slice(items, |service| service.id.clone())))
}

/// Add a service to a rule
///
/// At most 20 per rule. Credentials may be given as one copies them: a link to a Slack channel, the
/// address of a Chatwork room, a private key with `\n` for its line breaks. Where the service can
/// be asked it is asked, and what it refuses is refused at its field, unless `unchecked`. The
/// signing secret of a webhook is in this answer and never again.
#[utoipa::path(operation_id = "create_service", tag = "notify-rules", request_body = ServiceCreate,
    params(("rule_id" = String, Path, description = "Id of the rule."), IdempotencyKeyHeader),
    responses((status = 201, description = "The new service.", body = Service)),
        security(("session" = [], "csrf" = [])))]
#[post("/notify-rules/{rule_id}/services")]
pub async fn create_service(
    app: web::Data<State>,
    holder: Member,
    key: IdempotencyKey,
    lang: Lang,
    rule_id: web::Path<String>,
    body: Body<ServiceCreate>,
) -> Result<HttpResponse, Failure> {
    let seen = (lang, holder.is_person());
    let ServiceCreate { kind, label, credentials, unchecked } = body.value;
    let (scope, id) = (holder.scope.clone(), rule_id.clone());
    app.db
        .read(move |conn| notify_rule::find(conn, &scope, &id))
        .await?
        .ok_or(Failure::NOT_FOUND)?;
    let credentials = read(&app, kind, &credentials, false)?;
    let asked = Asked::new(&holder.account_caller(), key, &body.hash);
    if !unchecked && !is_kept(&app, &asked).await? {
        refusal::check(&app.senders, kind, &credentials)
            .await
            .map_err(|fault| Failure::Fields(vec![fault]))?;
    }
    let (ctx, shared, scope, rule_id) =
        (holder.ctx(&app), app.clone(), holder.scope, rule_id.into_inner());
    let answer = once(&app, asked, move |conn| {
        let new = (kind, label.as_str(), credentials.clone());
        let (row, credentials) = notify_services::create_notify_service(
            conn,
            &scope,
            &ctx,
            &shared.secrets,
            &rule_id,
            new,
        )?;
        let mut value = show(&shared, conn, &scope, &row, seen)?;
        value.signing_secret = credentials.get(vault::SIGNING_SECRET).cloned();
        Ok(Created {
            version: Some(value.version),
            location: format!("/api/v1/notify-rules/{rule_id}/services/{}", row.id),
            value,
        })
    })
    .await?;
    Ok(answer)
}

/// One service
#[utoipa::path(operation_id = "get_service", tag = "notify-rules",
    params(("rule_id" = String, Path, description = "Id of the rule."),
        ("service_id" = String, Path, description = "Id of the service.")),
    responses((status = 200, description = "The service; secrets as a hint.", body = Service)),
        security(("session" = [])))]
#[get("/notify-rules/{rule_id}/services/{service_id}")]
pub async fn get_service(
    app: web::Data<State>,
    holder: Member,
    lang: Lang,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let seen = (lang, holder.is_person());
    let shared = app.clone();
    let service = app
        .db
        .read(move |conn| {
            let row = find(conn, &holder.scope, (&path.0, &path.1))?;
            show(&shared, conn, &holder.scope, &row, seen)
        })
        .await?;
    Ok(answer::versioned(&service, service.version))
}

/// What is stored, with what was given in its place; an empty value takes one away.
fn merged(
    app: &State,
    kind: ServiceType,
    stored: &Credentials,
    given: &Credentials,
) -> Result<Credentials, Failure> {
    let given = read(app, kind, given, true)?;
    let mut all = stored.clone();
    for (name, value) in given {
        if value.is_empty() {
            all.remove(&name);
        } else {
            all.insert(name, value);
        }
    }
    let theirs = |name: &String| kind.fields().iter().any(|field| field.name == *name);
    read(
        app,
        kind,
        &all.iter().filter(|(name, _)| theirs(name)).map(|(n, v)| (n.clone(), v.clone())).collect(),
        false,
    )?;
    Ok(all)
}

/// Change a service
///
/// Only what is sent changes, of the credentials too. `enabled: false` holds what waits to be sent;
/// `enabled: true` sends it, or with `waiting: skip` passes it over. New credentials are asked
/// about as with a new service, and switch a service on again that we had switched off.
#[utoipa::path(operation_id = "update_service", tag = "notify-rules", request_body = ServicePatch,
    params(("rule_id" = String, Path, description = "Id of the rule."),
        ("service_id" = String, Path, description = "Id of the service."),
        IfMatchHeader),
    responses((status = 200, description = "The service after the change.", body = Service)),
        security(("session" = [], "csrf" = [])))]
#[patch("/notify-rules/{rule_id}/services/{service_id}")]
pub async fn update_service(
    app: web::Data<State>,
    holder: Member,
    if_match: IfMatch,
    lang: Lang,
    path: web::Path<(String, String)>,
    body: Body<ServicePatch>,
) -> Result<HttpResponse, Failure> {
    let seen = (lang, holder.is_person());
    let ServicePatch { label, enabled, credentials, waiting, unchecked } = body.value;
    let (scope, ids) = (holder.scope.clone(), path.clone());
    let row = app.db.read(move |conn| find(conn, &scope, (&ids.0, &ids.1))).await?;
    change::check_version(row.version, &if_match.0)?;
    let mut wanted =
        ServiceChange { label, enabled, waiting, mends: true, ..ServiceChange::default() };
    if let Some(given) = credentials {
        let (kind, stored) = (row.kind.0, vault::open_or_none(&app.secrets, &row));
        let all = merged(&app, kind, &stored, &given)?;
        if all != stored {
            if !unchecked {
                refusal::check(&app.senders, kind, &all)
                    .await
                    .map_err(|fault| Failure::Fields(vec![fault]))?;
            }
            wanted.credentials = Some(vault::seal(&app.secrets, &row.id, kind, &stored, &all)?);
        }
    }
    let (ctx, shared, scope) = (holder.ctx(&app), app.clone(), holder.scope);
    let service = app
        .db
        .write(move |conn| -> Result<Service, Failure> {
            // The version says that nobody has changed the credentials since they were read.
            let row = notify_services::locked_notify_service(
                conn,
                &scope,
                (&path.0, &path.1),
                &if_match.0,
            )?;
            let row = notify_services::change_notify_service(conn, &scope, &ctx, &row, &wanted)?;
            show(&shared, conn, &scope, &row, seen)
        })
        .await?;
    changed(&app, &holder.account.id, &service.id);
    Ok(answer::versioned(&service, service.version))
}

/// Remove a service
///
/// What waits to be sent to it is canceled.
#[utoipa::path(operation_id = "delete_service", tag = "notify-rules",
    params(("rule_id" = String, Path, description = "Id of the rule."),
        ("service_id" = String, Path, description = "Id of the service."),
        IfMatchHeader),
    responses((status = 204, description = "It is not told any more.")),
        security(("session" = [], "csrf" = [])))]
#[delete("/notify-rules/{rule_id}/services/{service_id}")]
pub async fn delete_service(
    app: web::Data<State>,
    holder: Member,
    if_match: IfMatch,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (ctx, scope, ids) = (holder.ctx(&app), holder.scope, path.clone());
    app.db
        .write(move |conn| {
            notify_services::delete_notify_service(
                conn,
                &scope,
                &ctx,
                &if_match.0,
                (&ids.0, &ids.1),
            )
        })
        .await?;
    changed(&app, &holder.account.id, &path.1);
    Ok(answer::no_content())
}

/// Make a new signing secret for a webhook
///
/// It is in this answer and never again. For 24 hours the former one signs along, so that the
/// receiving side can change over in its own time.
#[utoipa::path(operation_id = "rotate_service_secret", tag = "notify-rules",
    params(("rule_id" = String, Path, description = "Id of the rule."),
        ("service_id" = String, Path, description = "Id of the service."),
        IfMatchHeader, IdempotencyKeyHeader),
    responses((status = 200, description = "The service with its new secret.", body = Service)),
        security(("session" = [], "csrf" = [])))]
#[post("/notify-rules/{rule_id}/services/{service_id}/rotate-secret")]
pub async fn rotate_service_secret(
    app: web::Data<State>,
    holder: Member,
    if_match: IfMatch,
    key: IdempotencyKey,
    lang: Lang,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let seen = (lang, holder.is_person());
    let path = path.into_inner();
    let (ctx, shared) = (holder.ctx(&app), app.clone());
    let asked = Asked::new(&holder.account_caller(), key, "");
    let done = do_once(&app, asked, move |conn| -> Result<Service, Failure> {
        let (scope, ids) = (&holder.scope, (path.0.as_str(), path.1.as_str()));
        let row = notify_services::locked_notify_service(conn, scope, ids, &if_match.0)?;
        let kind = row.kind.0;
        if kind.describe().added != Added::SigningSecret {
            return Err(Failure::field("", FieldCode::NotApplicable));
        }
        let stored = vault::open(&shared.secrets, &row)?;
        let mut all = stored.clone();
        vault::rotate(&mut all, ctx.now);
        let credentials = Some(vault::seal(&shared.secrets, &row.id, kind, &stored, &all)?);
        let wanted = ServiceChange { credentials, ..ServiceChange::default() };
        let row = notify_services::change_notify_service(conn, scope, &ctx, &row, &wanted)?;
        let mut value = show(&shared, conn, scope, &row, seen)?;
        value.signing_secret = all.get(vault::SIGNING_SECRET).cloned();
        Ok(value)
    })
    .await?;
    Ok(answer::done(&done, Some(done.value.version)))
}

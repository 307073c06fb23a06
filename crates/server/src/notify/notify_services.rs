//! Services of notify rules.

use api_types::{
    AuditAction, AuditObject, Credentials, ErrorCode, FieldCode, FieldFault, FieldValues,
    SERVICES_MAX, ServiceType, Waiting,
};
use store::notify::{notify_rule, notify_service};
use store::{Conn, Scope, new_id};

use crate::error::Failure;
use crate::notify::pace;
use crate::notify::vault::{self, Sealed};
use crate::platform::change::{Ctx, Expected, check_version, fields, locked, record};
use crate::platform::crypto::Secrets;

/// What changes of a service.
#[derive(Clone, Debug, Default)]
pub struct ServiceChange {
    /// What its owner calls it; empty = we find a name.
    pub label: Option<String>,
    /// Whether its owner wants it.
    pub enabled: Option<bool>,
    /// What becomes of the notices that waited while it was off.
    pub waiting: Waiting,
    /// New credentials.
    pub credentials: Option<Sealed>,
    /// Whether the new credentials may mend what is wrong: then it is tried again.
    pub mends: bool,
}

/// The label as it was wished for; without a wish the service's name, with a number where the rule
/// has that already.
fn label(wished: &str, kind: ServiceType, others: &[notify_service::Row]) -> String {
    let wished = wished.trim();
    if !wished.is_empty() {
        return wished.to_owned();
    }
    let name = kind.name();
    let is_free = |label: &String| others.iter().all(|other| other.label != *label);
    let numbered = (2..=SERVICES_MAX + 2).map(|number| format!("{name} {number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(is_free)
        .unwrap_or_else(|| name.to_owned())
}

/// Adds a service; `credentials` were read and checked. Answers it with its credentials, to which
/// we have added our own.
///
/// # Errors
/// `not_found` for the rule; too many services.
pub fn create_notify_service(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    secrets: &Secrets,
    rule_id: &str,
    (kind, wished, mut credentials): (ServiceType, &str, Credentials),
) -> Result<(notify_service::Row, Credentials), Failure> {
    locked(conn, scope)?;
    notify_rule::find(conn, scope, rule_id)?.ok_or(Failure::NOT_FOUND)?;
    let others = notify_service::of_rule(conn, scope, rule_id)?;
    if others.len() >= SERVICES_MAX {
        return Err(Failure::Fields(vec![
            FieldFault::new("", FieldCode::LimitReached).limit(SERVICES_MAX as i64),
        ]));
    }
    let id = new_id();
    vault::complete(kind, &mut credentials);
    let sealed = vault::seal(secrets, &id, kind, &Credentials::new(), &credentials)?;
    let account_id = scope.account_id().to_owned();
    let row = notify_service::Row {
        label: label(wished, kind, &others),
        sealed_credentials: sealed.sealed,
        hints: sealed.hints,
        pace_key: sealed.pace_key,
        callback_hash: vault::callback_hash(&credentials),
        ..notify_service::Row::new(account_id, id, rule_id.to_owned(), kind, ctx.at())
    };
    notify_service::insert(conn, scope, row.clone())?;
    let differences = fields::differences(FieldValues::new(), fields::of_notify_service(&row));
    record(
        conn,
        scope,
        ctx,
        (AuditObject::NotifyService, &row.id),
        AuditAction::Create,
        differences,
    )?;
    Ok((row, credentials))
}

/// Changes a service whose contract is locked, writes the difference down, and sees to the notices
/// that wait for it: they are held when it goes off, and sent or skipped when it comes on again.
/// Nothing happens where nothing differs.
///
/// # Errors
/// `stale` when the service changed under our hands.
pub fn change_notify_service(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    before: &notify_service::Row,
    wanted: &ServiceChange,
) -> Result<notify_service::Row, Failure> {
    let kind = before.kind.0;
    let mended = wanted.credentials.is_some() && wanted.mends;
    let mut changes =
        notify_service::Changes { enabled: wanted.enabled, ..notify_service::Changes::default() };
    if let Some(wished) = &wanted.label {
        let mut others = notify_service::of_rule(conn, scope, &before.rule_id)?;
        others.retain(|other| other.id != before.id);
        changes.label = Some(label(wished, kind, &others));
    }
    if let Some(new) = &wanted.credentials {
        changes.sealed_credentials = Some(new.sealed.clone());
        changes.hints = Some(new.hints.clone());
        changes.pace_key = Some(new.pace_key.clone());
    }
    if mended && before.stopped_at.is_some() && wanted.enabled.is_none() {
        changes.enabled = Some(true);
    }
    if mended || changes.enabled == Some(true) {
        (changes.problem, changes.failing_since, changes.stopped_at) =
            (Some(None), Some(None), Some(None));
    }
    let mut after = before.clone();
    changes.apply_to(&mut after);
    let mut differences =
        fields::differences(fields::of_notify_service(before), fields::of_notify_service(&after));
    if let Some(new) = &wanted.credentials {
        differences
            .1
            .insert(fields::CHANGED_CREDENTIALS.into(), fields::of_credentials(&new.changed));
    }
    if differences.0.is_empty() && differences.1.is_empty() && before.problem == after.problem {
        return Ok(before.clone());
    }
    if !notify_service::update(conn, scope, &before.id, before.version, &changes, ctx.at())? {
        return Err(Failure::Code(ErrorCode::Stale));
    }
    record(
        conn,
        scope,
        ctx,
        (AuditObject::NotifyService, &before.id),
        AuditAction::Update,
        differences,
    )?;
    let pace_key = pace::of(kind).map(|_| after.pace_key.as_str());
    match (before.is_on(), after.is_on()) {
        (true, false) => _ = notify_service::hold(conn, scope, &before.id)?,
        (false, true) => {
            if wanted.waiting == Waiting::Skip {
                notify_service::skip(conn, scope, &before.id, ctx.at())?;
            }
            notify_service::release(conn, scope, &before.id, pace_key, ctx.at())?;
        }
        (true, true) if mended => {
            _ = notify_service::release(conn, scope, &before.id, pace_key, ctx.at())?
        }
        _ => {}
    }
    notify_service::find(conn, scope, &before.id)?.ok_or(Failure::NOT_FOUND)
}

/// A service of this rule, whose contract is locked, in the version that the change was made from.
///
/// # Errors
/// `not_found`, `stale`.
pub fn locked_notify_service(
    conn: &mut Conn,
    scope: &Scope,
    (rule_id, id): (&str, &str),
    if_match: &Expected,
) -> Result<notify_service::Row, Failure> {
    locked(conn, scope)?;
    let row = notify_service::find(conn, scope, id)?
        .filter(|row| row.rule_id == rule_id)
        .ok_or(Failure::NOT_FOUND)?;
    check_version(row.version, if_match)?;
    Ok(row)
}

/// Removes a service, and ends the notices that wait for it.
///
/// # Errors
/// `not_found`, `stale`.
pub fn delete_notify_service(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
    ids: (&str, &str),
) -> Result<(), Failure> {
    let before = locked_notify_service(conn, scope, ids, if_match)?;
    notify_service::cancel(conn, scope, &before.id, ctx.at())?;
    notify_service::delete(conn, scope, &before.id)?;
    let differences = fields::differences(fields::of_notify_service(&before), FieldValues::new());
    record(
        conn,
        scope,
        ctx,
        (AuditObject::NotifyService, &before.id),
        AuditAction::Delete,
        differences,
    )?;
    Ok(())
}

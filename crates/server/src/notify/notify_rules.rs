//! Notify rules.

use api_types::{
    AuditAction, AuditObject, ErrorCode, FieldCode, FieldFault, FieldValues, NotifyRuleCreate,
    NotifyRulePatch, RULES_MAX, UsedBy,
};
use store::notify::{notify_rule, notify_service};
use store::numbers::number;
use store::routing::contract;
use store::{Conn, Scope, new_id};

use crate::error::Failure;
use crate::numbers::provisioning::change_number;
use crate::numbers::rules::change;
use crate::platform::change::{Ctx, Expected, check_version, fields, locked, record};

/// Adds a rule.
///
/// # Errors
/// Wrong fields; too many rules.
pub fn create_notify_rule(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    new: &NotifyRuleCreate,
) -> Result<notify_rule::Row, Failure> {
    locked(conn, scope)?;
    let patch = NotifyRulePatch {
        name: Some(new.name.clone()),
        emails: Some(new.emails.clone()),
        events: Some(new.events.clone()),
        language: Some(new.language),
        private_subject: Some(new.private_subject),
    };
    let values = change::notify_rule(&patch).map_err(Failure::Fields)?;
    if notify_rule::list(conn, scope)?.len() >= RULES_MAX {
        return Err(Failure::Fields(vec![
            FieldFault::new("", FieldCode::LimitReached).limit(RULES_MAX as i64),
        ]));
    }
    let mut row = notify_rule::Row {
        account_id: scope.account_id().to_owned(),
        id: new_id(),
        version: 1,
        created_at: ctx.at(),
        updated_at: ctx.at(),
        ..notify_rule::Row::default()
    };
    values.apply_to(&mut row);
    notify_rule::insert(conn, scope, row.clone())?;
    let differences = fields::differences(FieldValues::new(), fields::of_notify_rule(&row));
    record(conn, scope, ctx, (AuditObject::NotifyRule, &row.id), AuditAction::Create, differences)?;
    Ok(row)
}

/// Changes a rule whose contract is locked, and writes the difference down; nothing happens where
/// nothing differs.
///
/// # Errors
/// `stale` when the rule changed under our hands.
pub fn change_notify_rule(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    before: &notify_rule::Row,
    changes: &notify_rule::Changes,
) -> Result<notify_rule::Row, Failure> {
    let mut after = before.clone();
    changes.apply_to(&mut after);
    let differences =
        fields::differences(fields::of_notify_rule(before), fields::of_notify_rule(&after));
    if differences.0 == differences.1 {
        return Ok(before.clone());
    }
    if !notify_rule::update(conn, scope, &before.id, before.version, changes, ctx.at())? {
        return Err(Failure::Code(ErrorCode::Stale));
    }
    record(
        conn,
        scope,
        ctx,
        (AuditObject::NotifyRule, &before.id),
        AuditAction::Update,
        differences,
    )?;
    notify_rule::find(conn, scope, &before.id)?.ok_or(Failure::NOT_FOUND)
}

/// Removes a rule with its services, and ends the notices that wait for it.
///
/// # Errors
/// `not_found`, `stale`; `in_use` where numbers use it, unless `detach` takes it away from them.
pub fn delete_notify_rule(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    if_match: &Expected,
    id: &str,
    detach: bool,
) -> Result<(), Failure> {
    let contract = contract::load_locked(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let before =
        contract.notify_rules.iter().find(|rule| rule.id == id).ok_or(Failure::NOT_FOUND)?;
    check_version(before.version, if_match)?;
    let users: Vec<&number::Row> = contract
        .numbers
        .iter()
        .filter(|number| number.notify_rule_id.as_deref() == Some(id))
        .collect();
    if !detach && !users.is_empty() {
        let user = |row: &&number::Row| UsedBy {
            number_id: row.id.clone(),
            number: row.e164.clone(),
            number_name: row.name.clone(),
        };
        return Err(Failure::InUse(users.iter().map(user).collect()));
    }
    for user in users {
        let nothing = number::Changes { notify_rule_id: Some(None), ..number::Changes::default() };
        change_number(conn, scope, ctx, user, &nothing)?;
    }
    for service in notify_service::of_rule(conn, scope, id)? {
        let differences =
            fields::differences(fields::of_notify_service(&service), FieldValues::new());
        record(
            conn,
            scope,
            ctx,
            (AuditObject::NotifyService, &service.id),
            AuditAction::Delete,
            differences,
        )?;
    }
    notify_service::cancel_of_rule(conn, scope, id, ctx.at())?;
    notify_rule::delete(conn, scope, id)?;
    let differences = fields::differences(fields::of_notify_rule(before), FieldValues::new());
    record(conn, scope, ctx, (AuditObject::NotifyRule, id), AuditAction::Delete, differences)?;
    Ok(())
}

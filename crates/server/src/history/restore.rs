//! A former value put back, as a new change.

use api_types::{
    AuditEntry, BlockMatch, BlockPattern, ErrorCode, FieldCode, FieldValue, FieldValues,
    RingingPut, RingingTargetPut, ServicePatch,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use store::accounts::account;
use store::block_list::block_entry;
use store::history::audit;
use store::notify::{notify_rule, notify_service};
use store::numbers::number;
use store::routing::contract::{self, Contract};
use store::{Conn, Kind as _, Scope};

use crate::accounts::provisioning::update_account;
use crate::error::Failure;
use crate::history::rules::restore::{self, Plan, is_unchanged};
use crate::history::view;
use crate::notify::notify_rules::change_notify_rule;
use crate::notify::notify_services::{ServiceChange, change_notify_service};
use crate::numbers::phone_ids::change_phone_id;
use crate::numbers::provisioning::change_number;
use crate::numbers::ringing::set_ringing;
use crate::numbers::rules::change;
use crate::platform::change::{Ctx, Expected, fields};
use crate::{block_list, numbers};

/// Puts the values from before a change back, by the same rules as any other change, and answers
/// the line of the log about it.
///
/// # Errors
/// `not_found`; a change that cannot be taken back; `changed_since` unless `overwrite`;
/// `already_done` when everything is as it was before; whatever the rules say of the former value
/// today.
pub fn restore(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    id: &str,
    overwrite: bool,
) -> Result<AuditEntry, Failure> {
    let contract = contract::load_locked(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
    let row = audit::find(conn, scope, id)?.ok_or(Failure::NOT_FOUND)?;
    let plan = restore::plan(&row).ok_or_else(|| Failure::field("", FieldCode::NotApplicable))?;
    let change = Change {
        contract: &contract,
        before: row.before.clone().into_inner(),
        after: row.after.clone().into_inner(),
        row: &row,
        overwrite,
    };
    match plan {
        Plan::Account => change.account(conn, scope, ctx)?,
        Plan::Number => change.number(conn, scope, ctx)?,
        Plan::PhoneId => change.phone_id(conn, scope, ctx)?,
        Plan::Ringing => change.ringing(conn, scope, ctx)?,
        Plan::NotifyRule => change.notify_rule(conn, scope, ctx)?,
        Plan::NotifyService => change.notify_service(conn, scope, ctx)?,
        Plan::RemoveEntry => change.remove_entry(conn, scope, ctx)?,
        Plan::ChangeEntry => change.change_entry(conn, scope, ctx)?,
        Plan::PutBack { deletion_id } => {
            change.number_row()?;
            block_list::put_back(conn, scope, ctx, &row.object_id, &deletion_id)?;
        }
        Plan::RemoveAgain { deletion_id } => {
            change.number_row()?;
            block_list::remove_again(conn, scope, ctx, &row.object_id, &deletion_id)?;
        }
        Plan::UndoImport { import_id } => {
            change.number_row()?;
            block_list::undo(conn, scope, ctx, &row.object_id, &import_id)?;
        }
    }
    let newest = audit::list(conn, scope, &audit::Filter::default(), 1)?.into_iter().next();
    match newest.filter(|newest| newest.revision > contract.account.revision) {
        Some(newest) => {
            let names = view::names(conn, scope, std::slice::from_ref(&newest))?;
            Ok(view::audit_entry(&newest, &names))
        }
        None => Err(Failure::Code(ErrorCode::AlreadyDone)),
    }
}

/// The former values as a request would carry them.
fn request<T: DeserializeOwned>(
    values: impl IntoIterator<Item = (String, FieldValue)>,
) -> Result<T, Failure> {
    let json = |value| serde_json::to_value(value).unwrap_or(Value::Null);
    read_request(values.into_iter().map(|(name, value)| (name, json(value))).collect())
}

fn read_request<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, Failure> {
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| Failure::Internal(format!("a former value cannot be read: {error}")))
}

struct Change<'a> {
    contract: &'a Contract,
    row: &'a audit::Row,
    before: FieldValues,
    after: FieldValues,
    overwrite: bool,
}

impl Change<'_> {
    fn check(&self, present: &FieldValues) -> Result<(), Failure> {
        match self.overwrite || is_unchanged(present, &self.after) {
            true => Ok(()),
            false => Err(Failure::Code(ErrorCode::ChangedSince)),
        }
    }

    fn number_row(&self) -> Result<&number::Row, Failure> {
        self.contract.number(&self.row.object_id).ok_or(Failure::NOT_FOUND)
    }

    fn former(&self, name: &str) -> Option<&FieldValue> {
        self.before.get(name)
    }

    fn account(&self, conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<(), Failure> {
        self.check(&fields::of_account(&self.contract.account))?;
        let mail = if let Some(FieldValue::Text(mail)) = self.former("contact_mail") {
            Some(mail.clone())
        } else {
            None
        };
        let changes = account::Changes { contact_mail: Some(mail), ..account::Changes::default() };
        update_account(conn, scope, ctx, &self.contract.account, &changes)
    }

    fn number(&self, conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<(), Failure> {
        let row = self.number_row()?;
        self.check(&fields::of_number(row))?;
        let changes = change::number_settings(self.contract, row, &self.before, ctx.now)
            .map_err(Failure::Fields)?;
        change_number(conn, scope, ctx, row, &changes)?;
        Ok(())
    }

    fn phone_id(&self, conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<(), Failure> {
        let row = self.contract.phone_id(&self.row.object_id).ok_or(Failure::NOT_FOUND)?;
        self.check(&fields::of_phone_id(row))?;
        let changes =
            change::phone_id_settings(self.contract, row, &self.before).map_err(Failure::Fields)?;
        change_phone_id(conn, scope, ctx, row, &changes)?;
        Ok(())
    }

    fn ringing(&self, conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<(), Failure> {
        let row = self.number_row()?;
        let mut present = fields::of_number(row);
        let switches = numbers::view::ringing(self.contract, row).targets;
        present.extend(switches.iter().map(|switch| {
            (fields::ringing_field(&switch.phone_id), FieldValue::Bool(switch.rings))
        }));
        // An ID that has gone since cannot ring; the others still can.
        let known = |name: &&String| present.contains_key(*name);
        let after: FieldValues = self
            .after
            .iter()
            .filter(|(name, _)| known(name))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        if !self.overwrite && !is_unchanged(&present, &after) {
            return Err(Failure::Code(ErrorCode::ChangedSince));
        }
        let target = |phone_id: String| match self.former(&fields::ringing_field(&phone_id)) {
            Some(FieldValue::Bool(rings)) => Some(RingingTargetPut { phone_id, rings: *rings }),
            _ => None,
        };
        let busy_announcement = match self.former("busy_announcement") {
            Some(FieldValue::Bool(on)) => *on,
            _ => row.busy_announcement,
        };
        let targets = switches.into_iter().filter_map(|switch| target(switch.phone_id)).collect();
        set_ringing(
            conn,
            scope,
            ctx,
            self.contract,
            row,
            &RingingPut { targets, busy_announcement },
        )
    }

    fn notify_rule(&self, conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<(), Failure> {
        let row = notify_rule::find(conn, scope, &self.row.object_id)?.ok_or(Failure::NOT_FOUND)?;
        self.check(&fields::of_notify_rule(&row))?;
        let value = |(name, value): (&String, &FieldValue)| match (name.as_str(), value) {
            ("emails" | "events", FieldValue::Text(list)) => {
                let items: Vec<&str> =
                    list.split(fields::LIST_COMMA).filter(|item| !item.is_empty()).collect();
                (name.clone(), serde_json::json!(items))
            }
            _ => (name.clone(), serde_json::to_value(value).unwrap_or(Value::Null)),
        };
        let patch = read_request(self.before.iter().map(value).collect())?;
        let changes = change::notify_rule(&patch).map_err(Failure::Fields)?;
        change_notify_rule(conn, scope, ctx, &row, &changes)?;
        Ok(())
    }

    fn notify_service(&self, conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<(), Failure> {
        let row =
            notify_service::find(conn, scope, &self.row.object_id)?.ok_or(Failure::NOT_FOUND)?;
        self.check(&fields::of_notify_service(&row))?;
        let patch: ServicePatch = request(self.before.clone())?;
        let wanted = ServiceChange {
            label: patch.label,
            enabled: patch.enabled,
            ..ServiceChange::default()
        };
        change_notify_service(conn, scope, ctx, &row, &wanted)?;
        Ok(())
    }

    /// The entry that a line of the log is about, if it is still there.
    fn entry(&self, conn: &mut Conn, scope: &Scope) -> Result<Option<block_entry::Row>, Failure> {
        let text = |name: &str| match self.after.get(name) {
            Some(FieldValue::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let pattern = BlockMatch::from_text(&text("match"))
            .and_then(|matching| BlockPattern::from_key(matching, &text("caller")));
        let Some(pattern) = pattern else {
            return Ok(None);
        };
        let found = block_entry::with_patterns(
            conn,
            scope,
            &self.row.object_id,
            &[pattern.key().to_owned()],
        )?;
        Ok(found.into_iter().find(|row| row.matching == pattern.matching()))
    }

    fn remove_entry(&self, conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<(), Failure> {
        self.number_row()?;
        let Some(entry) = self.entry(conn, scope)? else {
            return Err(Failure::Code(ErrorCode::AlreadyDone));
        };
        self.check(&fields::of_block_entry(&entry))?;
        block_list::remove_one(conn, scope, ctx, &Expected::Any, (&self.row.object_id, &entry.id))
    }

    fn change_entry(&self, conn: &mut Conn, scope: &Scope, ctx: &Ctx) -> Result<(), Failure> {
        self.number_row()?;
        let entry = self.entry(conn, scope)?.ok_or(Failure::NOT_FOUND)?;
        self.check(&fields::of_block_entry(&entry))?;
        let wanted = |name: &String| matches!(name.as_str(), "note" | "expires_at");
        let patch = request(
            self.before
                .iter()
                .filter(|(name, _)| wanted(name))
                .map(|(n, v)| (n.clone(), v.clone())),
        )?;
        block_list::change(
            conn,
            scope,
            ctx,
            &Expected::Any,
            (&self.row.object_id, &entry.id),
            &patch,
        )?;
        Ok(())
    }
}

//! Settings of one number taken over from another.

use api_types::{
    BlockListPatch, Capability, CopiedChange, CopiedSettings, CopyPart, CopySettings, FieldCode,
    FieldValue, FieldValues, NumberPatch, RingingPut, RingingTargetPut,
};
use store::numbers::number;
use store::routing::contract::{self, Contract};
use store::{Conn, Scope};

use crate::block_list;
use crate::error::Failure;
use crate::numbers::provisioning::change_number;
use crate::numbers::ringing::set_ringing;
use crate::numbers::rules::{capabilities, change};
use crate::numbers::view;
use crate::platform::change::{Ctx, fields};

/// Takes settings of another number over, screen by screen, each as a change of its own.
///
/// # Errors
/// `not_found`; the number itself, or one that is not there, as the source; whatever the rules say
/// of a value.
pub fn copy_settings(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    id: &str,
    wanted: &CopySettings,
) -> Result<CopiedSettings, Failure> {
    let from = wanted.from_number_id.as_str();
    let before = load(conn, scope)?;
    before.number(id).ok_or(Failure::NOT_FOUND)?;
    if from == id {
        return Err(Failure::field("/from_number_id", FieldCode::Duplicate));
    }
    if before.number(from).is_none() {
        return Err(Failure::field("/from_number_id", FieldCode::NotFound));
    }
    let mut copied = CopiedSettings::default();
    // Ringing comes first: which ID may ring first depends on it.
    for part in [CopyPart::Ringing, CopyPart::General, CopyPart::BlockList]
        .into_iter()
        .filter(|part| wanted.parts.contains(part))
    {
        let contract = load(conn, scope)?;
        let (Some(source), Some(target)) = (contract.number(from), contract.number(id)) else {
            return Err(Failure::NOT_FOUND);
        };
        let values = all_values(&contract, target);
        match part {
            CopyPart::Ringing => ringing(conn, scope, ctx, &contract, source, target)?,
            CopyPart::General => {
                general(conn, scope, ctx, &contract, source, target, &mut copied.left_out)?
            }
            CopyPart::BlockList => {
                let patch = BlockListPatch {
                    reject_withheld: Some(source.reject_withheld),
                    reject_pay_phone: Some(source.reject_pay_phone),
                    reject_out_of_range: Some(source.reject_out_of_range),
                    reject_service_conflict: Some(source.reject_service_conflict),
                };
                change_number(conn, scope, ctx, target, &change::block_list(&patch))?;
                let (import_id, added, refused) =
                    block_list::copy(conn, scope, ctx, from, id, wanted.dry_run)?;
                copied.import_id = import_id;
                copied.entries_added = u32::try_from(added).unwrap_or(u32::MAX);
                copied.entries_refused = u32::try_from(refused).unwrap_or(u32::MAX);
            }
        }
        let after = load(conn, scope)?;
        let target = after.number(id).ok_or(Failure::NOT_FOUND)?;
        copied.changes.extend(changes(part, values, all_values(&after, target)));
    }
    Ok(copied)
}

fn load(conn: &mut Conn, scope: &Scope) -> Result<Contract, Failure> {
    contract::load_locked(conn, scope)?.ok_or(Failure::NOT_FOUND)
}

fn all_values(contract: &Contract, row: &number::Row) -> FieldValues {
    let mut values = fields::of_number(row);
    values.extend(view::ringing(contract, row).targets.into_iter().map(|target| {
        let rings = FieldValue::Bool(target.rings);
        (fields::ringing_field(&target.phone_id), rings)
    }));
    values
}

fn changes(part: CopyPart, before: FieldValues, after: FieldValues) -> Vec<CopiedChange> {
    let (before, mut after) = fields::differences(before, after);
    let change = |(field, before): (String, FieldValue)| {
        let after = after.remove(&field).unwrap_or(FieldValue::Null(()));
        CopiedChange { part, field, before, after }
    };
    before.into_iter().map(change).collect()
}

fn ringing(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    contract: &Contract,
    source: &number::Row,
    target: &number::Row,
) -> Result<(), Failure> {
    let switches = view::ringing(contract, source).targets;
    let silent =
        |id: &String| switches.iter().any(|switch| switch.phone_id == *id && !switch.rings);
    let mut target = target.clone();
    if target.priority_phone_id.as_ref().is_some_and(silent) {
        // Who no longer rings cannot ring first.
        let changes =
            number::Changes { priority_phone_id: Some(None), ..number::Changes::default() };
        target = change_number(conn, scope, ctx, &target, &changes)?;
    }
    let targets = switches
        .into_iter()
        .map(|switch| RingingTargetPut { phone_id: switch.phone_id, rings: switch.rings })
        .collect();
    set_ringing(
        conn,
        scope,
        ctx,
        contract,
        &target,
        &RingingPut { targets, busy_announcement: source.busy_announcement },
    )
}

fn general(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    contract: &Contract,
    source: &number::Row,
    target: &number::Row,
    left_out: &mut Vec<String>,
) -> Result<(), Failure> {
    let capabilities = capabilities::of_number(contract, target);
    let mut patch = NumberPatch {
        notify_rule_id: Some(source.notify_rule_id.clone()),
        ..NumberPatch::default()
    };
    let mut leave = |field: &str| left_out.push(field.to_owned());
    if capabilities.contains(&Capability::Ringtone) {
        patch.ringtone = Some(source.ringtone.0);
    } else {
        leave("ringtone");
    }
    let rings = |id: &String| contract.ringing(&target.id).any(|ringing| ringing.id == *id);
    let possible = source
        .priority_phone_id
        .as_ref()
        .is_none_or(|id| capabilities.contains(&Capability::Priority) && rings(id));
    if possible {
        patch.priority_phone_id = Some(source.priority_phone_id.clone());
    } else {
        leave("priority_phone_id");
    }
    let mut changes = change::number(contract, target, &patch).map_err(Failure::Fields)?;
    if source.channel_limit <= target.max_channels {
        changes.channel_limit = Some(source.channel_limit);
    } else {
        leave("channel_limit");
    }
    change_number(conn, scope, ctx, target, &changes)?;
    Ok(())
}

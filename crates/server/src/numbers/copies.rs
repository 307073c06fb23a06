//! Settings of one number taken over from another.

use api_types::{
    CopiedChange, CopiedSettings, CopyPart, CopySettings, FieldCode, FieldValue, FieldValues,
    Owner, RingingPut, RingingTargetPut, Setting,
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
                plain(conn, scope, ctx, &contract, (source, target), part, &mut copied)?
            }
            CopyPart::BlockList => {
                plain(conn, scope, ctx, &contract, (source, target), part, &mut copied)?;
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

/// Takes the settings of a part over that are declared to be copied.
fn plain(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    contract: &Contract,
    (source, target): (&number::Row, &number::Row),
    part: CopyPart,
    copied: &mut CopiedSettings,
) -> Result<(), Failure> {
    let capabilities = capabilities::of_number(contract, target);
    let (mut values, present) = (FieldValues::new(), source.values());
    for setting in Setting::of(Owner::Number).filter(|setting| setting.copied == Some(part)) {
        let Some(value) = present.get(setting.name) else { continue };
        let applies = setting.capability.is_none_or(|needed| capabilities.contains(&needed))
            || *value == FieldValue::Null(());
        let one = FieldValues::from([(setting.name.to_owned(), value.clone())]);
        if applies && change::number_settings(contract, target, &one, ctx.now).is_ok() {
            values.extend(one);
        } else {
            copied.left_out.push(setting.name.to_owned());
        }
    }
    let changes =
        change::number_settings(contract, target, &values, ctx.now).map_err(Failure::Fields)?;
    change_number(conn, scope, ctx, target, &changes)?;
    Ok(())
}

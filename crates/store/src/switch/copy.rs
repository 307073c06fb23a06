//! What decides about calls, copied into an embedded database beside the process: for the time in
//! which the database does not answer.
//!
//! The copy has the same tables, so that the same queries decide by it. It follows the order of
//! changes: at each position that it names it is what the database was at one moment.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::accounts::{account, route_change};
use crate::identity::service_key;
use crate::numbers::number::numbers;
use crate::numbers::{number, phone_id};
use crate::platform::schema::{
    accounts, block_entries, phone_ids, route_position, service_keys, silent_targets,
};
use crate::routing::contract::Contract;
use crate::routing::route;
use crate::switch::route_page;
use crate::{Conn, EntranceScope, StoreError, Stored, SwitchScope};

/// Contracts that are read at once.
const CONTRACTS: i64 = 200;
/// Entries of block lists that are read at once; a longer list by itself.
const ENTRIES: i64 = 20_000;

/// Whether there is a whole copy.
///
/// # Errors
/// When it cannot be read.
pub fn copied(copy: &mut Conn, _scope: SwitchScope) -> Result<bool, StoreError> {
    Ok(position(copy)? > 0)
}

fn position(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(route_position::table.select(route_position::position).first(conn)?)
}

/// What a refresh did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshed {
    /// This many contracts that have changed were copied.
    Changes(usize),
    /// Everything was copied.
    Everything,
}

/// How far a copy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    position: i64,
    /// Hashes of switches' keys.
    keys: BTreeSet<String>,
}

/// How far a copy is.
///
/// # Errors
/// When it cannot be read.
pub fn known(copy: &mut Conn, _scope: SwitchScope) -> Result<Known, StoreError> {
    Ok(Known { position: position(copy)?, keys: hashes(&keys(copy)?) })
}

/// Whether there is something that a copy does not know.
///
/// # Errors
/// When the database does not answer.
pub fn has_news(source: &mut Conn, scope: SwitchScope, known: &Known) -> Result<bool, StoreError> {
    let has_new = route_change::has_new(source, scope)?;
    Ok(has_new || position(source)? != known.position || hashes(&keys(source)?) != known.keys)
}

fn keys(conn: &mut Conn) -> Result<Vec<service_key::Row>, StoreError> {
    service_key::of_switches(conn, EntranceScope::authenticating())
}

fn hashes(keys: &[service_key::Row]) -> BTreeSet<String> {
    keys.iter().map(|key| key.key_hash.clone()).collect()
}

/// Brings a copy up to what `source` is at this moment. Only within a transaction of the copy
/// (`Db::read_into`).
///
/// # Errors
/// When either database refuses.
pub fn refresh(
    copy: &mut Conn,
    scope: SwitchScope,
    source: &mut Conn,
) -> Result<Refreshed, StoreError> {
    route_page::at_one_moment(source, scope, |source| {
        let now = route_change::known(source, scope)?.position;
        let since = position(copy)?;
        diesel::delete(service_keys::table).execute(copy)?;
        for key in keys(source)? {
            diesel::insert_into(service_keys::table).values(key).execute(copy)?;
        }
        let known = since > 0 && route_change::knows(source, scope, since)?;
        let changed: BTreeSet<String> = match known {
            true => route_change::accounts_since(source, scope, since)?
                .into_iter()
                .map(|(account, _)| account)
                .collect(),
            false => BTreeSet::new(),
        };
        let refreshed = if !known {
            diesel::delete(accounts::table).execute(copy)?;
            let mut after = String::new();
            loop {
                let contracts = route_page::after(source, scope, &after, CONTRACTS)?;
                let Some(last) = contracts.last() else { break };
                after.clone_from(&last.account.id);
                put(source, copy, scope, &contracts)?;
            }
            Refreshed::Everything
        } else {
            let ids: Vec<&str> = changed.iter().map(String::as_str).collect();
            for ids in ids.chunks(CONTRACTS as usize) {
                diesel::delete(accounts::table.filter(accounts::id.eq_any(ids))).execute(copy)?;
                let contracts = route_page::with_ids(source, scope, ids)?;
                put(source, copy, scope, &contracts)?;
            }
            Refreshed::Changes(ids.len())
        };
        // A database that has given no position yet is copied anew each time.
        if since != now {
            diesel::update(route_position::table)
                .set(route_position::position.eq(now))
                .execute(copy)?;
        }
        Ok(refreshed)
    })
}

fn put(
    source: &mut Conn,
    copy: &mut Conn,
    scope: SwitchScope,
    contracts: &[Contract],
) -> Result<(), StoreError> {
    for contract in contracts {
        // Two contracts may have exchanged their references, and one is copied before the other.
        let account = account::Row { reference: None, ..contract.account.clone() };
        diesel::insert_into(accounts::table).values(account).execute(copy)?;
        for row in &contract.numbers {
            // It may come from a contract whose own change is copied later.
            diesel::delete(numbers::table.filter(numbers::e164.eq(&row.e164))).execute(copy)?;
            let row = number::Row { notify_rule_id: None, ..row.clone() };
            diesel::insert_into(numbers::table).values(row).execute(copy)?;
        }
        for row in &contract.phone_ids {
            diesel::delete(phone_ids::table.filter(phone_ids::login_id.eq(&row.login_id)))
                .execute(copy)?;
            // Who finds the copy learns no password.
            let row = phone_id::Row {
                outbound_number_id: None,
                password_hash: None,
                sealed_password: None,
                sealed_digest: None,
                ..row.clone()
            };
            diesel::insert_into(phone_ids::table).values(row).execute(copy)?;
        }
        for (number_id, phone_id) in &contract.silent {
            diesel::insert_into(silent_targets::table)
                .values((
                    silent_targets::account_id.eq(&contract.account.id),
                    silent_targets::number_id.eq(number_id),
                    silent_targets::phone_id.eq(phone_id),
                ))
                .execute(copy)?;
        }
    }
    let mut group: Vec<&number::Row> = Vec::new();
    let mut weight = 0;
    let with_list = contracts.iter().flat_map(|contract| &contract.numbers);
    for row in with_list.filter(|row| row.block_entry_count > 0) {
        if !group.is_empty() && weight + row.block_entry_count > ENTRIES {
            put_lists(source, copy, scope, &std::mem::take(&mut group))?;
            weight = 0;
        }
        weight += row.block_entry_count;
        group.push(row);
    }
    put_lists(source, copy, scope, &group)
}

fn put_lists(
    source: &mut Conn,
    copy: &mut Conn,
    scope: SwitchScope,
    of: &[&number::Row],
) -> Result<(), StoreError> {
    if of.is_empty() {
        return Ok(());
    }
    let mut lists = route_page::entries(source, scope, of)?;
    for row in of {
        for route::Entry { id, pattern, matching, expires_at } in
            lists.remove(&row.id).into_iter().flatten()
        {
            diesel::insert_into(block_entries::table)
                .values((
                    block_entries::account_id.eq(&row.account_id),
                    block_entries::number_id.eq(&row.id),
                    block_entries::id.eq(id),
                    block_entries::pattern.eq(pattern),
                    block_entries::matching.eq(Stored(matching.0)),
                    block_entries::note.eq(""),
                    block_entries::search.eq(""),
                    block_entries::expires_at.eq(expires_at),
                    block_entries::hits.eq(0),
                    block_entries::version.eq(1),
                    block_entries::created_at.eq(row.created_at),
                    block_entries::updated_at.eq(row.updated_at),
                ))
                .execute(copy)?;
        }
    }
    Ok(())
}

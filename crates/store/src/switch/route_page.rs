//! All contracts as calls see them, page by page, as they were at one moment.

use std::collections::{BTreeMap, HashMap};

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;

use crate::accounts::account;
use crate::numbers::number::numbers;
use crate::numbers::{number, phone_id};
use crate::platform::schema::{accounts, block_entries, phone_ids, silent_targets};
use crate::routing::contract::Contract;
use crate::routing::route;
use crate::{Conn, StoreError, SwitchScope};

/// Runs `query` so that all that it reads is as it was at one moment, whatever others write
/// meanwhile. It writes nothing.
///
/// # Errors
/// Whatever `query` says, or when the database does not answer.
pub fn at_one_moment<T, E: From<StoreError>>(
    conn: &mut Conn,
    _scope: SwitchScope,
    query: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    match conn {
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(
            c,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        ),
        // Without a write lock: in WAL mode the first query settles the moment, and nobody waits.
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED"),
    }
    .map_err(StoreError::from)?;
    let answer = query(conn);
    // Nothing was written; a connection that cannot roll back is dropped by the pool.
    let _ = <Conn as Connection>::TransactionManager::rollback_transaction(conn);
    answer
}

/// The contracts after `after` in the order of their ids, `limit` at most, without what no call
/// asks for.
///
/// # Errors
/// When the database does not answer.
pub fn after(
    conn: &mut Conn,
    scope: SwitchScope,
    after: &str,
    limit: i64,
) -> Result<Vec<Contract>, StoreError> {
    let rows = accounts::table
        .filter(accounts::id.gt(after))
        .order(accounts::id)
        .limit(limit)
        .select(account::Row::as_select());
    let rows: Vec<account::Row> = rows.load(conn)?;
    complete(conn, scope, rows)
}

/// The contracts with these ids, in their order, without what no call asks for.
///
/// # Errors
/// When the database does not answer.
pub fn with_ids(
    conn: &mut Conn,
    scope: SwitchScope,
    ids: &[&str],
) -> Result<Vec<Contract>, StoreError> {
    let rows = accounts::table
        .filter(accounts::id.eq_any(ids))
        .order(accounts::id)
        .select(account::Row::as_select())
        .load(conn)?;
    complete(conn, scope, rows)
}

fn complete(
    conn: &mut Conn,
    _scope: SwitchScope,
    accounts: Vec<account::Row>,
) -> Result<Vec<Contract>, StoreError> {
    let contract = |account: account::Row| Contract {
        account,
        numbers: Vec::new(),
        phone_ids: Vec::new(),
        notify_rules: Vec::new(),
        silent: Default::default(),
    };
    let mut found: BTreeMap<String, Contract> =
        accounts.into_iter().map(|account| (account.id.clone(), contract(account))).collect();
    let ids: Vec<String> = found.keys().cloned().collect();
    let order = (numbers::account_id, numbers::kind.desc(), numbers::e164);
    let rows = numbers::table
        .filter(numbers::account_id.eq_any(&ids))
        .order(order)
        .select(number::Row::as_select());
    for number in rows.load(conn)? {
        found.entry(number.account_id.clone()).and_modify(|contract| contract.numbers.push(number));
    }
    let rows = phone_ids::table
        .filter(phone_ids::account_id.eq_any(&ids))
        .order((phone_ids::account_id, phone_ids::id));
    for phone_id in rows.select(phone_id::Row::as_select()).load(conn)? {
        found
            .entry(phone_id.account_id.clone())
            .and_modify(|contract| contract.phone_ids.push(phone_id));
    }
    let silent: Vec<(String, String, String)> = silent_targets::table
        .filter(silent_targets::account_id.eq_any(&ids))
        .select(silent_targets::all_columns)
        .load(conn)?;
    for (account_id, number_id, phone_id) in silent {
        found
            .entry(account_id)
            .and_modify(|contract| _ = contract.silent.insert((number_id, phone_id)));
    }
    Ok(found.into_values().collect())
}

/// Block lists of some numbers by their ids, in no order, also what has expired. They stand in
/// memory as a whole.
///
/// # Errors
/// When the database does not answer.
pub fn entries(
    conn: &mut Conn,
    _scope: SwitchScope,
    of: &[&number::Row],
) -> Result<HashMap<String, Vec<route::Entry>>, StoreError> {
    // Number by number and list by list, each a look-up by index: two lists of ids would be tried
    // in all their pairs.
    let numbers_of = numbers::account_id
        .eq(block_entries::account_id)
        .and(numbers::id.eq(block_entries::number_id));
    let e164: Vec<&str> = of.iter().map(|number| number.e164.as_str()).collect();
    let rows: Vec<(String, route::Entry)> = numbers::table
        .inner_join(block_entries::table.on(numbers_of))
        .filter(numbers::e164.eq_any(e164))
        .select((block_entries::number_id, route::Entry::as_select()))
        .load(conn)?;
    let mut found: HashMap<String, Vec<route::Entry>> = HashMap::new();
    for (number_id, entry) in rows {
        found.entry(number_id).or_default().push(entry);
    }
    Ok(found)
}

/// Those of some E.164 texts that belong to a contract.
///
/// # Errors
/// When the database does not answer.
pub fn still_there(
    conn: &mut Conn,
    _scope: SwitchScope,
    e164: &[&str],
) -> Result<Vec<String>, StoreError> {
    Ok(numbers::table.filter(numbers::e164.eq_any(e164)).select(numbers::e164).load(conn)?)
}

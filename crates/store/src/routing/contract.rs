//! Everything that decides which settings apply: the contract with its numbers, IDs and ringing.

use std::collections::HashSet;

use crate::accounts::account;
use crate::notify::notify_rule;
use crate::numbers::{number, phone_id, ringing};
use crate::{Conn, Scope, StoreError};

/// A contract with all that the rules look at.
#[derive(Clone, Debug)]
pub struct Contract {
    /// The contract.
    pub account: account::Row,
    /// Its numbers, the primary one first.
    pub numbers: Vec<number::Row>,
    /// Its IDs, the basic one first.
    pub phone_ids: Vec<phone_id::Row>,
    /// Its notify rules.
    pub notify_rules: Vec<notify_rule::Row>,
    /// `(number_id, phone_id)` pairs that do not ring.
    pub silent: HashSet<(String, String)>,
}

impl Contract {
    /// The number with this id.
    pub fn number(&self, id: &str) -> Option<&number::Row> {
        self.numbers.iter().find(|number| number.id == id)
    }

    /// The ID with this id.
    pub fn phone_id(&self, id: &str) -> Option<&phone_id::Row> {
        self.phone_ids.iter().find(|phone_id| phone_id.id == id)
    }

    /// The IDs that ring for a number, the basic one first, then by extension.
    pub fn ringing(&self, number_id: &str) -> impl Iterator<Item = &phone_id::Row> {
        self.phone_ids.iter().filter(move |phone_id| {
            !self.silent.contains(&(number_id.to_owned(), phone_id.id.clone()))
        })
    }
}

/// Reads the contract.
///
/// # Errors
/// When the database does not answer.
pub fn load(conn: &mut Conn, scope: &Scope) -> Result<Option<Contract>, StoreError> {
    let account = account::find(conn, scope)?;
    complete(conn, scope, account)
}

/// Reads the contract after taking its lock: what is read stays true until the end of the
/// transaction.
///
/// # Errors
/// When the database does not answer.
pub fn load_locked(conn: &mut Conn, scope: &Scope) -> Result<Option<Contract>, StoreError> {
    let account = account::lock(conn, scope)?;
    complete(conn, scope, account)
}

fn complete(
    conn: &mut Conn,
    scope: &Scope,
    account: Option<account::Row>,
) -> Result<Option<Contract>, StoreError> {
    let Some(account) = account else { return Ok(None) };
    Ok(Some(Contract {
        account,
        numbers: number::list(conn, scope)?,
        phone_ids: phone_id::list(conn, scope)?,
        notify_rules: notify_rule::list(conn, scope)?,
        silent: ringing::silent_pairs(conn, scope)?.into_iter().collect(),
    }))
}

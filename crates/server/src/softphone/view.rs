//! What a softphone sees of its ID and its numbers.

use crate::numbers::terminals::Terminals;
use crate::numbers::view::terminal;
use crate::platform::wire::unsigned;
use api_types::{Directory, DirectoryEntry, Me, MyNumber};
use chrono::NaiveDateTime;
use store::accounts::account;
use store::numbers::{number, phone_id};
use store::routing::contract::Contract;
use store::softphone::terminal;

/// An ID as its softphone sees it.
pub fn me(account: &account::Row, row: &phone_id::Row, signed_in: &terminal::Row) -> Me {
    Me {
        phone_id: row.id.clone(),
        login_id: row.login_id.clone(),
        kind: row.kind.0,
        extension: row.extension.clone(),
        terminal_name: row.terminal_name.clone(),
        account_name: account.name.clone(),
        outbound_number_id: row.outbound_number_id.clone(),
        terminal: terminal(signed_in),
        revision: unsigned(account.revision),
        version: unsigned(row.version),
    }
}

/// A number as the softphone of an ID shows it.
pub fn my_number(contract: &Contract, row: &number::Row, phone_id: &str) -> MyNumber {
    MyNumber {
        id: row.id.clone(),
        e164: row.e164.clone(),
        kind: row.kind.0,
        name: row.name.clone(),
        display_name: row.display_name.clone(),
        ringtone: row.ringtone.0,
        rings: contract.ringing(&row.id).any(|ringing| ringing.id == phone_id),
        rings_first: row.priority_phone_id.as_deref() == Some(phone_id),
    }
}

/// The IDs of a contract, as the softphone of one of them sees them.
pub fn directory(
    contract: &Contract,
    terminals: &Terminals,
    phone_id: &str,
    now: NaiveDateTime,
) -> Directory {
    let primary = contract.numbers.iter().find(|number| number.is_primary());
    let entry = |row: &phone_id::Row| DirectoryEntry {
        phone_id: row.id.clone(),
        extension: row.extension.clone(),
        name: row.terminal_name.clone(),
        kind: row.kind.0,
        number: primary.filter(|_| row.is_basic()).map(|number| number.e164.clone()),
        is_me: row.id == phone_id,
        is_online: terminals.is_online(&row.id, now),
    };
    Directory { items: contract.phone_ids.iter().map(entry).collect() }
}

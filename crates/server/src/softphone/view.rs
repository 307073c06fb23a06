//! What a softphone sees of its ID and its numbers.

use crate::numbers::view::terminal;
use crate::platform::wire::unsigned;
use api_types::{Me, MyNumber};
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

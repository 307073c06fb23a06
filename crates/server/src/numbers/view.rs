//! Numbers and IDs as they go over the wire.

use crate::error::Failure;
use crate::numbers::rules::capabilities;
use crate::numbers::terminals::Terminals;
use crate::platform::wire::{channels, unsigned};
use api_types::{
    Number, OperatorNumber, OperatorPhoneId, PhoneId, Ringing, RingingTarget, Terminal,
};
use store::numbers::{number, phone_id};
use store::routing::contract::Contract;
use store::softphone::terminal;

/// A number as its holder sees it: its settings by their names, and what follows from the contract.
///
/// # Errors
/// `internal` when a stored setting cannot be read.
pub fn number(contract: &Contract, row: &number::Row) -> Result<Number, Failure> {
    let ringing: Vec<_> = contract.ringing(&row.id).map(|phone_id| &phone_id.id).collect();
    let mut number = serde_json::json!({
        "id": row.id,
        "e164": row.e164,
        "kind": row.kind.0,
        "ringing_phone_ids": ringing,
        "capabilities": capabilities::of_number(contract, row),
        "version": unsigned(row.version),
    });
    for (name, value) in row.values() {
        number[name] = serde_json::json!(value);
    }
    serde_json::from_value(number)
        .map_err(|error| Failure::Internal(format!("numbers of {}: {error}", row.id)))
}

/// An ID as its holder sees it; `terminals` are those of the whole account.
pub fn phone_id(contract: &Contract, row: &phone_id::Row, terminals: &Terminals) -> PhoneId {
    let primary = contract.numbers.iter().find(|number| number.is_primary());
    PhoneId {
        id: row.id.clone(),
        login_id: row.login_id.clone(),
        kind: row.kind.0,
        extension: row.extension.clone(),
        terminal_name: row.terminal_name.clone(),
        number_id: primary.filter(|_| row.is_basic()).map(|number| number.id.clone()),
        outbound_number_id: row.outbound_number_id.clone(),
        terminals: terminals.of(row),
        capabilities: capabilities::of_phone_id(contract, row),
        version: unsigned(row.version),
    }
}

/// A terminal that is signed in.
pub fn terminal(row: &terminal::Row) -> Terminal {
    Terminal {
        id: row.id.clone(),
        kind: row.kind.0,
        name: row.name.clone(),
        last_seen_at: row.last_seen_at.and_utc(),
        registered: false,
    }
}

/// Which IDs ring for a number.
pub fn ringing(contract: &Contract, row: &number::Row) -> Ringing {
    let rings = |id: &str| contract.ringing(&row.id).any(|ringing| ringing.id == id);
    let target = |phone_id: &phone_id::Row| RingingTarget {
        phone_id: phone_id.id.clone(),
        rings: rings(&phone_id.id),
        login_id: phone_id.login_id.clone(),
        terminal_name: phone_id.terminal_name.clone(),
        extension: phone_id.extension.clone(),
    };
    Ringing {
        targets: contract.phone_ids.iter().map(target).collect(),
        busy_announcement: row.busy_announcement,
    }
}

/// A number as the operator sees it.
pub fn operator_number(row: &number::Row) -> OperatorNumber {
    OperatorNumber {
        id: row.id.clone(),
        e164: row.e164.clone(),
        kind: row.kind.0,
        name: row.name.clone(),
        max_channels: channels(row.max_channels),
        channel_limit: channels(row.channel_limit),
        reference: row.reference.clone(),
        version: unsigned(row.version),
    }
}

/// An ID as the operator sees it; `terminals` are those of the whole account.
pub fn operator_phone_id(row: &phone_id::Row, terminals: &Terminals) -> OperatorPhoneId {
    OperatorPhoneId {
        id: row.id.clone(),
        login_id: row.login_id.clone(),
        kind: row.kind.0,
        extension: row.extension.clone(),
        terminal_name: row.terminal_name.clone(),
        device_option: row.device_option.map(|option| option.0),
        reference: row.reference.clone(),
        terminals: terminals.of(row),
        version: unsigned(row.version),
    }
}

//! Contracts as they go over the wire.

use crate::platform::wire::unsigned;
use api_types::{Account, MissingPart, OperatorAccount};
use store::accounts::account;
use store::routing::contract::Contract;

/// The contract as its holder sees it.
pub fn account(contract: &Contract) -> Account {
    Account {
        id: contract.account.id.clone(),
        name: contract.account.name.clone(),
        contact_mail: contract.account.contact_mail.clone(),
        forwarding_number: contract.account.forwarding_number.clone(),
        options: contract.account.options(),
        number_count: u32::try_from(contract.numbers.len()).unwrap_or(u32::MAX),
        id_count: u32::try_from(contract.phone_ids.len()).unwrap_or(u32::MAX),
        revision: unsigned(contract.account.revision),
        version: unsigned(contract.account.version),
    }
}

/// A contract as the operator sees it.
pub fn operator_account(row: &account::Row, missing: Vec<MissingPart>) -> OperatorAccount {
    OperatorAccount {
        id: row.id.clone(),
        name: row.name.clone(),
        reference: row.reference.clone(),
        contact_mail: row.contact_mail.clone(),
        status: row.status.0,
        suspended_reason: row.suspended_reason.clone(),
        forwarding_number: row.forwarding_number.clone(),
        options: row.options(),
        missing,
        revision: unsigned(row.revision),
        created_at: row.created_at.and_utc(),
        version: unsigned(row.version),
        numbers: None,
        ids: None,
    }
}

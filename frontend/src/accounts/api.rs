//! The contract.

use api_types::{Account, AccountPatch};

use crate::platform::api::{Client, Request};

/// The contract of the caller.
pub fn get(client: Client) -> Request<Account> {
    client.get("/account").body()
}

/// Changes what its holder may change.
pub fn patch(client: Client, version: u64, patch: &AccountPatch) -> Request<Account> {
    client.write("PATCH", "/account", patch, Some(version)).body()
}

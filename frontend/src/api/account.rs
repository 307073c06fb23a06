//! The contract.

use api_types::{Account, AccountPatch};

use super::{Client, ClientError, Versioned};

/// The contract of the caller.
pub async fn get(client: Client) -> Result<Versioned<Account>, ClientError> {
    client.get("/account").await
}

/// Changes what its holder may change.
pub async fn patch(client: Client, version: u64, patch: &AccountPatch) -> Result<Versioned<Account>, ClientError> {
    client.write("PATCH", "/account", patch, Some(version)).await
}

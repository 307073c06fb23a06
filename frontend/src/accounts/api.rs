//! The contract.

use api_types::{Account, AccountPatch};

use crate::platform::api::{Client, ClientError};

/// The contract of the caller.
pub async fn get(client: Client) -> Result<Account, ClientError> {
    client.get("/account").await.map(|answer| answer.body)
}

/// Changes what its holder may change.
pub async fn patch(
    client: Client,
    version: u64,
    patch: &AccountPatch,
) -> Result<Account, ClientError> {
    client.write("PATCH", "/account", patch, Some(version)).await.map(|answer| answer.body)
}

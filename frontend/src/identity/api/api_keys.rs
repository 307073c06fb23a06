//! Keys of integrators.

use api_types::{ApiKey, ApiKeyCreate, ApiKeyCreated, Page};

use crate::platform::api::{Client, Request};

/// Every key of the account.
pub fn list(client: Client) -> Request<Vec<ApiKey>> {
    client.get::<Page<ApiKey>>("/api-keys?limit=200").items()
}

/// Makes a key; it stands in the answer, and nowhere else.
pub fn create(client: Client, key: &ApiKeyCreate) -> Request<ApiKeyCreated> {
    client.write("POST", "/api-keys", key, None).body()
}

/// Removes a key.
pub fn delete(client: Client, id: &str) -> Request<()> {
    client.delete(&format!("/api-keys/{id}"))
}

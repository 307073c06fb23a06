//! Keys of integrators.

use api_types::{ApiKey, ApiKeyCreate, ApiKeyCreated, Page};

use crate::platform::api::{Client, ClientError};

/// Every key of the account.
pub async fn list(client: Client) -> Result<Vec<ApiKey>, ClientError> {
    client.get::<Page<ApiKey>>("/api-keys?limit=200").await.map(|answer| answer.body.items)
}

/// Makes a key; it stands in the answer, and nowhere else.
pub async fn create(client: Client, key: &ApiKeyCreate) -> Result<ApiKeyCreated, ClientError> {
    client.write("POST", "/api-keys", key, None).await.map(|answer| answer.body)
}

/// Removes a key.
pub async fn delete(client: Client, id: &str) -> Result<(), ClientError> {
    client.delete(&format!("/api-keys/{id}")).await
}

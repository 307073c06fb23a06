//! Phone numbers.

use api_types::{ChannelLimit, ChannelLimitPut, Number, NumberPatch, Page};

use crate::platform::api::{Client, ClientError, Versioned};

/// Every number of the account. An account has a handful; the largest page holds them.
pub async fn list(client: Client) -> Result<Vec<Number>, ClientError> {
    client.get::<Page<Number>>("/numbers?limit=200").await.map(|answer| answer.body.items)
}

/// One number.
pub async fn get(client: Client, id: &str) -> Result<Number, ClientError> {
    client.get(&format!("/numbers/{id}")).await.map(|answer| answer.body)
}

/// Changes general settings.
pub async fn patch(
    client: Client,
    id: &str,
    version: u64,
    patch: &NumberPatch,
) -> Result<Number, ClientError> {
    client
        .write("PATCH", &format!("/numbers/{id}"), patch, Some(version))
        .await
        .map(|answer| answer.body)
}

/// Changes the channel limit; the version that comes back is the number's.
pub async fn put_channel_limit(
    client: Client,
    id: &str,
    version: u64,
    put: ChannelLimitPut,
) -> Result<Versioned<ChannelLimit>, ClientError> {
    client.write("PUT", &format!("/numbers/{id}/channel-limit"), &put, Some(version)).await
}

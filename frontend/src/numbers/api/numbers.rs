//! Phone numbers.

use api_types::{ChannelLimit, ChannelLimitPut, Number, NumberPatch, Page};

use crate::platform::api::{Client, Request, Versioned};

/// Every number of the account. An account has a handful; the largest page holds them.
pub fn list(client: Client) -> Request<Vec<Number>> {
    client.get::<Page<Number>>("/numbers?limit=200").items()
}

/// One number.
pub fn get(client: Client, id: &str) -> Request<Number> {
    client.get(&format!("/numbers/{id}")).body()
}

/// Changes general settings.
pub fn patch(client: Client, id: &str, version: u64, patch: &NumberPatch) -> Request<Number> {
    client.write("PATCH", &format!("/numbers/{id}"), patch, Some(version)).body()
}

/// Changes the channel limit; the version that comes back is the number's.
pub fn put_channel_limit(
    client: Client,
    id: &str,
    version: u64,
    put: ChannelLimitPut,
) -> Request<Versioned<ChannelLimit>> {
    client.write("PUT", &format!("/numbers/{id}/channel-limit"), &put, Some(version))
}

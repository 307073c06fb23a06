//! What was sent, and sending it again.

use api_types::{DeliveriesResend, DeliveriesResent, Delivery, DeliveryState, Page};
use chrono::{DateTime, Utc};

use crate::platform::api::{Client, ClientError, Request};

const PAGE: u32 = 50;
/// The most notices of one event that are shown, and the most that are counted before they are sent
/// again.
pub const MANY: u32 = 200;

fn page(client: Client, path: &str) -> Request<Page<Delivery>> {
    client.get(path).body()
}

/// One page of what was sent, the latest first; with `failed` only what was given up.
pub fn list(client: Client, failed: bool, cursor: Option<&str>) -> Request<Page<Delivery>> {
    let mut path = format!("/deliveries?limit={PAGE}");
    if failed {
        path.push_str("&state=failed");
    }
    if let Some(cursor) = cursor {
        path.push_str(&format!("&cursor={cursor}"));
    }
    page(client, &path)
}

/// The notices of an event.
pub async fn of_event(client: Client, call_event_id: &str) -> Result<Vec<Delivery>, ClientError> {
    page(client, &format!("/deliveries?limit={MANY}&call_event_id={call_event_id}"))
        .await
        .map(|page| page.items)
}

/// One notice with each attempt.
pub fn get(client: Client, id: &str) -> Request<Delivery> {
    client.get(&format!("/deliveries/{id}")).body()
}

/// Sends one again.
pub fn resend(client: Client, id: &str) -> Request<()> {
    client.tell("POST", &format!("/deliveries/{id}/resend"), &())
}

/// When those were planned that can be sent again, the latest first: at most [`MANY`] that failed
/// and as many that were skipped.
pub async fn resendable(client: Client) -> Result<Vec<DateTime<Utc>>, ClientError> {
    let of = |state: DeliveryState| {
        let name = if state == DeliveryState::Skipped { "skipped" } else { "failed" };
        async move { page(client, &format!("/deliveries?limit={MANY}&state={name}")).await }
    };
    let (failed, skipped) =
        futures_util::future::join(of(DeliveryState::Failed), of(DeliveryState::Skipped)).await;
    let all = failed?.items.into_iter().chain(skipped?.items);
    Ok(all.filter(|delivery| delivery.resendable).map(|delivery| delivery.created_at).collect())
}

/// Sends everything again that failed or was skipped since a time.
pub fn resend_since(client: Client, since: DateTime<Utc>) -> Request<DeliveriesResent> {
    client.work(
        "/deliveries/resend",
        &DeliveriesResend { since, until: None, rule_id: None, service_id: None },
    )
}

//! What happened on the numbers, and the links to its files.

use api_types::{CallEvent, NotifyEvent, Page};

use crate::platform::api::{BASE, Client, Request};

const PAGE: u32 = 50;

/// The name of a kind in an address.
pub fn kind_key(kind: NotifyEvent) -> &'static str {
    match kind {
        NotifyEvent::MissedCall => "missed_call",
        NotifyEvent::Voicemail => "voicemail",
        NotifyEvent::Fax => "fax",
        NotifyEvent::ForwardedCall => "forwarded_call",
    }
}

/// One page of what happened, the latest first; of everything, of one kind, on one number.
pub fn list(
    client: Client,
    kind: Option<NotifyEvent>,
    number_id: Option<&str>,
    cursor: Option<&str>,
) -> Request<Page<CallEvent>> {
    let mut path = format!("/call-events?limit={PAGE}");
    for (name, value) in
        [("type", kind.map(kind_key)), ("number_id", number_id), ("cursor", cursor)]
    {
        if let Some(value) = value {
            path.push_str(&format!("&{name}={value}"));
        }
    }
    client.get(&path).body()
}

/// One thing that happened.
pub fn get(client: Client, id: &str) -> Request<CallEvent> {
    client.get(&format!("/call-events/{id}")).body()
}

/// Ends the link that stands in its notices.
pub fn revoke_link(client: Client, id: &str) -> Request<()> {
    client.tell("POST", &format!("/call-events/{id}/revoke-link"), &())
}

/// Address of its recording or fax.
pub fn attachment_href(id: &str) -> String {
    format!("{BASE}/call-events/{id}/attachment")
}

/// Address of what changes while one looks.
pub fn stream_href() -> String {
    format!("{BASE}/call-events/stream")
}

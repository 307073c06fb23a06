//! What would become of a call.

use api_types::{RouteDecision, RoutePreviewRequest};

use crate::platform::api::{Client, Request};

/// What would become of a call.
pub fn preview(
    client: Client,
    number_id: &str,
    call: &RoutePreviewRequest,
) -> Request<RouteDecision> {
    client.write("POST", &format!("/numbers/{number_id}/route-preview"), call, None).body()
}

//! What would become of a call.

use api_types::{RouteDecision, RoutePreviewRequest};

use crate::platform::api::{Client, ClientError};

/// What would become of a call.
pub async fn preview(
    client: Client,
    number_id: &str,
    call: &RoutePreviewRequest,
) -> Result<RouteDecision, ClientError> {
    client
        .write("POST", &format!("/numbers/{number_id}/route-preview"), call, None)
        .await
        .map(|answer| answer.body)
}

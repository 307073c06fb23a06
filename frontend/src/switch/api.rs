//! How far what was saved has come at the operator's switches.

use api_types::SwitchState;

use crate::platform::api::{Client, ClientError};

/// How far the last change has come.
pub async fn get(client: Client) -> Result<SwitchState, ClientError> {
    client.get("/account/switch-state").await.map(|answer| answer.body)
}

//! How far what was saved has come at the operator's switches.

use api_types::SwitchState;

use crate::platform::api::{Client, Request};

/// How far the last change has come.
pub fn get(client: Client) -> Request<SwitchState> {
    client.get("/account/switch-state").body()
}

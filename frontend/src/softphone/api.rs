//! Terminals that are signed in with an ID.

use api_types::SignInLink;

use crate::platform::api::{Client, Request};

/// Signs a terminal out.
pub fn delete(client: Client, phone_id: &str, terminal_id: &str) -> Request<()> {
    client.delete(&format!("/ids/{phone_id}/terminals/{terminal_id}"))
}

/// Makes a link that signs an app in. The caller's own password must have been confirmed.
pub fn create_link(client: Client, phone_id: &str) -> Request<SignInLink> {
    client.write("POST", &format!("/ids/{phone_id}/sign-in-links"), &(), None).body()
}

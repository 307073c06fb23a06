//! Terminals that are signed in with an ID.

use api_types::SignInLink;

use crate::platform::api::{Client, ClientError};

/// Signs a terminal out.
pub async fn delete(client: Client, phone_id: &str, terminal_id: &str) -> Result<(), ClientError> {
    client.delete(&format!("/ids/{phone_id}/terminals/{terminal_id}")).await
}

/// Makes a link that signs an app in. The caller's own password must have been confirmed.
pub async fn create_link(client: Client, phone_id: &str) -> Result<SignInLink, ClientError> {
    client
        .write("POST", &format!("/ids/{phone_id}/sign-in-links"), &(), None)
        .await
        .map(|answer| answer.body)
}

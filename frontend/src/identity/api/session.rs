//! Signing in and out, and password links.

use api_types::{PasswordReset, PasswordResetRequest, Session, SignIn};

use crate::platform::api::{Client, ClientError};

/// The session of the cookie, if there is one.
pub async fn current(client: Client) -> Result<Session, ClientError> {
    client.get("/session").await.map(|answer| answer.body)
}

/// Signs in.
pub async fn sign_in(client: Client, credentials: &SignIn) -> Result<Session, ClientError> {
    client.write("POST", "/session", credentials, None).await.map(|answer| answer.body)
}

/// Signs out here, or on every device.
pub async fn sign_out(client: Client, everywhere: bool) -> Result<(), ClientError> {
    client.delete(if everywhere { "/session?everywhere=true" } else { "/session" }).await
}

/// Asks for a mail with a password link.
pub async fn ask_for_link(
    client: Client,
    request: &PasswordResetRequest,
) -> Result<(), ClientError> {
    client.tell("POST", "/password-resets", request).await
}

/// Sets a new password with the token of the link.
pub async fn reset_password(
    client: Client,
    token: &str,
    reset: &PasswordReset,
) -> Result<(), ClientError> {
    client.tell("POST", &format!("/password-resets/{token}"), reset).await
}

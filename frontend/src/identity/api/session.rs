//! Signing in and out, and password links.

use api_types::{PasswordReset, PasswordResetRequest, Session, SignIn};

use crate::platform::api::{Client, Request};

/// The session of the cookie, if there is one.
pub fn current(client: Client) -> Request<Session> {
    client.get("/session").body()
}

/// Signs in.
pub fn sign_in(client: Client, credentials: &SignIn) -> Request<Session> {
    client.write("POST", "/session", credentials, None).body()
}

/// Signs out here, or on every device.
pub fn sign_out(client: Client, everywhere: bool) -> Request<()> {
    client.delete(if everywhere { "/session?everywhere=true" } else { "/session" })
}

/// Asks for a mail with a password link.
pub fn ask_for_link(client: Client, request: &PasswordResetRequest) -> Request<()> {
    client.tell("POST", "/password-resets", request)
}

/// Sets a new password with the token of the link.
pub fn reset_password(client: Client, token: &str, reset: &PasswordReset) -> Request<()> {
    client.tell("POST", &format!("/password-resets/{token}"), reset)
}

//! Passwords of IDs.

use api_types::{
    Confirmation, PasswordChanged, PasswordCheck, PasswordCheckRequest, PasswordProposal,
    PasswordPut, PasswordRevealed, Session,
};

use crate::platform::api::{Client, Request};

/// Changes the password of an ID.
pub fn put(client: Client, phone_id: &str, put: &PasswordPut) -> Request<PasswordChanged> {
    client.write("PUT", &format!("/ids/{phone_id}/password"), put, None).body()
}

/// The present password of an additional ID. The caller's own must have been confirmed.
pub fn reveal(client: Client, phone_id: &str) -> Request<PasswordRevealed> {
    client.write("POST", &format!("/ids/{phone_id}/password/reveal"), &(), None).body()
}

/// Says the caller's own password again, before something delicate.
pub fn confirm(client: Client, password: String) -> Request<Session> {
    client.write("POST", "/session/confirm", &Confirmation { password }, None).body()
}

/// How good a password is.
pub fn check(client: Client, request: &PasswordCheckRequest) -> Request<PasswordCheck> {
    client.write("POST", "/password-checks", request, None).body()
}

/// A password that nobody has thought of.
pub fn propose(client: Client) -> Request<PasswordProposal> {
    client.write("POST", "/password-proposals", &(), None).body()
}

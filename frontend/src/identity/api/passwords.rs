//! Passwords of IDs.

use api_types::{
    Confirmation, PasswordChanged, PasswordCheck, PasswordCheckRequest, PasswordProposal,
    PasswordPut, PasswordRevealed, Session,
};

use crate::platform::api::{Client, ClientError};

/// Changes the password of an ID.
pub async fn put(
    client: Client,
    phone_id: &str,
    put: &PasswordPut,
) -> Result<PasswordChanged, ClientError> {
    client
        .write("PUT", &format!("/ids/{phone_id}/password"), put, None)
        .await
        .map(|answer| answer.body)
}

/// The present password of an additional ID. The caller's own must have been confirmed.
pub async fn reveal(client: Client, phone_id: &str) -> Result<PasswordRevealed, ClientError> {
    client
        .write("POST", &format!("/ids/{phone_id}/password/reveal"), &(), None)
        .await
        .map(|answer| answer.body)
}

/// Says the caller's own password again, before something delicate.
pub async fn confirm(client: Client, password: String) -> Result<Session, ClientError> {
    client
        .write("POST", "/session/confirm", &Confirmation { password }, None)
        .await
        .map(|answer| answer.body)
}

/// How good a password is.
pub async fn check(
    client: Client,
    request: &PasswordCheckRequest,
) -> Result<PasswordCheck, ClientError> {
    client.write("POST", "/password-checks", request, None).await.map(|answer| answer.body)
}

/// A password that nobody has thought of.
pub async fn propose(client: Client) -> Result<PasswordProposal, ClientError> {
    client.write("POST", "/password-proposals", &(), None).await.map(|answer| answer.body)
}

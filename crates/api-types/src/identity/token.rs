//! Signing in with the softphone.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::TerminalRegistration;
use crate::platform::validation::{LOGIN_ID_MAX, PASSWORD_MAX};

/// Longest token that is read.
const TOKEN_MAX: u64 = 200;

/// Sign-in with an ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// 基本ID or 追加ID.
    #[validate(length(min = 1, max = "LOGIN_ID_MAX"))]
    #[schema(example = "minato002", min_length = 1, max_length = 64)]
    pub login_id: String,
    /// Its password.
    #[validate(length(min = 1, max = "PASSWORD_MAX"))]
    #[schema(example = "correct horse battery", min_length = 1, max_length = 128,
        format = Password)]
    pub password: String,
    /// What signs in.
    #[validate(nested)]
    pub terminal: TerminalRegistration,
}

/// Sign-in with a link from the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct LinkTokenRequest {
    /// What stands behind `#` in the link.
    #[validate(length(min = 1, max = "TOKEN_MAX"))]
    #[schema(example = "0b5Yw1eQ3xJt2mV7c9r4sA", min_length = 1, max_length = 200)]
    pub link_token: String,
    /// What signs in.
    #[validate(nested)]
    pub terminal: TerminalRegistration,
}

/// A refresh token, to be exchanged or to be revoked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefreshTokenRequest {
    /// The newest refresh token that was answered.
    #[validate(length(min = 1, max = "TOKEN_MAX"))]
    #[schema(example = "dwr_0b5Yw1eQ3xJt2mV7c9r4sA", min_length = 1, max_length = 200,
        format = Password)]
    pub refresh_token: String,
}

/// Tokens of a softphone (in the shape of RFC 6749, 5.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// A signed JWT (RFC 9068, ES256) for `Authorization: Bearer`. Opaque to the app; whoever wants
    /// to check it finds the keys at `/.well-known/jwks.json`.
    #[schema(
        example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6Ik56YiJ9.eyJzdWIiOiIwMTkzMGY1ZSJ9.c2ln"
    )]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// For how long the access token is good, in seconds.
    #[schema(example = 600)]
    pub expires_in: u64,
    /// Good for one `POST /tokens/refresh`, which answers the next one. Keep it where the system
    /// keeps secrets.
    #[schema(example = "dwr_0b5Yw1eQ3xJt2mV7c9r4sA")]
    pub refresh_token: String,
    /// For how long the refresh token is good if it is not used, in seconds.
    #[schema(example = 7_776_000)]
    pub refresh_expires_in: u64,
    /// The terminal as the portal shows it.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b25")]
    pub terminal_id: String,
}

/// A link that signs an app in with an ID, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInLink {
    /// To be shown as a QR code or opened on the phone; the token stands behind `#`, which browsers
    /// send to nobody.
    #[schema(example = "https://portal.example.jp/app/sign-in#0b5Yw1eQ3xJt2mV7c9r4sA")]
    pub url: String,
    /// When it ends.
    #[schema(example = "2026-11-22T09:09:12Z")]
    pub expires_at: DateTime<Utc>,
    /// For how long it works, in seconds: for devices whose clock is wrong.
    #[schema(example = 300)]
    pub expires_in: u64,
}

//! Signing in to the portal.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::platform::validation::{LOGIN_ID_MAX, PASSWORD_MAX};

/// Sign-in with the basic ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The basic ID.
    #[validate(length(min = 1, max = "LOGIN_ID_MAX"))]
    #[schema(example = "minato001", min_length = 1, max_length = 64)]
    pub login_id: String,
    /// Its password.
    #[validate(length(min = 1, max = "PASSWORD_MAX"))]
    #[schema(example = "correct horse battery", min_length = 1, max_length = 128,
        format = Password)]
    pub password: String,
}

/// The session of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The ID that signed in.
    #[schema(example = "minato001")]
    pub login_id: String,
    /// The account.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21")]
    pub account_id: String,
    /// Name of the contract holder.
    #[schema(example = "株式会社みなと商会")]
    pub account_name: String,
    /// Send it as `X-CSRF-Token` with every write.
    #[schema(example = "0b5Yw1eQ3xJt2mV7c9r4sA")]
    pub csrf_token: String,
    /// When the session ends if it is not used.
    #[schema(example = "2026-11-23T09:00:00Z")]
    pub expires_at: DateTime<Utc>,
    /// Until when the password counts as just confirmed; `null` when it must be confirmed first.
    #[schema(example = json!(null))]
    pub confirmed_until: Option<DateTime<Utc>>,
}

/// The password again, before something delicate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The password of the ID that is signed in.
    #[validate(length(min = 1, max = "PASSWORD_MAX"))]
    #[schema(example = "correct horse battery", min_length = 1, max_length = 128,
        format = Password)]
    pub password: String,
}

/// Which sessions to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SignOutQuery {
    /// `true` ends every session of this ID, on every device; absent or `false` only this one.
    #[serde(default)]
    #[param(example = false)]
    pub everywhere: bool,
}

/// Asks for a mail with a link to set a new password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// The basic ID.
    #[validate(length(min = 1, max = "LOGIN_ID_MAX"))]
    #[schema(example = "minato001", min_length = 1, max_length = 64)]
    pub login_id: String,
}

/// Sets a new password with the token from the mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// The new password, 10 to 128 characters.
    #[validate(length(min = 10, max = "PASSWORD_MAX"))]
    #[schema(example = "correct horse battery", min_length = 10, max_length = 128,
        format = Password)]
    pub new_password: String,
    /// The same again.
    #[validate(length(max = "PASSWORD_MAX"))]
    #[schema(example = "correct horse battery", max_length = 128, format = Password)]
    pub new_password_confirmation: String,
}

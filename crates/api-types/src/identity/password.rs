//! Passwords of IDs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::platform::validation::PASSWORD_MAX;

/// A new password for an ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PasswordPut {
    /// The new password, 10 to 128 characters, not easy to guess and without the login id.
    #[validate(length(min = 10, max = "PASSWORD_MAX"))]
    #[schema(example = "correct horse battery", min_length = 10, max_length = 128,
        format = Password)]
    pub new_password: String,
    /// The same again.
    #[validate(length(max = "PASSWORD_MAX"))]
    #[schema(example = "correct horse battery", max_length = 128, format = Password)]
    pub new_password_confirmation: String,
    /// The present password; needed for the basic ID only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(max = "PASSWORD_MAX"))]
    #[schema(max_length = 128, format = Password, example = json!(null))]
    pub current_password: Option<String>,
}

/// What a change of a password ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordChanged {
    /// Sessions of this ID on other devices that had to end; the one that made the change goes on.
    #[schema(example = 2)]
    pub ended_sessions: u32,
    /// Softphones that were signed out.
    #[schema(example = 1)]
    pub ended_terminals: u32,
}

/// The present password of an additional ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordRevealed {
    /// Show it for 30 seconds at most, and keep it nowhere.
    #[schema(example = "kumo-7384-mado-haru", format = Password)]
    pub password: String,
}

/// A password that somebody thinks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PasswordCheckRequest {
    /// The password as far as it is typed.
    #[validate(length(max = "PASSWORD_MAX"))]
    #[schema(example = "minato2026", max_length = 128, format = Password)]
    pub password: String,
    /// The ID that it is for: its login id must not be in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub phone_id: Option<String>,
}

/// How good a password is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordCheck {
    /// 0 (guessed at once) to 4 (very hard to guess), as zxcvbn estimates it; at least 3 is needed.
    #[schema(example = 1, minimum = 0, maximum = 4)]
    pub score: u8,
    /// Whether it would be taken.
    #[schema(example = false)]
    pub acceptable: bool,
    /// What is wrong with it and what would help, in the language of `Accept-Language`; empty when
    /// nothing is.
    #[schema(example = json!(["あと2文字必要です。", "よく使われる言葉や年号を避けてください。"]))]
    pub advice: Vec<String>,
}

/// A password that nobody has thought of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PasswordProposal {
    /// Easy to type on a phone, hard to guess.
    #[schema(example = "kumo-7384-mado-haru", format = Password)]
    pub password: String,
}

//! IDs: the logins that terminals sign in with.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::Capability;
use crate::platform::validation::{NAME_MAX, no_control_characters};

/// 基本ID or 追加ID.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PhoneIdKind {
    /// The ID that also signs in to the portal.
    Basic,
    /// A further terminal's ID.
    Additional,
}

/// 端末種類 of a terminal that is signed in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TerminalKind {
    /// The app on an iPhone or iPad.
    Ios,
    /// The app on an Android device.
    Android,
    /// The app on a Windows PC.
    Windows,
    /// The app on a Mac.
    Macos,
    /// IP電話機.
    IpPhone,
    /// 宅内機器.
    PremisesDevice,
}

/// A terminal that is signed in with an ID now, or registered with it at the switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terminal {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b25")]
    pub id: String,
    /// 端末種類.
    #[schema(example = "ios")]
    pub kind: TerminalKind,
    /// The name that the terminal gave itself; of one that is registered, maker and model.
    #[schema(example = "iPhone 17")]
    pub name: String,
    /// When it was last seen.
    #[schema(example = "2026-11-22T09:04:12Z")]
    pub last_seen_at: DateTime<Utc>,
    /// Whether the switch reports it: a telephone or box. It goes when it unregisters, or is silent
    /// for too long; it can't be signed out here.
    #[serde(default)]
    #[schema(example = false)]
    pub registered: bool,
}

/// What a terminal says of itself when it signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TerminalRegistration {
    /// 端末種類.
    #[schema(example = "ios")]
    pub kind: TerminalKind,
    /// The name that it gives itself, such as the model; at most 40 characters.
    #[validate(length(max = "NAME_MAX"), custom(function = no_control_characters))]
    #[schema(example = "iPhone 17", max_length = 40)]
    pub name: String,
}

/// An ID of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PhoneId {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub id: String,
    /// What the terminal signs in with.
    #[schema(example = "minato001")]
    pub login_id: String,
    /// 基本ID or 追加ID.
    #[schema(example = "basic")]
    pub kind: PhoneIdKind,
    /// 内線 短縮番号.
    #[schema(example = "201")]
    pub extension: String,
    /// 端末名称; empty when none is set.
    #[schema(example = "受付 iPhone")]
    pub terminal_name: String,
    /// The number that this ID belongs to: the primary number for the basic ID, `null` for an
    /// additional ID.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub number_id: Option<String>,
    /// 発信外線番号: the number that was chosen in the portal or by its app to call out with; `null`
    /// where none was.
    #[schema(example = json!(null))]
    pub outbound_number_id: Option<String>,
    /// The terminals that are signed in or registered now.
    pub terminals: Vec<Terminal>,
    /// The settings that apply to this ID.
    #[schema(example = json!(["terminal_name", "extension", "password_change"]))]
    pub capabilities: Vec<Capability>,
    /// Version of this resource, the value inside its ETag.
    #[schema(example = 4)]
    pub version: u64,
}

impl PhoneId {
    /// Whether `capability` applies to this ID.
    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}

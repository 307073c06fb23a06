//! The softphone's own view.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{NumberKind, PhoneIdKind, Ringtone, Terminal};

/// The ID that the softphone is signed in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The ID; UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub phone_id: String,
    /// What it signs in with.
    #[schema(example = "minato002")]
    pub login_id: String,
    /// 基本ID or 追加ID.
    #[schema(example = "additional")]
    pub kind: PhoneIdKind,
    /// 内線 短縮番号.
    #[schema(example = "201")]
    pub extension: String,
    /// 端末名称; empty when none is set.
    #[schema(example = "受付 iPhone")]
    pub terminal_name: String,
    /// Name of the contract holder.
    #[schema(example = "株式会社みなと商会")]
    pub account_name: String,
    /// 発信外線番号: the number that is presented; `null` = the primary one.
    #[schema(example = json!(null))]
    pub outbound_number_id: Option<String>,
    /// This terminal.
    pub terminal: Terminal,
    /// Revision of the account: it has grown when anything has changed.
    #[schema(example = 42)]
    pub revision: u64,
    /// Version of the ID, the value inside its ETag.
    #[schema(example = 4)]
    pub version: u64,
}

/// A number as the app shows it on an incoming call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MyNumber {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub id: String,
    /// The number in E.164.
    #[schema(example = "+815012345678")]
    pub e164: String,
    /// 基本番号 or 追加番号.
    #[schema(example = "primary")]
    pub kind: NumberKind,
    /// 番号名称, to be shown on an incoming call; empty when none is set.
    #[schema(example = "代表番号")]
    pub name: String,
    /// What the display of an IP phone shows on a call to this number; empty when none is set.
    #[schema(example = "東京代表")]
    pub display_name: String,
    /// 着信音.
    #[schema(example = "ringtone_1")]
    pub ringtone: Ringtone,
    /// Whether this ID rings for the number.
    #[schema(example = true)]
    pub rings: bool,
    /// Whether this ID rings first (優先着信).
    #[schema(example = false)]
    pub rings_first: bool,
}

/// Something about the contract has changed: read anew what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevisionChange {
    /// The revision of the account now.
    #[schema(example = 43)]
    pub revision: u64,
}

/// An ID of the contract, as an app shows it for extension calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectoryEntry {
    /// The ID; UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub phone_id: String,
    /// 内線 短縮番号: what to dial.
    #[schema(example = "201")]
    pub extension: String,
    /// 端末名称; empty when none is set.
    #[schema(example = "受付 iPhone")]
    pub name: String,
    /// 基本ID or 追加ID.
    #[schema(example = "additional")]
    pub kind: PhoneIdKind,
    /// The number in E.164 that belongs to the ID: the primary number for the basic ID, `null` for
    /// an additional one.
    #[schema(example = json!(null))]
    pub number: Option<String>,
    /// Whether it is the ID that asks.
    #[schema(example = false)]
    pub is_me: bool,
    /// Whether a telephone is registered or an app is signed in with it now.
    #[schema(example = true)]
    pub is_online: bool,
}

/// Everybody within the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Directory {
    /// The basic ID first, then by extension.
    pub items: Vec<DirectoryEntry>,
}

//! 着信なりわけ: which IDs ring for a number, and what a caller hears when every channel is in use.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Whether an ID rings for the number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RingingTarget {
    /// The ID.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub phone_id: String,
    /// Whether it rings.
    #[schema(example = true)]
    pub rings: bool,
    /// What its terminal signs in with.
    #[schema(example = "minato002")]
    pub login_id: String,
    /// 端末名称; empty when none is set.
    #[schema(example = "受付 iPhone")]
    pub terminal_name: String,
    /// 内線 短縮番号.
    #[schema(example = "202")]
    pub extension: String,
}

/// Which IDs ring for a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ringing {
    /// Every ID of the account, the basic one first, then by extension.
    pub targets: Vec<RingingTarget>,
    /// 話中アナウンス: whether a caller hears an announcement when every channel is in use; else the busy
    /// tone.
    #[schema(example = false)]
    pub busy_announcement: bool,
}

/// A switch of [`RingingPut`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RingingTargetPut {
    /// The ID.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub phone_id: String,
    /// Whether it rings.
    #[schema(example = true)]
    pub rings: bool,
}

/// Which IDs are to ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RingingPut {
    /// The switches; an ID that is not named stays as it is. All may be off: then no terminal
    /// rings. The one that rings first (`priority_phone_id`) must be on.
    #[validate(length(max = 1000), nested)]
    #[schema(max_items = 1000)]
    pub targets: Vec<RingingTargetPut>,
    /// 話中アナウンス.
    #[schema(example = false)]
    pub busy_announcement: bool,
}

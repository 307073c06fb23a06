//! Settings of one number taken over from another.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::FieldValue;

/// A screen whose settings can be taken over.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CopyPart {
    /// 一般設定: ringtone, priority, channel limit, notify rule. Names stay: they tell numbers apart.
    General,
    /// 着信なりわけ: which IDs ring, and the busy announcement.
    Ringing,
    /// 着信拒否: the four switches, and the entries that are missing. Nothing is removed.
    BlockList,
}

/// Which settings to take over, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CopySettings {
    /// The number that has them.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub from_number_id: String,
    /// Which screens.
    #[validate(length(min = 1, max = 3))]
    #[schema(example = json!(["ringing"]), min_items = 1, max_items = 3)]
    pub parts: Vec<CopyPart>,
    /// `true` answers what would change, and changes nothing.
    #[serde(default)]
    #[schema(example = true)]
    pub dry_run: bool,
}

/// A setting that changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "part": "ringing", "field": "rings:01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23", "before": true,
        "after": false,
}))]
pub struct CopiedChange {
    /// The screen.
    #[schema(example = "ringing")]
    pub part: CopyPart,
    /// The setting, named as in the change log.
    #[schema(example = "rings:01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b23")]
    pub field: String,
    /// Its value until now.
    pub before: FieldValue,
    /// Its value afterwards.
    pub after: FieldValue,
}

/// What changes, or has changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CopiedSettings {
    /// Settings that change.
    pub changes: Vec<CopiedChange>,
    /// Entries that the block list gains.
    #[schema(example = 0)]
    pub entries_added: u32,
    /// Entries that cannot be taken over, for example because they cover this number.
    #[schema(example = 0)]
    pub entries_refused: u32,
    /// Takes the entries back like an import; `null` when none were added.
    #[schema(example = json!(null))]
    pub import_id: Option<String>,
    /// Settings that do not apply to this number and stay as they are, named as in the change log.
    #[schema(example = json!([]))]
    pub left_out: Vec<String>,
}

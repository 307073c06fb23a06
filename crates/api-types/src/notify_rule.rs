//! 通知ルール: who is told about what happens on a number.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A notify rule that numbers can pick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotifyRule {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b24")]
    pub id: String,
    /// Name of the rule.
    #[schema(example = "営業チーム")]
    pub name: String,
}

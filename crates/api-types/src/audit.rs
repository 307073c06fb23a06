//! The change log: who changed what, when, from what to what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// The contract holder, in the portal.
    Holder,
    /// The operator, by key or by command.
    Operator,
}

/// What kind of thing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditObject {
    /// The contract.
    Account,
    /// A phone number.
    Number,
    /// An ID.
    PhoneId,
    /// A terminal that is signed in.
    Terminal,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditAction {
    /// It was made.
    Create,
    /// It was changed.
    Update,
    /// It was removed.
    Delete,
    /// Its password was set; `before` and `after` are empty.
    SetPassword,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// UUIDv7.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b26")]
    pub id: String,
    /// When.
    #[schema(example = "2026-11-22T09:04:12Z")]
    pub at: DateTime<Utc>,
    /// Who, as a kind.
    #[schema(example = "holder")]
    pub actor_kind: ActorKind,
    /// Who, by name: a login id, or the name of an operator key.
    #[schema(example = "minato001")]
    pub actor: String,
    /// The kind of thing.
    #[schema(example = "number")]
    pub object_kind: AuditObject,
    /// Which one.
    #[schema(example = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22")]
    pub object_id: String,
    /// What was done.
    #[schema(example = "update")]
    pub action: AuditAction,
    /// The changed fields before the change.
    #[schema(value_type = Object, example = json!({"name": "代表番号"}))]
    pub before: FieldValues,
    /// The changed fields after the change.
    #[schema(value_type = Object, example = json!({"name": "代表番号（東京）"}))]
    pub after: FieldValues,
    /// The account revision that this change made.
    #[schema(example = 42)]
    pub revision: u64,
}

/// Field name → value, in the order of the names.
pub type FieldValues = std::collections::BTreeMap<String, FieldValue>;

/// A value in the change log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FieldValue {
    /// On or off.
    Bool(bool),
    /// A count.
    Integer(i64),
    /// Text, an id or a choice.
    Text(String),
    /// Nothing.
    Null(()),
}

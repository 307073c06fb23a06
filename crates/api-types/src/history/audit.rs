//! The change log: who changed what, when, from what to what.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Who made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// The contract holder, in the portal.
    Holder,
    /// The operator, by key or by command.
    Operator,
    /// A notify service, by what its provider told us; the name is its label.
    Service,
    /// An integrator, by the name of the key.
    ApiKey,
    /// A softphone, by the login id that it signed in with.
    App,
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
    /// 着信なりわけ of a number; `object_id` is the number's.
    Ringing,
    /// 着信拒否 of a number; `object_id` is the number's.
    BlockList,
    /// A notify rule.
    NotifyRule,
    /// A service of a notify rule. Of its credentials only the names of those that changed are
    /// told.
    NotifyService,
    /// A key of an integrator.
    ApiKey,
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
    /// Its password was shown; `before` and `after` are empty.
    RevealPassword,
    /// An entry was added to the list; `after` is the entry.
    AddEntry,
    /// An entry of the list was changed; `before` and `after` name its `caller` and `match` beside
    /// what changed.
    ChangeEntry,
    /// Entries were removed from the list; `after` has their `count` and the `deletion_id`, and for
    /// a single one `before` is the entry.
    RemoveEntries,
    /// Removed entries were put back; `after` has their `count` and the `deletion_id`.
    PutBackEntries,
    /// Entries were imported; `after` has their `count` and the `import_id`.
    Import,
    /// An import was taken back; `after` has the `count` and the `import_id`.
    UndoImport,
    /// A link was made that signs an app in with it; `before` and `after` are empty.
    CreateSignInLink,
    /// A terminal was signed out because a refresh token of it was used twice: somebody else may
    /// have it.
    SignOutReused,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b26", "at": "2026-11-22T09:04:12Z",
        "actor_kind": "holder", "actor": "minato001",
    "object_kind": "number", "object_id": "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22",
        "action": "update",
    "before": {"name": "代表番号"}, "after": {"name": "代表番号（東京）"}, "revision": 42, "restorable": true,
}))]
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
    /// Who, by name: a login id, the name of an operator key, or the label of a service.
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
    #[schema(value_type = BTreeMap<String, FieldValue>, example = json!({"name": "代表番号"}))]
    pub before: FieldValues,
    /// The changed fields after the change.
    #[schema(value_type = BTreeMap<String, FieldValue>, example = json!({"name": "代表番号（東京）"}))]
    pub after: FieldValues,
    /// Names of the notify rules whose ids stand in `before` and `after`, by id; the last one of a
    /// rule that was deleted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({}))]
    pub names: BTreeMap<String, String>,
    /// The account revision that this change made.
    #[schema(example = 42)]
    pub revision: u64,
    /// Whether `POST /audit-log/{id}/restore` can put the values before the change back.
    #[schema(example = true)]
    pub restorable: bool,
}

/// How a former value is put back.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate,
)]
#[serde(deny_unknown_fields)]
pub struct AuditRestore {
    /// `true` also puts it back where the setting was changed again since; else that is refused
    /// with `changed_since`.
    #[serde(default)]
    #[schema(example = false)]
    pub overwrite: bool,
}

/// Field name → value, in the order of the names.
pub type FieldValues = BTreeMap<String, FieldValue>;

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

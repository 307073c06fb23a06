//! The change log.

use api_types::{ActorKind, AuditAction, AuditObject, FieldValues};
use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::platform::schema::audit_log;
use crate::{Conn, Json, Place, Scope, StoreError, Stored, kinds, row};

kinds! {
    ActorKind {
        Holder = "holder",
        Operator = "operator",
        Service = "service",
        ApiKey = "api_key",
        App = "app",
    }
    AuditObject {
        Account = "account",
        Number = "number",
        PhoneId = "phone_id",
        Terminal = "terminal",
        Ringing = "ringing",
        BlockList = "block_list",
        NotifyRule = "notify_rule",
        NotifyService = "notify_service",
        ApiKey = "api_key",
    }
    AuditAction {
        Create = "create",
        Update = "update",
        Delete = "delete",
        SetPassword = "set_password",
        RevealPassword = "reveal_password",
        AddEntry = "add_entry",
        ChangeEntry = "change_entry",
        RemoveEntries = "remove_entries",
        PutBackEntries = "put_back_entries",
        Import = "import",
        UndoImport = "undo_import",
        CreateSignInLink = "create_sign_in_link",
        SignOutReused = "sign_out_reused",
    }
}

row! {
    audit_log by id
    /// One change.
    #[derive(Clone, Debug, Insertable)]
    pub struct Row {
        /// The account.
        pub account_id: String,
        /// UUIDv7.
        pub id: String,
        /// When.
        pub at: NaiveDateTime,
        /// The kind of caller.
        pub actor_kind: Stored<ActorKind>,
        /// Who, by name.
        pub actor: String,
        /// The kind of thing.
        pub object_kind: Stored<AuditObject>,
        /// Which one.
        pub object_id: String,
        /// What was done.
        pub action: Stored<AuditAction>,
        /// The changed fields before.
        pub before: Json<FieldValues>,
        /// The changed fields after.
        pub after: Json<FieldValues>,
        /// The account revision that the change made.
        pub revision: i64,
    }
}

/// Writes a change down, in the transaction of the change.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, scope: &Scope, row: Row) -> Result<(), StoreError> {
    debug_assert_eq!(row.account_id, scope.account_id());
    diesel::insert_into(audit_log::table).values(row).execute(conn)?;
    Ok(())
}

/// Which changes are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of one kind of thing.
    pub object_kind: Option<AuditObject>,
    /// Of one thing.
    pub object_id: Option<String>,
    /// Older than this place.
    pub before: Option<Place>,
}

/// Changes of the account, the latest first.
///
/// # Errors
/// When the database does not answer.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let mut query = audit_log::table
        .filter(audit_log::account_id.eq(scope.account_id().to_owned()))
        .into_boxed::<crate::platform::conn::MultiBackend>();
    if let Some(object_kind) = filter.object_kind {
        query = query.filter(audit_log::object_kind.eq(Stored(object_kind)));
    }
    if let Some(object_id) = &filter.object_id {
        query = query.filter(audit_log::object_id.eq(object_id.to_owned()));
    }
    if let Some(before) = &filter.before {
        query = query
            .filter(audit_log::at.le(before.at))
            .filter(audit_log::at.lt(before.at).or(audit_log::id.lt(before.id.clone())));
    }
    let order = (audit_log::at.desc(), audit_log::id.desc());
    Ok(query.order(order).limit(limit).select(Row::as_select()).load(conn)?)
}

/// The deletions of these things.
///
/// # Errors
/// When the database does not answer.
pub fn deletions(conn: &mut Conn, scope: &Scope, ids: &[String]) -> Result<Vec<Row>, StoreError> {
    Ok(audit_log::table
        .filter(audit_log::account_id.eq(scope.account_id()))
        .filter(audit_log::object_id.eq_any(ids))
        .filter(audit_log::action.eq(Stored(AuditAction::Delete)))
        .select(Row::as_select())
        .load(conn)?)
}

/// One change.
///
/// # Errors
/// When the database does not answer.
pub fn find(conn: &mut Conn, scope: &Scope, id: &str) -> Result<Option<Row>, StoreError> {
    Ok(audit_log::table
        .find((scope.account_id(), id))
        .select(Row::as_select())
        .first(conn)
        .optional()?)
}

//! Changes of an account: who makes one and when, its version, and the line that it leaves.
//!
//! Every function runs inside `Db::write`.

pub mod fields;

use api_types::{ActorKind, AuditAction, AuditObject, FieldCode, FieldValues};
use chrono::{DateTime, NaiveDateTime, Utc};
use store::accounts::account;
use store::accounts::route_change::About;
use store::history::audit;
use store::{Conn, Scope, new_id};

use crate::error::Failure;

/// Who changes something, as the change log names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The kind of caller.
    pub kind: ActorKind,
    /// A login id, the name of an operator key, or the label of a service.
    pub name: String,
}

impl Actor {
    /// The operator, by the name of a key or a command.
    pub fn operator(name: impl Into<String>) -> Self {
        Self { kind: ActorKind::Operator, name: name.into() }
    }

    /// The contract holder, by login id.
    pub fn holder(login_id: impl Into<String>) -> Self {
        Self { kind: ActorKind::Holder, name: login_id.into() }
    }

    /// An integrator, by the name of the key.
    pub fn api_key(name: impl Into<String>) -> Self {
        Self { kind: ActorKind::ApiKey, name: name.into() }
    }

    /// A softphone, by the login id that it signed in with.
    pub fn app(login_id: impl Into<String>) -> Self {
        Self { kind: ActorKind::App, name: login_id.into() }
    }

    /// A notify service, by its label.
    pub fn service(label: impl Into<String>) -> Self {
        Self { kind: ActorKind::Service, name: label.into() }
    }
}

/// Who changes something, and when.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who.
    pub actor: Actor,
    /// When.
    pub now: DateTime<Utc>,
}

impl Ctx {
    /// When, as the database keeps it.
    pub fn at(&self) -> NaiveDateTime {
        self.now.naive_utc()
    }
}

/// Writes a change into the log under the next revision of the account, and answers that revision.
///
/// # Errors
/// When the database refuses.
pub fn record(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    object: (AuditObject, &str),
    action: AuditAction,
    (before, after): (FieldValues, FieldValues),
) -> Result<i64, Failure> {
    let about = match object {
        (AuditObject::Number | AuditObject::Ringing | AuditObject::BlockList, id) => {
            About::Number(id)
        }
        (AuditObject::Account | AuditObject::PhoneId, _)
            if action != AuditAction::RevealPassword =>
        {
            About::Account
        }
        _ => About::NoCall,
    };
    let revision = account::next_revision(conn, scope, about, ctx.at())?;
    let row = audit::Row {
        account_id: scope.account_id().to_owned(),
        id: new_id(),
        at: ctx.at(),
        actor_kind: ctx.actor.kind.into(),
        actor: ctx.actor.name.clone(),
        object_kind: object.0.into(),
        object_id: object.1.to_owned(),
        action: action.into(),
        before: before.into(),
        after: after.into(),
        revision,
    };
    audit::insert(conn, scope, row)?;
    Ok(revision)
}

/// The contract behind a scope, locked until the end of the transaction.
///
/// # Errors
/// `not_found`.
pub fn locked(conn: &mut Conn, scope: &Scope) -> Result<account::Row, Failure> {
    account::lock(conn, scope)?.ok_or(Failure::NOT_FOUND)
}

/// Which versions a write may have been made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whichever there is: `If-Match: *`, and commands, which read and write in one go.
    Any,
    /// One of these.
    OneOf(Vec<i64>),
}

/// Refuses a write that was made from another version than the present one.
///
/// # Errors
/// `stale`.
pub fn check_version(present: i64, expected: &Expected) -> Result<(), Failure> {
    match expected {
        Expected::OneOf(versions) if !versions.contains(&present) => {
            Err(Failure::Code(api_types::ErrorCode::Stale))
        }
        _ => Ok(()),
    }
}

/// A reference of the operator's own, as it is stored and looked for.
pub fn trimmed(reference: &str) -> String {
    reference.trim().to_owned()
}

/// A unique violation as the field error `taken` at `pointer`; everything else as it is.
pub fn taken(error: store::StoreError, pointer: &str) -> Failure {
    if error.is_unique_violation() {
        Failure::field(pointer, FieldCode::Taken)
    } else {
        error.into()
    }
}

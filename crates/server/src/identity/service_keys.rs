//! Keys of operators and switches.

use api_types::{ServiceKey, ServiceKeyCreate, ServiceKeyCreated};
use store::identity::service_key;
use store::{Conn, OperatorScope, new_id};

use crate::error::Failure;
use crate::history::change::Ctx;
use crate::identity::view;
use crate::platform::crypto;

/// What a service key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// The operator's API.
    Operator,
    /// The switch's API.
    Switch,
}

impl KeyKind {
    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyKind::Operator => "operator",
            KeyKind::Switch => "switch",
        }
    }

    /// What its keys begin with, so that a leaked one is recognised by people and scanners.
    pub fn prefix(self) -> &'static str {
        match self {
            KeyKind::Operator => "dwo_",
            KeyKind::Switch => "dws_",
        }
    }
}

/// Makes a key; the answer is the only time that it is seen.
///
/// # Errors
/// When the database refuses.
pub fn create_service_key(
    conn: &mut Conn,
    operator: OperatorScope,
    ctx: &Ctx,
    kind: KeyKind,
    new: ServiceKeyCreate,
) -> Result<ServiceKeyCreated, Failure> {
    let key = format!("{}{}", kind.prefix(), crypto::new_token());
    let row = service_key::Row {
        id: new_id(),
        kind: kind.as_str().to_owned(),
        name: new.name.trim().to_owned(),
        hint: key.chars().take(8).collect(),
        key_hash: crypto::hash_token(&key),
        created_at: ctx.at(),
        last_used_at: None,
    };
    let service_key: ServiceKey = view::service_key(&row);
    service_key::insert(conn, operator, row)?;
    Ok(ServiceKeyCreated { service_key, key })
}

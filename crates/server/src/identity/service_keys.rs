//! Keys of operators and switches.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use api_types::{ServiceKey, ServiceKeyCreate, ServiceKeyCreated};
use store::identity::service_key;
pub use store::identity::service_key::KeyKind;
use store::{Conn, OperatorScope, new_id};

use crate::error::Failure;
use crate::identity::view;
use crate::platform::change::Ctx;
use crate::platform::crypto;

/// What keys begin with, so that a leaked one is recognised by people and scanners.
fn prefix(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Operator => "dwo_",
        KeyKind::Switch => "dws_",
    }
}

/// Keys of switches that were found lately, by their hashes: a switch that is known goes on while
/// the database does not answer. There are as many as the operator has switches.
#[derive(Debug, Default)]
pub struct KnownKeys(RwLock<HashMap<String, (service_key::Row, Instant)>>);

impl KnownKeys {
    /// The key with this hash, if it was found within `age`.
    pub fn get(&self, hash: &str, age: Duration) -> Option<service_key::Row> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(hash).filter(|(_, at)| at.elapsed() < age).map(|(row, _)| row.clone())
    }

    /// Keeps a key that was found.
    pub fn keep(&self, hash: String, row: service_key::Row) {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(hash, (row, Instant::now()));
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
    let key = format!("{}{}", prefix(kind), crypto::new_token());
    let row = service_key::Row {
        id: new_id(),
        kind: kind.into(),
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

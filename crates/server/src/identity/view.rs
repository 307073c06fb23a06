//! Keys as they go over the wire.

use api_types::{ApiKey, ServiceKey};
use store::identity::{api_key, service_key};

/// A key, without itself.
pub fn api_key(row: &api_key::Row) -> ApiKey {
    ApiKey {
        id: row.id.clone(),
        name: row.name.clone(),
        hint: row.hint.clone(),
        scopes: row.scopes.to_vec(),
        expires_at: row.expires_at.map(|at| at.and_utc()),
        allowed_addresses: row.allowed_addresses.to_vec(),
        created_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.map(|at| at.and_utc()),
    }
}

/// A key of the operator or of a switch.
pub fn service_key(row: &service_key::Row) -> ServiceKey {
    ServiceKey {
        id: row.id.clone(),
        name: row.name.clone(),
        hint: row.hint.clone(),
        created_at: row.created_at.and_utc(),
        last_used_at: row.last_used_at.map(|at| at.and_utc()),
    }
}

//! The change log.

use api_types::{AuditEntry, AuditRestore, Page};

use crate::platform::api::{Client, Request};

const PAGE: u32 = 30;

/// One page of changes, newest first; of everything, of one object or of one kind.
pub fn list(
    client: Client,
    object_id: Option<&str>,
    object_kind: Option<&str>,
    cursor: Option<&str>,
) -> Request<Page<AuditEntry>> {
    let mut path = format!("/audit-log?limit={PAGE}");
    for (name, value) in
        [("object_id", object_id), ("object_kind", object_kind), ("cursor", cursor)]
    {
        if let Some(value) = value {
            path.push_str(&format!("&{name}={value}"));
        }
    }
    client.get(&path).body()
}

/// Puts the values before a change back; answers the change that this is.
pub fn restore(client: Client, id: &str, overwrite: bool) -> Request<AuditEntry> {
    client
        .write("POST", &format!("/audit-log/{id}/restore"), &AuditRestore { overwrite }, None)
        .body()
}

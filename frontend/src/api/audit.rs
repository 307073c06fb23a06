//! The change log.

use api_types::{AuditEntry, Page};

use super::{Client, ClientError};

const PAGE: u32 = 30;

/// One page of changes, newest first; of everything or of one object.
pub async fn list(client: Client, object_id: Option<&str>, cursor: Option<&str>) -> Result<Page<AuditEntry>, ClientError> {
    let mut path = format!("/audit-log?limit={PAGE}");
    if let Some(id) = object_id {
        path.push_str(&format!("&object_id={id}"));
    }
    if let Some(cursor) = cursor {
        path.push_str(&format!("&cursor={cursor}"));
    }
    client.get(&path).await.map(|answer| answer.body)
}

//! IDs.

use api_types::{Page, PhoneId, PhoneIdPatch};

use crate::platform::api::{Client, ClientError, Request};

/// Every ID of the account, page by page.
pub async fn list(client: Client) -> Result<Vec<PhoneId>, ClientError> {
    let mut ids = Vec::new();
    let mut path = "/ids?limit=200".to_owned();
    loop {
        let page = client.get::<Page<PhoneId>>(&path).await?.body;
        ids.extend(page.items);
        match page.next_cursor {
            Some(cursor) => path = format!("/ids?limit=200&cursor={cursor}"),
            None => return Ok(ids),
        }
    }
}

/// One ID.
pub fn get(client: Client, id: &str) -> Request<PhoneId> {
    client.get(&format!("/ids/{id}")).body()
}

/// Changes general settings.
pub fn patch(client: Client, id: &str, version: u64, patch: &PhoneIdPatch) -> Request<PhoneId> {
    client.write("PATCH", &format!("/ids/{id}"), patch, Some(version)).body()
}

//! 着信拒否: the block list and its imports.

use api_types::{
    BlockCheck, BlockCheckRequest, BlockEntriesDelete, BlockEntriesDeleted, BlockEntriesRestored,
    BlockEntry, BlockEntryCreate, BlockEntryPage, BlockEntryPatch, BlockImport, BlockImportApply,
    BlockImportRow, BlockImportUndone, BlockList, BlockListPatch, Page, RowOutcome,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::platform::api::upload::Upload;
use crate::platform::api::{BASE, Client, ClientError, Versioned};

const PAGE: u32 = 200;

fn at(number_id: &str, rest: &str) -> String {
    format!("/numbers/{number_id}/block-list{rest}")
}

async fn post<B: Serialize, T: DeserializeOwned>(
    client: Client,
    path: &str,
    body: &B,
) -> Result<T, ClientError> {
    client.write("POST", path, body, None).await.map(|answer| answer.body)
}

/// The switches; the version is the number's.
pub async fn get(client: Client, number_id: &str) -> Result<Versioned<BlockList>, ClientError> {
    client.get(&at(number_id, "")).await
}

/// Changes the switches; the version that comes back is the number's.
pub async fn patch(
    client: Client,
    number_id: &str,
    version: u64,
    patch: &BlockListPatch,
) -> Result<Versioned<BlockList>, ClientError> {
    client.write("PATCH", &at(number_id, ""), patch, Some(version)).await
}

/// One page of the entries, or of those that a search finds.
pub async fn entries(
    client: Client,
    number_id: &str,
    search: &str,
    cursor: Option<&str>,
) -> Result<BlockEntryPage, ClientError> {
    let mut path = at(number_id, &format!("/entries?limit={PAGE}"));
    if !search.is_empty() {
        path.push_str(&format!("&q={}", String::from(js_sys::encode_uri_component(search))));
    }
    if let Some(cursor) = cursor {
        path.push_str(&format!("&cursor={cursor}"));
    }
    client.get(&path).await.map(|answer| answer.body)
}

/// One entry.
pub async fn entry(
    client: Client,
    number_id: &str,
    entry_id: &str,
) -> Result<BlockEntry, ClientError> {
    client.get(&at(number_id, &format!("/entries/{entry_id}"))).await.map(|answer| answer.body)
}

/// What adding an entry would mean.
pub async fn check(
    client: Client,
    number_id: &str,
    request: &BlockCheckRequest,
) -> Result<BlockCheck, ClientError> {
    post(client, &at(number_id, "/entries/check"), request).await
}

/// Adds an entry.
pub async fn add(
    client: Client,
    number_id: &str,
    entry: &BlockEntryCreate,
) -> Result<BlockEntry, ClientError> {
    post(client, &at(number_id, "/entries"), entry).await
}

/// Changes an entry.
pub async fn change(
    client: Client,
    number_id: &str,
    entry_id: &str,
    version: u64,
    patch: &BlockEntryPatch,
) -> Result<BlockEntry, ClientError> {
    let path = at(number_id, &format!("/entries/{entry_id}"));
    client.write("PATCH", &path, patch, Some(version)).await.map(|answer| answer.body)
}

/// Removes entries: some, all, or all that a search finds.
pub async fn delete(
    client: Client,
    number_id: &str,
    which: &BlockEntriesDelete,
) -> Result<BlockEntriesDeleted, ClientError> {
    client.work(&at(number_id, "/entries/delete"), which).await
}

/// Takes a removal back.
pub async fn undo_deletion(
    client: Client,
    number_id: &str,
    deletion_id: &str,
) -> Result<BlockEntriesRestored, ClientError> {
    client.work(&at(number_id, &format!("/deletions/{deletion_id}/undo")), &()).await
}

/// Sends a file to be read and judged; nothing is added yet.
pub async fn preview(
    client: Client,
    number_id: &str,
    upload: &Upload,
) -> Result<BlockImport, ClientError> {
    client.upload(&at(number_id, "/imports?dry_run=true&repair=true"), upload).await
}

/// Rows of a previewed file, all or those with one outcome.
pub async fn import_rows(
    client: Client,
    number_id: &str,
    import_id: &str,
    outcome: Option<RowOutcome>,
    cursor: Option<&str>,
) -> Result<Page<BlockImportRow>, ClientError> {
    let mut path = at(number_id, &format!("/imports/{import_id}/rows?limit={PAGE}"));
    if let Some(outcome) = outcome {
        let name = match outcome {
            RowOutcome::Added => "added",
            RowOutcome::Warned => "warned",
            RowOutcome::Duplicate => "duplicate",
            RowOutcome::Repairable => "repairable",
            RowOutcome::Invalid => "invalid",
        };
        path.push_str(&format!("&outcome={name}"));
    }
    if let Some(cursor) = cursor {
        path.push_str(&format!("&cursor={cursor}"));
    }
    client.get(&path).await.map(|answer| answer.body)
}

/// Adds what was previewed.
pub async fn apply(
    client: Client,
    number_id: &str,
    import_id: &str,
    how: &BlockImportApply,
) -> Result<BlockImport, ClientError> {
    client.work(&at(number_id, &format!("/imports/{import_id}/apply")), how).await
}

/// Takes an import back.
pub async fn undo_import(
    client: Client,
    number_id: &str,
    import_id: &str,
) -> Result<BlockImportUndone, ClientError> {
    client.work(&at(number_id, &format!("/imports/{import_id}/undo")), &()).await
}

/// Address of the list as a file.
pub fn export_href(number_id: &str, encoding: &str) -> String {
    format!("{BASE}{}", at(number_id, &format!("/export?encoding={encoding}")))
}

/// Address of a file to start from.
pub fn sample_href(number_id: &str, encoding: &str) -> String {
    format!("{BASE}{}", at(number_id, &format!("/sample?encoding={encoding}")))
}

/// Address of the rows that could not be added, as a file.
pub fn failed_rows_href(number_id: &str, import_id: &str) -> String {
    format!("{BASE}{}", at(number_id, &format!("/imports/{import_id}/failed-rows")))
}

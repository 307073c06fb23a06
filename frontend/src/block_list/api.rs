//! 着信拒否: the block list and its imports.

use api_types::{
    BlockCheck, BlockCheckRequest, BlockEntriesDelete, BlockEntriesDeleted, BlockEntriesRestored,
    BlockEntry, BlockEntryCreate, BlockEntryPage, BlockEntryPatch, BlockImport, BlockImportApply,
    BlockImportRow, BlockImportUndone, BlockList, BlockListPatch, Page, RowOutcome,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::platform::api::upload::Upload;
use crate::platform::api::{BASE, Client, Request, Versioned};

const PAGE: u32 = 200;

fn at(number_id: &str, rest: &str) -> String {
    format!("/numbers/{number_id}/block-list{rest}")
}

fn post<B: Serialize, T: DeserializeOwned>(client: Client, path: &str, body: &B) -> Request<T> {
    client.write("POST", path, body, None).body()
}

/// The switches; the version is the number's.
pub fn get(client: Client, number_id: &str) -> Request<Versioned<BlockList>> {
    client.get(&at(number_id, ""))
}

/// Changes the switches; the version that comes back is the number's.
pub fn patch(
    client: Client,
    number_id: &str,
    version: u64,
    patch: &BlockListPatch,
) -> Request<Versioned<BlockList>> {
    client.write("PATCH", &at(number_id, ""), patch, Some(version))
}

/// One page of the entries, or of those that a search finds.
pub fn entries(
    client: Client,
    number_id: &str,
    search: &str,
    cursor: Option<&str>,
) -> Request<BlockEntryPage> {
    let mut path = at(number_id, &format!("/entries?limit={PAGE}"));
    if !search.is_empty() {
        path.push_str(&format!("&q={}", String::from(js_sys::encode_uri_component(search))));
    }
    if let Some(cursor) = cursor {
        path.push_str(&format!("&cursor={cursor}"));
    }
    client.get(&path).body()
}

/// One entry.
pub fn entry(client: Client, number_id: &str, entry_id: &str) -> Request<BlockEntry> {
    client.get(&at(number_id, &format!("/entries/{entry_id}"))).body()
}

/// What adding an entry would mean.
pub fn check(client: Client, number_id: &str, request: &BlockCheckRequest) -> Request<BlockCheck> {
    post(client, &at(number_id, "/entries/check"), request)
}

/// Adds an entry.
pub fn add(client: Client, number_id: &str, entry: &BlockEntryCreate) -> Request<BlockEntry> {
    post(client, &at(number_id, "/entries"), entry)
}

/// Changes an entry.
pub fn change(
    client: Client,
    number_id: &str,
    entry_id: &str,
    version: u64,
    patch: &BlockEntryPatch,
) -> Request<BlockEntry> {
    let path = at(number_id, &format!("/entries/{entry_id}"));
    client.write("PATCH", &path, patch, Some(version)).body()
}

/// Removes entries: some, all, or all that a search finds.
pub fn delete(
    client: Client,
    number_id: &str,
    which: &BlockEntriesDelete,
) -> Request<BlockEntriesDeleted> {
    client.work(&at(number_id, "/entries/delete"), which)
}

/// Takes a removal back.
pub fn undo_deletion(
    client: Client,
    number_id: &str,
    deletion_id: &str,
) -> Request<BlockEntriesRestored> {
    client.work(&at(number_id, &format!("/deletions/{deletion_id}/undo")), &())
}

/// Sends a file to be read and judged; nothing is added yet.
pub fn preview(client: Client, number_id: &str, upload: &Upload) -> Request<BlockImport> {
    client.upload(&at(number_id, "/imports?dry_run=true&repair=true"), upload)
}

/// Rows of a previewed file, all or those with one outcome.
pub fn import_rows(
    client: Client,
    number_id: &str,
    import_id: &str,
    outcome: Option<RowOutcome>,
    cursor: Option<&str>,
) -> Request<Page<BlockImportRow>> {
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
    client.get(&path).body()
}

/// Adds what was previewed.
pub fn apply(
    client: Client,
    number_id: &str,
    import_id: &str,
    how: &BlockImportApply,
) -> Request<BlockImport> {
    client.work(&at(number_id, &format!("/imports/{import_id}/apply")), how)
}

/// Takes an import back.
pub fn undo_import(client: Client, number_id: &str, import_id: &str) -> Request<BlockImportUndone> {
    client.work(&at(number_id, &format!("/imports/{import_id}/undo")), &())
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

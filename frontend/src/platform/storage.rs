//! The browser's own storage. Private windows and strict settings may refuse it, so nothing here
//! may fail.

use serde::Serialize;
use serde::de::DeserializeOwned;
use web_sys::Storage;

use super::json;

const DRAFT_PREFIX: &str = "draft:";

fn local() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn session() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// A choice that outlives the window.
pub fn choice(key: &str) -> Option<String> {
    local()?.get_item(key).ok()?
}

/// Remembers a choice beyond the window.
pub fn remember_choice(key: &str, value: &str) {
    if let Some(storage) = local() {
        // Full or refused storage only means that the choice is asked again.
        _ = storage.set_item(key, value);
    }
}

/// Forgets a choice.
pub fn forget_choice(key: &str) {
    if let Some(storage) = local() {
        _ = storage.remove_item(key);
    }
}

/// The draft of a page, from before a reload or a new sign-in.
pub fn draft<T: DeserializeOwned>(key: &str) -> Option<T> {
    let text = session()?.get_item(&format!("{DRAFT_PREFIX}{key}")).ok()??;
    json::read(&text)
}

/// Keeps the draft of a page for as long as the tab lives.
pub fn keep_draft<T: Serialize>(key: &str, draft: &T) {
    if let (Some(storage), Ok(text)) = (session(), serde_json::to_string(draft)) {
        _ = storage.set_item(&format!("{DRAFT_PREFIX}{key}"), &text);
    }
}

/// Forgets the draft of a page.
pub fn forget_draft(key: &str) {
    if let Some(storage) = session() {
        _ = storage.remove_item(&format!("{DRAFT_PREFIX}{key}"));
    }
}

/// Forgets every draft: after sign-out the next person must not find them.
pub fn forget_all_drafts() {
    if let Some(storage) = session() {
        _ = storage.clear();
    }
}

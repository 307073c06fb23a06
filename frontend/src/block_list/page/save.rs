//! Saving the switches.

use api_types::ErrorCode;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::block_list::api;
use crate::page::form::{Form, block_list_patch};
use crate::platform::api::ClientError;
use crate::t;

/// Saves every change, or with `undoing` puts former values back.
pub(super) fn start(page: Page, undoing: bool) {
    if !page.editor.begin() {
        return;
    }
    spawn_local(async move {
        // When somebody else changed something else of the number, the second round saves on top of
        // that.
        for last in [false, true] {
            let outcome = round(page, undoing).await;
            if page.number_id.try_get_value().is_none() {
                return;
            }
            match outcome {
                Err(error) if error.code() == Some(ErrorCode::Stale) => match reread(page).await {
                    Ok(true) => return,
                    Ok(false) if !last => {}
                    Ok(false) => return page.editor.fail(&error),
                    Err(error) => return page.editor.fail(&error),
                },
                Err(error) => return page.editor.fail(&error),
                Ok(()) => return,
            }
        }
    });
}

async fn round(page: Page, undoing: bool) -> Result<(), ClientError> {
    let draft = page.editor.snapshot();
    let (patch, fields) = block_list_patch(&draft);
    let (id, version) = (page.number_id.get_value(), page.version.get_value());
    let fresh = api::patch(page.client, &id, version, &patch).await?;
    page.heard(fresh.version);
    if page.number_id.try_get_value().is_none() {
        return Ok(());
    }
    page.editor.accept(draft.edited(), &Form::of_block_list(&fresh.body), &fields);
    page.editor.finish((!undoing && !fields.is_empty()).then(|| (draft.loaded().clone(), fields)));
    if undoing {
        page.live.toast(t!(save.undone));
    }
    Ok(())
}

/// Reads what is saved now and puts the edits on top; says whether both sides changed the same
/// switches, or nobody is there to know.
async fn reread(page: Page) -> Result<bool, ClientError> {
    let fresh = api::get(page.client, &page.number_id.get_value()).await?;
    page.heard(fresh.version);
    if page.number_id.try_get_value().is_none() {
        return Ok(true);
    }
    Ok(page.editor.rebase(&Form::of_block_list(&fresh.body)))
}

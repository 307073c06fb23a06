//! Saving label and credentials. Secrets cannot be put back, so the way back is there only where
//! none was changed.

use api_types::{Credentials, ErrorCode, ServicePatch};
use leptos::prelude::*;

use super::page::Page;
use crate::notify::api;
use crate::page::editor::Phase;
use crate::platform::api::ClientError;
use crate::platform::focus::focus_first;
use crate::t;

/// Label and credentials as they were, as far as they changed.
pub(super) type Former = (Option<String>, Credentials);

/// Saves what differs; with `unchecked` whatever the service itself says of it.
pub(super) fn start(page: Page, unchecked: bool) {
    if !page.task.is_idle() {
        return;
    }
    if !page.inputs.are_good() {
        return refuse(page, t!(save.check).to_owned());
    }
    let patch = untrack(|| ServicePatch {
        label: page.inputs.new_label(),
        credentials: Some(page.inputs.changed()).filter(|changed| !changed.is_empty()),
        unchecked,
        ..ServicePatch::default()
    });
    let before = (!page.inputs.has_secret()).then(|| page.inputs.former());
    put(page, patch, move || {
        page.inputs.revert();
        // The bar says it where it offers the way back.
        if before.is_some() {
            page.live.say(t!(save.saved))
        } else {
            page.live.toast(t!(save.saved))
        }
        page.before.set(before);
    });
}

fn put(page: Page, patch: ServicePatch, done: impl FnOnce() + 'static) {
    page.before.set(None);
    page.phase.set(Phase::Idle);
    let request = async move {
        match send(page, &patch).await {
            Err(error) if !page.is_gone() => {
                fail(page, &error).await;
                Ok(false)
            }
            outcome => outcome.map(|()| true),
        }
    };
    page.task.run(request, move |outcome| {
        if outcome? {
            done();
        }
        Ok(())
    });
}

async fn send(page: Page, patch: &ServicePatch) -> Result<(), ClientError> {
    let Some((rule, id, version)) = page.place() else { return Ok(()) };
    let fresh = api::rules::patch_service(page.client, &rule, &id, version, patch).await?;
    page.heard(fresh);
    Ok(())
}

async fn fail(page: Page, error: &ClientError) {
    if error.is_unreachable() {
        page.live.say(t!(save.offline));
        return page.phase.set(Phase::Offline);
    }
    if error.code() == Some(ErrorCode::Stale) {
        // What others changed is shown before it is written over.
        let again = page.reread().await;
        if page.is_gone() {
            return;
        }
        let words = match again {
            Ok(()) => t!(service.changed_since).to_owned(),
            Err(error) => crate::ui::states::words(&error).1,
        };
        return refuse(page, words);
    }
    let words = page.inputs.refuse(error).unwrap_or_else(|| t!(save.check).to_owned());
    refuse(page, words);
}

fn refuse(page: Page, words: String) {
    page.live.say(words.clone());
    page.phase.set(Phase::Refused(words));
}

/// Takes the edits back.
pub(super) fn revert(page: Page) {
    page.inputs.revert();
    page.phase.set(Phase::Idle);
}

/// Takes the last save back.
pub(super) fn undo(page: Page) {
    let Some((label, credentials)) = page.before.get_untracked() else { return };
    // It was good before, and may be saved without asking the service again.
    let credentials = Some(credentials).filter(|credentials| !credentials.is_empty());
    let patch = ServicePatch { label, credentials, unchecked: true, ..ServicePatch::default() };
    put(page, patch, move || {
        page.live.toast(t!(save.undone));
        focus_first("[data-testid=input-service_label]");
    });
}

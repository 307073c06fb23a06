//! Saving: what went through becomes the baseline, what did not stays a draft with its message.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Page, Subject};
use crate::numbers::api;
use crate::page::form::{Field, Form, channel_limit_put, number_patch, phone_id_patch};
use crate::platform::api::ClientError;
use crate::t;
use api_types::ErrorCode;

/// Saves every change, or with `undoing` puts former values back.
pub(super) fn start(page: Page, undoing: bool) {
    if !page.editor.begin() {
        return;
    }
    spawn_local(async move {
        let before = page.editor.snapshot().loaded().clone();
        let mut saved = Vec::new();
        // When somebody else changed other fields than these, the second round saves on top of
        // theirs.
        for last in [false, true] {
            let outcome = round(page, &mut saved).await;
            if page.is_gone() {
                return;
            }
            match outcome {
                Ok(()) => {
                    page.editor.finish((!undoing && !saved.is_empty()).then_some((before, saved)));
                    if undoing {
                        page.live.toast(t!(save.undone));
                    }
                    return;
                }
                Err(error) if error.code() == Some(ErrorCode::Stale) => match reread(page).await {
                    Ok(conflict) if conflict => return,
                    Ok(_) if !last => {}
                    Ok(_) => return page.editor.fail(&error),
                    Err(error) if !page.is_gone() => return page.editor.fail(&error),
                    Err(_) => return,
                },
                Err(error) => return page.editor.fail(&error),
            }
        }
    });
}

/// Sends each resource's share. The first error is the one that is told; the other resource is
/// tried all the same, unless nobody can be reached.
async fn round(page: Page, saved: &mut Vec<Field>) -> Result<(), ClientError> {
    let number = number(page, saved).await;
    if let Err(error) = &number
        && (error.is_unreachable() || error.code() == Some(ErrorCode::Unauthenticated))
    {
        return number;
    }
    let phone_id = phone_id(page, saved).await;
    // A stale one comes first: the page must read it anew before anything else helps.
    match (number, phone_id) {
        (Err(first), Err(second))
            if second.code() == Some(ErrorCode::Stale)
                && first.code() != Some(ErrorCode::Stale) =>
        {
            Err(second)
        }
        (first, second) => first.and(second),
    }
}

/// The number and its channel limit share one version, so they go one after the other.
async fn number(page: Page, saved: &mut Vec<Field>) -> Result<(), ClientError> {
    let Some(before) = page.subject.try_with_untracked(|subject| subject.number.clone()).flatten()
    else {
        return Ok(());
    };
    let mut version = before.version;
    let draft = page.editor.snapshot();
    let (patch, fields) = number_patch(&draft);
    let mut outcome = Ok(());
    if !patch.is_empty() {
        match api::numbers::patch(page.client, &before.id, version, &patch).await {
            Ok(fresh) => {
                version = fresh.version;
                page.directory.put_number(&fresh);
                page.subject.try_update(|subject| subject.number = Some(fresh));
                settle(page, draft.edited(), &fields, saved);
            }
            Err(error) if error.code() == Some(ErrorCode::Invalid) => outcome = Err(error),
            Err(error) => return Err(error),
        }
    }
    if let Some(put) = channel_limit_put(&draft) {
        let fresh = api::numbers::put_channel_limit(page.client, &before.id, version, put).await?;
        page.subject.try_update(|subject| {
            if let Some(number) = &mut subject.number {
                number.channel_limit = fresh.body.limit;
                number.max_channels = fresh.body.max;
                number.version = fresh.version.unwrap_or(version);
                page.directory.put_number(number);
            }
        });
        settle(page, draft.edited(), &[Field::ChannelLimit], saved);
    }
    outcome
}

async fn phone_id(page: Page, saved: &mut Vec<Field>) -> Result<(), ClientError> {
    let Some(before) =
        page.subject.try_with_untracked(|subject| subject.phone_id.clone()).flatten()
    else {
        return Ok(());
    };
    let draft = page.editor.snapshot();
    let (patch, fields) = phone_id_patch(&draft);
    if patch.is_empty() {
        return Ok(());
    }
    let fresh = api::ids::patch(page.client, &before.id, before.version, &patch).await?;
    page.directory.put_id(&fresh);
    page.subject.try_update(|subject| subject.phone_id = Some(fresh));
    settle(page, draft.edited(), &fields, saved);
    Ok(())
}

fn settle(page: Page, sent: &Form, fields: &[Field], saved: &mut Vec<Field>) {
    // Who left meanwhile has no page to bring up to date.
    let Some(fresh) = page.subject.try_with_untracked(Subject::form) else { return };
    page.editor.accept(sent, &fresh, fields);
    saved.extend(fields);
}

/// Reads what is saved now and puts the edits on top; says whether both sides changed the same
/// fields.
async fn reread(page: Page) -> Result<bool, ClientError> {
    let old = page.subject.get_untracked();
    let mut fresh = Subject::default();
    if let Some(number) = &old.number {
        let number = api::numbers::get(page.client, &number.id).await?;
        page.directory.put_number(&number);
        fresh.number = Some(number);
    }
    if let Some(phone_id) = &old.phone_id {
        let phone_id = api::ids::get(page.client, &phone_id.id).await?;
        page.directory.put_id(&phone_id);
        fresh.phone_id = Some(phone_id);
    }
    if page.is_gone() {
        return Ok(true);
    }
    let general = fresh.form();
    page.subject.set(fresh);
    Ok(page.editor.rebase(&general))
}

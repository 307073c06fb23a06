//! Saving: 優先着信 is taken from an ID before it falls silent, and given back after it rings again.

use api_types::{ErrorCode, Number, NumberPatch, RingingPut};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Page, names, read};
use crate::numbers::api;
use crate::page::form::{Field, Form, ringing_put};
use crate::platform::api::ClientError;
use crate::t;

/// Saves every change, or with `undoing` puts former values back.
pub(super) fn start(page: Page, undoing: bool) {
    if !page.editor.begin() {
        return;
    }
    spawn_local(async move {
        let before = page.editor.snapshot().loaded().clone();
        for last in [false, true] {
            let outcome = round(page, undoing).await;
            if page.number.is_disposed() {
                return;
            }
            match outcome {
                Ok(saved) => {
                    page.editor.finish((!undoing && !saved.is_empty()).then_some((before, saved)));
                    if undoing {
                        page.live.toast(t!(save.undone));
                    }
                    return;
                }
                Err(error) if error.code() == Some(ErrorCode::Stale) => match reread(page).await {
                    _ if page.number.is_disposed() => return,
                    Ok(true) => return,
                    Ok(false) if !last => {}
                    Ok(false) => return page.editor.fail(&error),
                    Err(error) => return page.editor.fail(&error),
                },
                Err(error) => return page.editor.fail(&error),
            }
        }
    });
}

async fn round(page: Page, undoing: bool) -> Result<Vec<Field>, ClientError> {
    let Some(number) = page.number.try_get_untracked() else { return Ok(Vec::new()) };
    let draft = page.editor.snapshot();
    let mut version = number.version;
    let falls_silent = |id: &String| draft.edited().rings(id) == Some(false);
    if let Some(first) = number.priority_phone_id.clone().filter(falls_silent) {
        version = prefer(page, &number, version, None).await?;
        page.cleared.try_set_value(Some(first));
    }
    let (put, fields) = ringing_put(&draft);
    let fresh = api::settings::put_ringing(page.client, &number.id, version, &put)
        .await
        .map_err(|error| named(error, &put))?;
    version = fresh.version.unwrap_or(version);
    if page.number.is_disposed() {
        return Ok(fields);
    }
    page.number.update(|number| number.version = version);
    page.editor.accept(draft.edited(), &Form::of_ringing(&fresh.body), &fields);
    let again =
        page.cleared.get_value().filter(|id| undoing && draft.edited().rings(id) == Some(true));
    if let Some(first) = again {
        prefer(page, &number, version, Some(first)).await?;
        page.cleared.try_set_value(None);
    }
    // Which IDs can be preferred follows from which ring. What is saved is saved, so nothing fails
    // any more.
    if let Ok(fresh) = api::numbers::get(page.client, &number.id).await {
        page.directory.put_number(&fresh);
        page.number.try_set(fresh);
    }
    Ok(fields)
}

/// Sets the ID that rings first; answers the new version.
async fn prefer(
    page: Page,
    number: &Number,
    version: u64,
    first: Option<String>,
) -> Result<u64, ClientError> {
    let patch = NumberPatch { priority_phone_id: Some(first), ..NumberPatch::default() };
    let fresh = api::numbers::patch(page.client, &number.id, version, &patch).await?;
    page.directory.put_number(&fresh);
    let version = fresh.version;
    page.number.try_set(fresh);
    Ok(version)
}

/// Refusals name the place in the request; the rows are named by their IDs.
fn named(error: ClientError, put: &RingingPut) -> ClientError {
    let ClientError::Problem(mut problem) = error else { return error };
    for error in &mut problem.errors {
        let index = error
            .pointer
            .strip_prefix("/targets/")
            .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
        if let Some(target) = index.and_then(|index| put.targets.get(index)) {
            error.pointer = format!("/rings:{}", target.phone_id);
        }
    }
    ClientError::Problem(problem)
}

/// Reads what is saved now and puts the edits on top; says whether both sides changed the same
/// switches.
async fn reread(page: Page) -> Result<bool, ClientError> {
    let Some(id) = page.number.try_with_untracked(|number| number.id.clone()) else {
        return Ok(true);
    };
    let (number, ringing) = read(page.client, page.directory, &id).await?;
    if page.number.is_disposed() {
        return Ok(true);
    }
    page.number.set(number);
    let names = names(&ringing);
    if page.targets.with_untracked(|old| *old != names) {
        page.targets.set(names);
    }
    Ok(page.editor.rebase(&Form::of_ringing(&ringing)))
}

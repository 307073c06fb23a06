//! Saving: the rule first, then each number that picks another one. What went through becomes the
//! baseline.

use api_types::{ErrorCode, NumberPatch};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Page, numbers};
use crate::notify::api;
use crate::numbers;
use crate::page::form::{Field, Form, notify_rule_patch};
use crate::platform::api::ClientError;
use crate::t;

/// Saves every change, or with `undoing` puts former values back.
pub(super) fn start(page: Page, undoing: bool) {
    if !page.editor.begin() {
        return;
    }
    spawn_local(async move {
        let before = page.editor.snapshot().loaded().clone();
        let mut saved = Vec::new();
        // When somebody else changed something else meanwhile, the second round saves on top of
        // that.
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
                    Ok(true) => return,
                    Ok(false) if !last => {}
                    Ok(false) => return page.editor.fail(&error),
                    Err(error) if !page.is_gone() => return page.editor.fail(&error),
                    Err(_) => return,
                },
                Err(error) => return page.editor.fail(&error),
            }
        }
    });
}

fn settle(page: Page, sent: &Form, fields: &[Field], saved: &mut Vec<Field>) {
    // Who left meanwhile has no page to bring up to date.
    let Some(fresh) =
        page.rule.try_with_untracked(|rule| Form::of_notify_rule(rule, &numbers(page.directory)))
    else {
        return;
    };
    page.editor.accept(sent, &fresh, fields);
    saved.extend(fields);
}

async fn round(page: Page, saved: &mut Vec<Field>) -> Result<(), ClientError> {
    let draft = page.editor.snapshot();
    let (patch, fields) = notify_rule_patch(&draft);
    if !fields.is_empty() {
        let Some((id, version)) =
            page.rule.try_with_untracked(|rule| (rule.id.clone(), rule.version))
        else {
            return Ok(());
        };
        let fresh = api::rules::patch(page.client, &id, version, &patch).await?;
        page.rule.try_set(fresh);
        settle(page, draft.edited(), &fields, saved);
    }
    for (number_id, rule) in &draft.edited().picks {
        let field = Field::picks(number_id);
        if !draft.is_changed(field) {
            continue;
        }
        let known = page
            .directory
            .rows()
            .with_untracked(|rows| rows.ready()?.number(number_id).map(|number| number.version));
        let Some(version) = known else { continue };
        let patch = NumberPatch { notify_rule_id: Some(rule.clone()), ..NumberPatch::default() };
        let fresh = numbers::api::numbers::patch(page.client, number_id, version, &patch).await?;
        page.directory.put_number(&fresh);
        settle(page, draft.edited(), &[field], saved);
    }
    Ok(())
}

/// Reads what is saved now and puts the edits on top; says whether both sides changed the same, or
/// nobody is there to know.
async fn reread(page: Page) -> Result<bool, ClientError> {
    let Some(id) = page.rule.try_with_untracked(|rule| rule.id.clone()) else { return Ok(true) };
    let (rule, fresh) = futures_util::future::join(
        api::rules::get(page.client, &id),
        numbers::api::numbers::list(page.client),
    )
    .await;
    let rule = rule?;
    for number in fresh? {
        page.directory.put_number(&number);
    }
    if page.is_gone() {
        return Ok(true);
    }
    let form = Form::of_notify_rule(&rule, &numbers(page.directory));
    page.rule.set(rule);
    Ok(page.editor.rebase(&form))
}

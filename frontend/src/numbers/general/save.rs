//! Saving: the number, its channel limit and the ID are requests of their own.

use api_types::ErrorCode;
use leptos::prelude::*;

use super::fields::{
    CHANNEL_LIMIT, TERMINAL_NAME, channel_limit_put, number_patch, of_number, phone_id_patch,
};
use super::{Page, Subject, read};
use crate::numbers::api;
use crate::page::save::{Round, Saves};
use crate::page::values::{Name, Values};
use crate::platform::api::ClientError;
use crate::platform::task::Boxed;

impl Saves for Page {
    fn send(&self, round: Round) -> Boxed<Result<(), ClientError>> {
        Box::pin(send(*self, round))
    }

    fn reread(&self) -> Boxed<Result<Values, ClientError>> {
        Box::pin(reread(*self))
    }
}

/// Sends each resource's share. The first error is the one that is told; the other resource is
/// tried all the same, unless nobody can be reached.
async fn send(page: Page, round: Round) -> Result<(), ClientError> {
    let number = number(page, &round).await;
    if let Err(error) = &number
        && (error.is_unreachable() || error.code() == Some(ErrorCode::Unauthenticated))
    {
        return number;
    }
    let phone_id = phone_id(page, &round).await;
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
async fn number(page: Page, round: &Round) -> Result<(), ClientError> {
    let Some(before) = page.subject.try_with_untracked(|subject| subject.number.clone()).flatten()
    else {
        return Ok(());
    };
    let mut version = before.version;
    let patch = number_patch(&round.draft);
    let mut outcome = Ok(());
    if !patch.is_empty() {
        match api::numbers::patch(page.client, &before.id, version, &patch).await {
            Ok(fresh) => {
                version = fresh.version;
                page.directory.put_number(&fresh);
                page.subject.try_update(|subject| subject.number = Some(fresh));
                settle(page, round, &round.draft.changed_of(&of_number()));
            }
            Err(error) if error.code() == Some(ErrorCode::Invalid) => outcome = Err(error),
            Err(error) => return Err(error),
        }
    }
    if let Some(put) = channel_limit_put(&round.draft) {
        let fresh = api::numbers::put_channel_limit(page.client, &before.id, version, put).await?;
        page.subject.try_update(|subject| {
            if let Some(number) = &mut subject.number {
                number.channel_limit = fresh.body.limit;
                number.max_channels = fresh.body.max;
                number.version = fresh.version.unwrap_or(version);
                page.directory.put_number(number);
            }
        });
        settle(page, round, &[CHANNEL_LIMIT.name]);
    }
    outcome
}

async fn phone_id(page: Page, round: &Round) -> Result<(), ClientError> {
    let Some(before) =
        page.subject.try_with_untracked(|subject| subject.phone_id.clone()).flatten()
    else {
        return Ok(());
    };
    let patch = phone_id_patch(&round.draft);
    if patch.is_empty() {
        return Ok(());
    }
    let fresh = api::ids::patch(page.client, &before.id, before.version, &patch).await?;
    page.directory.put_id(&fresh);
    page.subject.try_update(|subject| subject.phone_id = Some(fresh));
    settle(page, round, &[TERMINAL_NAME.name]);
    Ok(())
}

fn settle(page: Page, round: &Round, names: &[Name]) {
    // Who left meanwhile has no page to bring up to date.
    if let Some(fresh) = page.subject.try_with_untracked(Subject::values) {
        round.accept(&fresh, names);
    }
}

async fn reread(page: Page) -> Result<Values, ClientError> {
    let (number, phone_id) = page
        .subject
        .try_with_untracked(|subject| {
            (
                subject.number.as_ref().map(|number| number.id.clone()),
                subject.phone_id.as_ref().map(|phone_id| phone_id.id.clone()),
            )
        })
        .unwrap_or_default();
    let fresh = read(page.client, page.directory, number, phone_id).await?;
    let values = fresh.values();
    page.subject.try_set(fresh);
    Ok(values)
}

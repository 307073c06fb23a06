//! Saving: the rule first, then each number that uses another one.

use api_types::NumberPatch;
use leptos::prelude::*;

use super::fields::{notify_rule_patch, of_rule, pick, picks, values};
use super::{Page, all_numbers, mails};
use crate::notify::api;
use crate::numbers;
use crate::page::save::{Round, Saves};
use crate::page::values::{Name, Values};
use crate::platform::api::ClientError;
use crate::platform::task::Boxed;

impl Saves for Page {
    /// An address that stands in the field is meant to be saved, too.
    fn is_ready(&self) -> bool {
        mails::take_typed(*self)
    }

    fn send(&self, round: Round) -> Boxed<Result<(), ClientError>> {
        Box::pin(send(*self, round))
    }

    fn reread(&self) -> Boxed<Result<Values, ClientError>> {
        Box::pin(reread(*self))
    }
}

async fn send(page: Page, round: Round) -> Result<(), ClientError> {
    let draft = &round.draft;
    let changed = draft.changed_of(&of_rule());
    if !changed.is_empty() {
        let Some((id, version)) =
            page.rule.try_with_untracked(|rule| (rule.id.clone(), rule.version))
        else {
            return Ok(());
        };
        let patch = notify_rule_patch(draft);
        let fresh = api::rules::patch(page.client, &id, version, &patch).await?;
        page.rule.try_set(fresh);
        settle(page, &round, &changed);
    }
    for (number_id, rule) in picks(draft.edited()) {
        let name = pick(number_id).name;
        if !draft.is_changed(name) {
            continue;
        }
        let known = page
            .directory
            .rows()
            .with_untracked(|rows| rows.ready()?.number(number_id).map(|number| number.version));
        let Some(version) = known else { continue };
        let patch = NumberPatch { notify_rule_id: Some(rule), ..NumberPatch::default() };
        let fresh = numbers::api::numbers::patch(page.client, number_id, version, &patch).await?;
        page.directory.put_number(&fresh);
        settle(page, &round, &[name]);
    }
    Ok(())
}

fn settle(page: Page, round: &Round, names: &[Name]) {
    // Who left meanwhile has no page to bring up to date.
    let fresh = page.rule.try_with_untracked(|rule| values(rule, &all_numbers(page.directory)));
    if let Some(fresh) = fresh {
        round.accept(&fresh, names);
    }
}

async fn reread(page: Page) -> Result<Values, ClientError> {
    let id = page.rule.try_with_untracked(|rule| rule.id.clone()).unwrap_or_default();
    let (rule, fresh) = futures_util::future::join(
        api::rules::get(page.client, &id),
        numbers::api::numbers::list(page.client),
    )
    .await;
    let rule = rule?;
    for number in fresh? {
        page.directory.put_number(&number);
    }
    let values = values(&rule, &all_numbers(page.directory));
    page.rule.try_set(rule);
    Ok(values)
}

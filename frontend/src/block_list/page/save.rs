//! Saving the switches.

use leptos::prelude::*;

use super::Page;
use super::switches::{block_list_patch, values};
use crate::block_list::api;
use crate::page::save::{Round, Saves};
use crate::page::values::Values;
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

async fn send(page: Page, round: Round) -> Result<(), ClientError> {
    let patch = block_list_patch(&round.draft);
    let (Some(id), Some(version)) = (page.number_id.try_get_value(), page.version.try_get_value())
    else {
        return Ok(());
    };
    let fresh = api::patch(page.client, &id, version, &patch).await?;
    page.heard(fresh.version);
    round.accept(&values(&fresh.body), &round.draft.changed());
    Ok(())
}

async fn reread(page: Page) -> Result<Values, ClientError> {
    let id = page.number_id.try_get_value().unwrap_or_default();
    let fresh = api::get(page.client, &id).await?;
    page.heard(fresh.version);
    Ok(values(&fresh.body))
}

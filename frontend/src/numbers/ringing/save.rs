//! Saving: 優先着信 is taken from an ID before it falls silent, and given back after it rings again.

use api_types::{Number, NumberPatch, RingingPut, RingingTargetPut};
use leptos::prelude::*;

use super::{BUSY_ANNOUNCEMENT, Page, RINGS, names, read, rings, values};
use crate::numbers::api;
use crate::page::draft::Draft;
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

/// The switches that differ, and the announcement.
fn ringing_put(draft: &Draft) -> RingingPut {
    let targets = draft.edited().each::<bool>(RINGS);
    let targets = targets.filter(|(id, _)| draft.is_changed(rings(id).name));
    RingingPut {
        targets: targets
            .map(|(id, rings)| RingingTargetPut { phone_id: id.to_owned(), rings })
            .collect(),
        busy_announcement: draft.edited().get(BUSY_ANNOUNCEMENT),
    }
}

async fn send(page: Page, round: Round) -> Result<(), ClientError> {
    let Some(number) = page.number.try_get_untracked() else { return Ok(()) };
    let Round { draft, undoing, .. } = &round;
    let mut version = number.version;
    let is = |id: &String, on: bool| {
        let field = rings(id);
        draft.edited().has(field.name) && draft.edited().get(field) == on
    };
    if let Some(first) = number.priority_phone_id.clone().filter(|id| is(id, false)) {
        version = prefer(page, &number, version, None).await?;
        page.cleared.try_set_value(Some(first));
    }
    let put = ringing_put(draft);
    let fresh = api::settings::put_ringing(page.client, &number.id, version, &put)
        .await
        .map_err(|error| named(error, &put))?;
    version = fresh.version.unwrap_or(version);
    if page.number.is_disposed() {
        return Ok(());
    }
    page.number.update(|number| number.version = version);
    round.accept(&values(&fresh.body), &draft.changed());
    if let Some(first) = page.cleared.get_value().filter(|id| *undoing && is(id, true)) {
        prefer(page, &number, version, Some(first)).await?;
        page.cleared.try_set_value(None);
    }
    // Which IDs can be preferred follows from which ring. What is saved is saved, so nothing fails
    // any more.
    if let Ok(fresh) = api::numbers::get(page.client, &number.id).await {
        page.directory.put_number(&fresh);
        page.number.try_set(fresh);
    }
    Ok(())
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

async fn reread(page: Page) -> Result<Values, ClientError> {
    let id = page.number.try_with_untracked(|number| number.id.clone()).unwrap_or_default();
    let (number, ringing) = read(page.client, page.directory, &id).await?;
    page.number.try_set(number);
    let names = names(&ringing);
    if page.targets.try_with_untracked(|old| *old != names) == Some(true) {
        page.targets.set(names);
    }
    Ok(values(&ringing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::faults::Checks;

    #[test]
    fn only_switches_that_differ_are_sent() {
        let loaded = Values::default()
            .with(rings("a"), &true)
            .with(rings("b"), &true)
            .with(BUSY_ANNOUNCEMENT, &true);
        let mut draft = Draft::new(loaded);
        draft.edit(|it| it.set(rings("b"), &false));
        assert_eq!(
            ringing_put(&draft),
            RingingPut {
                targets: vec![RingingTargetPut { phone_id: "b".into(), rings: false }],
                busy_announcement: true
            }
        );
        assert_eq!(draft.changed(), [rings("b").name]);
        assert_eq!(Checks::NONE.field(&draft, "/rings:b"), Some(rings("b").name));
    }
}

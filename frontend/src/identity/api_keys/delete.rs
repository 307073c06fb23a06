//! The end of a key; it asks first.

use api_types::ErrorCode;
use leptos::prelude::*;

use super::Page;
use crate::identity::api;
use crate::platform::api::use_client;
use crate::platform::effect::follow;
use crate::platform::task::Task;
use crate::ui::ask::AskSheet;
use crate::ui::live::use_live;
use crate::{t, text};

/// The sheet.
#[component]
pub(super) fn DeleteSheet(page: Page) -> impl IntoView {
    let client = use_client();
    let live = use_live();
    let open = RwSignal::new(false);
    let task = Task::default();
    follow(move || {
        if page.going.with(Option::is_some) {
            open.set(true);
        }
    });
    follow(move || {
        if !open.get() {
            page.going.set(None);
        }
    });
    let name =
        move || page.going.with(|key| key.as_ref().map(|key| key.name.clone())).unwrap_or_default();
    let go = Callback::new(move |()| {
        let Some(key) = page.going.get_untracked() else { return };
        let id = key.id.clone();
        let request = api::api_keys::delete(client, &id);
        task.run(request, move |outcome| {
            match outcome {
                // One that is gone already is what was wanted.
                Err(error) if error.code() != Some(ErrorCode::NotFound) => return Err(error),
                _ => {}
            }
            page.keys.update(|keys| keys.retain(|known| known.id != key.id));
            open.set(false);
            live.toast(t!(keys.deleted, name = key.name));
            Ok(())
        });
    });
    let label =
        move || if task.is_busy() { t!(keys.deleting) } else { t!(keys.delete_confirm) }.to_owned();
    view! {
        <AskSheet
            open
            title=text!(keys.delete_title)
            test_id="delete-sheet"
            name="delete"
            task
            label=Signal::derive(label)
            go
        >
            <p class="say">{text!(keys.delete_body, name = name())}</p>
        </AskSheet>
    }
}

//! The end of a key; it asks first.

use api_types::ErrorCode;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::identity::api;
use crate::platform::api::use_client;
use crate::platform::effect::follow;
use crate::platform::remote::Remote;
use crate::ui::live::use_live;
use crate::ui::sheet::Sheet;
use crate::ui::states::words;
use crate::{t, text};

/// The sheet.
#[component]
pub(super) fn DeleteSheet(page: Page) -> impl IntoView {
    let client = use_client();
    let live = use_live();
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    follow(move || {
        if page.going.with(Option::is_some) {
            failure.set(None);
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
    let go = move |_| {
        let Some(key) = page.going.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let outcome = api::api_keys::delete(client, &key.id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Err(error) if error.code() != Some(ErrorCode::NotFound) => {
                    failure.set(Some(words(&error).1))
                }
                // One that is gone already is what was wanted.
                _ => {
                    page.keys.update(|keys| {
                        if let Remote::Ready(keys) = keys {
                            keys.retain(|known| known.id != key.id);
                        }
                    });
                    open.set(false);
                    live.toast(t!(keys.deleted, name = key.name));
                }
            }
        });
    };
    view! {
        <Sheet open title=text!(keys.delete_title) test_id="delete-sheet">
            <p class="say">{move || t!(keys.delete_body, name = name())}</p>
            <div role="alert" class="form-error">
                {move || failure.get().map(|words| view! { <p>{words}</p> })}
            </div>
            <div class="stack">
                <button
                    class="btn danger \
                    wide"
                    type="button"
                    data-testid="delete-confirm"
                    aria-disabled=move || busy.get().to_string()
                    on:click=go
                >
                    {move || if busy.get() { t!(keys.deleting) } else { t!(keys.delete_confirm) }}
                </button>
                <button
                    class="btn wide"
                    type="button"
                    data-testid="delete-cancel"
                    on:click=move |_| open.set(false)
                >
                    {move || t!(app.cancel)}
                </button>
            </div>
        </Sheet>
    }
}

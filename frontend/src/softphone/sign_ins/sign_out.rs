//! The end of a terminal's sign-in; it asks first.

use api_types::{ErrorCode, Terminal};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::numbers::directory::use_directory;
use crate::platform::api::use_client;
use crate::platform::effect::follow;
use crate::softphone::api;
use crate::ui::live::use_live;
use crate::ui::sheet::Sheet;
use crate::ui::states::words;
use crate::{t, text};

/// The sheet.
#[component]
pub(super) fn SignOutSheet(
    phone_id: StoredValue<String>,
    leaving: RwSignal<Option<Terminal>>,
) -> impl IntoView {
    let client = use_client();
    let directory = use_directory();
    let live = use_live();
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    follow(move || {
        if leaving.with(Option::is_some) {
            failure.set(None);
            open.set(true);
        }
    });
    follow(move || {
        if !open.get() {
            leaving.set(None);
        }
    });
    let name = move || {
        leaving
            .with(|terminal| terminal.as_ref().map(|terminal| terminal.name.clone()))
            .unwrap_or_default()
    };
    let go = move |_| {
        let Some(terminal) = leaving.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        let id = phone_id.get_value();
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let outcome = api::delete(client, &id, &terminal.id).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Err(error) if error.code() != Some(ErrorCode::NotFound) => {
                    failure.set(Some(words(&error).1))
                }
                // One that is gone already is what was wanted.
                _ => {
                    let fresh = directory.rows().with_untracked(|rows| {
                        rows.ready().and_then(|rows| rows.phone_id(&id).cloned())
                    });
                    if let Some(mut fresh) = fresh {
                        fresh.terminals.retain(|known| known.id != terminal.id);
                        directory.put_id(&fresh);
                    }
                    open.set(false);
                    live.toast(t!(sign_ins.signed_out, name = terminal.name));
                }
            }
        });
    };
    view! {
        <Sheet open title=text!(sign_ins.sign_out_title) test_id="sign-out-sheet">
            <p class="say">{move || t!(sign_ins.sign_out_body, name = name())}</p>
            <div role="alert" class="form-error">
                {move || failure.get().map(|words| view! { <p>{words}</p> })}
            </div>
            <div class="stack">
                <button
                    class="btn danger \
                    wide"
                    type="button"
                    data-testid="sign-out-confirm"
                    aria-disabled=move || busy.get().to_string()
                    on:click=go
                >
                    {move || {
                        if busy.get() { t!(sign_ins.signing_out) } else { t!(sign_ins.sign_out) }
                    }}
                </button>
                <button
                    class="btn wide"
                    type="button"
                    data-testid="sign-out-cancel"
                    on:click=move |_| open.set(false)
                >
                    {move || t!(app.cancel)}
                </button>
            </div>
        </Sheet>
    }
}

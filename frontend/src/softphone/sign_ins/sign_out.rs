//! The end of a terminal's sign-in; it asks first.

use api_types::{ErrorCode, Terminal};
use leptos::prelude::*;

use crate::numbers::directory::use_directory;
use crate::platform::api::use_client;
use crate::platform::effect::follow;
use crate::platform::task::Task;
use crate::softphone::api;
use crate::ui::ask::AskSheet;
use crate::ui::live::use_live;
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
    let task = Task::default();
    follow(move || {
        if leaving.with(Option::is_some) {
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
    let go = Callback::new(move |()| {
        let Some(terminal) = leaving.get_untracked() else { return };
        let (id, gone) = (phone_id.get_value(), terminal.id.clone());
        let request = async move {
            match api::delete(client, &id, &gone).await {
                // One that is gone already is what was wanted.
                Err(error) if error.code() != Some(ErrorCode::NotFound) => Err(error),
                _ => Ok(id),
            }
        };
        task.run(request, move |outcome| {
            let id = outcome?;
            let fresh = directory
                .rows()
                .with_untracked(|rows| rows.ready().and_then(|rows| rows.phone_id(&id).cloned()));
            if let Some(mut fresh) = fresh {
                fresh.terminals.retain(|known| known.id != terminal.id);
                directory.put_id(&fresh);
            }
            open.set(false);
            live.toast(t!(sign_ins.signed_out, name = terminal.name));
            Ok(())
        });
    });
    let label = move || {
        if task.is_busy() { t!(sign_ins.signing_out) } else { t!(sign_ins.sign_out) }.to_owned()
    };
    view! {
        <AskSheet
            open
            title=text!(sign_ins.sign_out_title)
            test_id="sign-out-sheet"
            name="sign-out"
            task
            label=Signal::derive(label)
            go
        >
            <p class="say">{text!(sign_ins.sign_out_body, name = name())}</p>
        </AskSheet>
    }
}

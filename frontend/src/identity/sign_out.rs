//! Signing out, here or everywhere.

use leptos::prelude::*;

use super::session;
use crate::page::guard::use_guard;
use crate::platform::api::use_client;
use crate::platform::session::use_session;
use crate::platform::task::Task;
use crate::text;
use crate::ui::icon::Icon;
use crate::ui::live::use_live;
use crate::ui::sheet::Sheet;
use crate::ui::states::words;

/// The two ways out. The wide one asks first: it reaches devices that are out of sight.
#[component]
pub fn SignOut() -> impl IntoView {
    let client = use_client();
    let session = use_session();
    let guard = use_guard();
    let live = use_live();
    let asking = RwSignal::new(false);
    let task = Task::default();
    let leave = Callback::new(move |everywhere: bool| {
        task.run(session::sign_out(client, session, everywhere), move |outcome| {
            if let Err(error) = outcome {
                let (title, body) = words(&error);
                live.toast(format!("{title} {body}"));
            }
            asking.set(false);
            Ok(())
        });
    });
    let here = move |_| guard.before(Callback::new(move |()| leave.run(false)));
    let everywhere = move |_| guard.before(Callback::new(move |()| asking.set(true)));
    view! {
        <section class="group">
            <div class="list">
                <button
                    class="row action"
                    type="button"
                    data-testid="sign-out"
                    aria-disabled=move || task.is_busy().to_string()
                    on:click=here
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuLogOut />
                    </span>
                    <span class="label">{text!(account.sign_out)}</span>
                </button>
                <button
                    class="row danger"
                    type="button"
                    aria-haspopup="dialog"
                    data-testid="sign-out-everywhere"
                    on:click=everywhere
                >
                    <span class="lead">
                        <Icon icon=icondata_lu::LuMonitorX />
                    </span>
                    <span class="label">{text!(account.sign_out_everywhere)}</span>
                </button>
            </div>
        </section>
        <Sheet open=asking title=text!(account.everywhere_title) test_id="sign-out-dialog">
            <p class="say">{text!(account.everywhere_body)}</p>
            <div class="stack">
                <button
                    class="btn danger \
                    wide"
                    type="button"
                    data-testid="sign-out-everywhere-confirm"
                    on:click=move |_| leave.run(true)
                >
                    {text!(account.everywhere_confirm)}
                </button>
                <button class="btn wide" type="button" on:click=move |_| asking.set(false)>
                    {text!(app.cancel)}
                </button>
            </div>
        </Sheet>
    }
}

//! The link to the file that stands in notices: until when it works, who used it, and ending it.

use api_types::{AttachmentKind, CallAttachment};
use leptos::prelude::*;

use super::{Page, words};
use crate::calls::api;
use crate::platform::effect::redraw;
use crate::platform::format;
use crate::platform::task::Task;
use crate::ui::ask::AskSheet;
use crate::ui::icon::Icon;
use crate::{t, text};

/// The link of a file.
#[component]
pub(super) fn Link(page: Page, file: CallAttachment) -> impl IntoView {
    let asking = RwSignal::new(false);
    let CallAttachment { kind, link_expires_at, downloads, last_download_at, .. } = file;
    let works = link_expires_at.is_some_and(|at| at > format::now());
    let until = move || match link_expires_at.filter(|_| works) {
        Some(at) => t!(notices.link_until, moment = words::moment(at)),
        None => t!(notices.link_over).to_owned(),
    };
    let opened = text!(notices.times, count = format::count(downloads.into()));
    let last =
        move || last_download_at.map(|at| t!(notices.opened_last, moment = words::moment(at)));
    view! {
        <section class="group" data-testid="link">
            <h2>{text!(notices.link)}</h2>
            <div class="list">
                <div class="row wraps">
                    <span class="label">{text!(notices.link_state)}</span>
                    <span class="value num" data-testid="link-state">
                        {until}
                    </span>
                </div>
                <div class="row wraps">
                    <span class="label">
                        {text!(notices.opened)}<small class="num">{last}</small>
                    </span>
                    <span class="value num" data-testid="opened">
                        {opened}
                    </span>
                </div>
                {works
                    .then(|| {
                        view! {
                            <button
                                class="row danger"
                                type="button"
                                aria-haspopup="dialog"
                                data-testid="revoke"
                                on:click=move |_| asking.set(true)
                            >
                                <span class="lead">
                                    <Icon icon=icondata_lu::LuUnlink />
                                </span>
                                <span class="label">{text!(notices.revoke)}</span>
                            </button>
                        }
                    })}
            </div>
            <p>
                {redraw(move || {
                    if kind == AttachmentKind::Fax {
                        t!(notices.link_note_fax)
                    } else {
                        t!(notices.link_note)
                    }
                })}
            </p>
        </section>
        <Revoke page open=asking />
    }
}

#[component]
fn Revoke(page: Page, open: RwSignal<bool>) -> impl IntoView {
    let task = Task::default();
    let go = Callback::new(move |()| {
        let id = page.id.get_value();
        let request = api::revoke_link(page.client, &id);
        task.run(request, move |outcome| {
            outcome?;
            open.set(false);
            page.live.toast(t!(notices.revoked));
            page.refresh();
            Ok(())
        });
    });
    let label =
        move || if task.is_busy() { t!(notices.revoking) } else { t!(notices.revoke) }.to_owned();
    view! {
        <AskSheet
            open
            title=text!(notices.revoke_title)
            test_id="revoke-sheet"
            name="revoke"
            task
            label=Signal::derive(label)
            go
        >
            <p class="say">{text!(notices.revoke_body)}</p>
        </AskSheet>
    }
}

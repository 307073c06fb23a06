//! Deleting a rule, after asking; who uses it is named.

use api_types::ErrorCode;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Page;
use crate::notify::api;
use crate::numbers::directory::number_label;
use crate::platform::router::use_router;
use crate::platform::routes;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;
use crate::ui::states::words;
use crate::{t, text};

#[component]
pub(super) fn Delete(page: Page) -> impl IntoView {
    let router = use_router();
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let users = move || {
        let id = page.id();
        page.directory.rows().with(|rows| {
            let numbers = rows.ready().map(|rows| rows.numbers.as_slice()).unwrap_or_default();
            let mine = numbers.iter().filter(|number| number.notify_rule_id.as_ref() == Some(&id));
            mine.map(|number| (number_label(number), number.name.clone())).collect::<Vec<_>>()
        })
    };
    let used = Memo::new(move |_| !users().is_empty());
    let go = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let (id, version, name) =
            page.rule.with_untracked(|rule| (rule.id.clone(), rule.version, rule.name.clone()));
        let detach = used.get_untracked();
        spawn_local(async move {
            let mut outcome = api::rules::delete(page.client, &id, version, detach).await;
            if outcome.as_ref().err().and_then(crate::platform::api::ClientError::code)
                == Some(ErrorCode::Stale)
            {
                // Whatever changed, it is to go.
                outcome = match api::rules::get(page.client, &id).await {
                    Ok(now) => api::rules::delete(page.client, &id, now.version, detach).await,
                    Err(error) => Err(error),
                };
            }
            // The numbers have changed with it, or others use it by now.
            page.directory.load();
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(()) => {
                    page.editor.revert();
                    open.set(false);
                    page.live.toast(t!(notify.deleted, name = name));
                    router.replace(routes::NOTIFY_RULES);
                }
                Err(error) => failure.set(Some(words(&error).1)),
            }
        });
    };
    let label = move || match (busy.get(), used.get()) {
        (true, _) => t!(notify.deleting),
        (false, true) => t!(notify.delete_detach),
        (false, false) => t!(notify.delete_confirm),
    };
    view! {
        <div class="cell">
            <button
                class="row danger"
                type="button"
                aria-haspopup="dialog"
                data-testid="delete-rule"
                on:click=move |_| open.set(true)
            >
                <span class="lead">
                    <Icon icon=icondata_lu::LuTrash2 />
                </span>
                <span class="label">{move || t!(notify.delete)}</span>
            </button>
            <Sheet open title=text!(notify.delete_title) test_id="delete-sheet">
                <p class="say">
                    {move || {
                        t!(
                            notify.delete_body,
                    name = page.rule.with(|rule| rule.name.clone())
                        )
                    }}
                </p>
                {move || {
                    used
                        .get()
                        .then(|| {
                            view! {
                                <p class="say">{t!(notify.delete_used)}</p>
                                <ul class="list put-apart" data-testid="users">
                                    {users()
                                        .into_iter()
                                        .map(|(label, name)| {
                                            view! {
                                                <li class="row">
                                                    <span class="label">
                                                        <b class="num">{label}</b>
                                                        <small>{name}</small>
                                                    </span>
                                                </li>
                                            }
                                        })
                                        .collect_view()}
                                </ul>
                            }
                        })
                }}
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
                        {label}
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
        </div>
    }
}

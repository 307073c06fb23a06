//! The end of a service or of a signing secret; both ask first.

use api_types::{Added, ErrorCode};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::page::Page;
use crate::notify::api;
use crate::platform::api::ClientError;
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::router::use_router;
use crate::platform::routes::NotifyPage;
use crate::ui::icon::Icon;
use crate::ui::sheet::Sheet;
use crate::ui::states::words as error_words;
use crate::{t, text};

#[component]
pub(super) fn Delete(page: Page) -> impl IntoView {
    let is_webhook = page
        .service
        .with_untracked(|service| service.kind.describe().added == Added::SigningSecret);
    let router = use_router();
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let name = move || {
        page.service.with(|service| {
            if service.label.is_empty() {
                service.kind.name().to_owned()
            } else {
                service.label.clone()
            }
        })
    };
    let waiting = move || page.service.with(|service| service.waiting);
    let go = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let (name, rule) =
            (untrack(name), page.service.with_untracked(|service| service.rule_id.clone()));
        page.going.set_value(true);
        spawn_local(async move {
            let outcome = delete(page).await;
            page.going.try_set_value(outcome.is_ok());
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(()) => {
                    page.inputs.revert();
                    open.set(false);
                    page.live.toast(t!(service.deleted, name = name));
                    router.replace(&NotifyPage::Rule(rule).path());
                }
                Err(error) => failure.set(Some(error_words(&error).1)),
            }
        });
    };
    view! {
        <section class="group">
            <div class="list">
                {is_webhook.then(|| view! { <Rotate page /> })} <div class="cell">
                    <button
                        class="row danger"
                        type="button"
                        aria-haspopup="dialog"
                        data-testid="delete-service"
                        on:click=move |_| open.set(true)
                    >
                        <span class="lead">
                            <Icon icon=icondata_lu::LuTrash2 />
                        </span>
                        <span class="label">{move || t!(service.delete)}</span>
                    </button>
                </div>
            </div>
            <Sheet open title=text!(service.delete_title) test_id="delete-sheet">
                <p class="say">
                    {move || t!(service.delete_body, name = name())}
                    {move || {
                        (waiting() > 0)
                            .then(|| {
                                t!(
                                    service.delete_waiting,
                        count = format::count(waiting().into())
                                )
                            })
                    }}
                </p>
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
                        {move || {
                            if busy.get() { t!(notify.deleting) } else { t!(notify.delete_confirm) }
                        }}
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
        </section>
    }
}

/// Whatever changed meanwhile, it is to go: a stale version is read anew once.
async fn delete(page: Page) -> Result<(), ClientError> {
    let Some((rule, id, version)) = page.place() else { return Ok(()) };
    match api::rules::delete_service(page.client, &rule, &id, version).await {
        Err(error) if error.code() == Some(ErrorCode::Stale) => {
            let now = api::rules::service(page.client, &rule, &id).await?;
            api::rules::delete_service(page.client, &rule, &id, now.version).await
        }
        outcome => outcome,
    }
}

#[component]
fn Rotate(page: Page) -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let failure = RwSignal::new(None::<String>);
    let go = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let outcome = rotate(page).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(()) => {
                    open.set(false);
                    focus_first("[data-testid=secret-title]");
                }
                Err(error) => failure.set(Some(error_words(&error).1)),
            }
        });
    };
    view! {
        <div class="cell">
            <button
                class="row"
                type="button"
                aria-haspopup="dialog"
                data-testid="rotate"
                on:click=move |_| open.set(true)
            >
                <span class="lead">
                    <Icon icon=icondata_lu::LuRotateCw />
                </span>
                <span class="label">{move || t!(service.rotate)}</span>
            </button>
            <Sheet open title=text!(service.rotate_title) test_id="rotate-sheet">
                <p class="say">{move || t!(service.rotate_body)}</p>
                <div role="alert" class="form-error">
                    {move || failure.get().map(|words| view! { <p>{words}</p> })}
                </div>
                <div class="stack">
                    <button
                        class="btn main \
                        wide"
                        type="button"
                        data-testid="rotate-confirm"
                        aria-disabled=move || busy.get().to_string()
                        on:click=go
                    >
                        {move || {
                            if busy.get() {
                                t!(service.rotating)
                            } else {
                                t!(service.rotate_confirm)
                            }
                        }}
                    </button>
                    <button
                        class="btn wide"
                        type="button"
                        data-testid="rotate-cancel"
                        on:click=move |_| open.set(false)
                    >
                        {move || t!(app.cancel)}
                    </button>
                </div>
            </Sheet>
        </div>
    }
}

async fn rotate(page: Page) -> Result<(), ClientError> {
    for last in [false, true] {
        let Some((rule, id, version)) = page.place() else { return Ok(()) };
        match api::rules::rotate_secret(page.client, &rule, &id, version).await {
            Err(error) if error.code() == Some(ErrorCode::Stale) && !last => page.reread().await?,
            Err(error) => return Err(error),
            Ok(fresh) => {
                page.heard(fresh);
                return Ok(());
            }
        }
    }
    Ok(())
}

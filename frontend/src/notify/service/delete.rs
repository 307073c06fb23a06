//! The end of a service or of a signing secret; both ask first.

use api_types::{Added, ErrorCode};
use leptos::prelude::*;

use super::page::Page;
use crate::notify::api;
use crate::platform::api::ClientError;
use crate::platform::effect::redraw;
use crate::platform::focus::focus_first;
use crate::platform::format;
use crate::platform::router::use_router;
use crate::platform::routes::NotifyPage;
use crate::platform::task::Task;
use crate::ui::ask::AskSheet;
use crate::ui::icon::Icon;
use crate::{t, text};

#[component]
pub(super) fn Delete(page: Page) -> impl IntoView {
    let is_webhook = page
        .service
        .with_untracked(|service| service.kind.describe().added == Added::SigningSecret);
    let router = use_router();
    let open = RwSignal::new(false);
    let task = Task::default();
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
    let go = Callback::new(move |()| {
        let (name, rule) =
            (untrack(name), page.service.with_untracked(|service| service.rule_id.clone()));
        page.going.set_value(true);
        task.run(delete(page), move |outcome| {
            page.going.set_value(outcome.is_ok());
            outcome?;
            page.inputs.revert();
            open.set(false);
            page.live.toast(t!(service.deleted, name = name));
            router.replace(&NotifyPage::Rule(rule).path());
            Ok(())
        });
    });
    let label = move || {
        if task.is_busy() { t!(notify.deleting) } else { t!(notify.delete_confirm) }.to_owned()
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
                        <span class="label">{text!(service.delete)}</span>
                    </button>
                </div>
            </div>
            <AskSheet
                open
                title=text!(service.delete_title)
                test_id="delete-sheet"
                name="delete"
                task
                label=Signal::derive(label)
                go
            >
                <p class="say">
                    {text!(service.delete_body, name = name())}
                    {redraw(move || {
                        (waiting() > 0)
                            .then(|| {
                                t!(
                                    service.delete_waiting,
                        count = format::count(waiting().into())
                                )
                            })
                    })}
                </p>
            </AskSheet>
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
    let task = Task::default();
    let go = Callback::new(move |()| {
        task.run(rotate(page), move |outcome| {
            outcome?;
            open.set(false);
            focus_first("[data-testid=secret-title]");
            Ok(())
        });
    });
    let label = move || {
        if task.is_busy() { t!(service.rotating) } else { t!(service.rotate_confirm) }.to_owned()
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
                <span class="label">{text!(service.rotate)}</span>
            </button>
            <AskSheet
                open
                title=text!(service.rotate_title)
                test_id="rotate-sheet"
                name="rotate"
                task
                label=Signal::derive(label)
                danger=false
                go
            >
                <p class="say">{text!(service.rotate_body)}</p>
            </AskSheet>
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
